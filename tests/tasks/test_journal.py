"""The journal: numbers without holes, nothing shown before it is committed, and writes only for who holds the task."""

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from uuid import UUID

import pysqlite3.dbapi2 as sqlite
import pytest
from loguru import logger
from sqlalchemy import Connection

import tasks.journal
from store import event_rows
from store.event_rows import Additions, Event
from store.sqlite import Sqlite
from store.task_rows import TaskRow
from tasks.journal import BATCH_S, FenceLost, Journal
from tests.running import tries, wait_until
from tests.tasks.workshop import Workshop, numbers_of, run_together, texts_of, workshop_at

Told = list[tuple[UUID, list[Event]]]


@pytest.fixture
def warnings() -> Iterator[list[str]]:
    """What is logged as a warning or worse."""
    said: list[str] = []
    sink = logger.add(lambda message: said.append(str(message)), level="WARNING")
    yield said
    logger.remove(sink)


def emit(workshop: Workshop, task: TaskRow, *words: str) -> None:
    for word in words:
        workshop.journal.append(task.id, task.fence, ("text", {"text": word}))


def hear(workshop: Workshop) -> Told:
    told: Told = []
    workshop.journal.listen(told.extend)
    return told


def test_numbers_have_no_holes_under_many_writers(workshop: Workshop, neighbour: Workshop, scale: int) -> None:
    num_words = 10 * scale
    stream = workshop.session_id

    def write(writer: int) -> None:
        side = (workshop, neighbour)[writer % 2]
        for place in range(num_words):
            side.append(stream, f"{writer}.{place}a", f"{writer}.{place}b")

    run_together([lambda writer=writer: write(writer) for writer in range(8)])  # type: ignore[misc]
    events = workshop.events(stream)
    assert numbers_of(events) == list(range(1, 8 * num_words * 2 + 1))
    for writer in range(8):
        own = [text for text in texts_of(events) if text.startswith(f"{writer}.")]
        assert own == [f"{writer}.{place}{half}" for place in range(num_words) for half in "ab"]


def test_nothing_is_told_before_another_connection_can_read_it(workshop: Workshop, neighbour: Workshop) -> None:
    missing: list[Event] = []
    num_told = 0

    def look(added: Sequence[tuple[UUID, list[Event]]]) -> None:
        nonlocal num_told
        for stream, events in added:
            found = numbers_of(neighbour.events(stream))
            missing.extend(event for event in events if event.number not in found)
            num_told += len(events)

    workshop.journal.listen(look)
    task = workshop.held()
    emit(workshop, task, *"abcdefgh")
    workshop.append(workshop.session_id, "x", "y")
    workshop.journal.flush(task.id, task.fence)
    assert missing == []
    assert num_told == len(workshop.events(task.id)) + len(workshop.events(workshop.session_id))


def test_a_write_that_is_rolled_back_tells_nobody_and_takes_no_number(workshop: Workshop) -> None:
    workshop.append(workshop.session_id, "first")
    told = hear(workshop)
    with suppress(ZeroDivisionError), workshop.database.write() as write:
        workshop.journal.append_in(write, workshop.session_id, [("text", {"text": "never"})])
        raise ZeroDivisionError
    assert told == []
    workshop.append(workshop.session_id, "second")
    assert [(event.number, event.data["text"]) for event in workshop.events(workshop.session_id)] == [
        (1, "first"),
        (2, "second"),
    ]


def test_a_runner_whose_task_was_taken_back_is_refused(workshop: Workshop) -> None:
    task = workshop.held()
    emit(workshop, task, "mine")
    workshop.journal.flush(task.id, task.fence)
    workshop.take_back(task)
    emit(workshop, task, "late")
    with pytest.raises(FenceLost):
        workshop.journal.flush(task.id, task.fence)
    with pytest.raises(FenceLost):
        emit(workshop, task, "later")
    events = workshop.events(task.id)
    assert texts_of(events) == ["mine"]
    assert events[-1].kind == "end"


def test_a_successor_in_the_same_process_does_not_carry_its_predecessors_words(workshop: Workshop) -> None:
    workshop.add_kind(lambda _work: None, may_repeat=True)
    old = workshop.held()
    workshop.take_back(old)
    new = workshop.claim()
    assert new is not None
    assert new.id == old.id
    with workshop.journal._change:  # both are pending before either is committed
        emit(workshop, old, "old 1")
        emit(workshop, new, "new 1")
        emit(workshop, old, "old 2")
        emit(workshop, new, "new 2")
    workshop.journal.flush(new.id, new.fence)
    assert texts_of(workshop.events(new.id)) == ["new 1", "new 2"]
    with pytest.raises(FenceLost):
        workshop.journal.flush(old.id, old.fence)


