"""The trash: what was deleted is kept for 30 days, and then it goes for good."""

from sqlalchemy import Table

from store import trash_rows
from store.clock import now_ms
from store.database import Database

KEPT_MS = 30 * 86_400_000


class TrashSweep:
    """Empties the trash of what is old; any number of processes may do so at the same time."""

    BATCH = 500  # rows a transaction: others want to write, too

    def __init__(self, database: Database, kept_ms: int = KEPT_MS) -> None:
        self._database = database
        self._kept_ms = kept_ms

    def sweep(self) -> int:
        """Remove what there is to remove; returns how many rows went."""
        return sum(self._empty(table) for table in trash_rows.TRASH)

    def _empty(self, table: Table) -> int:
        before_ms, num_gone = now_ms() - self._kept_ms, 0
        while self._has_old(table, before_ms):
            with self._database.write() as write:
                num_gone += trash_rows.remove_deleted(write.connection, table, before_ms, self.BATCH)
        return num_gone

    def _has_old(self, table: Table, before_ms: int) -> bool:
        with self._database.read() as connection:
            return trash_rows.any_deleted(connection, table, before_ms)
