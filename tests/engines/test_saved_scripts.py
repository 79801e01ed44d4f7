"""Scripts that are kept: written, changed, started by hand and by the clock, taken away and brought back."""

from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from providers.fakes.openai_server import FakeOpenAI
from store.clock import now_ms
from store.tables import scripts, sessions
from tests.engines.served import engine_server, events_of, start, value_of, wait_for
from tests.engines.site import Site
from tests.running import Server, wait_until
from tests.stored import database_of, rows
from tests.visitors import Live, Refusal, Visitor, new_visitor

pytestmark = pytest.mark.timeout(240)
SCRIPT = {"name": " Say hello ", "script": "console.log('hello'); return 41 + 1"}
MOVES = """
const box = document.querySelector("input");
for (let step = 0; !box.value.includes("typed"); step++) {
  document.title = `step ${step}`;
  document.body.style.background = `hsl(${(step * 30) % 360} 80% 80%)`;
  await new Promise((go) => setTimeout(go, 100));
}"""
NEVER_ENDS = "console.log('on'); await new Promise(() => {})"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """What the pages may reach."""
    with Site() as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, site: Site, fake_models: FakeOpenAI) -> Iterator[Server]:
    """A server with Chrome and a model."""
    words = {"egress": site.address, "model_url": fake_models.url, "model_name": "ok"}
    with engine_server(tmp_path_factory.mktemp("scripts"), "chrome", **words) as running:
        yield running


@pytest.fixture
def alice(server: Server) -> Visitor:
    """A visitor."""
    return new_visitor(server.url, "alice")


def created(visitor: Visitor, **fields: Any) -> dict[str, Any]:
    found: dict[str, Any] = visitor.call("create_script", definition=SCRIPT | fields)
    return found


def scheduled(cron: str = "* * * * *", **more: Any) -> dict[str, Any]:
    return {"cron": cron, "time_zone": "Europe/Vienna", **more}


def make_due(server: Server, script_id: str) -> None:
    """Let a script's time come."""
    with database_of(server.data_dir) as database, database.write() as write:
        due = update(scripts).where(scripts.c.id == UUID(script_id)).values(next_ms=now_ms() - 1)
        assert write.connection.execute(due).rowcount == 1