def test_the_first_event_of_a_quiet_stream_is_told_at_once(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    soon_s = BATCH_S / 2
    monkeypatch.setattr(tasks.journal, "BATCH_S", 60)  # who waited for a batch to fill would come too late

    def wait_s() -> float:
        task, heard = workshop.held(), threading.Event()
        quiet = Journal(workshop.database)
        quiet.listen(lambda _added: heard.set())
        quiet.start()
        begun = time.monotonic()
        quiet.append(task.id, task.fence, ("text", {"text": "hello"}))
        assert heard.wait(5)
        waited = time.monotonic() - begun
        quiet.stop()
        return waited

    waits = tries(wait_s, soon_s)
    assert waits[-1] < soon_s, waits


def test_a_busy_stream_is_committed_in_batches(workshop: Workshop) -> None:
    told, task = hear(workshop), workshop.held()
    told.clear()
    begun = time.monotonic()
    for place in range(6):
        emit(workshop, task, f"{place}a", f"{place}b")
        wait_until(lambda seen=2 * place + 3: told and told[-1][1][-1].number == seen, what="the events")  # type: ignore[misc]
    assert time.monotonic() - begun > 5 * BATCH_S, "each event was committed as it came"
    assert texts_of(workshop.events(task.id)) == [f"{place}{half}" for place in range(6) for half in "ab"]


def test_what_is_pending_at_the_end_is_committed(tmp_path: Path) -> None:
    path = tmp_path / "studiolo.db"
    with workshop_at(path) as first:
        task = first.held()
        emit(first, task, *"abc")
    with workshop_at(path) as second:
        assert texts_of(second.events(task.id)) == ["a", "b", "c"]


@pytest.mark.parametrize("store_at", ["sqlite"], indirect=True)
def test_a_database_that_is_locked_delays_events_and_loses_none(workshop: Workshop, warnings: list[str]) -> None:
    task = workshop.held()
    assert isinstance(workshop.database.backend, Sqlite)
    workshop.database.backend.writer().exec_driver_sql("PRAGMA busy_timeout=1")
    with closing(sqlite.connect(str(workshop.at), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        emit(workshop, task, *"abc")
        wait_until(lambda: any("waits" in line for line in warnings), what="the warning")
        assert texts_of(workshop.events(task.id)) == []
        other.execute("ROLLBACK")
    workshop.journal.flush(task.id, task.fence)
    assert texts_of(workshop.events(task.id)) == ["a", "b", "c"]


@pytest.mark.parametrize("store_at", ["sqlite"], indirect=True)
def test_a_runner_that_is_faster_than_the_disk_waits(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.journal, "MAX_PENDING", 10)
    task = workshop.held()
    with closing(sqlite.connect(str(workshop.at), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        hasty = threading.Thread(target=emit, args=(workshop, task, *"abcdefghijklmnopqrstuvwxyz"))
        hasty.start()
        wait_until(lambda: workshop.journal._committing, what="the first batch")
        hasty.join(0.1)
        assert hasty.is_alive()
        assert workshop.journal._num_pending <= 10
        other.execute("ROLLBACK")
    hasty.join(5)
    workshop.journal.flush(task.id, task.fence)
    assert "".join(texts_of(workshop.events(task.id))) == "abcdefghijklmnopqrstuvwxyz"


def test_a_listener_that_breaks_does_not_keep_the_others_from_hearing(workshop: Workshop, warnings: list[str]) -> None:
    workshop.journal.listen(lambda _added: 1 / 0)  # type: ignore[arg-type]
    told = hear(workshop)
    workshop.append(workshop.session_id, "a")
    assert [numbers_of(events) for _stream, events in told] == [[1]]
    assert any("ZeroDivisionError" in line for line in warnings)


@pytest.mark.parametrize("data", [{"text": "\ud83d"}, {"text": object()}], ids=["half an emoji", "no JSON"])
def test_an_event_that_cannot_be_stored_fails_its_own_task_only(workshop: Workshop, data: dict[str, object]) -> None:
    bad, good = workshop.held(), workshop.held()
    with pytest.raises(ValueError, match="serializ"):
        workshop.journal.append(bad.id, bad.fence, ("text", data))
    emit(workshop, good, "unharmed")
    emit(workshop, bad, "also goes on")
    workshop.journal.flush(good.id, good.fence)
    workshop.journal.flush(bad.id, bad.fence)
    assert texts_of(workshop.events(good.id)) == ["unharmed"]
    assert texts_of(workshop.events(bad.id)) == ["also goes on"]


def test_an_error_nobody_expects_in_one_batch_does_not_end_the_journal(
    workshop: Workshop, warnings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = workshop.held(), workshop.held()
    append = event_rows.append_all

    def break_for_one(connection: Connection, additions: Additions) -> list[tuple[UUID, list[Event]]]:
        if any(stream_id == bad.id for stream_id, _entries in additions):
            raise sqlite3.ProgrammingError("unexpected")
        return append(connection, additions)

    monkeypatch.setattr(event_rows, "append_all", break_for_one)
    with workshop.journal._change:
        emit(workshop, bad, "x")
        emit(workshop, good, "y")
    workshop.journal.flush(good.id, good.fence)
    with pytest.raises(FenceLost):
        workshop.journal.flush(bad.id, bad.fence)
    assert texts_of(workshop.events(good.id)) == ["y"]
    assert any("unexpected" in line for line in warnings)
