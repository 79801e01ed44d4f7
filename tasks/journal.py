"""The journal: events are numbered and committed, and only then shown to anyone."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from loguru import logger
from pydantic_core import to_json

from store import event_rows, task_rows
from store.database import Database, StoreUnavailable, Write
from store.event_rows import Event
from tasks.folding import USUAL_FOLD, Fold, fold_stream
from tasks.states import TaskState

BATCH_S = 0.04  # a busy stream is committed this often; the first event of a quiet one at once
RETRY_S = 0.2
MAX_PENDING = 20_000
MAX_EVENT_BYTES = 262_144
MAX_OWN_BYTES = 1_048_576  # pending of one task: then it waits for the disk, and the others do not
MAX_PENDING_BYTES = 8 * MAX_OWN_BYTES
CROWDED_BYTES = MAX_OWN_BYTES // 2  # pending bytes that are committed at once
MAX_TOLD_BYTES = 262_144  # of one task's batch: of a larger one only the last event is told, the rest is in the store
FOLD_BYTES = 2_097_152  # of one task's events: older than twice this they fold while it runs

Entry = tuple[str, dict[str, Any]]
Holder = tuple[UUID, int]  # a task and a fence: a task taken back may be held again in this very process
Added = list[tuple[UUID, list[Event]]]
Listener = Callable[[Sequence[tuple[UUID, list[Event]]]], None]


class FenceLost(Exception):
    """Another runner holds the task by now: this one's writes are refused."""


class EventTooLarge(ValueError):
    """An event has more bytes than one may: say it in several."""

    def __init__(self, num_bytes: int) -> None:
        super().__init__(f"an event has {num_bytes} bytes of JSON, {MAX_EVENT_BYTES} at most: emit it in parts")
        self.kept: dict[str, object] = {
            "code": "too_large",
            "facts": {"max_bytes": MAX_EVENT_BYTES, "bytes": num_bytes},
        }


@dataclass(slots=True)
class _Words:
    """What one holder has said that is not yet committed."""

    entries: list[Entry] = field(default_factory=list)
    num_bytes: int = 0


@dataclass(slots=True)
class _Output:
    """How much one holder has written: bytes since a number up to which the next fold goes."""

    num_bytes: int = 0
    mark: int = 0


Batch = dict[Holder, _Words]


