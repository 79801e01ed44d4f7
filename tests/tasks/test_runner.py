"""The runner: many tasks at once, each one's trouble its own, and a cancel that is heard."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import ClassVar
from uuid import UUID

import pysqlite3.dbapi2 as sqlite
import pytest

import tasks.runner
from store import task_rows
from store.database import StoreUnavailable, Write
from store.event_rows import Event
from store.task_rows import TaskRow
from tasks.journal import Entry
from tasks.kinds import Ending, Kind
from tasks.queue import INTERRUPTED
from tasks.runner import Places, Runner
from tasks.states import TaskState
from tasks.work import Work
from tests.running import tries, wait_until
from tests.tasks.workshop import Workshop, texts_of

CANCEL_S = 0.2
STOPPED_S = 3.0


class Gate:
    """A kind's work that waits until it is opened, or cancelled."""

    def __init__(self) -> None:
        self.running: list[UUID] = []
        self.most = 0
        self.heard: dict[UUID, list[float]] = {}
        self._open = threading.Event()
        self._lock = threading.Lock()

    def run(self, work: Work) -> None:
        """Wait."""
        done = threading.Event()
        work.on_cancel(lambda: self.heard.setdefault(work.task.id, []).append(time.monotonic()))
        work.on_cancel(done.set)
        with self._lock:
            self.running.append(work.task.id)
            self.most = max(self.most, len(self.running))
        while not done.wait(0.005) and not self._open.is_set():
            pass
        with self._lock:
            self.running.remove(work.task.id)

    def open(self) -> None:
        """Let all work end."""
        self._open.set()


@pytest.fixture
def gate(workshop: Workshop) -> Iterator[Gate]:
    """A kind whose work goes on until the gate is opened."""
    made = Gate()
    workshop.add_kind(made.run)
    yield made
    made.open()


@contextmanager
def watching(workshop: Workshop, runner: Runner) -> Iterator[None]:
    watch = workshop.database.watch()
    watch.listen(runner.hear_change)
    watch.start()
    try:
        yield
    finally:
        watch.stop()


def states_of(events: Sequence[Event]) -> list[str]:
    return [str(event.data["state"]) for event in events if event.kind in ("state", "task", "end")]


def num_with_state(workshop: Workshop, tasks_: Sequence[TaskRow], state: str) -> int:
    return Counter(workshop.state(task.id) for task in tasks_)[state]


def test_a_task_is_run_from_its_first_state_to_its_end(workshop: Workshop) -> None:
    def spell(work: Work) -> None:
        for word in "abc":
            work.emit("text", {"text": word})

    workshop.add_kind(spell)
    workshop.start_runner()
    task = workshop.submit()
    done = workshop.wait_for_state(task.id, TaskState.COMPLETED)
    events = workshop.events(task.id)
    assert [event.kind for event in events] == ["state", "state", "text", "text", "text", "end"]
    assert texts_of(events) == ["a", "b", "c"]
    assert events[-1].data == {"state": "completed", "error": None}
    assert states_of(workshop.events(workshop.session_id)) == ["pending", "processing", "completed"]
    assert (done.attempts, done.error, done.lease_ms) == (1, None, None)
    assert done.created_ms <= (done.started_ms or 0) <= (done.ended_ms or 0)


def test_tasks_that_wait_since_before_the_start_are_run(workshop: Workshop) -> None:
    task = workshop.submit()
    workshop.start_runner()
    workshop.wait_for_state(task.id, TaskState.COMPLETED)


def test_a_kind_that_raises_fails_its_own_task_only(workshop: Workshop) -> None:
    workshop.add_kind(lambda _work: 1 / 0, "broken")  # type: ignore[arg-type]
    workshop.start_runner(1)
    broken, sound = workshop.submit("broken"), workshop.submit()
    workshop.wait_for_state(sound.id, TaskState.COMPLETED)
    stored = workshop.task(broken.id)
    assert (stored.state, stored.error) == ("failed", {"code": "internal_error", "facts": {}})
    assert workshop.events(broken.id)[-1].data["error"] == {"code": "internal_error", "details": {}}


