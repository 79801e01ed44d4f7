"""Whose turn it is: priority with age, moments, needs, bounds; and what ends because of its time or its needs."""

import threading
import uuid
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import event

from store import task_rows
from store.clock import now_ms
from store.task_rows import TaskRow
from tasks.kinds import Ending
from tasks.queue import INTERRUPTED, Limits, QueueFull
from tasks.states import DUE, TaskState
from tasks.work import Work
from tests.running import wait_until
from tests.tasks.workshop import Workshop


def taken(workshop: Workshop, num: int) -> list[UUID | None]:
    """Take up so many tasks, one after the other, each ended before the next, and return their ids."""
    found = []
    for _ in range(num):
        task = workshop.claim()
        found.append(task.id if task else None)
        if task is not None:
            end(workshop, task, TaskState.COMPLETED)
    return found


def end(workshop: Workshop, task: TaskRow, state: TaskState) -> None:
    with workshop.database.write() as write:
        assert workshop.queue.end(write, task, Ending(state=state))


def make_older(workshop: Workshop, task: TaskRow, minutes: float) -> None:
    with workshop.database.write() as write:
        task_rows.change(write.connection, task.id, created_ms=task.created_ms - int(minutes * 60_000))


def places(workshop: Workshop, tasks: Sequence[TaskRow]) -> list[int]:
    with workshop.database.read() as connection:
        return [task_rows.num_ahead(connection, workshop.task(task.id), DUE) for task in tasks]


def test_the_urgent_come_first_and_equals_by_age(workshop: Workshop) -> None:
    low, first, second, high = (workshop.submit(priority=priority) for priority in (0, 5, 5, 9))
    make_older(workshop, first, 0.1)
    assert places(workshop, [high, first, second, low]) == [0, 1, 2, 3]
    assert taken(workshop, 4) == [high.id, first.id, second.id, low.id]


def test_who_waits_long_is_not_overtaken_for_ever(workshop: Workshop) -> None:
    low = workshop.submit(priority=0)
    make_older(workshop, low, 9.5)
    high = workshop.submit(priority=9)
    assert taken(workshop, 2) == [low.id, high.id]


def test_a_priority_beyond_the_scale_is_the_last_of_the_scale(workshop: Workshop) -> None:
    assert [workshop.submit(priority=priority).priority for priority in (-3, 42)] == [0, 9]


def test_nothing_is_taken_up_before_its_moment(workshop: Workshop) -> None:
    later = workshop.submit(run_after_ms=now_ms() + 60_000)
    now = workshop.submit()
    assert taken(workshop, 2) == [now.id, None]
    assert workshop.state(later.id) == "pending"


def test_a_task_waits_until_all_that_it_needs_is_completed(workshop: Workshop) -> None:
    first, second = workshop.held(), workshop.held()
    last = workshop.submit(needs=[first.id, second.id])
    assert workshop.claim() is None
    end(workshop, first, TaskState.COMPLETED)
    assert workshop.claim() is None
    end(workshop, second, TaskState.COMPLETED)
    assert taken(workshop, 1) == [last.id]


@pytest.mark.parametrize("state", [TaskState.FAILED, TaskState.CANCELLED])
def test_what_needs_a_task_that_fails_fails_with_it_along_the_whole_chain(workshop: Workshop, state: TaskState) -> None:
    first = workshop.held()
    second = workshop.submit(needs=[first.id])
    third = workshop.submit(needs=[second.id])
    end(workshop, first, state)
    assert [workshop.state(task.id) for task in (second, third)] == ["failed", "failed"]
    assert workshop.task(third.id).error == {"code": "needed_task_failed", "facts": {"task_id": str(second.id)}}
    late = workshop.submit(needs=[first.id])
    assert workshop.state(late.id) == "failed"


def test_a_runner_takes_up_what_became_free_without_being_asked(workshop: Workshop) -> None:
    first = workshop.submit()
    last = workshop.submit(needs=[first.id])
    workshop.start_runner()
    workshop.wait_for_state(last.id, TaskState.COMPLETED)


def test_a_kind_runs_no_more_at_once_than_it_says(workshop: Workshop) -> None:
    running, most, lock = [0], [0], threading.Lock()

    def run(_work: Work) -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        threading.Event().wait(0.03)
        with lock:
            running[0] -= 1

    workshop.add_kind(run, "narrow", max_running=2)
    workshop.start_runner(8)
    tasks = [workshop.submit("narrow") for _ in range(8)]
    free = workshop.submit()
    workshop.wait_for_state(free.id, TaskState.COMPLETED)
    for task in tasks:
        workshop.wait_for_state(task.id, TaskState.COMPLETED)
    assert most == [2]