def runs_of(visitor: Visitor, script_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = visitor.call("list_script_runs", script_id)["items"]
    return found


def refusal_of(visitor: Visitor, name: str, *given: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as told:
        visitor.call(name, *given, **named)
    return told.value


def test_a_script_is_kept_listed_changed_and_started(alice: Visitor) -> None:
    made = created(alice)
    assert (made["name"], made["version"], made["timeout_s"], made["schedule"]) == ("Say hello", 1, 30, None)
    (line,) = alice.call("list_scripts")["items"]
    assert line["id"] == made["id"]
    assert "script" not in line
    assert alice.call("get_script", made["id"]) == made
    task = wait_for(alice, alice.call("start_script", made["id"])["id"])
    assert (task["kind"], task["state"]) == ("script", "completed")
    assert task["facts"] == {"script_id": made["id"], "name": "Say hello", "url": None}
    assert {"value": 42} in [event["data"] for event in events_of(alice, task["id"])]
    changed = alice.call("update_script", made["id"], {"name": "Say more", "url": "https://example.org/"}, 1)
    assert (changed["name"], changed["url"], changed["version"]) == ("Say more", "https://example.org/", 2)
    assert changed["script"] == made["script"]
    assert changed["last_run"]["task_id"] == task["id"]
    assert alice.call("update_script", made["id"], {"url": None})["url"] is None


def test_what_somebody_else_changed_is_not_written_over(alice: Visitor) -> None:
    made = created(alice)
    alice.call("update_script", made["id"], {"name": "Theirs"})
    refusal = refusal_of(alice, "update_script", made["id"], {"name": "Mine"}, 1)
    assert (refusal.status, refusal.code) == (409, "conflict")
    assert refusal.error["details"]["current"]["name"] == "Theirs"
    assert alice.call("get_script", made["id"])["name"] == "Theirs"


def test_a_deleted_script_runs_no_more_and_comes_back_with_its_schedule(alice: Visitor, server: Server) -> None:
    made = created(alice, schedule=scheduled())
    alice.call("delete_script", made["id"])
    for name in ("get_script", "start_script", "list_script_runs", "delete_script"):
        assert refusal_of(alice, name, made["id"]).code == "not_found"
    assert alice.call("list_scripts")["items"] == []
    (row,) = rows(server.data_dir, select(scripts.c.next_ms).where(scripts.c.id == UUID(made["id"])))
    assert row == (None,)
    back = alice.call("restore_script", made["id"])
    assert (back["schedule"], back["next_at"]) == (made["schedule"], made["next_at"])


def test_the_time_of_a_schedule_starts_it_with_nobody_there(server: Server, alice: Visitor) -> None:
    made = created(alice, schedule=scheduled("0 4 * * *"))
    before = made["next_at"]
    alice.http.close()
    make_due(server, made["id"])
    wait_until(lambda: runs_of(alice, made["id"]), 10, "the run")
    (run,) = runs_of(alice, made["id"])
    assert run["is_scheduled"]
    assert wait_for(alice, run["task_id"])["state"] == "completed"
    found = alice.call("get_script", made["id"])
    assert (found["next_at"], found["last_run"]["state"], found["skipped"]) == (before, "completed", None)


def test_a_time_that_comes_while_it_still_runs_is_left_out_and_told(server: Server, alice: Visitor) -> None:
    made = created(alice, script=NEVER_ENDS, timeout_s=120, schedule=scheduled("0 4 * * *"))
    task = alice.call("start_script", made["id"])
    make_due(server, made["id"])
    wait_until(lambda: alice.call("get_script", made["id"])["skipped"], 10, "the word of it")
    found = alice.call("get_script", made["id"])
    assert found["skipped"]["error"]["code"] == "still_running"
    assert len(runs_of(alice, made["id"])) == 1
    alice.call("cancel_task", task["id"])
    wait_for(alice, task["id"])
    make_due(server, made["id"])
    wait_until(lambda: len(runs_of(alice, made["id"])) == 2, 10, "the next run")
    assert alice.call("get_script", made["id"])["skipped"] is None
    alice.call("cancel_task", runs_of(alice, made["id"])[0]["task_id"])


def test_a_schedule_is_switched_off_and_taken_away(alice: Visitor) -> None:
    made = created(alice, schedule=scheduled())
    assert made["next_at"] is not None
    off = alice.call("update_script", made["id"], {"schedule": scheduled(is_on=False)})
    assert (off["next_at"], off["schedule"]["is_on"]) == (None, False)
    assert alice.call("update_script", made["id"], {"schedule": None})["schedule"] is None


def test_a_run_by_schedule_is_a_use_of_its_workspace(server: Server, alice: Visitor) -> None:
    made = created(alice, schedule=scheduled("0 4 * * *"))
    own = sessions.c.id == UUID(alice.session_id)
    with database_of(server.data_dir) as database, database.write() as write:
        write.connection.execute(update(sessions).where(own).values(expires_ms=now_ms() + 60_000))
    make_due(server, made["id"])
    day_ms = 86_400_000
    wait_until(
        lambda: rows(server.data_dir, select(sessions.c.expires_ms).where(own))[0][0] > now_ms() + day_ms, 10, "the use"
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"name": " "},
        {"script": ""},
        {"script": "x" * 262_145},
        {"url": "file:///etc/passwd"},
        {"timeout_s": 601},
        {"origins": ["example.org"]},
        {"schedule": {"cron": "* * * *"}},
        {"schedule": {"cron": "* * * * * *"}},
        {"schedule": {"cron": "61 * * * *"}},
        {"schedule": {"cron": "0 0 30 2 *"}},
        {"schedule": {"cron": "@reboot"}},
        {"schedule": {"cron": "* * * * *", "time_zone": "Middle/Earth"}},
        {"schedule": {"cron": "* * * * *", "time_zone": "../UTC"}},
        {"schedule": {"cron": "* * * * *", "more": 1}},
        {"more": 1},
    ],
)
def test_what_cannot_be_kept_is_refused(alice: Visitor, fields: dict[str, Any]) -> None:
    assert refusal_of(alice, "create_script", definition=SCRIPT | fields).code == "invalid_arguments"
    made = created(alice)
    assert refusal_of(alice, "update_script", made["id"], fields).code == "invalid_arguments"
    assert alice.call("get_script", made["id"]) == made


def test_scripts_are_of_their_workspace(server: Server, alice: Visitor) -> None:
    made, bob = created(alice), new_visitor(server.url, "bob")
    assert bob.call("list_scripts")["items"] == []
    for name, *given in (
        ("get_script",),
        ("update_script", {"name": "mine"}),
        ("delete_script",),
        ("restore_script",),
        ("start_script",),
        ("list_script_runs",),
    ):
        assert refusal_of(bob, name, made["id"], *given).code == "not_found"
    assert alice.call("get_script", made["id"]) == made


def test_as_many_scripts_are_kept_as_may_be(alice: Visitor) -> None:
    ids = [created(alice)["id"] for _ in range(100)]
    assert refusal_of(alice, "create_script", definition=SCRIPT).code == "too_many_scripts"
    alice.call("delete_script", ids[0])
    created(alice)
    assert refusal_of(alice, "restore_script", ids[0]).code == "too_many_scripts"


def test_the_runs_of_a_script_are_listed_page_after_page(alice: Visitor) -> None:
    made = created(alice, script="return 1")
    started = [wait_for(alice, alice.call("start_script", made["id"])["id"])["id"] for _ in range(3)]
    first = alice.call("list_script_runs", made["id"], None, 2)
    rest = alice.call("list_script_runs", made["id"], first["next"], 2)
    assert [run["task_id"] for run in first["items"] + rest["items"]] == started[::-1]
    assert rest["next"] is None
    assert refusal_of(alice, "list_script_runs", made["id"], "nowhere").code == "invalid_arguments"