def test_an_error_that_knows_how_to_be_kept_is_kept_so(workshop: Workshop) -> None:
    class Known(Exception):
        kept: ClassVar = {"code": "known", "facts": {"why": "because"}}

    def fail(_work: Work) -> None:
        raise Known

    workshop.add_kind(fail)
    workshop.start_runner()
    stored = workshop.wait_for_state(workshop.submit().id, TaskState.FAILED)
    assert stored.error == {"code": "known", "facts": {"why": "because"}}


def test_an_event_that_is_no_json_fails_its_own_task_only(workshop: Workshop) -> None:
    workshop.add_kind(lambda work: work.emit("text", {"text": "\ud83d"}), "broken")
    workshop.start_runner()
    workshop.wait_for_state(workshop.submit("broken").id, TaskState.FAILED)
    workshop.wait_for_state(workshop.submit().id, TaskState.COMPLETED)


def test_a_task_of_a_kind_nobody_knows_any_more_fails(workshop: Workshop) -> None:
    workshop.add_kind(lambda _work: None, "retired")
    task = workshop.submit("retired")
    del workshop.queue.kinds["retired"]
    workshop.start_runner()
    workshop.wait_for_state(task.id, TaskState.FAILED)


def test_so_many_tasks_run_at_once_and_the_rest_wait(workshop: Workshop, gate: Gate) -> None:
    workshop.start_runner(8)
    submitted = [workshop.submit() for _ in range(10)]
    wait_until(lambda: len(gate.running) == 8, what="eight at once")
    submitted += [workshop.submit() for _ in range(10)]  # by then a ninth would have begun
    assert num_with_state(workshop, submitted, "processing") == 8
    gate.open()
    wait_until(lambda: num_with_state(workshop, submitted, "completed") == 20, what="the end of all")
    assert gate.most == 8


def test_a_session_with_many_tasks_does_not_keep_another_one_waiting(workshop: Workshop, gate: Gate) -> None:
    workshop.start_runner(2)
    flood = [workshop.submit() for _ in range(10)]
    wait_until(lambda: len(gate.running) == 2, what="a full house")
    other = workshop.submit(session_id=workshop.open_session())
    workshop.cancel(gate.running[0])
    wait_until(lambda: other.id in gate.running, what="the other one's turn")
    assert num_with_state(workshop, flood, "pending") == 8


def test_a_cancel_reaches_the_work_in_200_ms_and_before_its_caller_goes_on(workshop: Workshop, gate: Gate) -> None:
    workshop.start_runner()

    def cancel_s() -> float:
        task = workshop.submit()
        wait_until(lambda: task.id in gate.running, what="the work")
        begun = time.monotonic()
        workshop.cancel(task.id)
        assert task.id in gate.heard
        workshop.wait_for_state(task.id, TaskState.CANCELLED)
        (heard,) = gate.heard[task.id]
        return heard - begun

    waits = tries(cancel_s, CANCEL_S)
    assert waits[-1] < CANCEL_S, waits


def test_a_cancel_by_another_process_reaches_the_work_in_200_ms_by_a_word_of_its_own(
    workshop: Workshop, neighbour: Workshop, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.runner, "KEEP_S", 60)  # what is looked at now and then would come too late

    def cancel_s() -> float:
        task = workshop.submit()
        wait_until(lambda: task.id in gate.running, what="the work")
        begun = time.monotonic()
        neighbour.cancel(task.id)
        workshop.wait_for_state(task.id, TaskState.CANCELLED)
        (heard,) = gate.heard[task.id]
        return heard - begun

    with watching(workshop, workshop.start_runner()):
        waits = tries(cancel_s, CANCEL_S)
    assert waits[-1] < CANCEL_S, waits


def test_a_cancel_between_taking_up_and_beginning_is_heard(workshop: Workshop, gate: Gate) -> None:
    runner = workshop.start_runner()

    def cancel_at_once(added: Sequence[tuple[UUID, list[Event]]]) -> None:
        for stream, events in added:
            if any(event.data == {"state": "processing"} for event in events):
                workshop.cancel(stream)
                runner.hear_change()  # as the change watch would, now rather than in 20 ms

    workshop.journal.listen(cancel_at_once)
    task = workshop.submit()
    workshop.wait_for_state(task.id, TaskState.CANCELLED)