def test_too_many_open_tasks_are_refused_with_their_place(workshop: Workshop) -> None:
    workshop.add_kind(lambda _work: None, "narrow", max_open=1)
    workshop.queue.limits = Limits(of_session=3, in_all=5)
    workshop.submit("narrow")
    with pytest.raises(QueueFull) as refused:
        workshop.submit("narrow")
    assert (refused.value.limit, refused.value.place, refused.value.retry_after) == (1, 1, 2)
    workshop.submit()
    workshop.submit()
    with pytest.raises(QueueFull):
        workshop.submit()
    other = workshop.open_session()
    for _ in range(2):
        workshop.submit(session_id=other)
    with pytest.raises(QueueFull) as refused:
        workshop.submit(session_id=workshop.open_session())
    assert (refused.value.limit, refused.value.place) == (5, 5)
    held = workshop.claim()
    assert held is not None
    end(workshop, held, TaskState.COMPLETED)
    workshop.submit(session_id=workshop.open_session())


def test_what_is_over_its_time_fails_wherever_it_stands(workshop: Workshop) -> None:
    stopped = threading.Event()

    def run(work: Work) -> None:
        work.on_cancel(stopped.set)
        stopped.wait(10)

    workshop.add_kind(run, "long")
    running = workshop.submit("long", deadline_ms=now_ms() + 1200)
    waiting = workshop.submit("long", deadline_ms=now_ms() + 1200, run_after_ms=now_ms() + 60_000)
    workshop.start_runner()
    workshop.wait_for_state(running.id, TaskState.PROCESSING)
    for task in (running, waiting):
        row = workshop.wait_for_state(task.id, TaskState.FAILED)
        assert row.error == {"code": "deadline_passed", "facts": {}}
    assert stopped.is_set()


def test_work_that_ends_by_itself_is_waited_for_when_a_runner_drains(workshop: Workshop) -> None:
    go, taken_up = threading.Event(), threading.Event()

    def run(_work: Work) -> None:
        taken_up.set()
        go.wait(10)

    workshop.add_kind(run, "long")
    runner = workshop.start_runner()
    task = workshop.submit("long")
    assert taken_up.wait(5)
    drain = threading.Thread(target=runner.drain, args=(10,))
    drain.start()
    wait_until(lambda: "runner" not in {one.name for one in threading.enumerate()}, what="the end of its claims")
    late = workshop.submit()
    go.set()
    drain.join(10)
    assert (workshop.state(task.id), workshop.state(late.id)) == ("completed", "pending")


def test_work_that_outlasts_the_patience_is_handed_back(workshop: Workshop) -> None:
    held = threading.Event()

    def run(work: Work) -> None:
        work.on_cancel(held.set)
        held.wait(10)

    workshop.add_kind(run, "long")
    runner = workshop.start_runner()
    task = workshop.submit("long")
    workshop.wait_for_state(task.id, TaskState.PROCESSING)
    runner.drain(0.1)
    assert workshop.task(task.id).error == INTERRUPTED


def test_a_cancel_that_came_while_its_runner_stopped_is_a_cancel(workshop: Workshop) -> None:
    held = threading.Event()

    def run(work: Work) -> None:
        work.on_cancel(held.set)
        held.wait(10)
        threading.Event().wait(0.1)

    workshop.add_kind(run, "long")
    workshop.queue.kinds["long"] = replace(workshop.queue.kinds["long"], may_repeat=True)
    runner = workshop.start_runner()
    task = workshop.submit("long")
    workshop.wait_for_state(task.id, TaskState.PROCESSING)
    stop = threading.Thread(target=runner.stop)
    stop.start()
    wait_until(held.is_set)
    with workshop.database.write() as write:
        task_rows.ask_cancel(write.connection, workshop.task(task.id))
    stop.join(5)
    assert workshop.state(task.id) == "cancelled"


def test_an_unknown_task_is_needed_by_nobody(workshop: Workshop) -> None:
    with workshop.database.read() as connection:
        assert task_rows.needing(connection, uuid.uuid4(), DUE) == []


@pytest.mark.parametrize("store_at", ["sqlite"], indirect=True)
def test_whose_turn_it_is_stands_in_an_index_and_is_not_sorted_out_of_all_that_wait(workshop: Workshop) -> None:
    workshop.submit()
    said = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        said.append((statement, parameters))

    event.listen(workshop.database.engine, "before_cursor_execute", note)
    assert workshop.claim() is not None
    event.remove(workshop.database.engine, "before_cursor_execute", note)
    claim, parameters = next(one for one in said if one[0].startswith("UPDATE tasks"))
    with workshop.database.read() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {claim}", parameters)  # type: ignore[arg-type]
        plan = [row.detail for row in rows]
    assert "SCAN tasks USING INDEX tasks_by_turn" in plan
    assert not [step for step in plan if "TEMP B-TREE" in step]
