"""Page scripts of a workspace, from the call to the rows and back, on each engine."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from engines.choice import choose, engines_here
from tests.engines.make import ENGINES
from tests.engines.served import engine_server, events_of, start, value_of, wait_for, wait_until_running
from tests.engines.site import Site
from tests.running import Server
from tests.visitors import Refusal, Visitor, new_visitor

pytestmark = pytest.mark.timeout(240)
TABLE_INTO_ITEMS = """
for (const row of document.querySelectorAll("tbody tr")) {
  const [name, height] = [...row.cells].map((cell) => cell.textContent);
  await window.pywebview.api.create_item({title: name, number: Number(height)});
}
return document.title"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """What the pages may reach."""
    with Site() as running:
        yield running


@pytest.fixture(scope="module", params=sorted(ENGINES))
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[Server]:
    """A server with each engine in turn."""
    with engine_server(tmp_path_factory.mktemp("scripts"), request.param, egress=site.address) as running:
        yield running


@pytest.fixture
def alice(server: Server) -> Visitor:
    """A visitor."""
    return new_visitor(server.url, "alice")


def has_isolation(server: Server) -> bool:
    return server.settings["engine"] == "chrome"


def origins(server: Server, site: Site) -> list[str]:
    """Return what a run must name to have the methods on a site's page."""
    return [] if has_isolation(server) else [site.url]


def test_a_table_of_a_page_becomes_items_that_are_there_for_who_comes_back(
    server: Server, alice: Visitor, site: Site
) -> None:
    task_id = start(alice, TABLE_INTO_ITEMS, url=f"{site.url}/table", origins=origins(server, site))
    alice.http.close()  # the tab is closed
    task = wait_for(alice, task_id)
    assert task["state"] == "completed", task["error"]
    back = alice.open(f"/uuid={alice.session_id}")
    items = back.call("list_items", sort="title")["items"]
    assert [(item["title"], item["number"]) for item in items] == [("Colossus", 33), ("Lighthouse", 103)]


def test_lines_of_the_console_and_the_value_are_events(alice: Visitor) -> None:
    script = "console.log('one'); console.error('two', 3); await null; return {found: [1, null]}"
    task = wait_for(alice, start(alice, script))
    told = [(event["kind"], event["data"]) for event in events_of(alice, task["id"])]
    assert ("console", {"level": "info", "text": "one"}) in told
    assert ("console", {"level": "error", "text": "two 3"}) in told
    assert ("result", {"value": {"found": [1, None]}}) in told