def test_a_task_put_in_by_another_process_is_taken_up(workshop: Workshop, neighbour: Workshop) -> None:
    with watching(workshop, workshop.start_runner()):
        task = neighbour.submit()
        neighbour.wait_for_state(task.id, TaskState.COMPLETED)


def test_work_that_ends_by_itself_after_a_cancel_is_cancelled_and_keeps_its_words(workshop: Workshop) -> None:
    def talk(work: Work) -> None:
        work.emit("text", {"text": "before"})
        while not work.is_cancelled:
            pass
        work.emit("text", {"text": "after"})
        raise ConnectionError("cut by the cancel")

    workshop.add_kind(talk)
    workshop.start_runner()
    task = workshop.submit()
    wait_until(lambda: texts_of(workshop.events(task.id)), what="the first word")
    workshop.cancel(task.id)
    stored = workshop.wait_for_state(task.id, TaskState.CANCELLED)
    assert stored.error is None
    events = workshop.events(task.id)
    assert texts_of(events) == ["before", "after"]
    assert events[-1].kind == "end"


def test_a_runner_whose_task_was_taken_back_stops_and_its_place_is_free_again(workshop: Workshop) -> None:
    began, lost = threading.Semaphore(0), threading.Event()
    rounds: list[int] = []

    def run(work: Work) -> None:
        rounds.append(work.task.fence)
        began.release()
        if len(rounds) > 1:
            return
        lost.wait(5)
        while True:
            work.emit("text", {"text": "late"})

    workshop.add_kind(run, may_repeat=True)
    workshop.start_runner(2)
    task = workshop.submit()
    assert began.acquire(timeout=5)
    workshop.take_back(workshop.task(task.id))
    assert began.acquire(timeout=5)
    workshop.wait_for_state(task.id, TaskState.COMPLETED)
    lost.set()
    later = [workshop.submit() for _ in range(4)]
    wait_until(lambda: num_with_state(workshop, later, "completed") == 4, what="the end of the later ones")
    assert texts_of(workshop.events(task.id)) == []
    assert len(set(rounds[:2])) == 2


def test_two_holders_of_one_task_in_one_process_leave_no_place_taken(workshop: Workshop) -> None:
    release = threading.Semaphore(0)
    running: list[int] = []

    def run(work: Work) -> None:
        running.append(work.task.fence)
        release.acquire(timeout=5)

    workshop.add_kind(run, may_repeat=True)
    runner = workshop.start_runner(2)
    task = workshop.submit()
    wait_until(lambda: len(running) == 1, what="the first holder")
    workshop.take_back(workshop.task(task.id))
    wait_until(lambda: len(running) == 2, what="the second holder")
    release.release(2)
    workshop.wait_for_state(task.id, TaskState.COMPLETED)
    wait_until(lambda: not runner._works, what="an empty house")
    later = [workshop.submit() for _ in range(2)]
    wait_until(lambda: len(running) == 4, what="both places")
    release.release(2)
    wait_until(lambda: num_with_state(workshop, later, "completed") == 2, what="their end")


def test_an_end_that_a_store_did_not_take_is_stored_when_it_does(workshop: Workshop) -> None:
    trouble: list[Exception] = [StoreUnavailable("full"), StoreUnavailable("gone")]
    runs: list[UUID] = []

    def fail_twice(_write: Write, _task: TaskRow, _ending: Ending) -> Sequence[Entry]:
        if trouble:
            raise trouble.pop()
        return ()

    workshop.queue.kinds["work"] = Kind(name="work", run=lambda work: runs.append(work.task.id), on_end=fail_twice)
    workshop.start_runner()
    task = workshop.submit()
    workshop.wait_for_state(task.id, TaskState.COMPLETED)
    assert trouble == []
    assert runs == [task.id], "it was done once"


