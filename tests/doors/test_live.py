"""The door `live`: calls, streams, heartbeats, and what is refused."""

import json
import uuid
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.visitors import Live, Visitor


def cookies_of(visitor: Visitor) -> str:
    return "; ".join(f"{name}={value}" for name, value in visitor.http.cookies.items())


def close_code(address: str, cookies: str = "") -> int | None:
    with Live(address, cookies) as live:
        with pytest.raises(ConnectionClosed) as closed:
            live.receive()
        return closed.value.rcvd.code if closed.value.rcvd else None


def address_of(visitor: Visitor, session_id: str) -> str:
    return f"{visitor.url.replace('http', 'ws', 1)}/live?session={session_id}"


def test_a_call_answers_the_same_envelope_as_rpc(alice: Visitor) -> None:
    with alice.live() as live:
        assert live.call("echo", ["世界 🌍"]) == {"answer": 1, "status": "success", "data": "世界 🌍", "message": ""}
        error = live.call("get_task", {"task_id": str(uuid.uuid4())}, language="zh-CN")["error"]
        assert error["code"] == "not_found"
        assert "任务" in error["message"]
        assert error["request_id"]


def test_many_calls_go_on_side_by_side_and_each_gets_its_own_answer(alice: Visitor) -> None:
    with alice.live() as live:
        for number in range(70):
            live.send({"call": number, "method": "echo", "arguments": [f"n{number}"]})
        answers = {frame["answer"]: frame["data"] for frame in (live.until("answer") for _ in range(70))}
    assert answers == {number: f"n{number}" for number in range(70)}


def test_what_one_tab_does_is_heard_by_the_other(alice: Visitor) -> None:
    alice.call("add_count")
    with alice.live() as one, alice.live() as two:
        last = two.follow("session")["last"]
        assert one.call("add_count", [])["data"] == 2
        while not [event for _, event in two.events if event["number"] > last]:
            two.receive()
        assert two.events[-1][1]["kind"] == "data"
        assert two.events[-1][1]["data"] == {"version": 2}


def test_another_visitor_hears_nothing(alice: Visitor, bob: Visitor) -> None:
    bob.call("add_count")
    with bob.live() as live:
        live.follow("session", 1)
        alice.call("add_count")
        assert live.call("add_count", [])["data"] == 2
        while not live.events:
            live.receive()
        assert [event["data"] for _, event in live.events] == [{"version": 2}]


def test_several_streams_share_one_socket_each_in_order(alice: Visitor) -> None:
    tasks = [alice.call("send_message", f"question {n}", None, "127.0.0.1/count:40:5")["id"] for n in range(3)]
    with alice.live() as live:
        for task in tasks:
            assert live.follow(task)["subscribed"] == task
        for task in tasks:
            events = live.events_until_end(task)
            assert [event["number"] for event in events] == list(range(1, len(events) + 1))
            words = "".join(event["data"]["text"] for event in events if event["kind"] == "text")
            assert words == "".join(f"w{n} " for n in range(40))


def test_a_reader_goes_on_after_the_last_number_it_saw(alice: Visitor) -> None:
    task = alice.call("send_message", "again", None, "127.0.0.1/count:60:10")["id"]
    seen: list[dict[str, Any]] = []
    while not seen or seen[-1]["kind"] != "end":
        with alice.live() as live:
            live.follow(task, seen[-1]["number"] if seen else 0)
            live.until("events")
            seen += [event for _, event in live.events]
    assert [event["number"] for event in seen] == list(range(1, len(seen) + 1))


def test_unsubscribing_ends_the_events(alice: Visitor) -> None:
    alice.call("add_count")
    with alice.live() as live:
        live.follow("session")
        live.until("events")
        live.send({"unsubscribe": "session"})
        live.call("add_count", [])
        live.call("add_count", [])
        live.send({"ping": 7})
        assert live.until("pong") == {"pong": 7}
        assert len(live.events) == 1


@pytest.mark.parametrize("stream", ["nonsense", "00000000-0000-4000-8000-000000000000", "", "session/../x", '"'])
def test_a_stream_that_is_not_ones_own_is_refused(alice: Visitor, stream: str) -> None:
    with alice.live() as live:
        assert live.follow(stream)["error"]["code"] == "not_found"


def test_a_task_of_another_visitor_is_refused(alice: Visitor, charlie: Visitor) -> None:
    task = alice.call("send_message", "mine")["id"]
    with charlie.live() as live:
        assert live.follow(task)["error"]["code"] == "not_found"


@pytest.mark.parametrize("after", [-1, "1", 1.5, None, True, [1]])
def test_a_place_that_is_no_number_is_refused(alice: Visitor, after: Any) -> None:
    with alice.live() as live:
        live.send({"subscribe": "session", "after": after})
        assert live.until("refused")["error"]["code"] == "bad_request"


@pytest.mark.parametrize(
    "frame",
    ["", "nonsense", "[]", "1", "null", "{}", '{"call":999}', '{"call":{},"method":[],"arguments":7}', "{" * 50_000],
)
def test_a_frame_that_means_nothing_breaks_nothing(alice: Visitor, frame: str) -> None:
    with alice.live() as live:
        live.socket.send(frame)
        assert live.call("echo", ["still here"])["data"] == "still here"


def test_a_binary_frame_closes_only_its_own_socket(alice: Visitor) -> None:
    with alice.live() as one, alice.live() as two:
        one.receive()
        one.socket.send(b"\x00\x01")
        with pytest.raises(ConnectionClosed):
            one.until("never")
        assert two.call("echo", ["fine"])["data"] == "fine"


def test_a_frame_over_its_bound_closes_the_socket(alice: Visitor) -> None:
    with alice.live() as live:
        live.receive()
        live.socket.send(json.dumps({"call": 1, "method": "echo", "arguments": ["x" * 1_048_577]}))
        with pytest.raises(ConnectionClosed) as closed:
            live.until("never")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


def test_a_socket_without_a_cookie_is_closed_with_its_code(alice: Visitor) -> None:
    assert close_code(address_of(alice, alice.session_id)) == 4401


def test_a_foreign_and_a_missing_workspace_close_alike(alice: Visitor, charlie: Visitor) -> None:
    alice.call("add_count")
    for session_id in (alice.session_id, str(uuid.uuid4()), "nonsense"):
        assert close_code(address_of(charlie, session_id), cookies_of(charlie)) == 4404


def test_a_page_of_another_site_cannot_open_a_socket(alice: Visitor) -> None:
    with pytest.raises(InvalidStatus):
        Live(address_of(alice, alice.session_id), cookies_of(alice), Origin="https://evil.example")


def test_a_session_has_a_bounded_number_of_sockets(alice: Visitor) -> None:
    lives = [alice.live() for _ in range(32)]
    try:
        for live in lives:
            assert "hello" in live.receive()
        assert close_code(address_of(alice, alice.session_id), cookies_of(alice)) == 4429
    finally:
        for live in lives:
            live.close()


def test_a_socket_follows_a_bounded_number_of_streams(alice: Visitor) -> None:
    task = alice.call("send_message", "one stream")["id"]
    with alice.live() as live:
        assert live.follow(task)["subscribed"] == task
        assert live.follow(task)["subscribed"] == task  # the same again takes no second place