def test_the_next_times_of_a_schedule_are_those_of_its_clock(alice: Visitor) -> None:
    times = alice.call("get_schedule_times", "30 9 * * 1-5", "Asia/Shanghai")["times"]
    assert len(times) == 5
    assert {datetime.fromisoformat(time).astimezone(UTC).strftime("%H:%M") for time in times} == {"01:30"}


def test_a_script_tells_its_person_something(alice: Visitor) -> None:
    alice.call("update_session", "Alice")
    with alice.live() as live:
        live.follow("session")
        task_id = start(alice, "return {notice: 'It has changed.'}")
        (notice,) = told_by(live, "notice", 1)
        assert notice == {"text": "It has changed.", "task_id": task_id, "script_id": None}


def told_by(live: Live, kind: str, num: int) -> list[dict[str, Any]]:
    """Return the first events of a kind that come."""
    found: list[dict[str, Any]] = []
    while len(found) < num:
        live.receive(60)
        found = [event["data"] for _stream, event in live.events if event["kind"] == kind]
    return found


def test_a_run_on_a_page_ends_with_its_picture(alice: Visitor, site: Site) -> None:
    for script, state in (("return 1", "completed"), ("throw new Error('no')", "failed")):
        task = wait_for(alice, start(alice, script, url=f"{site.url}/table"))
        (picture,) = [event["data"] for event in events_of(alice, task["id"]) if event["kind"] == "picture"]
        assert task["state"] == state
        assert picture["width"] > 600
        assert b64decode(picture["data"]).startswith(b"\xff\xd8")


def test_what_a_script_returns_has_a_bound_that_is_told(alice: Visitor) -> None:
    task = wait_for(alice, start(alice, "return 'x'.repeat(199_000)"))
    assert task["state"] == "completed", task["error"]
    task = wait_for(alice, start(alice, "return '\u5ba4'.repeat(70_000)"))
    assert task["error"]["code"] == "script_failed"
    assert "200000 bytes" in task["error"]["message"]


def test_a_page_is_shown_while_it_changes_and_a_click_goes_beside_its_script(alice: Visitor, site: Site) -> None:
    task_id = start(alice, MOVES, url=f"{site.url}/input", timeout_s=60)
    watch = alice.call("watch_page")
    assert alice.call("watch_page")["id"] == watch["id"]
    assert watch["id"] not in [task["id"] for task in alice.call("list_tasks")["items"]]
    with alice.live() as live:
        live.follow(watch["id"])
        assert len({picture["data"] for picture in told_by(live, "picture", 3)}) == 3
    assert alice.call("watch_page")["last_event"] >= 4
    alice.call("send_input", acts=[{"kind": "click", "x": 50, "y": 30}, {"kind": "text", "text": "typed"}])
    assert wait_for(alice, task_id)["state"] == "completed"
    alice.call("cancel_task", watch["id"])
    assert wait_for(alice, watch["id"])["state"] == "cancelled"
    kept = {event["kind"] for event in unfolded(events_of(alice, watch["id"]))}
    assert kept == {"state", "page", "end"}, "nothing is kept of what was shown"


def unfolded(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return events with what a snapshot among them says in its place."""
    return [one for event in events for one in (event["data"]["events"] if event["kind"] == "snapshot" else [event])]


def test_the_examples_do_what_they_say(server: Server, site: Site, alice: Visitor) -> None:
    examples = {one["id"]: one for one in alice.call("list_script_examples")["items"]}
    assert list(examples) == ["table_to_items", "tell_changes", "ask_model"]
    for _ in range(2):  # run again, it changes and does not add
        task = wait_for(alice, start(alice, examples["table_to_items"]["script"], url=f"{site.url}/table"))
        assert task["state"] == "completed", task["error"]
    items = alice.call("list_items", sort="title")["items"]
    assert [(item["title"], item["number"]) for item in items] == [("Colossus", 33), ("Lighthouse", 103)]
    found = [
        value_of(alice, examples["tell_changes"]["script"], url=f"{site.url}/{path}") for path in ("cookies", "cookies")
    ]
    assert found == [{"changed": False, "first": True}, {"changed": False}]
    (watched,) = alice.call("list_items", where={"tags": ["watched"]})["items"]
    alice.call("update_item", watched["id"], {"text": "what was there before"})
    told = value_of(alice, examples["tell_changes"]["script"], url=f"{site.url}/cookies")
    assert told["changed"]
    assert told["notice"].endswith("has changed.")


def test_the_model_is_asked_and_its_answer_becomes_an_item(alice: Visitor) -> None:
    script = alice.call("list_script_examples")["items"][2]["script"]
    answer = value_of(alice, script)["answer"]
    (item,) = alice.call("list_items")["items"]
    assert (item["title"], item["text"]) == ("What is a studiolo?", answer)
    assert answer