@pytest.mark.parametrize(("line", "num_kept"), [("n", 1000), ("'x'.repeat(8000)", 262_144 // 8000)])
def test_a_flood_of_lines_is_cut_and_says_so(alice: Visitor, line: str, num_kept: int) -> None:
    task = wait_for(alice, start(alice, f"for (let n = 0; n < 3000; n++) console.log({line}); return 1"))
    assert task["state"] == "completed", task["error"]
    lines = [event["data"] for event in events_of(alice, task["id"]) if event["kind"] == "console"]
    assert [bool(line.get("is_cut")) for line in lines] == [False] * num_kept + [True]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"script": "throw new TypeError('not that')"}, "script_failed"),
        ({"script": "return (("}, "script_failed"),
        ({"script": "for (;;);", "timeout_s": 0.5}, "script_too_slow"),
        ({"script": "return 1", "url": "http://127.0.0.1:9/"}, "page_not_opened"),
        ({"script": "return 1", "url": "http://[::1]:22/"}, "page_not_opened"),
    ],
)
def test_what_goes_wrong_is_a_typed_error_and_the_next_run_works(
    alice: Visitor, arguments: dict[str, Any], code: str
) -> None:
    task = wait_for(alice, start(alice, **arguments))
    assert (task["state"], task["error"]["code"]) == ("failed", code)
    assert value_of(alice, "return 1") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        {"script": ""},
        {"script": " "},
        {"script": "return 1", "url": "file:///etc/passwd"},
        {"script": "return 1", "url": "javascript:1"},
        {"script": "return 1", "timeout_s": 0},
        {"script": "return 1", "timeout_s": 601},
        {"script": "return 1", "origins": ["example.org"]},
        {"script": "return 1", "origins": ["http://a.example/path"]},
        {"script": "return 1", "origins": ["http://a.example"] * 17},
        {"script": "x" * 262_145},
    ],
)
def test_bad_arguments_are_refused_at_once(alice: Visitor, arguments: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as told:
        alice.call("run_script", **arguments)
    assert told.value.code == "invalid_arguments"


def test_where_the_page_is_is_told_until_it_is_closed(alice: Visitor, site: Site) -> None:
    assert not alice.call("get_page")["is_open"]
    value_of(alice, "return 1", url=f"{site.url}/table")
    page = alice.call("get_page")
    assert (page["is_open"], page["url"], page["title"]) == (True, f"{site.url}/table", "Wonders")
    assert wait_for(alice, alice.call("close_page")["id"])["state"] == "completed"
    assert not alice.call("get_page")["is_open"]
    assert value_of(alice, "return location.href") == "about:blank"


def test_workspaces_share_no_page_and_no_items(server: Server, site: Site) -> None:
    alice, bob = new_visitor(server.url, "alice"), new_visitor(server.url, "bob")
    value_of(alice, "document.cookie = 'who=alice'; localStorage.who = 'alice'", url=f"{site.url}/cookies")
    found = value_of(bob, "return [document.cookie, localStorage.who ?? '']", url=f"{site.url}/cookies")
    assert found == ["", ""]
    for visitor, name in ((alice, "alice"), (bob, "bob")):
        value_of(visitor, f"await pywebview.api.create_item({{title: 'of {name}'}})", url="about:blank")
    for visitor, name in ((alice, "alice"), (bob, "bob")):
        assert [item["title"] for item in visitor.call("list_items")["items"]] == [f"of {name}"]
    with pytest.raises(Refusal):
        alice.call("get_task", bob.call("list_tasks")["items"][0]["id"])


def test_a_cancelled_script_stops(alice: Visitor) -> None:
    source = "console.log('running'); await new Promise((go) => setTimeout(go, 100)); for (;;);"
    task_id = start(alice, source, timeout_s=120)
    wait_until_running(alice, task_id)
    alice.call("cancel_task", task_id)
    assert wait_for(alice, task_id, 10)["state"] == "cancelled"
    assert wait_for(alice, start(alice, "return 1"), 10)["state"] == "completed"


def test_more_scripts_than_may_wait_are_refused_with_their_place(alice: Visitor) -> None:
    tasks = [start(alice, "await new Promise((go) => setTimeout(go, 50_000))", timeout_s=60) for _ in range(8)]
    with pytest.raises(Refusal) as told:
        start(alice, "return 1")
    assert (told.value.status, told.value.code) == (429, "too_many_tasks")
    assert told.value.error["details"]["retry_after"] > 0
    for task_id in tasks:
        alice.call("cancel_task", task_id)
    assert {wait_for(alice, task_id)["state"] for task_id in tasks} == {"cancelled"}


def test_a_script_makes_no_tokens(alice: Visitor) -> None:
    script = "try { await pywebview.api.create_token('stolen') } catch (error) { return [error.name, error.code] }"
    assert value_of(alice, script) == ["Forbidden", "forbidden"]


def test_errors_of_calls_come_in_the_language_of_who_started_the_script(alice: Visitor) -> None:
    script = "try { await pywebview.api.create_token('mine') } catch (error) { return error.message }"
    told = set[str]()
    for language in ("en", "zh", "en"):  # in the same page
        task_id = alice.post("run_script", {"script": script}, **{"Accept-Language": language}).json()["data"]["id"]
        wait_for(alice, task_id)
        (value,) = [event["data"]["value"] for event in events_of(alice, task_id) if event["kind"] == "result"]
        assert value.isascii() == (language == "en")
        told.add(value)
    assert len(told) == 2


def test_pictures_and_input_come_where_the_engine_has_them(server: Server, alice: Visitor, site: Site) -> None:
    if not has_isolation(server):
        for name in ("get_screenshot", "send_input"):
            with pytest.raises(Refusal) as told:
                alice.call(name, **({"acts": [{"kind": "click"}]} if name == "send_input" else {}))
            assert told.value.code == "engine_lacks"
        return
    value_of(alice, "return 1", url=f"{site.url}/input")
    acts = [{"kind": "click", "x": 50, "y": 30}, {"kind": "text", "text": "typed"}, {"kind": "key", "text": "Enter"}]
    assert wait_for(alice, alice.call("send_input", acts=acts)["id"])["state"] == "completed"
    assert value_of(alice, "return document.querySelector('input').value") == "typed"
    task = wait_for(alice, alice.call("get_screenshot")["id"])
    (picture,) = [event["data"] for event in events_of(alice, task["id"]) if event["kind"] == "picture"]
    assert picture["media_type"] == "image/jpeg"
    assert base64.b64decode(picture["data"]).startswith(b"\xff\xd8")
    refused = wait_for(alice, alice.call("send_input", acts=[{"kind": "key", "text": "NoSuchKey"}])["id"])
    assert (refused["state"], refused["error"]["code"]) == ("failed", "page_act_refused")


def test_the_stream_of_a_script_is_served_by_rest(server: Server, alice: Visitor) -> None:
    token = alice.call("create_token", "program")["token"]
    answer = requests.post(
        f"{server.url}/api/v1/engine/stream",
        json={"script": "return 6 * 7"},
        headers={"Authorization": f"Bearer {token}", "Accept": "text/event-stream"},
        timeout=60,
    )
    assert '"value":42' in answer.text


def test_without_an_engine_the_answer_says_what_to_install(tmp_path: Path) -> None:
    with Server(tmp_path, local_model="false") as server:  # with STUDIOLO_ENGINE=none
        visitor = new_visitor(server.url, "alice")
        with pytest.raises(Refusal) as told:
            visitor.call("run_script", script="return 1")
    assert (told.value.status, told.value.code) == (503, "engine_unavailable")
    assert "STUDIOLO_ENGINE=auto" in told.value.error["message"]
    missing = choose("chrome", []).missing
    assert missing is not None


def test_root_is_told_to_be_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    missing = choose("auto", engines_here(tmp_path, has_sandbox=True)).missing
    assert missing is not None
    assert (missing.reason, missing.cure) == ("Chrome's sandbox does not run as root.", "Run Studiolo as another user.")
