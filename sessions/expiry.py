"""Expiry: a workspace nobody opened for long is deleted, with all that hangs on it."""

import threading
from collections.abc import Callable
from uuid import UUID

from loguru import logger

from store import session_rows
from store.database import Database


class Sweeper:
    """Deletes expired workspaces now and then, on a thread of its own."""

    BATCH = 100

    def __init__(self, database: Database, forget: Callable[[UUID], None], every_s: float = 60) -> None:
        self._database = database
        self._forget = forget
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="session-sweeper", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; returns when the thread has ended."""
        self._stop.set()
        self._thread.join()

    def sweep(self) -> int:
        """Delete what has expired; returns how many workspaces went."""
        with self._database.read() as connection:
            found = session_rows.expired(connection, self.BATCH)
        return sum(self._remove(session_id) for session_id in found)

    def _remove(self, session_id: UUID) -> bool:
        with self._database.write() as write:
            is_gone = session_rows.remove_expired(write.connection, session_id)
        if is_gone:
            self._forget(session_id)
        return is_gone

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            with logger.catch(message="The sweep of expired workspaces failed; it is tried again."):
                self.sweep()
