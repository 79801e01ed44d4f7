"""A call with an idempotency key is done once and answers the same, at every door; without one nothing changes."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
import requests
from sqlalchemy import func, select

from store import key_rows
from store.clock import now_ms
from store.tables import idempotency_keys, sessions
from tests.running import Server
from tests.stored import database_of, everything, looking
from tests.visitors import PATIENCE_S, Visitor


def send(visitor: Visitor, name: str, arguments: object, key: str = "key") -> requests.Response:
    return visitor.post(name, arguments, **{"Idempotency-Key": key})


def code_of(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_the_same_again_has_no_second_effect_and_the_same_answer(alice: Visitor) -> None:
    answers = {send(alice, "add_count", {"by": 3}).content for _ in range(3)}
    assert len(answers) == 1
    assert send(alice, "add_count", [3]).content in answers, "by position it is the same call"
    assert alice.call("get_session_data")["data"] == {"count": 3}
    assert alice.call("add_count", 3) == 6


def test_a_key_belongs_to_one_call(alice: Visitor) -> None:
    send(alice, "add_count", {"by": 3})
    assert code_of(send(alice, "add_count", {"by": 4})) == (422, "key_reused")
    assert code_of(send(alice, "echo", {"value": "x"})) == (422, "key_reused")
    assert alice.call("get_session_data")["data"] == {"count": 3}


def test_two_workspaces_may_use_the_same_key(alice: Visitor, bob: Visitor) -> None:
    assert send(alice, "add_count", {"by": 3}).json()["data"] == 3
    assert send(bob, "add_count", {"by": 5}).json()["data"] == 5


def test_one_that_is_still_under_way_is_refused_and_answered_later(alice: Visitor) -> None:
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _: send(alice, "add_after", {"seconds": 1.5}), range(2)))
    done, refused = sorted(answers, key=lambda answer: answer.status_code)
    assert (done.status_code, code_of(refused)) == (200, (409, "still_running"))
    assert refused.headers["Retry-After"] == "1"
    assert send(alice, "add_after", {"seconds": 1.5}).content == done.content
    assert alice.call("get_session_data")["data"] == {"count": 1}


def test_a_call_that_fails_does_nothing_and_leaves_its_key_free(alice: Visitor) -> None:
    assert send(alice, "break_down", {"after_count": 7}).status_code == 500
    assert send(alice, "keep_large", {"num_bytes": 2_000_000}).status_code == 413
    assert send(alice, "add_count", {"by": "x"}).status_code == 422
    assert send(alice, "add_count", {}).json()["data"] == 1


def test_a_read_takes_no_notice_of_it(alice: Visitor) -> None:
    before = send(alice, "get_session_data", {}).json()["data"]
    alice.call("add_count")
    assert send(alice, "get_session_data", {}).json()["data"] != before


def test_a_secret_is_kept_nowhere_and_shown_once(alice: Visitor, server: Server) -> None:
    alice.call("add_count")
    token = send(alice, "create_token", {"name": "x"}).json()["data"]["token"]
    assert code_of(send(alice, "create_token", {"name": "x"})) == (409, "shown_once")
    assert len(alice.call("list_tokens")["items"]) == 1
    kept = everything(server.data_dir)
    assert b"create_token" not in kept
    assert b"'x'" in kept
    assert token.encode() not in kept


def test_a_change_that_meets_a_conflict_leaves_nothing_of_itself(alice: Visitor) -> None:
    alice.call("update_session_data", {"a": 1})
    answer = send(alice, "update_session_data", {"patch": {"a": 2}, "if_version": 0})
    assert code_of(answer) == (409, "conflict")
    assert send(alice, "update_session_data", {"patch": {"a": 2}, "if_version": 1}).json()["data"]["version"] == 2


def test_one_key_is_one_call_at_every_door(alice: Visitor, server: Server) -> None:
    token = alice.call("create_token", "doors")["token"]
    bearer = {"Authorization": f"Bearer {token}"}

    def rest() -> Any:
        named = {**bearer, "Idempotency-Key": "doors"}
        address = f"{server.url}/api/v1/add_count"
        return requests.post(address, json={"by": 2}, headers=named, timeout=PATIENCE_S).json()["data"]

    def live() -> Any:
        with alice.live() as socket:
            return socket.call("add_count", {"by": 2}, key="doors")["data"]

    def mcp() -> Any:
        named = {**bearer, "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
        meta = {"studiolo/idempotency_key": "doors"}
        params = {"name": "add_count", "arguments": {"by": 2}, "_meta": meta}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        answer = requests.post(f"{server.url}/mcp", json=body, headers=named, timeout=PATIENCE_S)
        return answer.text

    assert send(alice, "add_count", {"by": 2}, key="doors").json()["data"] == 2
    assert (rest(), live()) == (2, 2)
    assert '"result":2' in mcp()
    assert alice.call("get_session_data")["data"] == {"count": 2}


def test_nobody_ever_sees_the_effect_without_its_key(alice: Visitor, server: Server, scale: int) -> None:
    num_calls, seen = 100 * scale, set[tuple[int, int]]()
    own = UUID(alice.session_id)
    num_keys = select(func.count()).where(idempotency_keys.c.session_id == own).scalar_subquery()
    query = select(sessions.c.data, num_keys).where(sessions.c.id == own)
    with ThreadPoolExecutor(1) as other, looking(server.data_dir) as reader:
        calls = other.submit(lambda: [send(alice, "add_count", {}, key=f"n{number}") for number in range(num_calls)])
        while not calls.done():
            found = reader.execute(query).first()
            seen.add((found[0].get("count", 0), found[1]) if found else (0, 0))
    assert len(seen) > num_calls / 4
    assert [(count, num_keys) for count, num_keys in seen if count != num_keys] == []


def test_a_bad_key_is_refused_at_each_door_that_takes_one(alice: Visitor) -> None:
    for key in ("", "a b", "x" * 201, "ключ".encode().decode("latin-1")):
        assert code_of(send(alice, "add_count", {}, key=key)) == (400, "bad_request"), key
    with alice.live() as live:
        for strange in ("", "x" * 201, 7, ["x"]):
            assert live.call("add_count", {}, key=strange)["error"]["code"] == "bad_request", strange
    assert alice.call("get_session_data")["data"] == {}


def test_a_day_later_a_key_is_new_again(alice: Visitor, server: Server) -> None:
    send(alice, "add_count", {})
    with database_of(server.data_dir) as database:
        with database.write() as write:
            key_rows.remove_older(write.connection, now_ms() - 60_000)
        assert send(alice, "add_count", {}).json()["data"] == 1
        with database.write() as write:
            key_rows.remove_older(write.connection, now_ms() + 1)
        assert send(alice, "add_count", {}).json()["data"] == 2


@pytest.fixture
def slow(alice: Visitor) -> Iterator[threading.Thread]:
    """A keyed call of alice's that takes a while."""
    thread = threading.Thread(target=send, args=(alice, "add_after", {"seconds": 1.0}))
    thread.start()
    yield thread
    thread.join()


def test_a_keyed_call_that_takes_long_keeps_no_one_else_from_writing(slow: threading.Thread, bob: Visitor) -> None:
    assert slow.is_alive()
    assert [bob.call("add_count") for _ in range(3)] == [1, 2, 3]
    assert slow.is_alive()
