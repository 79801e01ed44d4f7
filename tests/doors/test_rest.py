"""The door `rest`: declared routes, arguments from path, query and body, versions, streams, tokens."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from api.method import METHODS, DeclarationError, Methods, method
from doors.routes import routes_of
from tests.asking import TEXT, ask, ended
from tests.running import Server
from tests.visitors import Visitor, new_visitor

PATIENCE_S = 20


class Program:
    """A caller without a cookie."""

    def __init__(self, url: str, token: str = "") -> None:
        self.base = f"{url}/api/v1"
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def send(self, verb: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """Send one request."""
        asked = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return requests.request(verb, self.base + path, json=body, headers=asked, timeout=PATIENCE_S)

    def get(self, path: str, **headers: str) -> Any:
        """Return the data of an answer."""
        return self.data_of(self.send("GET", path, **headers))

    @staticmethod
    def data_of(response: requests.Response) -> Any:
        """Return the data of an answer that is a success."""
        envelope = response.json()
        assert envelope["status"] == "success", envelope
        return envelope["data"]


@pytest.fixture
def program(alice: Visitor) -> Program:
    """A program with a token to alice's workspace."""
    return Program(alice.url, alice.call("create_token", "test")["token"])


def code_of(response: requests.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def events_of(response: requests.Response) -> Iterator[tuple[int, str, Any]]:
    number, kind = 0, ""
    for line in response.iter_lines(decode_unicode=True):
        word, _, rest = line.partition(": ")
        if word == "id":
            number = int(rest)
        elif word == "event":
            kind = rest
        elif word == "data":
            yield number, kind, json.loads(rest)


def test_a_token_opens_its_workspace_and_no_other(alice: Visitor, bob: Visitor, program: Program) -> None:
    assert program.get("/session")["id"] == alice.session_id
    assert program.get("/session", X_Session_UUID=alice.session_id)["id"] == alice.session_id
    assert code_of(program.send("GET", "/session", X_Session_UUID=bob.session_id)) == (404, "not_found")
    assert [one["id"] for one in program.get("/sessions")["items"]] == [alice.session_id]


def test_a_token_calls_by_rpc_too(alice: Visitor, program: Program) -> None:
    address = f"{alice.url}/api/get_session"
    answer = requests.post(address, json={}, headers=program.headers, timeout=PATIENCE_S)
    assert answer.json()["data"]["id"] == alice.session_id


def test_a_token_makes_no_tokens_and_one_that_is_deleted_opens_nothing(alice: Visitor, program: Program) -> None:
    assert code_of(program.send("POST", "/tokens", {"name": "more"})) == (403, "forbidden")
    (token,) = program.get("/tokens")["items"]
    assert token["used_at"] is not None
    assert "token" not in token
    assert code_of(program.send("DELETE", "/tokens/00000000-0000-4000-8000-000000000000")) == (404, "not_found")
    assert program.data_of(program.send("DELETE", f"/tokens/{token['id']}")) is None
    assert code_of(program.send("GET", "/session")) == (401, "unauthenticated")


@pytest.mark.parametrize("word", ["", "studiolo_", "Bearer", "x" * 5000, "studiolo_" + "A" * 43])
def test_a_false_token_opens_nothing_even_beside_a_cookie(alice: Visitor, word: str) -> None:
    cookies = dict(alice.http.cookies)
    headers = {"Authorization": f"Bearer {word}", "X-Session-UUID": alice.session_id}
    address = f"{alice.url}/api/v1/session"
    answer = requests.get(address, headers=headers, cookies=cookies, timeout=PATIENCE_S)
    assert code_of(answer) == (401, "unauthenticated")


def test_a_browser_needs_no_token_and_gets_its_last_workspace(alice: Visitor) -> None:
    cookies = dict(alice.http.cookies)
    answer = requests.get(f"{alice.url}/api/v1/session", cookies=cookies, timeout=PATIENCE_S)
    assert answer.json()["data"]["id"] == alice.session_id


def test_without_a_key_only_what_is_public_answers(server: Server) -> None:
    nobody = Program(server.url)
    health = nobody.get("/health")
    assert health["status"] == "healthy"
    assert [check["name"] for check in health["checks"]] == ["database", "disk", "memory", "model", "engine"]
    closed = [route for route in routes_of(METHODS) if not route.method.is_public]
    for route in closed:
        path = route.path.replace("{", "").replace("}", "")
        assert code_of(nobody.send(route.verb, path, {} if route.takes_body else None)) == (401, "unauthenticated")


def test_arguments_come_from_the_query_with_their_types(alice: Visitor, program: Program) -> None:
    for number in range(3):
        ended(alice, ask(alice, f"question {number}"))
    assert len(program.get("/chat/conversations?limit=2")["items"]) == 2
    assert len(program.get("/tasks?state=completed&limit=2")["items"]) == 2
    for query in ("limit=two", "limit=2&limit=3", "state=lost", "wrong=1"):
        status, code = code_of(program.send("GET", f"/tasks?{query}"))
        assert (status, code) == (422, "invalid_arguments"), query


def test_what_stands_in_the_path_stands_nowhere_else(alice: Visitor, program: Program) -> None:
    conversation = ended(alice, ask(alice, "hello"))["facts"]["conversation_id"]
    path = f"/chat/conversations/{conversation}"
    assert program.data_of(program.send("PATCH", path, {"title": "Tea"}))["title"] == "Tea"
    again = program.send("PATCH", path, {"title": "Tea", "conversation_id": conversation})
    assert code_of(again) == (422, "invalid_arguments")
    assert code_of(program.send("PATCH", path + "?title=Tea", {})) == (422, "invalid_arguments")
    assert code_of(program.send("PATCH", "/chat/conversations/nonsense", {})) == (422, "invalid_arguments")


def test_a_wrong_verb_is_told_the_right_ones_and_a_wrong_path_is_unknown(program: Program) -> None:
    answer = program.send("PUT", "/session", {})
    assert (code_of(answer), answer.headers["Allow"]) == ((405, "method_not_allowed"), "GET, HEAD, PATCH")
    for path in ("/nothing", "/session/", "/task"):
        assert code_of(program.send("GET", path)) == (404, "unknown_method"), path


def test_a_whole_number_may_be_written_with_a_point(alice: Visitor) -> None:
    assert alice.post("create_token", {"name": "x", "days": 30.0}).json()["data"]["name"] == "x"
    assert alice.post("create_token", {"name": "x", "days": 30.5}).status_code == 422


def test_a_header_that_is_empty_names_nothing(alice: Visitor, program: Program) -> None:
    cookies, address = dict(alice.http.cookies), f"{program.base}/session"
    for headers, status in (({"X-Session-UUID": ""}, 404), ({"Authorization": ""}, 401)):
        answer = requests.get(address, headers=headers, cookies=cookies, timeout=PATIENCE_S)
        assert answer.status_code == status
    assert program.send("GET", "/session", X_Session_UUID="").status_code == 404


def test_a_task_streams_where_events_are_accepted_and_says_where_it_is(program: Program) -> None:
    answer = program.send("POST", "/chat/message", {"text": "hello"}, Accept="text/event-stream")
    assert (answer.status_code, answer.headers["Content-Type"]) == (202, "text/event-stream; charset=utf-8")
    task = next(events_of(answer))[2]
    assert answer.headers["Location"] == f"/api/v1/task/{task['id']}"
    stopped = program.send("POST", f"/task/{task['id']}/cancel")
    assert (stopped.status_code, stopped.json()["data"]["state"]) == (200, "completed")


def test_the_fields_of_a_spread_argument_are_words_of_the_query(program: Program) -> None:
    address = "/wishes?text=x&tags=a&tags=b&day=2026-11-21&limit=3"
    wished = {"text": "x", "tags": ["a", "b"], "day": "2026-11-21"}
    assert program.send("GET", address).json()["data"] == [wished, 3]
    assert program.send("GET", "/wishes").json()["data"] == [{}, 10]
    for word in ("text=x&text=y", "day=tomorrow", "tags=toolong", "wishes=x", "colour=red", "limit=1&limit=2"):
        answer = program.send("GET", f"/wishes?{word}")
        assert code_of(answer) == (422, "invalid_arguments"), word
        assert word.partition("=")[0] in str(answer.json()["error"]["details"]), word


def test_the_body_is_the_spread_argument_and_other_arguments_come_beside_it(program: Program) -> None:
    answer = program.send("PUT", "/wishes/7?note=soon", {"text": "x", "day": None})
    assert answer.json()["data"] == [7, {"text": "x", "day": None}, "soon"]
    for path, body in (("/wishes/7?text=x", {}), ("/wishes/7?wish_id=8", {}), ("/wishes/7", {"note": "x"})):
        assert code_of(program.send("PUT", path, body)) == (422, "invalid_arguments"), path


def test_bodies_that_are_no_json_objects_are_refused(program: Program) -> None:
    def send(body: bytes, kind: str) -> tuple[int, str]:
        headers = {**program.headers, "Content-Type": kind}
        return code_of(requests.patch(f"{program.base}/session", body, headers=headers, timeout=PATIENCE_S))

    assert send(b"{", "application/json") == (400, "bad_request")
    assert send(b"[]", "application/json") == (400, "bad_request")
    assert send(b"{}", "text/plain") == (415, "unsupported_media_type")
    assert send(b'{"title":"' + b"x" * 1_048_577 + b'"}', "application/json") == (413, "too_large")


def test_a_version_is_an_etag_and_if_match_guards_it(alice: Visitor, program: Program) -> None:
    alice.call("update_session_data", {"a": 1})
    first = program.send("GET", "/session/data")
    assert first.headers["ETag"] == '"1"'
    assert program.send("GET", "/session/data", If_None_Match='"1"').status_code == 304
    changed = program.send("PATCH", "/session/data", {"patch": {"a": 2}}, If_Match='"1"')
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    stale = program.send("PATCH", "/session/data", {"patch": {"a": 3}}, If_Match='"1"')
    assert code_of(stale) == (412, "conflict")
    assert code_of(program.send("PATCH", "/session/data", {"patch": {}}, If_Match="one")) == (400, "bad_request")
    assert program.get("/session/data")["data"] == {"a": 2}


def test_long_answers_are_packed_where_that_is_taken(alice: Visitor, program: Program) -> None:
    alice.call("update_session_data", {"text": "long " * 1000})
    assert program.send("GET", "/session/data", Accept_Encoding="gzip").headers["Content-Encoding"] == "gzip"
    for taken in ("identity", "gzip;q=0"):
        assert "Content-Encoding" not in program.send("GET", "/session/data", Accept_Encoding=taken).headers
    assert "Content-Encoding" not in program.send("GET", "/session", Accept_Encoding="gzip").headers


def test_a_question_is_answered_as_a_task(program: Program) -> None:
    answer = program.send("POST", "/chat/message", {"text": "hello"})
    task = program.data_of(answer)
    assert (answer.status_code, answer.headers["Location"]) == (202, f"/api/v1/task/{task['id']}")


def test_a_stream_begins_with_its_task_and_is_resumed_after_a_number(alice: Visitor, program: Program) -> None:
    address, body = f"{program.base}/chat/stream", {"text": "hello"}
    with requests.post(address, json=body, headers=program.headers, stream=True, timeout=PATIENCE_S) as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        found = list(events_of(response))
    _number, kind, task = found[0]
    assert kind == "task"
    assert "".join(data["text"] for _, kind, data in found if kind == "text") == TEXT
    assert [number for number, _, _ in found[1:]] == list(range(1, len(found)))
    events = f"{program.base}/task/{task['id']}/events"
    for place in (
        {"headers": {**program.headers, "Last-Event-ID": "2"}},
        {"headers": program.headers, "params": {"after": 2}},
    ):
        with requests.get(events, stream=True, timeout=PATIENCE_S, **place) as response:
            assert list(events_of(response))[1:] == found[3:]
    strange = requests.get(events, headers={**program.headers, "Last-Event-ID": "two"}, timeout=PATIENCE_S)
    assert code_of(strange) == (422, "invalid_arguments")
    other = Program(alice.url, new_visitor(alice.url, "mallory").call("create_token", "x")["token"])
    assert code_of(other.send("GET", f"/task/{task['id']}/events")) == (404, "not_found")


def test_two_methods_at_one_address_stop_the_start() -> None:
    class Twice:
        @method(rest="GET /session/{word}")
        def get_one(self, word: str) -> str:
            """Get one."""
            return word

        @method(rest="GET /session/{name}")
        def get_other(self, name: str) -> str:
            """Get another."""
            return name

    with pytest.raises(DeclarationError, match="is the route of get_one"):
        routes_of(Methods().including(Twice))


@pytest.mark.parametrize("route", ["FETCH /x", "GET x", "GET /x/{nothing}"])
def test_a_route_that_is_none_stops_the_start(route: str) -> None:
    class Wrong:
        @method(rest=route)
        def get_wrong(self) -> None:
            """Get nothing."""

    with pytest.raises(DeclarationError, match="is no route"):
        routes_of(Methods().including(Wrong))
