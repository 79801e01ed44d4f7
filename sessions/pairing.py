"""Pairing words: each lets one browser in, once, within a minute. Kept in memory only."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sessions.keys import hash_key, new_key

AGE_S = 60.0
MAX_WORDS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """What a word gives: the key that the browser shall have, and whether it is this process's own window."""

    key: str
    is_window: bool = False


class Pairings:
    """The words that were given out and not used yet; the oldest go where there are too many."""

    def __init__(self, max_words: int = MAX_WORDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_words = max_words
        self._clock = clock
        self._given: dict[bytes, tuple[float, Pairing]] = {}
        self._lock = threading.Lock()

    def give(self, pairing: Pairing) -> str:
        """Return a new word of 256 bits."""
        word = new_key()
        with self._lock:
            self._forget_old(self._max_words - 1)
            self._given[hash_key(word)] = (self._clock() + AGE_S, pairing)
        return word

    def take(self, word: str) -> Pairing | None:
        """Return what a word gives and use it up; None for a false, used or old one."""
        with self._lock:
            self._forget_old(self._max_words)
            found = self._given.pop(hash_key(word), None)
        return found[1] if found else None

    def __len__(self) -> int:
        """Tell how many words are kept."""
        return len(self._given)

    def _forget_old(self, max_left: int) -> None:
        now_s = self._clock()
        surplus = len(self._given) - max_left
        for place, (word, (ends_s, _)) in enumerate(list(self._given.items())):
            if place < surplus or ends_s <= now_s:
                del self._given[word]
