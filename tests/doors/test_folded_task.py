"""A task whose events were folded, at every door: a snapshot in their place, and the end."""

from typing import Any
from uuid import UUID

import pytest
import requests

from doors.event_shapes import SHAPES
from doors.own import follow_own
from store import event_rows
from studiolo_client import Studiolo
from tasks.folding import USUAL_FOLD, fold_stream
from tasks.journal import Journal
from tests.asking import TEXT, ask, ended, messages
from tests.doors.test_openapi import is_valid
from tests.mcp_clients import ERAS, Program
from tests.running import Server
from tests.stored import database_of
from tests.visitors import Visitor

PATIENCE_S = 20


@pytest.fixture
def task(server: Server, alice: Visitor) -> dict[str, Any]:
    """A chat answer that has ended, folded as the sweep folds it."""
    asked = ask(alice, "hello")
    ended(alice, asked)
    with database_of(server.data_dir) as database:
        with database.read() as connection:
            last, _folded = event_rows.position(connection, UUID(asked["id"]))
        with database.write() as write:
            fold_stream(write.connection, UUID(asked["id"]), last - 1, USUAL_FOLD)
    return {**asked, "last": last}


def texts_in(snapshot: dict[str, Any]) -> list[str]:
    return [one["data"]["text"] for one in snapshot["data"]["events"] if one["kind"] == "text"]


@pytest.mark.parametrize("seen", [0, 2])
def test_a_live_socket_is_told_the_gap_and_gets_the_snapshot(alice: Visitor, task: dict[str, Any], seen: int) -> None:
    with alice.live() as live:
        live.send({"subscribe": task["id"], "after": seen})
        frame = live.until("gap")
    assert frame["gap"] == task["last"] - 2
    assert [(event["number"], event["kind"]) for event in frame["events"]] == [
        (task["last"] - 1, "snapshot"),
        (task["last"], "end"),
    ]
    assert texts_in(frame["events"][0]) == [TEXT]


def test_a_live_socket_behind_the_fold_gets_only_the_end(alice: Visitor, task: dict[str, Any]) -> None:
    with alice.live() as live:
        live.follow(task["id"], task["last"] - 1)
        assert [event["kind"] for event in live.events_until_end(task["id"])] == ["end"]


@pytest.mark.parametrize("seen", [0, 2])
def test_server_sent_events_tell_it_too_and_fit_their_papers(alice: Visitor, task: dict[str, Any], seen: int) -> None:
    token = alice.call("create_token", "folded")["token"]
    headers = {"Authorization": f"Bearer {token}", "Last-Event-ID": str(seen)}
    address = f"{alice.url}/api/v1/task/{task['id']}/events"
    text = requests.get(address, headers=headers, timeout=PATIENCE_S).text
    blocks = [dict(line.split(": ", 1) for line in block.splitlines()) for block in text.split("\n\n") if block]
    assert [block["event"] for block in blocks] == ["task", "gap", "snapshot", "end"]
    assert [block.get("id") for block in blocks[1:]] == [None, str(task["last"] - 1), str(task["last"])]
    for block in blocks:
        is_valid({"$ref": SHAPES + "Event"}, block)


def test_the_python_client_yields_the_snapshot(alice: Visitor, task: dict[str, Any]) -> None:
    client = Studiolo(alice.url, alice.call("create_token", "folded")["token"])
    snapshot, end = client.events(task["id"])
    assert (snapshot["kind"], texts_in(dict(snapshot)), end["kind"]) == ("snapshot", [TEXT], "end")


@pytest.mark.parametrize("era", ERAS)
def test_a_tool_answers_the_whole_text(alice: Visitor, task: dict[str, Any], era: Any) -> None:
    result = Program(alice, era).call("get_task", task_id=task["id"])
    assert result.structured_content is not None
    assert result.structured_content["made"]["text"] == TEXT


def test_the_shell_shows_the_snapshot(server: Server, task: dict[str, Any]) -> None:
    with database_of(server.data_dir) as database:
        events = list(follow_own(database, Journal(database), UUID(task["id"])))
    assert [event["kind"] for event in events] == ["snapshot", "end"]


def test_the_message_keeps_its_text(alice: Visitor, task: dict[str, Any]) -> None:
    assert messages(alice, task)[-1]["text"] == TEXT
