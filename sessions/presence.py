"""Which pages of a workspace are open: a page says so by its live socket, and says goodbye when it closes.

A socket that breaks or falls silent is no goodbye: a phone that locks, a network that is gone and a server that was
killed leave the page where it was. Nothing is kept while no kind of task depends on it, nor of a workspace that is not
stored.
"""

from collections.abc import Callable, Collection
from uuid import UUID

from store import page_rows
from store.clock import now_ms
from store.database import Database

KEPT_MS = 30 * 86_400_000


class Presence:
    """Notes who is there, in rows that all processes share."""

    def __init__(self, database: Database, is_needed: Callable[[], bool]) -> None:
        self._database = database
        self._is_needed = is_needed

    @property
    def is_needed(self) -> bool:
        """Tell whether anything depends on who is there."""
        return self._is_needed()

    def note(self, session_id: UUID, page_id: UUID) -> bool:
        """Note that a page is open; False where that cannot be noted yet."""
        with self._database.read() as connection:
            if not page_rows.is_stored(connection, session_id):
                return False
        with self._database.write(session_id) as write:
            page_rows.note(write.connection, session_id, page_id)
        return True

    def leave(self, session_id: UUID, page_id: UUID) -> None:
        """Note a page's goodbye."""
        with self._database.write(session_id) as write:
            if self.is_needed and page_rows.is_stored(write.connection, session_id):
                page_rows.leave(write.connection, session_id, page_id)

    def come_back(self, session_id: UUID) -> None:
        """Note that somebody opens a page: its socket comes a moment later."""
        if self.is_needed:
            with self._database.write(session_id) as write:
                page_rows.come_back(write.connection, session_id)

    def leave_all(self, owner: bytes, open_states: Collection[str]) -> None:
        """Note that a person closed their window: the one place where their pages were."""
        with self._database.write() as write:
            for session_id in page_rows.with_open_tasks(write.connection, owner, open_states):
                page_rows.leave_all(write.connection, session_id)
                page_rows.leave(write.connection, session_id, UUID(int=0))

    def sweep(self) -> None:
        """Forget pages that were not heard of for long."""
        with self._database.write() as write:
            page_rows.remove_older(write.connection, now_ms() - KEPT_MS)
