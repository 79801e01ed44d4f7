"""Answers that are waited for: commands go out with a number, and whoever sent one is woken by what comes with it."""

import itertools
import threading
from concurrent.futures import Future
from typing import Any

from engines.base import BrowserRefused, PageGone

ENDED = "the browser has ended"


class Answers:
    """Any thread may ask; the thread that reads settles."""

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self._waiting: dict[int, Future[Any]] = {}
        self._lock = threading.Lock()
        self._is_closed = False

    @property
    def is_open(self) -> bool:
        """Tell whether answers may still come."""
        return not self._is_closed

    def expect(self) -> "tuple[int, Future[Any]]":
        """Return a number for a command, and the future of its answer: at once PageGone where none comes any more."""
        number, future = next(self._numbers), Future[Any]()
        with self._lock:
            if not self._is_closed:
                self._waiting[number] = future
                return number, future
        future.set_exception(PageGone(ENDED))
        return number, future

    def settle(self, number: int, value: Any) -> None:
        """Give an answer; one that nobody waits for is left alone."""
        future = self._taken(number)
        if future is not None:
            future.set_result(value)

    def refuse(self, number: int, code: str, message: str) -> None:
        """Tell that a command was refused: BrowserRefused."""
        future = self._taken(number)
        if future is not None:
            future.set_exception(BrowserRefused(code, message))

    def close(self) -> None:
        """Tell all who wait that nothing comes any more: PageGone."""
        with self._lock:
            self._is_closed = True
            waiting, self._waiting = self._waiting, {}
        for future in waiting.values():
            future.set_exception(PageGone(ENDED))

    def _taken(self, number: int) -> "Future[Any] | None":
        with self._lock:
            return self._waiting.pop(number, None)
