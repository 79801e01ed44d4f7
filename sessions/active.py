"""active_sessions: the live objects of this process, bounded and aged. Only a cache; the truth is in the store."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar
from uuid import UUID

Live = TypeVar("Live")


class ActiveSessions(Generic[Live]):
    """UUID -> live object, least recently used first; holds at most `bound`, none unused for `age_s` seconds."""

    def __init__(self, bound: int, age_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._bound = bound
        self._age_s = age_s
        self._clock = clock
        self._entries: OrderedDict[UUID, tuple[float, Live]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, session_id: UUID) -> bool:
        return session_id in self._entries

    def get(self, session_id: UUID) -> Live | None:
        """Return the live object and note its use; None where it is not here."""
        with self._lock:
            entry = self._entries.pop(session_id, None)
            if entry is None:
                return None
            self._entries[session_id] = (self._clock(), entry[1])
            return entry[1]

    def put(self, session_id: UUID, live: Live) -> None:
        """Keep a live object; the least recently used ones make room."""
        with self._lock:
            self._entries.pop(session_id, None)
            self._entries[session_id] = (self._clock(), live)
            while len(self._entries) > self._bound:
                self._entries.popitem(last=False)

    def drop(self, session_id: UUID) -> None:
        """Forget one."""
        with self._lock:
            self._entries.pop(session_id, None)

    def drop_aged(self) -> int:
        """Forget those unused for too long; returns how many."""
        oldest = self._clock() - self._age_s
        with self._lock:
            aged = [key for key, (used, _) in self._entries.items() if used < oldest]
            for key in aged:
                del self._entries[key]
        return len(aged)
