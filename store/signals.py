"""How one process hears that another one wrote: SQLite's `PRAGMA data_version`, polled."""

import threading
from collections.abc import Callable

from loguru import logger
from sqlalchemy import Engine

POLL_S = 0.02
RETRY_S = 0.5


class ChangeWatch:
    """Calls its listeners soon after any process committed something, on a thread of its own.

    The connection is kept for this alone and outside any transaction: a pooled one, or one that reads, does not see
    the number move.
    """

    def __init__(self, engine: Engine, poll_s: float = POLL_S) -> None:
        self._engine = engine
        self._poll_s = poll_s
        self._listeners: list[Callable[[], None]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="change-watch", daemon=True)

    def listen(self, listener: Callable[[], None]) -> None:
        """Have `listener` called after each change; it must return soon."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; returns when the thread has ended."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        with self._engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            seen, pause_s = None, self._poll_s
            while not self._stop.wait(pause_s):
                pause_s = RETRY_S
                with logger.catch(message="The change watch could not look; it is tried again."):
                    version = driver.execute("PRAGMA data_version").fetchone()
                    if version == seen or self._tell():
                        seen, pause_s = version, self._poll_s

    def _tell(self) -> bool:
        """Tell every listener; answer whether all of them heard."""
        num_heard = 0
        for listener in self._listeners:
            with logger.catch(message="A listener of the change watch failed; it is told again."):
                listener()
                num_heard += 1
        return num_heard == len(self._listeners)
