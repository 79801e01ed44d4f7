"""The journal: events are numbered and committed, and only then shown to anyone."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from loguru import logger
from pydantic_core import to_json

from store import event_rows, task_rows
from store.database import Database, StoreUnavailable, Write
from store.event_rows import Event
from tasks.states import TaskState

BATCH_S = 0.04  # a busy stream is committed this often; the first event of a quiet one at once
MAX_PENDING = 20_000
RETRY_S = 0.2

Entry = tuple[str, dict[str, Any]]
Holder = tuple[UUID, int]  # a task and a fence: a task taken back may be held again in this very process
Batch = dict[Holder, list[Entry]]
Listener = Callable[[Sequence[tuple[UUID, list[Event]]]], None]


class FenceLost(Exception):
    """Another runner holds the task by now: this one's writes are refused."""


class Journal:
    """Appends to streams: within a caller's transaction, or from a runner in batches that all streams share."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: list[Listener] = []
        self._pending: Batch = {}
        self._num_pending = 0
        self._is_committing = False
        self._lost: set[Holder] = set()
        self._change = threading.Condition()
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)

    def listen(self, listener: Listener) -> None:
        """Have `listener` called with [(stream, events)] after each commit of this process."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Begin to commit batches."""
        self._thread.start()

    def stop(self) -> None:
        """Commit what is pending and end."""
        with self._change:
            self._is_stopped = True
            self._change.notify_all()
        self._thread.join()

    def append_in(self, write: Write, stream_id: UUID, entries: Sequence[Entry]) -> None:
        """Append entries as a part of the caller's transaction."""
        added = event_rows.append(write.connection, stream_id, entries)
        write.after_commit(lambda: self._tell([(stream_id, added)]))

    def append(self, task_id: UUID, fence: int, entry: Entry) -> None:
        """Append an entry to a task's stream soon, for the holder with this fence.

        Raises FenceLost, and ValueError for data that is not JSON.
        """
        to_json(entry)  # it must break here, where only its own task suffers
        with self._change:
            self._change.wait_for(lambda: self._num_pending < MAX_PENDING or self._is_stopped)
            self._refuse_lost(task_id, fence)
            self._pending.setdefault((task_id, fence), []).append(entry)
            self._num_pending += 1
            self._change.notify_all()

    def flush(self, task_id: UUID, fence: int) -> None:
        """Return once all that was appended to this stream is committed. Raises FenceLost."""
        with self._change:
            self._change.wait_for(lambda: (task_id, fence) not in self._pending and not self._is_committing)
            self._refuse_lost(task_id, fence)

    def forget(self, task_id: UUID, fence: int) -> None:
        """Drop what is remembered of a holder that has ended."""
        with self._change:
            self._lost.discard((task_id, fence))

    def _refuse_lost(self, task_id: UUID, fence: int) -> None:
        if (task_id, fence) in self._lost:
            raise FenceLost

    def _run(self) -> None:
        while (batch := self._take()) is not None:
            begun = time.monotonic()
            self._commit_until_done(batch)
            with self._change:
                self._is_committing = False
                self._change.notify_all()
                self._change.wait_for(lambda: self._is_stopped, timeout=max(0.0, begun + BATCH_S - time.monotonic()))

    def _take(self) -> Batch | None:
        with self._change:
            self._change.wait_for(lambda: self._pending or self._is_stopped)
            if not self._pending:
                return None
            batch, self._pending, self._num_pending = self._pending, {}, 0
            self._is_committing = True
            return batch

    def _commit_until_done(self, batch: Batch) -> None:
        while True:
            try:
                added = self._commit(batch)
            except StoreUnavailable as error:
                logger.warning("The journal could not be written and waits: {}", error)
                time.sleep(RETRY_S)
            except Exception as error:  # noqa: BLE001 — an edge: the journal of all streams must outlive one bad entry
                self._part_with(batch, error)
                return
            else:
                self._tell(added)
                return

    def _part_with(self, batch: Batch, error: Exception) -> None:
        if len(batch) > 1:
            for holder, entries in batch.items():
                self._commit_until_done({holder: entries})
            return
        logger.opt(exception=error).error("The journal cannot take what a task wrote: {}", *batch)
        with self._change:
            self._lost.update(batch)

    def _commit(self, batch: Batch) -> list[tuple[UUID, list[Event]]]:
        added, lost = [], []
        with self._database.write() as write:
            for (task_id, fence), entries in batch.items():
                if task_rows.holds(write.connection, task_id, fence, TaskState.PROCESSING):
                    added.append((task_id, event_rows.append(write.connection, task_id, entries)))
                else:
                    lost.append((task_id, fence))
        with self._change:
            self._lost.update(lost)
        return added

    def _tell(self, added: Sequence[tuple[UUID, list[Event]]]) -> None:
        for listener in self._listeners:
            try:
                listener(added)
            except Exception as error:  # noqa: BLE001 — an edge: what is committed stays, whoever could not hear of it
                logger.opt(exception=error).error("A listener of the journal failed.")
