"""What is kept of tasks that have ended: at first everything, then one snapshot and the end, and one day nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from store import ended_rows, event_rows
from store.clock import now_ms
from store.database import Database
from tasks.folding import USUAL_FOLD, fold_stream
from tasks.kinds import Kinds

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How much is kept: every event for a while, so that readers under way are not told of gaps; tasks for days."""

    events_ms: int = 600_000
    tasks_ms: int = 30 * DAY_MS
    num_tasks: int = 1000  # of one workspace: nobody pages further back


class Retention:
    """Folds and removes; any number of processes may do so at the same time."""

    BATCH = 100  # tasks a transaction: others want to write, too

    def __init__(self, database: Database, kinds: Kinds, kept: Kept) -> None:
        self._database = database
        self._kinds = kinds
        self._kept = kept
        self._folded_to_ms = 0  # what ended before is folded, as far as this process saw
        self._gone_to_ms = dict[str, int]()  # what ended before of a kind that is kept for less is gone

    def sweep(self) -> None:
        """Do what there is to do."""
        self._fold()
        for kind in self._kinds.values():
            if kind.kept_s is not None:
                self._remove_kind(kind.name, now_ms() - int(1000 * kind.kept_s))
        before_ms = now_ms() - self._kept.tasks_ms
        self._remove(lambda connection: ended_rows.ended_before(connection, before_ms, self.BATCH))
        self._remove(lambda connection: ended_rows.beyond(connection, self._kept.num_tasks, self.BATCH))

    def _fold(self) -> None:
        before_ms = now_ms() - self._kept.events_ms
        found = self._unfolded(before_ms)
        while found:
            for task_id, kind, _ended_ms in found:
                self._fold_one(task_id, kind)
            self._folded_to_ms, seen = found[-1][2], found
            found = self._unfolded(before_ms)
            if found == seen:
                return  # these cannot be folded
        self._folded_to_ms = before_ms

    def _unfolded(self, before_ms: int) -> list[tuple[UUID, str, int]]:
        with self._database.read() as connection:
            return ended_rows.unfolded(connection, (self._folded_to_ms, before_ms), self.BATCH)

    def _fold_one(self, task_id: UUID, kind: str) -> None:
        fold = self._kinds[kind].fold if kind in self._kinds else USUAL_FOLD
        with self._database.write(task_id) as write:
            last, _folded = event_rows.position(write.connection, task_id)
            fold_stream(write.connection, task_id, last - 1, fold)

    def _remove_kind(self, name: str, before_ms: int) -> None:
        between_ms = self._gone_to_ms.get(name, 0), before_ms
        self._remove(lambda connection: ended_rows.of_kind(connection, name, between_ms, self.BATCH))
        self._gone_to_ms[name] = before_ms

    def _remove(self, find: Callable[[Connection], Sequence[UUID]]) -> None:
        while True:
            with self._database.read() as connection:
                found = find(connection)
            if not found:
                return
            with self._database.write() as write:
                ended_rows.remove(write.connection, found)
