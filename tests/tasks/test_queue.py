"""The queue: each task is taken once, ended once, and taken back from those who died."""

import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from launch import process_start_time
from store import task_rows
from store.clock import now_ms
from store.database import Write
from store.tables import runners
from store.task_rows import Claim, RunnerRow, TaskRow
from tasks.journal import Entry
from tasks.kinds import Ending, Kind
from tasks.queue import INTERRUPTED, Order
from tasks.runner import Places, Runner, host_name
from tasks.states import IllegalMove, TaskState
from tests.tasks.workshop import TURN, Workshop, run_together


def idle_runner(workshop: Workshop) -> Runner:
    """Return a runner that takes nothing up by itself."""
    return Runner(workshop.database, workshop.queue, workshop.journal, Places(1, 1))


def holder(workshop: Workshop, **facts: object) -> UUID:
    """Register a runner of this very process, with other facts where they are given."""
    started = str(process_start_time(os.getpid()))
    row = RunnerRow(id=uuid.uuid4(), host=host_name(), pid=os.getpid(), started=started)
    row = replace(row, **facts)  # type: ignore[arg-type]
    with workshop.database.write() as write:
        task_rows.add_runner(write.connection, row)
    return row.id


def dead_pid() -> int:
    """Return the pid of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait(5)
    return child.pid


def end(workshop: Workshop, task: TaskRow, state: TaskState) -> bool:
    with workshop.database.write() as write:
        return workshop.queue.end(write, task, Ending(state=state))


def kinds_of(workshop: Workshop, stream: UUID) -> list[tuple[str, object]]:
    return [(event.kind, event.data.get("state")) for event in workshop.events(stream)]


def test_a_task_whose_transaction_fails_was_never_there(workshop: Workshop) -> None:
    woken = threading.Event()
    workshop.queue.hear(woken.set, lambda _task_id: None)
    order = Order(session_id=workshop.session_id, kind="work", arguments={}, facts={})
    with suppress(ZeroDivisionError), workshop.database.write() as write:
        workshop.queue.submit(write, order)
        raise ZeroDivisionError
    assert not woken.is_set()
    assert workshop.claim() is None
    assert workshop.events(workshop.session_id) == []


def test_a_task_wakes_the_runner_once_it_is_committed(workshop: Workshop, neighbour: Workshop) -> None:
    seen: list[str] = []
    workshop.queue.hear(lambda: seen.append("woken"), lambda _task_id: None)
    task = workshop.submit()
    assert seen == ["woken"]
    assert neighbour.state(task.id) == "pending"


def test_runners_that_claim_at_once_take_each_task_once(workshop: Workshop, neighbour: Workshop, scale: int) -> None:
    wanted = {workshop.submit().id for _ in range(40 * scale)}
    taken: list[TaskRow] = []

    def claim_all(side: Workshop) -> None:
        while (task := side.claim()) is not None:
            taken.append(task)

    run_together([lambda side=side: claim_all(side) for side in [workshop, neighbour] * 3])  # type: ignore[misc]
    assert len(taken) == len(wanted)
    assert {task.id for task in taken} == wanted
    assert {(task.fence, task.attempts, task.state) for task in taken} == {(1, 1, "processing")}


def test_sessions_take_turns_and_older_tasks_of_one_come_first(workshop: Workshop) -> None:
    other = workshop.open_session()
    mine = [workshop.submit() for _ in range(3)]
    theirs = [workshop.submit(session_id=other) for _ in range(2)]
    turns = []
    for _ in range(5):
        task = workshop.claim()
        assert task is not None
        turns.append(task.id)
    assert set(turns[:2]) == {mine[0].id, theirs[0].id}
    assert set(turns[2:4]) == {mine[1].id, theirs[1].id}
    assert turns[4] == mine[2].id


@pytest.mark.parametrize("late", [False, True])
def test_a_task_is_not_taken_before_its_time(workshop: Workshop, late: bool) -> None:
    row = workshop.submit()
    moved = replace(row, id=uuid.uuid4(), run_after_ms=now_ms() + (60_000 if late else -1), created_ms=0)
    with workshop.database.write() as write:
        task_rows.add(write.connection, moved)
    task = workshop.claim()
    assert task is not None
    assert (task.id == moved.id) is not late


def test_who_lost_the_task_ends_nothing(workshop: Workshop) -> None:
    ended: list[TaskState] = []

    def note(_write: Write, _task: TaskRow, ending: Ending) -> Sequence[Entry]:
        ended.append(ending.state)
        return ()

    workshop.queue.kinds["work"] = Kind(name="work", run=lambda _work: None, on_end=note, may_repeat=True)
    old = workshop.held()
    workshop.take_back(old)
    new = workshop.claim()
    assert new is not None
    before = workshop.events(old.id)
    assert end(workshop, old, TaskState.COMPLETED) is False
    assert workshop.events(old.id) == before
    assert ended == []
    assert end(workshop, new, TaskState.COMPLETED) is True
    assert end(workshop, new, TaskState.FAILED) is False
    assert workshop.state(new.id) == "completed"
    assert ended == [TaskState.COMPLETED]


def test_what_an_end_means_is_stored_with_it_or_not_at_all(workshop: Workshop) -> None:
    def fail(write: Write, task: TaskRow, _ending: Ending) -> Sequence[Entry]:
        workshop.journal.append_in(write, task.id, [("text", {"text": "half"})])
        raise ZeroDivisionError

    workshop.queue.kinds["work"] = Kind(name="work", run=lambda _work: None, on_end=fail)
    task = workshop.held()
    before = workshop.events(task.id)
    with pytest.raises(ZeroDivisionError):
        end(workshop, task, TaskState.COMPLETED)
    assert workshop.state(task.id) == "processing"
    assert workshop.events(task.id) == before


def test_an_end_where_the_state_does_not_lead_is_refused(workshop: Workshop) -> None:
    with pytest.raises(IllegalMove):
        end(workshop, workshop.submit(), TaskState.COMPLETED)


def test_a_pending_task_that_is_cancelled_ends_at_once_and_is_never_run(workshop: Workshop) -> None:
    task = workshop.submit()
    workshop.cancel(task.id)
    assert workshop.state(task.id) == "cancelled"
    assert workshop.claim() is None
    assert kinds_of(workshop, task.id) == [("state", "pending"), ("end", "cancelled")]
    assert kinds_of(workshop, workshop.session_id) == [("task", "pending"), ("task", "cancelled")]


def test_a_cancel_of_a_task_under_way_asks_its_holder(workshop: Workshop, neighbour: Workshop) -> None:
    asked: list[UUID] = []
    workshop.queue.hear(lambda: None, asked.append)
    runner_id = holder(workshop)
    workshop.submit()
    task = workshop.claim(runner_id)
    assert task is not None
    workshop.cancel(task.id)
    assert asked == [task.id]
    assert workshop.state(task.id) == "processing"
    with neighbour.database.read() as connection:
        assert task_rows.cancels_of(connection, runner_id, TaskState.PROCESSING) == [task.id]


@pytest.mark.parametrize("state", [TaskState.COMPLETED, TaskState.FAILED, TaskState.CANCELLED])
def test_a_cancel_of_a_task_that_has_ended_changes_nothing(workshop: Workshop, state: TaskState) -> None:
    task = workshop.held()
    end(workshop, task, state)
    before = (workshop.task(task.id), workshop.events(task.id))
    workshop.cancel(task.id)
    assert (workshop.task(task.id), workshop.events(task.id)) == before


@pytest.mark.parametrize("state", [TaskState.WAITING, TaskState.RETRYING])
def test_a_cancel_of_a_task_that_rests_ends_it(workshop: Workshop, state: TaskState) -> None:
    task = workshop.held()
    with workshop.database.write() as write:
        assert task_rows.move(write.connection, task, state)
    workshop.cancel(task.id)
    assert workshop.state(task.id) == "cancelled"


def test_a_task_that_may_not_run_twice_fails_as_interrupted(workshop: Workshop) -> None:
    task = workshop.held()
    workshop.take_back(task)
    stored = workshop.task(task.id)
    assert (stored.state, stored.error, stored.lease_ms) == ("failed", INTERRUPTED, None)
    last = workshop.events(task.id)[-1]
    assert (last.kind, last.data) == ("end", {"state": "failed", "error": {"code": "interrupted", "details": {}}})


def test_a_task_that_may_run_twice_is_pending_again_under_a_new_fence(workshop: Workshop) -> None:
    workshop.add_kind(lambda _work: None, may_repeat=True)
    woken = threading.Event()
    workshop.queue.hear(woken.set, lambda _task_id: None)
    task = workshop.held()
    woken.clear()
    workshop.take_back(task)
    stored = workshop.task(task.id)
    assert (stored.state, stored.runner_id, stored.lease_ms) == ("pending", None, None)
    assert stored.fence > task.fence
    assert woken.is_set()
    again = workshop.claim()
    assert again is not None
    assert again.attempts == 2


def test_a_task_taken_back_that_was_to_be_cancelled_is_cancelled(workshop: Workshop) -> None:
    workshop.add_kind(lambda _work: None, may_repeat=True)
    task = workshop.held()
    workshop.cancel(task.id)
    workshop.take_back(workshop.task(task.id))
    assert workshop.state(task.id) == "cancelled"


def test_a_task_is_taken_back_once_however_many_look(workshop: Workshop, neighbour: Workshop) -> None:
    task = workshop.held()
    run_together([lambda: workshop.take_back(task), lambda: neighbour.take_back(task)] * 2)
    assert [event.kind for event in workshop.events(task.id)].count("end") == 1


Loss = tuple[dict[str, object], int]  # what differs from a living runner here, and the lease in ms
LOST: dict[str, Loss] = {
    "its lease ran out": ({}, -1),
    "its process has ended": ({"pid": None}, 60_000),
    "its pid is another process's by now": ({"started": "1.0"}, 60_000),
}
KEPT: dict[str, Loss] = {
    "its process lives": ({}, 60_000),
    "its process is on another machine": ({"host": "elsewhere", "pid": 1, "started": "1.0"}, 60_000),
}


@pytest.mark.parametrize("reason", [*LOST, *KEPT])
def test_a_task_is_taken_back_when(workshop: Workshop, reason: str) -> None:
    facts, lease_ms = {**LOST, **KEPT}[reason]
    if "pid" in facts and facts["pid"] is None:
        facts = {"pid": dead_pid()}
    workshop.submit()
    task = workshop.claim(holder(workshop, **facts), lease_ms)
    assert task is not None
    idle_runner(workshop).take_back_lost()
    assert workshop.state(task.id) == ("failed" if reason in LOST else "processing")


def test_a_task_whose_runner_nobody_knows_is_taken_back(workshop: Workshop) -> None:
    task = workshop.held()
    idle_runner(workshop).take_back_lost()
    assert workshop.state(task.id) == "failed"


def test_one_task_that_cannot_be_ended_does_not_hold_up_the_others(workshop: Workshop) -> None:
    def fail_once(_write: Write, task: TaskRow, _ending: Ending) -> Sequence[Entry]:
        if task.id == first.id:
            raise ZeroDivisionError
        return ()

    workshop.queue.kinds["work"] = Kind(name="work", run=lambda _work: None, on_end=fail_once)
    first, second = workshop.held(), workshop.held()
    idle_runner(workshop).take_back_lost()
    assert workshop.state(first.id) == "processing"
    assert workshop.state(second.id) == "failed"


def test_old_runners_are_forgotten_but_not_those_that_hold_something(workshop: Workshop) -> None:
    free, busy = holder(workshop), holder(workshop)
    workshop.submit()
    workshop.claim(busy)
    with workshop.database.write() as write:
        task_rows.remove_runners(write.connection, -1000)
        rows = write.connection.execute(select(runners.c.id)).scalars().all()
    assert (free in rows, busy in rows) == (False, True)


def test_no_owner_has_every_place(workshop: Workshop) -> None:
    for _ in range(3):
        workshop.submit()
    runner_id = uuid.uuid4()
    wish = Claim(runner_id=runner_id, lease_ms=60_000, share=Places.fair(3).share)
    other = workshop.submit(session_id=workshop.open_session())
    taken = []
    for _ in range(4):
        with workshop.database.write() as write:
            taken.append(task_rows.claim(write.connection, wish, TURN))
    assert [task is not None for task in taken] == [True, True, True, False]
    assert other.id in {task.id for task in taken if task}
