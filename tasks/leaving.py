"""What becomes of tasks whose visitor left: each kind says by `on_leave` whether it goes on, ends, or waits a while."""

import threading
from uuid import UUID

from loguru import logger
from sqlalchemy import Connection

from store import page_rows, task_rows
from store.clock import now_ms
from store.database import Database
from tasks.queue import Queue
from tasks.states import OPEN

LOOK_S = 1.0
SETTLE_MS = 5000  # a page that is loaded again, or that leads to another one, says goodbye too


class Leaving:
    """Looks for tasks to end, on a thread of its own; any number of processes may do so at the same time."""

    def __init__(self, database: Database, queue: Queue, settle_ms: int = SETTLE_MS, look_s: float = LOOK_S) -> None:
        self._database = database
        self._queue = queue
        self._settle_ms = settle_ms
        self._look_s = look_s
        self._started_ms = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="leaving", daemon=True)

    @property
    def patience_ms(self) -> dict[str, int]:
        """How long each kind that does not go on by itself waits for its visitor."""
        found = {kind.name: kind.patience_ms for kind in self._queue.kinds.values()}
        return {name: patience for name, patience in found.items() if patience is not None}

    @property
    def is_needed(self) -> bool:
        """Tell whether any kind asks who is there."""
        return bool(self.patience_ms)

    def start(self) -> None:
        """Begin to look; who could not come back while no server was there has time to."""
        self._started_ms = now_ms()
        self._thread.start()

    def stop(self) -> None:
        """End; returns when the thread has ended."""
        self._stop.set()
        self._thread.join()

    def look(self, settle_ms: int | None = None) -> int:
        """Cancel what its visitor left for longer than its kind waits; returns how many tasks."""
        settle_ms = self._settle_ms if settle_ms is None else settle_ms
        if not self.is_needed:
            return 0
        with self._database.read() as connection:
            due = self._due(connection, settle_ms)
        return sum(self._cancel(task_id, session_id, settle_ms) for task_id, session_id in due)

    def _due(self, connection: Connection, settle_ms: int) -> list[tuple[UUID, UUID]]:
        patience_ms, now = self.patience_ms, now_ms()
        return [
            (task_id, session_id)
            for task_id, session_id, kind, left_ms in page_rows.left_behind(connection, patience_ms, OPEN)
            if max(left_ms + patience_ms[kind], left_ms + settle_ms, self._started_ms + settle_ms) <= now
        ]

    def _cancel(self, task_id: UUID, session_id: UUID, settle_ms: int) -> bool:
        with self._database.write(session_id) as write:
            if (task_id, session_id) not in self._due(write.connection, settle_ms):
                return False  # somebody came back
            task = task_rows.find(write.connection, task_id)
            if task is None or task.cancel_asked:
                return False
            self._queue.cancel(write, task)
        logger.info("Task {} ({}) is cancelled: its visitor left.", task.id, task.kind)
        return True

    def _run(self) -> None:
        while not self._stop.wait(self._look_s):
            with logger.catch(message="Looking for visitors who left failed; it is tried again."):
                self.look()