def test_an_end_that_meets_a_defect_leaves_the_task_to_be_taken_back(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble: list[Exception] = [ZeroDivisionError()]

    def fail_once(_write: Write, _task: TaskRow, _ending: Ending) -> Sequence[Entry]:
        if trouble:
            raise trouble.pop()
        return ()

    monkeypatch.setattr(tasks.runner, "KEEP_S", 0.05)
    workshop.queue.kinds["work"] = Kind(name="work", run=lambda _work: None, on_end=fail_once)
    workshop.start_runner(lease_ms=600)
    task = workshop.submit()
    stored = workshop.wait_for_state(task.id, TaskState.FAILED)
    assert stored.error == {"code": "interrupted", "facts": {}}
    workshop.wait_for_state(workshop.submit().id, TaskState.COMPLETED)


def test_a_lease_is_renewed_while_the_work_goes_on(
    workshop: Workshop, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.runner, "KEEP_S", 0.05)
    workshop.start_runner(lease_ms=1500)
    task = workshop.submit()
    wait_until(lambda: gate.running, what="the work")
    first = workshop.task(task.id).lease_ms or 0
    wait_until(lambda: (workshop.task(task.id).lease_ms or 0) > first + 1500, what="a lease beyond the first")
    assert workshop.state(task.id) == "processing"
    gate.open()
    workshop.wait_for_state(task.id, TaskState.COMPLETED)


def test_work_under_way_outlives_its_lease_unless_another_process_was_quicker(
    workshop: Workshop, neighbour: Workshop, gate: Gate
) -> None:
    runner = workshop.start_runner(lease_ms=-1)  # as after a machine's sleep
    task = workshop.submit()
    wait_until(lambda: gate.running, what="the work")
    runner.take_back_lost()
    assert workshop.state(task.id) == "processing"
    Runner(neighbour.database, neighbour.queue, neighbour.journal, Places(1, 1)).take_back_lost()
    assert workshop.state(task.id) == "failed"


def test_a_queue_that_cannot_be_read_is_tried_again_now_and_then(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []
    look = task_rows.any_due
    monkeypatch.setattr(tasks.runner, "KEEP_S", 0.2)
    begun = time.monotonic()

    def fail_at_first(connection: object, *given: object) -> bool:
        tries.append(time.monotonic() - begun)
        if tries[-1] < 0.5:
            raise sqlite.OperationalError("disk I/O error")
        return look(connection, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(task_rows, "any_due", fail_at_first)
    workshop.start_runner()
    workshop.wait_for_state(workshop.submit().id, TaskState.COMPLETED)
    assert sum(moment < 0.5 for moment in tries) < 10


def test_a_stop_ends_soon_though_every_place_is_taken(workshop: Workshop) -> None:
    running = threading.Semaphore(0)

    def stop_s() -> float:
        go = threading.Event()

        def ignore_cancel(_work: Work) -> None:
            running.release()
            go.wait(20)

        workshop.add_kind(ignore_cancel)
        runner = workshop.start_runner(2)
        for _ in range(22):
            workshop.submit()  # after two of them the runner waits for a place
        assert running.acquire(timeout=5)
        assert running.acquire(timeout=5)
        begun = time.monotonic()
        stopping = threading.Thread(target=runner.stop, daemon=True)
        stopping.start()
        stopping.join(19)
        found = time.monotonic() - begun
        go.set()
        stopping.join(5)
        return found

    waits = tries(stop_s, STOPPED_S)
    assert waits[-1] < STOPPED_S, waits


def test_what_a_stop_cut_short_is_handed_back_at_once(workshop: Workshop, gate: Gate) -> None:
    workshop.queue.kinds["again"] = replace(workshop.queue.kinds["work"], name="again", may_repeat=True)
    runner = workshop.start_runner(2)
    cut, again = workshop.submit(), workshop.submit("again")
    wait_until(lambda: len(gate.running) == 2, what="the work")
    waiting = workshop.submit()
    runner.stop()
    assert workshop.task(cut.id).error == INTERRUPTED
    assert [workshop.state(task.id) for task in (cut, again, waiting)] == ["failed", "pending", "pending"]
    gate.open()
    workshop.start_runner(1)
    workshop.wait_for_state(again.id, TaskState.COMPLETED)
    workshop.wait_for_state(waiting.id, TaskState.COMPLETED)
    assert workshop.task(again.id).attempts == 2
