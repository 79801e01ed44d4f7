"""Tasks as a visitor has them: progress, questions answered, done anew, another priority, off the list."""

from typing import Any

import pytest

from tests.running import wait_until
from tests.visitors import Refusal, Visitor


def in_state(visitor: Visitor, task: dict[str, Any], state: str) -> dict[str, Any]:
    wait_until(lambda: visitor.call("get_task", task["id"])["state"] == state, 10, f"the state {state}")
    found: dict[str, Any] = visitor.call("get_task", task["id"])
    return found


def code_of(visitor: Visitor, name: str, *arguments: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        visitor.call(name, *arguments)
    return refusal.value.code


def test_a_question_is_shown_and_its_answer_goes_on_with_the_work(alice: Visitor, bob: Visitor) -> None:
    task = alice.call("start_question", "Really?")
    asked = in_state(alice, task, "waiting")
    assert asked["question"] == {"name": "question", "facts": {"text": "Really?", "choices": ["yes", "no"]}}
    assert code_of(bob, "answer_task", task["id"], "yes") == "not_found"
    assert alice.call("answer_task", task["id"], "yes")["question"] is None
    in_state(alice, task, "completed")
    assert code_of(alice, "answer_task", task["id"], "no") == "not_waiting"


def test_progress_grows_with_an_estimate_of_what_is_left(alice: Visitor) -> None:
    task = alice.call("start_count", 100, 0.02)
    wait_until(lambda: (alice.call("get_task", task["id"])["progress"] or 0) >= 20, 10, "a fifth")
    found = alice.call("get_task", task["id"])
    assert found["state"] == "processing"
    assert 0 < found["seconds_left"] < 30
    done = in_state(alice, task, "completed")
    assert (done["progress"], done["seconds_left"]) == (100, None)


def test_a_failed_task_is_done_anew_by_its_own_kind_only(alice: Visitor) -> None:
    failed = alice.call("start_order", "http://127.0.0.1:9/", "x")
    assert code_of(alice, "retry_task", failed["id"]) == "not_retriable"
    in_state(alice, failed, "failed")
    again = alice.call("retry_task", failed["id"])
    assert again["id"] != failed["id"]
    assert again["facts"] == {"retry_of": failed["id"]}
    in_state(alice, again, "failed")
    chat = alice.call("send_message", "hello", None, "127.0.0.1/http_500")
    in_state(alice, chat, "failed")
    assert code_of(alice, "retry_task", chat["id"]) == "not_retriable"


def test_a_task_may_be_given_another_priority(alice: Visitor) -> None:
    task = alice.call("start_question", "?")
    assert alice.call("update_task", task["id"], 9)["priority"] == 9
    for priority in (-1, 10, 1.5, "high", None):
        assert code_of(alice, "update_task", task["id"], priority) == "invalid_arguments"
    assert alice.call("get_task", task["id"])["priority"] == 9


def test_a_deleted_task_is_off_the_list_and_ends(alice: Visitor) -> None:
    running, asking = alice.call("start_count", 100_000, 0.01), alice.call("start_question", "?")
    in_state(alice, running, "processing")
    in_state(alice, asking, "waiting")
    assert alice.call("delete_task", asking["id"])["state"] == "cancelled"
    alice.call("delete_task", running["id"])
    assert alice.call("list_tasks")["items"] == []
    for name in ("get_task", "cancel_task", "delete_task", "retry_task"):
        assert code_of(alice, name, running["id"]) == "not_found"
    with alice.live() as live:
        assert live.follow(running["id"])["error"]["code"] == "not_found"


def test_too_many_open_tasks_are_refused_with_their_number(alice: Visitor) -> None:
    tasks = [alice.call("start_question", str(number)) for number in range(16)]
    answer = alice.post("start_question", {"text": "one more"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too_many_tasks")
    details = answer.json()["error"]["details"]
    assert (details["place"], details["limit"]) == (16, 16)
    assert int(answer.headers["Retry-After"]) == details["retry_after"] >= 1
    for task in tasks:
        alice.call("delete_task", task["id"])
