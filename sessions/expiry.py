"""Housekeeping: a workspace nobody opened for long is deleted with all that hangs on it; long streams are folded."""

import threading
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from loguru import logger

from sessions.active import ActiveSessions
from store import event_rows, key_rows, session_rows
from store.clock import now_ms
from store.database import Database

KEYS_KEPT_MS = 86_400_000  # idempotency keys
KEPT_EVENTS = 1000  # of a workspace's stream: a page that is further behind reads the state again


class Sweeper:
    """Sweeps now and then, on a thread of its own."""

    BATCH = 100

    def __init__(
        self,
        database: Database,
        active: ActiveSessions[Any],
        every_s: float = 60,
        also: Sequence[Callable[[], object]] = (),
    ) -> None:
        self._database = database
        self._active = active
        self._every_s = every_s
        self._also = also
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
        """Delete what has expired and fold what is long; returns how many workspaces went."""
        self._active.drop_aged()
        self._fold()
        with self._database.write() as write:
            key_rows.remove_older(write.connection, now_ms() - KEYS_KEPT_MS)
        with self._database.read() as connection:
            found = session_rows.expired(connection, self.BATCH)
        num_gone = sum(self._remove(session_id) for session_id in found)
        for sweep in self._also:  # what hung on them is free by now
            sweep()
        return num_gone

    def _fold(self) -> None:
        with self._database.read() as connection:
            long = event_rows.long_session_streams(connection, 2 * KEPT_EVENTS, self.BATCH)
        for stream_id in long:
            with self._database.write(stream_id) as write:
                event_rows.fold(write.connection, stream_id, KEPT_EVENTS)

    def _remove(self, session_id: UUID) -> bool:
        with self._database.write(session_id) as write:
            is_gone = session_rows.remove_expired(write.connection, session_id)
        if is_gone:
            self._active.drop(session_id)
        return is_gone

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            with logger.catch(message="The sweep of expired workspaces failed; it is tried again."):
                self.sweep()
