"""A queue, a journal and runners on one database, without a server."""

import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from store import event_rows, session_rows, task_rows
from store.clock import now_ms
from store.database import Database
from store.event_rows import Event
from store.task_rows import Claim, TaskRow, Turn
from tasks.journal import Journal
from tasks.kinds import Kind
from tasks.queue import Limits, Order, Queue
from tasks.runner import Places, Runner
from tasks.states import DUE, TaskState
from tasks.work import Work
from tests.running import wait_until

LEASE_MS = 20_000
DAY_MS = 86_400_000
TURN = Turn(due=DUE, held=TaskState.PROCESSING, done=TaskState.COMPLETED)


class Workshop:
    """Everything of tasks/ on one data folder; a second one on the same folder stands for another process."""

    def __init__(self, at: Path | str) -> None:
        self.at = at
        self.database = Database(at)
        self.journal = Journal(self.database)
        self.queue = Queue(self.database, self.journal, {}, Limits(of_session=100_000, in_all=100_000))
        self.session_id = self.open_session()
        self._runners: list[Runner] = []
        self._last_ms = 0
        self.add_kind(lambda _work: None)
        self.journal.start()

    def open_session(self) -> UUID:
        """Store a workspace with its stream."""
        session_id = uuid.uuid4()
        with self.database.write() as write:
            session_rows.add_if_missing(write.connection, session_id, session_id.bytes * 2, DAY_MS)
            event_rows.open_stream(write.connection, session_id, session_id)
        return session_id

    def add_kind(self, run: Callable[[Work], None], name: str = "work", **words: Any) -> None:
        """Register a kind."""
        self.queue.kinds[name] = Kind(name=name, run=run, **words)

    def submit(self, kind: str = "work", session_id: UUID | None = None, **words: Any) -> TaskRow:
        """Put a task in, in a millisecond of its own: of two that came in one, either may be the first."""
        wait_until(lambda: now_ms() > self._last_ms)
        order = Order(session_id=session_id or self.session_id, kind=kind, arguments={}, facts={}, **words)
        with self.database.write() as write:
            row = self.queue.submit(write, order)
        self._last_ms = row.created_ms
        return row

    def claim(self, runner_id: UUID | None = None, lease_ms: int = LEASE_MS) -> TaskRow | None:
        """Take up the next task by hand."""
        with self.database.write() as write:
            wish = Claim(runner_id=runner_id or uuid.uuid4(), lease_ms=lease_ms, share=1000)
            return task_rows.claim(write.connection, wish, TURN)

    def held(self, lease_ms: int = LEASE_MS) -> TaskRow:
        """Put a task in and take it up by hand."""
        self.submit()
        task = self.claim(lease_ms=lease_ms)
        assert task is not None
        return task

    def cancel(self, task_id: UUID) -> None:
        """Cancel a task as a call does."""
        with self.database.write() as write:
            self.queue.cancel(write, self.task(task_id))

    def take_back(self, task: TaskRow) -> None:
        """Take a task back from its holder."""
        with self.database.write() as write:
            self.queue.take_back(write, task)

    def task(self, task_id: UUID) -> TaskRow:
        """Return a task as it is stored."""
        with self.database.read() as connection:
            found = task_rows.find(connection, task_id)
        assert found is not None
        return found

    def state(self, task_id: UUID) -> str:
        """Return where a task stands."""
        return self.task(task_id).state

    def events(self, stream_id: UUID, after: int = 0) -> list[Event]:
        """Return a stream's events as they are stored."""
        with self.database.read() as connection:
            return event_rows.after(connection, stream_id, after, 1_000_000)

    def append(self, stream_id: UUID, *words: str) -> None:
        """Append texts to a stream in one transaction."""
        with self.database.write() as write:
            self.journal.append_in(write, stream_id, [("text", {"text": word}) for word in words])

    def start_runner(self, num_threads: int = 8, lease_ms: int = LEASE_MS) -> Runner:
        """Start a runner; it stops with the workshop."""
        runner = Runner(self.database, self.queue, self.journal, Places(num_threads, num_threads, lease_ms))
        self._runners.append(runner)
        runner.start()
        return runner

    def wait_for_state(self, task_id: UUID, state: TaskState) -> TaskRow:
        """Return the task once it is there."""
        wait_until(lambda: self.state(task_id) == state, what=f"the state {state}")
        return self.task(task_id)

    def close(self) -> None:
        """Stop everything."""
        for runner in self._runners:
            runner.stop()
        self.journal.stop()
        self.database.close()


@contextmanager
def workshop_at(at: Path | str) -> Iterator[Workshop]:
    """Give a workshop; it is closed at the end."""
    if isinstance(at, Path) and not at.exists():
        at.write_bytes(_new_database())
    workshop = Workshop(at)
    try:
        yield workshop
    finally:
        workshop.close()


@cache
def _new_database() -> bytes:
    # Migrations take half a second: they run once a test process, and each test gets a copy.
    with TemporaryDirectory() as folder:
        path = Path(folder) / "studiolo.db"
        Database(path).close()
        return path.read_bytes()


def numbers_of(events: Sequence[Event]) -> list[int]:
    """Return the numbers of events."""
    return [event.number for event in events]


def texts_of(events: Sequence[Event]) -> list[str]:
    """Return the texts of a stream's text events."""
    return [str(event.data["text"]) for event in events if event.kind == "text"]


def run_together(jobs: Sequence[Callable[[], None]], timeout_s: float = 20.0) -> None:
    """Run jobs at the same time, one thread each, and raise the first error of any."""
    errors: list[BaseException] = []
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], None]) -> None:
        try:
            start.wait(timeout_s)
            job()
        except BaseException as error:  # noqa: BLE001 — it is raised again in the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=run, args=(job,), daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout_s)
        assert not thread.is_alive(), "a job did not end"
    if errors:
        raise errors[0]
