"""What the function of a kind is given: its task, a voice in the journal, and word of a cancel."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from loguru import logger

from store import task_rows
from store.clock import now_ms
from store.database import Database, Write
from store.task_rows import TaskRow
from tasks.journal import FenceLost, Journal
from tasks.patience import until_stored

PROGRESS_MS = 500  # how often a row's progress is written
WHOLE = 100


class Waits(Exception):
    """The work asks a person and leaves its runner; it is run again with the answer."""

    def __init__(self, question: Mapping[str, Any]) -> None:
        super().__init__("it waits for an answer")
        self.question = dict(question)


class Uncertain(Exception):
    """A step was begun by a runner that died, and nobody knows whether the outside world did it."""

    def __init__(self, step: str) -> None:
        super().__init__(f"the step {step} was begun and its end is not known")
        self.kept: dict[str, object] = {"code": "interrupted", "facts": {"step": step}}


class Work:
    """One taking-up of one task on this runner."""

    def __init__(self, task: TaskRow, journal: Journal, database: Database) -> None:
        self.task = task
        self._journal = journal
        self._database = database
        self._steps: dict[str, Any] = dict(task.steps)
        self._progress = task.progress or 0
        self._told_ms = 0
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []
        self.is_expired = False

    @property
    def is_cancelled(self) -> bool:
        """Tell whether the work should stop."""
        return self._cancelled.is_set()

    def emit(self, kind: str, data: dict[str, Any]) -> None:
        """Append an event to the task's stream. Raises FenceLost where another runner holds the task by now."""
        self._journal.append(self.task.id, self.task.fence, (kind, data))

    def progress(self, done: float, whole: float = WHOLE) -> None:
        """Say how far the work is; it never goes back. Raises FenceLost."""
        percent = min(WHOLE, max(0, int(WHOLE * done / whole))) if whole > 0 else WHOLE
        now = now_ms()
        if percent <= self._progress or (percent < WHOLE and now - self._told_ms < PROGRESS_MS):
            return
        self._progress, self._told_ms = percent, now
        self._change(progress=percent)
        self.emit("progress", {"percent": percent})

    def once(self, step: str, effect: Callable[[], Any]) -> Any:
        """Have an effect on the outside world at most once, in however many taking-ups; answers its JSON value.

        Raises Uncertain where a runner died between its beginning and its end, and FenceLost.
        """
        known = self._steps.get(step)
        if known is not None:
            if "value" not in known:
                raise Uncertain(step)
            return known["value"]
        self._keep(step, {})
        value = effect()
        self._keep(step, {"value": value})
        return value

    def ask(self, question: str, **facts: Any) -> Any:
        """Return a person's answer to a question of this name; without one the work leaves its runner until it comes.

        What ran before it is run again: put effects into `once`. Raises Waits.
        """
        if question in self.task.answers:
            return self.task.answers[question]
        raise Waits({"name": question, **facts})

    def change_in(self, write: Write, **changes: Any) -> None:
        """Change columns of the task's row as a part of the caller's transaction. Raises FenceLost."""
        if not task_rows.move(write.connection, self.task, self.task.state, **changes):
            raise FenceLost

    def on_cancel(self, callback: Callable[[], None]) -> None:
        """Have `callback` run on a cancel; at once where it has come already."""
        with self._lock:
            if not self._cancelled.is_set():
                self._callbacks.append(callback)
                return
        callback()

    def expire(self) -> None:
        """Stop the work because its time is over."""
        self.is_expired = True
        self.cancel()

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

    def _keep(self, step: str, known: dict[str, Any]) -> None:
        self._steps = {**self._steps, step: known}
        self._change(steps=self._steps)

    def _change(self, **changes: Any) -> None:
        def change() -> None:
            with self._database.write(self.task.session_id) as write:
                self.change_in(write, **changes)

        until_stored(change, self._cancelled.wait)
