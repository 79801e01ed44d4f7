"""The door `rpc`: the envelope, and everything that must be refused with the right code and an unchanged store."""

import http.client
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.running import Server, wait_until
from tests.visitors import Refusal, Visitor

HOSTILE_NAMES = [
    "__class__",
    "__init__",
    "_store_session",
    "_services",
    "running",
    "data",
    "call",
    "get_session/",
    "get_session.__globals__",
    "GET_SESSION",
    "get session",
    "获取",
    "%2e%2e%2fget_session",
    "%5f%5fclass%5f%5f",
    "no_such_method",
]
BAD_BODIES = [b"", b"{", b"nonsense", b"[1,", b'{"a":NaN}', b"\xff\xfe", b'"\\ud800"', b"[" * 100_000]
BAD_ARGUMENTS: list[tuple[str, Any, str]] = [
    ("update_session_data", {}, "patch"),
    ("update_session_data", {"patch": "text"}, "patch"),
    ("update_session_data", {"patch": {}, "if_version": "1"}, "if_version"),
    ("update_session_data", {"patch": {}, "if_version": 1.5}, "if_version"),
    ("update_session_data", {"patch": {}, "extra": 1}, "extra"),
    ("get_task", {"task_id": "no-uuid"}, "task_id"),
    ("get_task", {"task_id": 7}, "task_id"),
    ("get_task", [], "task_id"),
    ("get_session", [1], "get_session"),
    ("list_tasks", {"state": "lost"}, "state"),
    ("list_tasks", {"limit": True}, "limit"),
    ("list_tasks", {"after": "nonsense"}, "after"),
    ("list_conversations", {"after": "1.nonsense"}, "after"),
    ("send_message", {"text": ""}, "text"),
    ("send_message", {"text": " \n"}, "text"),
    ("send_message", {"text": None}, "text"),
    ("send_message", {"text": "x" * 200_001}, "text"),
    ("add_count", {"by": "1"}, "by"),
]


@pytest.fixture
def unchanged(alice: Visitor) -> Any:
    """Check after the test that alice's data is what it was."""
    before = alice.call("update_session_data", {"kept": True})
    yield
    assert alice.call("get_session_data") == before


def test_an_answer_comes_in_the_envelope(alice: Visitor) -> None:
    response = alice.post("echo", ["世界 🌍"])
    assert response.json() == {"status": "success", "data": "世界 🌍", "message": ""}
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"


def test_arguments_come_by_name_or_by_position(alice: Visitor) -> None:
    assert alice.call("echo", "a", 3) == alice.call("echo", value="a", times=3) == "aaa"


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_what_is_no_method_is_unknown(alice: Visitor, unchanged: None, name: str) -> None:
    response = alice.post(quote(name) if not name.startswith("%") else name)
    assert response.status_code == 404
    assert "traceback" not in response.text.lower()


