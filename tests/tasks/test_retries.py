"""Work that is tried again, asks, takes steps once, and tells how far it is."""

import threading
import uuid
from typing import Any, ClassVar

import pytest

from store.task_rows import TaskRow
from tasks.journal import FenceLost
from tasks.kinds import Retry
from tasks.queue import NotWaiting
from tasks.states import TaskState
from tasks.work import Uncertain, Waits, Work
from tests.tasks.workshop import Workshop

QUICK = Retry(max_failures=3, first_s=0.01, longest_s=0.02, codes=frozenset({"busy"}))


class Busy(Exception):
    """The outside world is busy."""

    kept: ClassVar[dict[str, object]] = {"code": "busy", "facts": {}}


class Broken(Exception):
    """The outside world refuses."""

    kept: ClassVar[dict[str, object]] = {"code": "broken", "facts": {}}


def work_of(workshop: Workshop, task: TaskRow) -> Work:
    return Work(task, workshop.journal, workshop.database)


def states_of(workshop: Workshop, task: TaskRow) -> list[str]:
    return [event.data["state"] for event in workshop.events(task.id) if event.kind in ("state", "end")]


def test_a_failure_that_may_pass_is_tried_again(workshop: Workshop) -> None:
    tries: list[int] = []

    def run(work: Work) -> None:
        tries.append(work.task.failures)
        if len(tries) < 3:
            raise Busy

    workshop.add_kind(run, "busy", retry=QUICK)
    workshop.start_runner()
    task = workshop.submit("busy")
    workshop.wait_for_state(task.id, TaskState.COMPLETED)
    assert tries == [0, 1, 2]
    assert states_of(workshop, task) == ["pending", *["processing", "retrying"] * 2, "processing", "completed"]


def test_tries_are_bounded_and_the_last_error_stays(workshop: Workshop) -> None:
    def run(_work: Work) -> None:
        raise Busy

    workshop.add_kind(run, "busy", retry=QUICK)
    workshop.start_runner()
    task = workshop.submit("busy")
    row = workshop.wait_for_state(task.id, TaskState.FAILED)
    assert (row.attempts, row.failures, row.error) == (3, 2, Busy.kept)


def test_a_failure_of_another_kind_is_not_tried_again(workshop: Workshop) -> None:
    def run(_work: Work) -> None:
        raise Broken

    workshop.add_kind(run, "broken", retry=QUICK)
    workshop.start_runner()
    task = workshop.submit("broken")
    assert workshop.wait_for_state(task.id, TaskState.FAILED).attempts == 1


def test_a_task_between_two_tries_is_cancelled_at_once(workshop: Workshop) -> None:
    workshop.add_kind(lambda _work: None, "busy", retry=Retry(first_s=60))
    workshop.submit("busy")
    task = workshop.claim()
    assert task is not None
    with workshop.database.write() as write:
        assert workshop.queue.fail(write, task, Busy.kept)
    assert workshop.state(task.id) == "retrying"
    assert workshop.claim() is None
    workshop.cancel(task.id)
    assert workshop.state(task.id) == "cancelled"


def test_pauses_grow_are_bounded_and_differ() -> None:
    retry = Retry(max_failures=20, first_s=2, longest_s=100)
    for failures, longest in ((1, 2), (2, 4), (5, 32), (10, 100), (19, 100)):
        pauses = {retry.pause_ms(Busy.kept, failures) for _ in range(50)}
        assert len(pauses) > 10
        assert all(longest * 500 <= (pause or 0) <= longest * 1000 for pause in pauses)
    assert retry.pause_ms(Busy.kept, 20) is None


def test_a_question_waits_in_the_row_for_days_and_restarts(workshop: Workshop, neighbour: Workshop) -> None:
    answers: list[Any] = []

    def run(work: Work) -> None:
        answers.append([work.ask("first", text="Really?"), work.ask("second", choices=["a", "b"])])

    for one in (workshop, neighbour):
        one.add_kind(run, "asking")
    first = workshop.start_runner()
    task = workshop.submit("asking")
    row = workshop.wait_for_state(task.id, TaskState.WAITING)
    assert (row.question, row.runner_id, row.lease_ms) == ({"name": "first", "text": "Really?"}, None, None)
    first.stop()
    answer(neighbour, task, {"yes": True})
    assert workshop.state(task.id) == "pending"
    neighbour.start_runner()
    row = neighbour.wait_for_state(task.id, TaskState.WAITING)
    assert row.question == {"name": "second", "choices": ["a", "b"]}
    answer(workshop, task, "b")
    neighbour.wait_for_state(task.id, TaskState.COMPLETED)
    assert answers == [[{"yes": True}, "b"]]
    told = [event.data for event in workshop.events(task.id) if event.kind == "answer"]
    assert told == [{"name": "first", "answer": {"yes": True}}, {"name": "second", "answer": "b"}]