class Journal:
    """Appends to streams: within a caller's transaction, or from a runner in batches that all streams share."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: list[Listener] = []
        self._pending: Batch = {}
        self._num_pending = 0
        self._num_bytes = 0
        self._outputs: dict[Holder, _Output] = {}
        self._fold_of: Callable[[str], Fold] = lambda _kind: USUAL_FOLD
        self._committing: Batch = {}
        self._lost: set[Holder] = set()
        self._change = threading.Condition()
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)

    def listen(self, listener: Listener) -> None:
        """Have `listener` called with [(stream, events)] after each commit of this process."""
        self._listeners.append(listener)

    def fold_by(self, fold_of: Callable[[str], Fold]) -> None:
        """Fold a task's events as its kind, by its name, wants it."""
        self._fold_of = fold_of

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
        self.append_all_in(write, [(stream_id, entries)])

    def append_all_in(self, write: Write, additions: Sequence[tuple[UUID, Sequence[Entry]]]) -> None:
        """Append to several streams as a part of the caller's transaction: a task's own before its workspace's."""
        added = event_rows.append_all(write.connection, additions)
        write.tell_others()
        write.after_commit(lambda: self._tell(added))

    def append(self, task_id: UUID, fence: int, entry: Entry) -> None:
        """Append an entry to a task's stream soon, for the holder with this fence; waits where the disk is slower.

        Raises FenceLost, EventTooLarge, and ValueError for data that is not JSON.
        """
        num_bytes = len(to_json(entry))  # it must break here, where only its own task suffers
        if num_bytes > MAX_EVENT_BYTES:
            raise EventTooLarge(num_bytes)
        holder = task_id, fence
        with self._change:
            self._change.wait_for(lambda: self._has_room(holder) or self._is_stopped)
            self._refuse_lost(task_id, fence)
            words = self._pending.setdefault(holder, _Words())
            words.entries.append(entry)
            words.num_bytes += num_bytes
            self._num_pending += 1
            self._num_bytes += num_bytes
            self._change.notify_all()

    def _has_room(self, holder: Holder) -> bool:
        own = self._pending.get(holder)
        is_own_full = own is not None and own.num_bytes >= MAX_OWN_BYTES
        return not is_own_full and self._num_pending < MAX_PENDING and self._num_bytes < MAX_PENDING_BYTES

    def flush(self, task_id: UUID, fence: int) -> None:
        """Return once all that was appended to this stream is committed. Raises FenceLost."""
        holder = task_id, fence
        with self._change:
            self._change.wait_for(lambda: holder not in self._pending and holder not in self._committing)
            self._refuse_lost(task_id, fence)

    def forget(self, task_id: UUID, fence: int) -> None:
        """Drop what is remembered of a holder that has ended."""
        with self._change:
            self._lost.discard((task_id, fence))
            self._outputs.pop((task_id, fence), None)

    def _refuse_lost(self, task_id: UUID, fence: int) -> None:
        if (task_id, fence) in self._lost:
            raise FenceLost

    def _run(self) -> None:
        while (batch := self._take()) is not None:
            begun = time.monotonic()
            self._commit_until_done(batch)
            with self._change:
                self._committing = {}
                self._change.notify_all()
                pause_s = max(0.0, begun + BATCH_S - time.monotonic())
                self._change.wait_for(lambda: self._is_stopped or self._num_bytes > CROWDED_BYTES, timeout=pause_s)

    def _take(self) -> Batch | None:
        with self._change:
            self._change.wait_for(lambda: self._pending or self._is_stopped)
            if not self._pending:
                return None
            batch, self._pending = self._pending, {}
            self._num_pending = self._num_bytes = 0
            self._committing = batch
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
            for holder, words in batch.items():
                self._commit_until_done({holder: words})
            return
        logger.opt(exception=error).error("The journal cannot take what a task wrote: {}", *batch)
        with self._change:
            self._lost.update(batch)

    def _commit(self, batch: Batch) -> Added:
        with self._database.write() as write:
            write.tell_others()
            # In one order, so that no two processes wait in a ring; together, for thousands may stream at once.
            held = sorted(task_rows.that_hold(write.connection, batch, TaskState.PROCESSING))
            said = event_rows.append_all(
                write.connection, [(task_id, batch[task_id, fence].entries) for task_id, fence in held]
            )
            added = {holder: events for holder, (_task_id, events) in zip(held, said, strict=True)}
            for holder in held:
                self._fold_old(write, holder, batch[holder])
        with self._change:
            self._lost.update(batch.keys() - added.keys())
        for holder, events in added.items():
            self._count(holder, batch[holder], events[-1].number)
        return [(holder[0], _told(events, batch[holder])) for holder, events in added.items()]

    def _fold_old(self, write: Write, holder: Holder, words: _Words) -> None:
        output = self._outputs.get(holder)
        if output is None or not output.mark or output.num_bytes + words.num_bytes < FOLD_BYTES:
            return
        task = task_rows.find(write.connection, holder[0])
        assert task is not None
        fold_stream(write.connection, task.id, output.mark, self._fold_of(task.kind))

    def _count(self, holder: Holder, words: _Words, last: int) -> None:
        output = self._outputs.setdefault(holder, _Output())
        output.num_bytes += words.num_bytes
        if output.num_bytes >= FOLD_BYTES:
            output.num_bytes, output.mark = 0, last

    def _tell(self, added: Sequence[tuple[UUID, list[Event]]]) -> None:
        for listener in self._listeners:
            try:
                listener(added)
            except Exception as error:  # noqa: BLE001 — an edge: what is committed stays, whoever could not hear of it
                logger.opt(exception=error).error("A listener of the journal failed.")


def _told(events: list[Event], words: _Words) -> list[Event]:
    return events if words.num_bytes <= MAX_TOLD_BYTES else events[-1:]