@pytest.mark.parametrize("verb", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_another_verb_is_told_the_right_one(alice: Visitor, unchanged: None, verb: str) -> None:
    response = alice.http.request(verb, f"{alice.url}/api/add_count")
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_that_is_not_json_by_its_own_word_is_refused(alice: Visitor, unchanged: None, kind: str) -> None:
    response = alice.post("add_count", {}, **{"Content-Type": kind})
    assert (response.status_code, response.json()["error"]["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("body", BAD_BODIES, ids=range(len(BAD_BODIES)))
def test_a_body_that_is_not_json_is_refused(alice: Visitor, unchanged: None, body: bytes) -> None:
    headers = {"X-Session-UUID": alice.session_id, "Content-Type": "application/json"}
    response = alice.http.post(f"{alice.url}/api/add_count", data=body, headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "bad_request")


@pytest.mark.parametrize("body", ["1", '"text"', "null", "true"])
def test_arguments_that_are_no_object_and_no_array_are_refused(alice: Visitor, unchanged: None, body: str) -> None:
    response = alice.post("add_count", json.loads(body)) if body != "null" else _post_raw(alice, b"null")
    assert response.status_code == 400


@pytest.mark.parametrize(("name", "arguments", "wrong"), BAD_ARGUMENTS)
def test_arguments_that_do_not_fit_are_told_which_and_why(
    alice: Visitor, unchanged: None, name: str, arguments: Any, wrong: str
) -> None:
    response = alice.post(name, arguments)
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (422, "invalid_arguments")
    assert error["details"]["problems"][wrong]
    assert wrong in error["message"]


def test_a_body_over_a_mebibyte_is_refused(alice: Visitor, unchanged: None) -> None:
    response = alice.post("echo", ["x" * 1_048_577])
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")


def test_a_body_over_a_mebibyte_without_a_length_is_refused(alice: Visitor, unchanged: None) -> None:
    headers = {"X-Session-UUID": alice.session_id, "Content-Type": "application/json"}
    chunks = (b"x" * 65_536 for _ in range(20))
    response = alice.http.post(f"{alice.url}/api/echo", data=chunks, headers=headers)
    assert response.status_code == 413


def test_a_foreign_origin_is_refused(alice: Visitor, unchanged: None) -> None:
    for origin in ("https://evil.example", "null", f"http://127.0.0.1.evil.example:{alice.url.rpartition(':')[2]}"):
        response = alice.post("add_count", {}, Origin=origin)
        assert (response.status_code, response.json()["error"]["code"]) == (403, "foreign_origin")


def test_the_pages_own_origin_comes_in(alice: Visitor) -> None:
    assert alice.post("add_count", {}, Origin=alice.url).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.2", ""])
def test_a_foreign_host_is_refused(alice: Visitor, unchanged: None, host: str) -> None:
    response = alice.post("add_count", {}, Host=host)
    assert (response.status_code, response.json()["error"]["code"]) == (421, "misdirected_request")


def test_without_a_cookie_nothing_opens(alice: Visitor, unchanged: None) -> None:
    stranger = Visitor(alice.url)
    stranger.session_id = alice.session_id
    response = stranger.post("add_count")
    assert (response.status_code, response.json()["error"]["code"]) == (401, "unauthenticated")


def test_without_naming_a_workspace_nothing_opens(alice: Visitor, unchanged: None) -> None:
    assert alice.post("add_count", {}, **{"X-Session-UUID": ""}).status_code == 404


def test_an_error_of_a_persons_own_class_shows_no_reason_and_stores_nothing(alice: Visitor, server: Server) -> None:
    alice.call("add_count", 5)
    response = alice.post("break_down", {"after_count": 99})
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (500, "internal_error")
    assert "nobody outside" not in response.text
    wait_until(lambda: error["request_id"][:8] in server.log, what="the log's line")
    assert alice.call("add_count") == 6


def test_an_attribute_of_a_persons_own_class_is_refused_with_the_cure(alice: Visitor, server: Server) -> None:
    assert alice.post("keep_on_self", {"value": 1}).status_code == 500
    wait_until(lambda: "Keep it as self.data['value']" in server.log, what="the sentence in the log")


def test_data_of_a_persons_own_class_is_bounded(alice: Visitor) -> None:
    with pytest.raises(Refusal) as refusal:
        alice.call("keep_large", 2_000_000)
    assert (refusal.value.status, refusal.value.code) == (413, "too_large")
    assert alice.call("add_count") == 1


def test_messages_come_in_the_callers_language(alice: Visitor) -> None:
    chinese = alice.post("get_task", {"task_id": str(uuid.uuid4())}, **{"Accept-Language": "zh-CN,zh;q=0.9"}).json()
    english = alice.post("get_task", {"task_id": str(uuid.uuid4())}, **{"Accept-Language": "fr, en;q=0.5"}).json()
    assert "任务" in chinese["error"]["message"]
    assert "task" in english["error"]["message"]


def test_a_request_keeps_the_id_its_caller_gave(alice: Visitor) -> None:
    response = alice.post("get_task", {"task_id": str(uuid.uuid4())}, **{"X-Request-ID": "my-own-request-id"})
    assert response.headers["X-Request-ID"] == response.json()["error"]["request_id"] == "my-own-request-id"
    other = alice.post("get_session", {}, **{"X-Request-ID": "bad id\t<script>"})
    assert "<" not in other.headers["X-Request-ID"]


def test_one_visitors_waiting_calls_are_bounded_and_stop_nobody_else(alice: Visitor, bob: Visitor) -> None:
    with ThreadPoolExecutor(90) as threads:
        calls = [threads.submit(alice.post, "sleep_for", {"seconds": 0.8}) for _ in range(90)]
        assert bob.call("add_count") == 1
        statuses = [call.result().status_code for call in calls]
    assert set(statuses) == {200, 429}
    assert statuses.count(200) >= 72  # 8 at once and 64 in line
    refused = next(call.result() for call in calls if call.result().status_code == 429)
    assert refused.headers["Retry-After"] == str(refused.json()["error"]["details"]["retry_after"])


def test_a_reader_that_hangs_up_blocks_no_thread(alice: Visitor, bob: Visitor) -> None:
    for _ in range(100):
        connection = http.client.HTTPConnection(alice.url.removeprefix("http://"))
        connection.putrequest("POST", "/api/add_count")
        connection.putheader("Content-Length", "1000")
        connection.endheaders(b"{")
        connection.close()
    assert bob.call("add_count") == 1


def test_a_task_is_streamed_to_a_caller_who_asks_for_events(alice: Visitor) -> None:
    response = alice.post("send_message", {"text": "stream it"}, Accept="text/event-stream")
    assert response.headers["Content-Type"].startswith("text/event-stream")
    blocks = [block for block in response.text.split("\n\n") if block.startswith(("id:", "event:"))]
    kinds = [
        line.removeprefix("event: ") for block in blocks for line in block.splitlines() if line.startswith("event:")
    ]
    numbers = [int(block.splitlines()[0].removeprefix("id: ")) for block in blocks[1:]]
    assert (kinds[0], kinds[-1]) == ("task", "end")
    assert numbers == list(range(1, len(numbers) + 1))


def _post_raw(visitor: Visitor, body: bytes) -> requests.Response:
    headers = {"X-Session-UUID": visitor.session_id, "Content-Type": "application/json"}
    return visitor.http.post(f"{visitor.url}/api/add_count", data=body, headers=headers)
