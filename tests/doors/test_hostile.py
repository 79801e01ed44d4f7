"""What a hostile visitor tries at the doors."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from websockets.exceptions import InvalidStatus

from api.plugin import Plugin
from doors.gate import OWN_NAMES, refusal
from providers.fakes.openai_server import FakeOpenAI
from tests.running import ROOT, Server, wait_until
from tests.visitors import Live, Visitor, new_visitor

FAST_S = 1.0
PROBE = ROOT / "tests" / "probe"


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server whose threads a test may fill."""
    with Server(tmp_path, "--plugin", str(PROBE), local_model="false", num_threads=16) as running:
        yield running


def _answers_a_stranger(server: Server) -> bool:
    try:
        return requests.get(f"{server.url}/new", timeout=FAST_S, allow_redirects=False).status_code == 302
    except requests.Timeout:
        return False


def test_a_second_key_cookie_gives_no_second_line(own_server: Server) -> None:
    visitor = new_visitor(own_server.url, "mallory")
    own = "; ".join(f"{name}={value}" for name, value in visitor.http.cookies.items())

    def hang(number: int) -> None:
        cookies = {"Cookie": f"{own}; studiolo_key={number}"}
        headers = {"X-Session-UUID": visitor.session_id, "Content-Type": "application/json", **cookies}
        requests.post(f"{own_server.url}/api/sleep_for", data="[3]", headers=headers, timeout=20)

    with ThreadPoolExecutor(24) as pool:
        for number in range(24):
            pool.submit(hang, number)
        assert _answers_a_stranger(own_server)


def test_a_call_keeps_its_place_when_its_socket_hangs_up(own_server: Server) -> None:
    visitor = new_visitor(own_server.url, "mallory")
    for _ in range(2):
        live = visitor.live()
        live.until("hello")
        for number in range(8):
            live.send({"call": number, "method": "sleep_for", "arguments": [3]})
        live.send({"ping": 1})
        live.until("pong")
        live.socket.socket.close()  # without a word, as a network that is gone
    assert _answers_a_stranger(own_server)


def test_calls_that_wait_in_one_workspace_leave_the_page_free(own_server: Server) -> None:
    visitor = new_visitor(own_server.url, "alice")
    with ThreadPoolExecutor(20) as pool:
        for _ in range(20):
            pool.submit(visitor.post, "sleep_for", [2])
        page = visitor.http.get(f"{own_server.url}/uuid={visitor.session_id}", timeout=FAST_S)
        assert page.status_code == 200


@pytest.mark.parametrize("origin", ["http://[::1", "http://[x]"])
def test_an_origin_that_is_no_address_is_refused(alice: Visitor, origin: str) -> None:
    response = alice.post("get_session", Origin=origin)
    assert (response.status_code, response.json()["error"]["code"]) == (403, "foreign_origin")


def test_a_null_origin_without_a_host_is_foreign() -> None:
    assert refusal({"origin": "null"}, OWN_NAMES | {"*"}) is not None


def test_refusals_of_the_gate_carry_the_headers_of_all(alice: Visitor) -> None:
    response = alice.post("get_session", Origin="http://evil.example")
    assert response.headers["X-Request-ID"] == response.json()["error"]["request_id"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("list_tasks", {"after": "9" * 25}),
        ("list_tasks", {"after": "9" * 5000}),
        ("list_conversations", {"after": f"1.{'9' * 25}.00000000-0000-4000-8000-000000000000"}),
    ],
)
def test_a_place_beyond_all_numbers_is_a_wrong_argument(alice: Visitor, name: str, arguments: dict[str, str]) -> None:
    assert alice.post(name, arguments).status_code == 422


def test_a_true_over_a_one_is_a_change(alice: Visitor) -> None:
    alice.call("update_session_data", patch={"flag": 1})
    assert json.dumps(alice.call("update_session_data", patch={"flag": True})["data"]) == '{"flag": true}'


def test_data_may_be_set_to_itself() -> None:
    plugin = Plugin.__new__(Plugin)
    object.__setattr__(plugin, "_state", ({"kept": 1}, b"", 1))
    plugin.data |= {"more": 2}
    assert plugin.data == {"kept": 1, "more": 2}


def test_a_socket_at_another_address_is_no_defect(server: Server, alice: Visitor) -> None:
    with pytest.raises(InvalidStatus) as refused:
        Live(server.url.replace("http", "ws", 1) + "/nowhere", "")
    assert refused.value.response.status_code in (403, 404)


def test_a_model_server_that_is_down_is_named(tmp_path: Path) -> None:
    with Server(tmp_path, model_url="http://127.0.0.1:9/v1", local_model="false") as running:
        visitor = new_visitor(running.url, "alice")
        assert visitor.post("send_message", {"text": "x"}).json()["error"]["code"] == "model_unreachable"


def test_one_browser_does_not_take_every_runner(fake_models: FakeOpenAI, tmp_path: Path) -> None:
    settings = {"model_url": fake_models.url, "model_name": "count:200:20", "local_model": "false", "num_runners": 4}
    with Server(tmp_path, "--plugin", str(PROBE), **settings) as running:
        mallory, bob = new_visitor(running.url, "mallory"), new_visitor(running.url, "bob")
        for _ in range(5):
            mallory.open("/new").call("send_message", text="hog")
        task = bob.call("send_message", text="hello")["id"]
        wait_until(lambda: bob.call("get_task", task)["state"] != "pending", 2, "bob's turn")


def test_the_key_cookie_is_renewed_when_the_page_is_opened(alice: Visitor) -> None:
    alice.call("update_session_data", patch={"x": 1})
    page = alice.http.get(f"{alice.url}/uuid={alice.session_id}")
    assert "studiolo_key=" in page.headers.get("Set-Cookie", "")
