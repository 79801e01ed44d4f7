"""Each visitor's own line: so many calls at once, so many waiting, then a refusal. For one event loop; no locks."""

import asyncio
from collections import deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from types import TracebackType

MAX_WAITING = 64


class LineFull(Exception):
    """This visitor has as many calls waiting as one may."""


@dataclass(slots=True)
class _Line:
    running: int = 0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)


class Lines:
    """Lets at most `at_once` calls with the same name run; a line exists only while someone stands in it."""

    def __init__(self, at_once: int, max_waiting: int = MAX_WAITING) -> None:
        self._at_once = at_once
        self._max_waiting = max_waiting
        self._lines: dict[Hashable, _Line] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def stand(self, name: Hashable) -> "Turn":
        """Wait in `async with` for one's turn in the line `name`; raises LineFull at once where the line is full."""
        return Turn([(self, name)])

    async def enter(self, name: Hashable) -> None:
        """Take a place, which `leave` gives back."""
        line = self._lines.get(name)
        if line is None:
            line = self._lines[name] = _Line()
        if line.running < self._at_once:
            line.running += 1
        else:
            await self._wait(line)

    def leave(self, name: Hashable) -> None:
        """Give a place to whoever is next."""
        line = self._lines[name]
        self._pass_on(line)
        if line.running == 0 and not line.waiting:
            del self._lines[name]

    async def _wait(self, line: _Line) -> None:
        if len(line.waiting) >= self._max_waiting:
            raise LineFull
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._pass_on(line)  # the turn came in the same moment as the hang-up
            else:
                line.waiting.remove(turn)
            raise

    def _pass_on(self, line: _Line) -> None:
        while line.waiting:
            turn = line.waiting.popleft()
            if not turn.done():
                turn.set_result(None)  # the place goes straight to the next one
                return
        line.running -= 1


class Turn:
    """`async with`: stand in several lines, one after the other, and leave them all. Used in each call of each door."""

    __slots__ = ("_places", "_num_held")

    def __init__(self, places: Sequence[tuple[Lines, Hashable]]) -> None:
        self._places = places
        self._num_held = 0

    async def __aenter__(self) -> None:
        try:
            for lines, name in self._places:
                await lines.enter(name)
                self._num_held += 1
        except BaseException:
            self._leave()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def _leave(self) -> None:
        for lines, name in reversed(self._places[: self._num_held]):
            lines.leave(name)


def stand_in_all(places: Sequence[tuple[Lines, Hashable]]) -> Turn:
    """Stand in several lines, one after the other."""
    return Turn(places)
