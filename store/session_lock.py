"""One holder at a time for one session's data, between threads and processes.

A person's own method runs while it holds this lock, so it must never be the database's write lock: a method that
hangs would stop everyone. What holds the others off ends with the process: a byte of a file on one machine, an
advisory lock where many machines share a PostgreSQL.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import UUID

from store.backend import Places

PLACES = 1 << 30  # two sessions that share one only wait for each other
SHORTEST_WAIT_S = 0.0005
LONGEST_WAIT_S = 0.01


class LockTimeout(Exception):
    """Another call held the session's data for too long."""


class _ThreadState(threading.local):
    stack: ExitStack | None = None
    held: set[UUID]


class SessionLocks:
    """Hands out the locks; one object a process."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._threads: dict[int, tuple[threading.Lock, int]] = {}
        self._guard = threading.Lock()
        self._thread = _ThreadState()

    @contextmanager
    def hold(self, session_id: UUID, timeout_s: float) -> Iterator[None]:
        """Hold one session's lock; raises LockTimeout after `timeout_s` seconds of waiting."""
        stack = self._thread.stack
        if stack is None:
            with self._hold(session_id, timeout_s):
                yield
            return
        if session_id not in self._thread.held:
            stack.enter_context(self._hold(session_id, timeout_s))
            self._thread.held.add(session_id)
        yield

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Give what this thread takes inside back only at the end of the block."""
        with ExitStack() as stack:
            self._thread.stack, self._thread.held = stack, set()
            try:
                yield
            finally:
                self._thread.stack = None

    @contextmanager
    def _hold(self, session_id: UUID, timeout_s: float) -> Iterator[None]:
        place = session_id.int % PLACES
        deadline = time.monotonic() + timeout_s
        lock = self._enter(place)
        try:
            if not lock.acquire(timeout=timeout_s):
                raise LockTimeout
            try:
                self._wait_for_place(place, deadline)
                try:
                    yield
                finally:
                    self._places.unlock(place)
            finally:
                lock.release()
        finally:
            self._leave(place)

    def close(self) -> None:
        """Give every lock back."""
        self._places.close()

    def _enter(self, place: int) -> threading.Lock:
        with self._guard:
            lock, num_users = self._threads.get(place) or (threading.Lock(), 0)
            self._threads[place] = (lock, num_users + 1)
            return lock

    def _leave(self, place: int) -> None:
        with self._guard:
            lock, num_users = self._threads[place]
            if num_users == 1:
                del self._threads[place]
            else:
                self._threads[place] = (lock, num_users - 1)

    def _wait_for_place(self, place: int, deadline: float) -> None:
        wait_s = SHORTEST_WAIT_S
        while not self._places.try_lock(place):
            if time.monotonic() > deadline:
                raise LockTimeout
            time.sleep(wait_s)
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)
