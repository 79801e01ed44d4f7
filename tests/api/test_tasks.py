"""Tasks as a visitor has them: progress, questions answered, done anew, another priority, off the list.

All of it twice: where threads of the server run them, and where a worker beside it does.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from providers.fakes.openai_server import FakeOpenAI
from tests.conftest import PROBE
from tests.running import Server, Worker, wait_until
from tests.visitors import Refusal, Visitor

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module", params=["threads", "worker"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, fake_models: FakeOpenAI
) -> Iterator[Server]:
    """A server that runs tasks itself, or one with a worker beside it."""
    data_dir: Path = tmp_path_factory.mktemp(request.param)
    words = ("--plugin", str(PROBE))
    settings = {"model_url": fake_models.url, "model_name": "ok", "local_model": "false"}
    is_apart = request.param == "worker"
    with ExitStack() as stack:
        web = Server(data_dir, *words, **settings, **({"num_runners": 0} if is_apart else {}))
        stack.enter_context(web)
        if is_apart:
            stack.enter_context(Worker(data_dir, *words, **settings))
        yield web


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


@pytest.mark.parametrize(
    ("wish", "right", "wrong"),
    [
        ({"choices": ["yes", 1, False]}, 1, [True, "1", 0, None, ["yes"], {"yes": 1}]),
        ({"form": "number"}, 2.5, ["2.5", True, None]),
        ({"form": "integer"}, 3, [3.5, "3", False]),
        ({"form": "boolean"}, False, [0, "no", None]),
        ({"form": "string"}, "so", [1, None, ["so"]]),
        ({}, {"any": [1, None]}, []),
    ],
)
def test_only_what_a_question_takes_answers_it(
    alice: Visitor, wish: dict[str, Any], right: Any, wrong: list[Any]
) -> None:
    task = alice.call("start_ask", text="What?", **wish)
    in_state(alice, task, "waiting")
    for answer in wrong:
        assert code_of(alice, "answer_task", task["id"], answer) == "invalid_arguments"
    alice.call("answer_task", task["id"], right)
    in_state(alice, task, "completed")


def test_a_question_of_a_cancelled_task_is_answered_by_nobody(alice: Visitor) -> None:
    task = alice.call("start_question", "Really?")
    in_state(alice, task, "waiting")
    assert alice.call("cancel_task", task["id"])["question"] is None
    assert code_of(alice, "answer_task", task["id"], "yes") == "not_waiting"


def test_progress_grows_with_an_estimate_of_what_is_left(alice: Visitor) -> None:
    task = alice.call("start_count", 100, 0.03)
    wait_until(lambda: (alice.call("get_task", task["id"])["progress"] or 0) >= 20, 10, "a fifth")
    wait_until(lambda: alice.call("get_task", task["id"])["seconds_left"] is not None, 10, "an estimate")
    found = alice.call("get_task", task["id"])
    assert found["state"] == "processing"
    assert 0 < found["seconds_left"] < 30
    done = in_state(alice, task, "completed")
    assert (done["progress"], done["seconds_left"]) == (100, None)


def test_open_and_ended_tasks_are_listed_apart_and_by_kind(alice: Visitor, bob: Visitor) -> None:
    asking, later = alice.call("start_question", "?"), alice.call("start_later", 600)
    failed, done = alice.call("start_failure"), alice.call("start_count", 1)
    for task, state in ((asking, "waiting"), (failed, "failed"), (done, "completed")):
        in_state(alice, task, state)

    def listed(**asked: Any) -> list[str]:
        return [task["id"] for task in alice.call("list_tasks", **asked)["items"]]

    everything = [task["id"] for task in (done, failed, later, asking)]
    assert sorted(listed()) == sorted(everything)
    assert listed(state="open") == [later["id"], asking["id"]]
    assert sorted(listed(state="ended")) == sorted([done["id"], failed["id"]])
    assert sorted(listed(kind="count")) == sorted([later["id"], done["id"]])
    assert listed(kind="count", state="ended") == [done["id"]]
    assert listed(state="waiting") == [asking["id"]]
    assert listed(state="processing") == listed(kind="nothing of that name") == []
    assert bob.call("list_tasks")["items"] == []
    first = alice.call("list_tasks", kind="count", limit=1)
    second = alice.call("list_tasks", kind="count", limit=1, after=first["next"])
    assert [page["items"][0]["id"] for page in (first, second)] == listed(kind="count")


def test_a_task_that_waits_tells_its_place_and_what_it_waits_for(alice: Visitor) -> None:
    asking = alice.call("start_question", "?")
    later = alice.call("start_later", 600, asking["id"])
    in_state(alice, asking, "waiting")
    found = alice.call("list_tasks", state="open")["items"]
    assert [task["needs"] for task in found] == [[asking["id"]], []]
    assert found[0]["place"] >= 0
    assert found[0]["run_after"] is not None
    assert found[1]["place"] is None
    assert alice.call("get_task", later["id"])["needs"] == [asking["id"]]
    alice.call("answer_task", asking["id"], "yes")
    in_state(alice, asking, "completed")
    assert alice.call("get_task", later["id"])["needs"] == []


def test_a_task_asked_for_by_itself_tells_the_number_of_its_last_event(alice: Visitor) -> None:
    task = alice.call("start_count", 3)
    found = in_state(alice, task, "completed")
    with alice.live() as live:
        live.follow(task["id"])
        assert live.events_until_end(task["id"])[-1]["number"] == found["last_event"]
    assert [one["last_event"] for one in alice.call("list_tasks")["items"]] == [None]


def test_a_running_task_that_was_told_to_stop_says_so(alice: Visitor) -> None:
    task = alice.call("start_stubborn")
    in_state(alice, task, "processing")
    assert not alice.call("get_task", task["id"])["is_stopping"]
    assert alice.call("cancel_task", task["id"])["is_stopping"]
    assert not in_state(alice, task, "cancelled")["is_stopping"]


def test_a_failed_task_is_done_anew_by_its_own_kind_only(alice: Visitor) -> None:
    failed, asking = alice.call("start_failure"), alice.call("start_question", "?")
    assert not asking["may_be_retried"]
    assert code_of(alice, "retry_task", asking["id"]) == "not_retriable"
    assert in_state(alice, failed, "failed")["may_be_retried"]
    again = alice.call("retry_task", failed["id"])
    assert again["id"] != failed["id"]
    assert again["facts"] == {"retry_of": failed["id"]}
    in_state(alice, again, "failed")
    chat = alice.call("send_message", "hello", None, "127.0.0.1/http_500")
    assert not in_state(alice, chat, "failed")["may_be_retried"]
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


def test_a_deleted_task_comes_back_to_the_list_as_it_ended(alice: Visitor, bob: Visitor) -> None:
    failed, asking = alice.call("start_failure"), alice.call("start_question", "?")
    in_state(alice, failed, "failed")
    in_state(alice, asking, "waiting")
    for task, state in ((failed, "failed"), (asking, "cancelled")):
        alice.call("delete_task", task["id"])
        assert code_of(bob, "restore_task", task["id"]) == "not_found"
        assert alice.call("restore_task", task["id"])["state"] == state
    assert len(alice.call("list_tasks")["items"]) == 2
    assert alice.call("get_task", failed["id"])["error"]["code"] == "unavailable"


def test_too_many_open_tasks_are_refused_with_their_number(alice: Visitor) -> None:
    tasks = [alice.call("start_question", str(number)) for number in range(16)]
    answer = alice.post("start_question", {"text": "one more"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too_many_tasks")
    details = answer.json()["error"]["details"]
    assert (details["place"], details["limit"]) == (16, 16)
    assert int(answer.headers["Retry-After"]) == details["retry_after"] >= 1
    for task in tasks:
        alice.call("delete_task", task["id"])
