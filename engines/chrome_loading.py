"""Whether a page is loaded, as Chrome tells of it."""

import threading
from collections import deque
from concurrent.futures import Future

from engines.cdp import Facts

MAX_KNOWN = 50


class Loading:
    """Heard on one thread, asked from another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begun: deque[str] = deque(maxlen=MAX_KNOWN)
        self._is_loading = False
        self._awaited: tuple[str, Future[None]] | None = None

    def of(self, loader: str) -> "Future[None]":
        """Return what comes once a document, or the one that it led on to, is loaded."""
        with self._lock:
            future = Future[None]()
            self._awaited = (loader, future)
            self._look()
            return future

    def hear(self, event: str, facts: Facts, frame: str) -> None:
        """Take an event."""
        with self._lock:
            if event == "Page.frameNavigated" and facts["frame"]["id"] == frame:
                self._begun.append(facts["frame"]["loaderId"])
                self._is_loading = True
            elif event == "Page.loadEventFired":
                self._is_loading = False
                self._look()

    def _look(self) -> None:
        if self._awaited is not None and self._awaited[0] in self._begun and not self._is_loading:
            self._awaited[1].set_result(None)
            self._awaited = None
