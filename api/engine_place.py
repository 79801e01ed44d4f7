"""What the areas know of the engine: which one this machine has, and how to tell who runs it that there is work."""

from collections.abc import Callable
from functools import cached_property

from engines.choice import Choice


class EnginePlace:
    """The engine as the areas see it; the look at what the machine has is taken at the first need."""

    def __init__(self, choose: Callable[[], Choice]) -> None:
        self._choose = choose
        self.wake: Callable[[], None] = _nothing

    @cached_property
    def choice(self) -> Choice:
        """The engine, or why there is none."""
        return self._choose()


def _nothing() -> None:
    pass
