"""What the function of a kind is given: its task, a voice in the journal, and word of a cancel."""

import threading
from collections.abc import Callable
from typing import Any

from loguru import logger

from store.task_rows import TaskRow
from tasks.journal import Journal


class Work:
    """One taking-up of one task on this runner."""

    def __init__(self, task: TaskRow, journal: Journal) -> None:
        self.task = task
        self._journal = journal
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []

    @property
    def is_cancelled(self) -> bool:
        """Tell whether the work should stop."""
        return self._cancelled.is_set()

    def emit(self, kind: str, data: dict[str, Any]) -> None:
        """Append an event to the task's stream. Raises FenceLost where another runner holds the task by now."""
        self._journal.append(self.task.id, self.task.fence, (kind, data))

    def on_cancel(self, callback: Callable[[], None]) -> None:
        """Have `callback` run on a cancel; at once where it has come already."""
        with self._lock:
            if not self._cancelled.is_set():
                self._callbacks.append(callback)
                return
        callback()

    def cancel(self) -> None:
        """Stop the work: what waits on the outside world is told so."""
        with self._lock:
            if self._cancelled.is_set():
                return
            self._cancelled.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            with logger.catch(message="Stopping a task's work failed."):
                callback()
