"""Each visitor's own line: so many calls at once, so many waiting, then a refusal. For one event loop; no locks."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

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

    @asynccontextmanager
    async def stand(self, name: Hashable) -> AsyncIterator[None]:
        """Wait for one's turn in the line `name`; raises LineFull at once where the line is full."""
        line = self._lines.setdefault(name, _Line())
        if line.running < self._at_once:
            line.running += 1
        else:
            await self._wait(line)
        try:
            yield
        finally:
            self._leave(name, line)

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

    def _leave(self, name: Hashable, line: _Line) -> None:
        self._pass_on(line)
        if line.running == 0 and not line.waiting:
            self._lines.pop(name, None)

    def _pass_on(self, line: _Line) -> None:
        while line.waiting:
            turn = line.waiting.popleft()
            if not turn.done():
                turn.set_result(None)  # the place goes straight to the next one
                return
        line.running -= 1


@asynccontextmanager
async def stand_in_all(places: Sequence[tuple[Lines, Hashable]]) -> AsyncIterator[None]:
    """Stand in several lines, one after the other."""
    if not places:
        yield
        return
    (lines, name), *rest = places
    async with lines.stand(name), stand_in_all(rest):
        yield