def answer(workshop: Workshop, task: TaskRow, value: Any) -> None:
    with workshop.database.write() as write:
        workshop.queue.answer(write, workshop.task(task.id), value)


def test_only_a_question_is_answered_and_only_once(workshop: Workshop) -> None:
    task = workshop.submit()
    with pytest.raises(NotWaiting):
        answer(workshop, task, 1)
    held = workshop.claim()
    assert held is not None
    with workshop.database.write() as write:
        assert workshop.queue.wait(write, held, {"name": "x"})
    answer(workshop, task, 1)
    with pytest.raises(NotWaiting):
        answer(workshop, task, 2)
    assert workshop.task(task.id).answers == {"x": 1}


def test_a_waiting_task_may_be_cancelled(workshop: Workshop) -> None:
    held = workshop.held()
    with workshop.database.write() as write:
        workshop.queue.wait(write, held, {"name": "x"})
    workshop.cancel(held.id)
    row = workshop.task(held.id)
    assert (row.state, row.question) == ("cancelled", None)


def test_a_step_is_taken_once_in_however_many_tries(workshop: Workshop) -> None:
    done: list[str] = []

    def send() -> dict[str, int]:
        done.append("sent")
        return {"id": 7}

    def run(work: Work) -> None:
        assert work.once("send", send) == {"id": 7}
        if work.task.failures == 0:
            raise Busy

    workshop.add_kind(run, "steps", retry=QUICK)
    workshop.start_runner()
    task = workshop.submit("steps")
    workshop.wait_for_state(task.id, TaskState.COMPLETED)
    assert done == ["sent"]


def test_a_step_whose_end_nobody_knows_is_not_taken_again(workshop: Workshop) -> None:
    held = workshop.held()
    with pytest.raises(ZeroDivisionError):
        work_of(workshop, held).once("send", lambda: 1 // 0)
    again = work_of(workshop, workshop.task(held.id))
    with pytest.raises(Uncertain) as unknown:
        again.once("send", list)
    assert unknown.value.kept == {"code": "interrupted", "facts": {"step": "send"}}


def test_a_holder_that_lost_its_task_takes_no_steps(workshop: Workshop) -> None:
    held, done = workshop.held(), []
    workshop.take_back(held)
    work = work_of(workshop, held)
    with pytest.raises(FenceLost):
        work.once("send", lambda: done.append(1))
    with pytest.raises(FenceLost):
        work.progress(50)
    assert done == []


def test_progress_never_falls_and_ends_at_a_hundred(workshop: Workshop) -> None:
    held = workshop.held()
    work, seen = work_of(workshop, held), []
    for done, whole in ((10, 100), (5, 100), (300, 1000), (-3, 100), (90, 100), (120, 100)):
        work._told_ms = 0
        work.progress(done, whole)
        seen.append(workshop.task(held.id).progress)
    assert seen == [10, 10, 30, 30, 90, 100]
    workshop.journal.flush(held.id, held.fence)
    assert [event.data["percent"] for event in workshop.events(held.id) if event.kind == "progress"] == [
        10,
        30,
        90,
        100,
    ]


def test_progress_is_written_now_and_then_however_often_it_is_told(workshop: Workshop) -> None:
    held = workshop.held()
    work = work_of(workshop, held)
    for percent in range(1, 101):
        work.progress(percent)
    workshop.journal.flush(held.id, held.fence)
    told = [event.data["percent"] for event in workshop.events(held.id) if event.kind == "progress"]
    assert told[0] == 1
    assert told[-1] == 100
    assert len(told) < 10


def test_a_question_names_itself() -> None:
    assert Waits({"name": "x", "text": "?"}).question == {"name": "x", "text": "?"}


def test_a_repeatable_task_goes_on_after_its_holder_died(workshop: Workshop) -> None:
    runs = threading.Semaphore(0)
    workshop.add_kind(lambda _work: runs.release(), "again", may_repeat=True)
    workshop.submit("again")
    task = workshop.claim(uuid.uuid4(), lease_ms=-1)
    assert task is not None
    workshop.start_runner()
    assert runs.acquire(timeout=5)
    workshop.wait_for_state(task.id, TaskState.COMPLETED)
