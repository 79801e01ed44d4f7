"""The local model's child is killed with -9 in mid answer: one typed error, and the next question works."""

from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from tests.faults.reading import Reading
from tests.running import Server
from tests.visitors import Visitor, new_visitor

pytestmark = pytest.mark.xdist_group("kill model")
LONG = "Write a long story about a lighthouse."


@pytest.fixture(scope="module")
def local_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with nothing set: the model of this machine answers."""
    with Server(tmp_path_factory.mktemp("data")) as running:
        yield running


def model_child(server: Server) -> psutil.Process:
    """Return the process in which the model runs."""
    children = psutil.Process(server.pid).children(recursive=True)
    (child,) = [one for one in children if "model" in one.cmdline()]
    return child


def ask(visitor: Visitor, text: str, **more: object) -> tuple[dict[str, Any], Reading]:
    task = visitor.call("send_message", text=text, **more)
    return task, Reading(visitor, [task["id"]])


def messages(visitor: Visitor, task: dict[str, Any]) -> list[dict[str, Any]]:
    found = visitor.call("get_conversation", conversation_id=task["facts"]["conversation_id"])["messages"]
    assert isinstance(found, list)
    return found


def check_answers(visitor: Visitor, **more: object) -> None:
    """Ask something: the model speaks. It is stopped then, since what it has to say takes long on a busy machine."""
    task, reading = ask(visitor, "Say hello.", **more)
    reading.until_text()
    visitor.call("cancel_task", task_id=task["id"])
    reading.until_ended()
    message = messages(visitor, task)[-1]
    assert (message["state"] in ("stopped", "complete"), message["error"]) == (True, None)
    assert message["text"] == reading.text(task["id"]) != ""


def test_a_model_killed_in_mid_answer_is_one_typed_error_and_the_words_stay(local_server: Server) -> None:
    visitor = new_visitor(local_server.url, "reader")
    task, reading = ask(visitor, LONG)
    reading.until_text()
    model_child(local_server).kill()
    reading.until_ended()
    ended, message = visitor.call("get_task", task_id=task["id"]), messages(visitor, task)[-1]
    for told in (ended, message):
        assert told["state"] == "failed"
        assert told["error"]["code"] == "model_failed"
        assert told["error"]["details"]["server"] == "this machine"
        assert told["error"]["message"]
    kinds = [event["kind"] for event in reading.events[task["id"]]]
    assert kinds.count("end") == 1
    assert reading.events[task["id"]][-1]["data"]["error"]["code"] == "model_failed"
    assert message["text"] == reading.text(task["id"]) != ""

    check_answers(visitor, conversation_id=task["facts"]["conversation_id"])


def test_a_model_killed_while_nobody_asks_is_not_noticed(local_server: Server) -> None:
    visitor = new_visitor(local_server.url, "reader")
    for is_killed_before in (False, True):
        if is_killed_before:
            child = model_child(local_server)
            child.kill()
            psutil.wait_procs([child], timeout=5)
        check_answers(visitor)


def test_two_answers_cut_by_one_kill_both_end_and_both_can_be_asked_again(local_server: Server) -> None:
    visitor = new_visitor(local_server.url, "reader")
    asked = [ask(visitor, LONG) for _ in range(2)]
    for _task, reading in asked:
        reading.until_text()
    model_child(local_server).kill()
    for task, reading in asked:
        reading.until_ended()
        assert messages(visitor, task)[-1]["error"]["code"] == "model_failed"
    retried = [visitor.call("retry_message", message_id=task["facts"]["message_id"]) for task, _reading in asked]
    for task in retried:
        Reading(visitor, [task["id"]]).until_text()
        visitor.call("cancel_task", task_id=task["id"])
