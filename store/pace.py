"""Telling how far long work is, now and then."""

import time
from collections.abc import Callable

Tell = Callable[[str], None]
EVERY_S = 2.0


class Pace:
    """Tells at most every two seconds, and nothing of what takes less."""

    def __init__(self, tell: Tell, every_s: float = EVERY_S) -> None:
        self._tell = tell
        self._every_s = every_s
        self._told = time.monotonic()

    def tell(self, sentence: Callable[[], str]) -> None:
        """Tell, if it is time to; the sentence is made only then."""
        if (now := time.monotonic()) - self._told >= self._every_s:
            self._tell(sentence())
            self._told = now
