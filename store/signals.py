"""How one process hears that another one wrote."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from loguru import logger

from store.backend import Signs

RETRY_S = 0.5


class ChangeWatch:
    """Calls its listeners soon after another process committed something, on a thread of its own."""

    def __init__(
        self, signs: Callable[[], AbstractContextManager[Signs]], trouble: tuple[type[Exception], ...]
    ) -> None:
        self._signs = signs
        self._trouble = trouble
        self._listeners: list[Callable[[], None]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="change-watch", daemon=True)

    def listen(self, listener: Callable[[], None]) -> None:
        """Have `listener` called after each change, and at the start; it must return soon."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; returns when the thread has ended."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            with logger.catch(message="The change watch broke; it begins anew."):
                try:
                    self._watch()
                except self._trouble as error:
                    logger.warning("The change watch cannot look and tries again: {}", error)
            self._stop.wait(RETRY_S)

    def _watch(self) -> None:
        with self._signs() as signs:
            is_told = self._tell()  # of what came before
            while not self._stop.is_set():
                has_news = signs.wait(self._stop)
                if not is_told:
                    self._stop.wait(RETRY_S)
                if has_news or not is_told:
                    is_told = self._tell()

    def _tell(self) -> bool:
        """Tell every listener; answer whether all of them heard."""
        num_heard = 0
        for listener in self._listeners:
            with logger.catch(message="A listener of the change watch failed; it is told again."):
                listener()
                num_heard += 1
        return num_heard == len(self._listeners)
