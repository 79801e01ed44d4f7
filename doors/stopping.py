"""Word that this server is about to end: it takes nothing new, and what waits without need is woken to end itself.

Everything here happens on the server's event loop.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STATE = "studiolo.stopping"  # where the lifespan's state has it, for `doors/serve.py`


class Stopping:
    """Whether this server is about to end, and who wants to be told."""

    def __init__(self) -> None:
        self._begun_s: float | None = None
        self._wakes: set[Callable[[], None]] = set()
        self._hurries: set[Callable[[], None]] = set()

    @property
    def has_begun(self) -> bool:
        """Tell whether the end is near."""
        return self._begun_s is not None

    @property
    def age_s(self) -> float:
        """Return for how long it has been near."""
        return 0.0 if self._begun_s is None else time.monotonic() - self._begun_s

    def begin(self) -> None:
        """Say that the server is about to end."""
        if self._begun_s is None:
            self._begun_s = time.monotonic()
            _call_all(self._wakes)

    def hurry(self) -> None:
        """Say that nobody wants to wait any more."""
        _call_all(self._hurries)

    def listen(self, on_begin: Callable[[], None], on_hurry: Callable[[], None]) -> None:
        """Have these called, once each."""
        self._wakes.add(on_begin)
        self._hurries.add(on_hurry)

    @contextmanager
    def waking(self, wake: Callable[[], None]) -> Iterator[None]:
        """Have `wake` called when it begins, as long as this block lasts; it may have begun before."""
        self._wakes.add(wake)
        try:
            yield
        finally:
            self._wakes.discard(wake)


def _call_all(listeners: set[Callable[[], None]]) -> None:
    for listener in list(listeners):
        listener()
