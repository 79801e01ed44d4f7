"""What is kept of ended tasks: every event for a while, then a snapshot and the end, and after some weeks nothing."""

import threading
from uuid import UUID

import pytest

from store import event_rows, task_rows
from store.clock import now_ms
from store.tables import events, tasks
from store.task_rows import TaskListing
from tasks.kinds import Ending
from tasks.retention import DAY_MS, Kept, Retention
from tasks.states import TaskState
from tests.tasks.workshop import Workshop, run_together

HOUR_MS = 3_600_000


def ended_task(workshop: Workshop, ago_ms: int, *words: str, kind: str = "work") -> UUID:
    """Return a task that said some words and ended so long ago."""
    task = workshop.submit(kind)
    held = workshop.claim()
    assert held is not None
    assert held.id == task.id
    task = held
    for word in words:
        workshop.journal.append(task.id, task.fence, ("text", {"text": word}))
    workshop.journal.flush(task.id, task.fence)
    with workshop.database.write() as write:
        workshop.queue.end(write, workshop.task(task.id), Ending(state=TaskState.COMPLETED))
        task_rows.change(write.connection, task.id, ended_ms=now_ms() - ago_ms)
    return task.id


def retention(workshop: Workshop, **kept: int) -> Retention:
    return Retention(workshop.database, workshop.queue.kinds, Kept(**kept))


def kinds(workshop: Workshop, task_id: UUID) -> list[str]:
    return [event.kind for event in workshop.events(task_id)]


def ids(workshop: Workshop) -> list[UUID]:
    listing = TaskListing(workshop.session_id, frozenset(TaskState), (1 << 53, UUID(int=(1 << 128) - 1)), 1000)
    with workshop.database.read() as connection:
        return [row.id for row in task_rows.list_of_session(connection, listing)]


def test_events_of_a_task_that_ended_a_while_ago_become_a_snapshot_and_its_end(workshop: Workshop) -> None:
    old, new, silent = (
        ended_task(workshop, HOUR_MS, *"abc"),
        ended_task(workshop, 0, *"abc"),
        ended_task(workshop, HOUR_MS),
    )
    open_one = workshop.held()
    sweeper = retention(workshop)
    for _ in range(2):
        sweeper.sweep()
        assert kinds(workshop, old) == ["snapshot", "end"]
        assert kinds(workshop, new) == ["state", "text", "text", "text", "end"]
        assert kinds(workshop, silent) == ["state", "end"]
        assert kinds(workshop, open_one.id) == ["state"]
    with workshop.database.read() as connection:
        assert [data["text"] for data in event_rows.data_of_kind(connection, old, "text")] == ["abc"]


def test_more_than_one_batch_is_folded_in_one_sweep_and_what_ends_later_in_the_next(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Retention, "BATCH", 2)
    first = [ended_task(workshop, HOUR_MS, "a", "b") for _ in range(5)]
    sweeper = retention(workshop)
    sweeper.sweep()
    assert {tuple(kinds(workshop, task)) for task in first} == {("snapshot", "end")}
    later = ended_task(workshop, 600_001, "a", "b")
    sweeper.sweep()
    assert kinds(workshop, later) == ["snapshot", "end"]


def test_a_task_goes_with_its_events_some_weeks_after_its_end(workshop: Workshop) -> None:
    old, new = ended_task(workshop, 31 * DAY_MS, "a"), ended_task(workshop, 29 * DAY_MS, "a")
    open_one = workshop.held()
    waits = workshop.submit(needs=[old])
    retention(workshop).sweep()
    assert set(ids(workshop)) == {new, waits.id, open_one.id}
    with workshop.database.read() as connection:
        assert task_rows.find(connection, old) is None
        assert event_rows.position(connection, old) == (0, 0)
        assert connection.execute(events.select().where(events.c.stream_id == old)).all() == []


def test_what_is_kept_for_less_goes_with_its_events_and_nothing_else_does(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Retention, "BATCH", 2)
    workshop.add_kind(lambda _work: None, "look", kept_s=3600)
    old = [ended_task(workshop, HOUR_MS + 60_000, "a", kind="look") for _ in range(5)]
    new, other = ended_task(workshop, HOUR_MS - 60_000, kind="look"), ended_task(workshop, 2 * HOUR_MS)
    open_one = workshop.submit("look")
    sweeper = retention(workshop)
    sweeper.sweep()
    assert set(ids(workshop)) == {new, other, open_one.id}
    with workshop.database.read() as connection:
        assert {event_rows.position(connection, task) for task in old} == {(0, 0)}
    with workshop.database.write() as write:
        task_rows.change(write.connection, new, ended_ms=now_ms() - HOUR_MS)
    sweeper.sweep()
    assert set(ids(workshop)) == {other, open_one.id}


def test_the_newest_ended_tasks_of_a_workspace_stay_and_no_open_one_counts(workshop: Workshop) -> None:
    ended = [ended_task(workshop, HOUR_MS - place) for place in range(5)]
    held = [workshop.held().id for _ in range(3)]
    other = workshop.open_session()
    workshop.submit(session_id=other)
    retention(workshop, num_tasks=2).sweep()
    assert set(ids(workshop)) == {*ended[3:], *held}
    with workshop.database.read() as connection:
        assert connection.execute(tasks.select().where(tasks.c.session_id == other)).all() != []


def test_two_processes_that_sweep_at_once_lose_nothing(workshop: Workshop, neighbour: Workshop) -> None:
    found = [ended_task(workshop, HOUR_MS, *"abcde") for _ in range(10)]
    start = threading.Barrier(2)

    def sweep(side: Workshop) -> None:
        start.wait(5)
        retention(side).sweep()

    run_together([lambda: sweep(workshop), lambda: sweep(neighbour)])
    for task in found:
        assert kinds(workshop, task) == ["snapshot", "end"]
        with workshop.database.read() as connection:
            assert [data["text"] for data in event_rows.data_of_kind(connection, task, "text")] == ["abcde"]
