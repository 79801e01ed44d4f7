"""Readers of streams: many on one event loop, each at its own pace, each event once and in order.

A reader pulls: it holds only the last number it saw, so a slow one costs no memory. What is new arrives from this
process's journal, or from the change watch when another process wrote it; old events are read from the store.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Connection

from store import event_rows
from store.clock import as_time
from store.database import Database
from store.event_rows import Event

MAX_RECENT = 1024
MAX_RECENT_BYTES = 262_144
MAX_READ = 1000
MAX_READ_LETTERS = 65_536  # of one reading from the store: what a slow reader costs, several times over on its way
MAX_IN = 500  # streams asked for in one query

News = tuple[UUID, list[Event], int]  # a stream, what was added to it as far as it was read, and its last number


@dataclass(frozen=True, slots=True)
class Batch:
    """Events after a reader's place: `json` is an array of them, `last` the number of the last one.

    `gap`, where set, says that numbers up to it are gone from the journal.
    """

    json: str
    last: int
    gap: int | None = None


class Reader:
    """One reader's place in one stream."""

    __slots__ = ("stream_id", "seen", "wake", "_follower")

    def __init__(self, follower: "_Follower", seen: int, wake: Callable[[], None]) -> None:
        self.stream_id = follower.stream_id
        self.seen = seen
        self.wake = wake
        self._follower = follower

    @property
    def last(self) -> int:
        """The stream's last number known here."""
        return self._follower.last

    @property
    def is_behind(self) -> bool:
        """Tell whether there is something to read."""
        return self.seen < self._follower.last

    def take(self) -> Batch | None:
        """Return what is new where it is at hand, else None; the caller then reads from the store."""
        found = self._follower.span(self.seen)
        if found is not None:
            self.seen = found.last
        return found


class _Follower:
    __slots__ = ("stream_id", "last", "readers", "_recent", "_num_bytes", "_spans")

    def __init__(self, stream_id: UUID, last: int) -> None:
        self.stream_id = stream_id
        self.last = last
        self.readers: set[Reader] = set()
        self._recent: deque[tuple[int, str]] = deque()
        self._num_bytes = 0
        self._spans: dict[int, Batch] = {}

    def add(self, events: Sequence[Event]) -> None:
        fresh = [event for event in events if event.number > self.last]
        if not fresh:
            return
        if self._recent and fresh[0].number != self._recent[-1][0] + 1:
            self._recent.clear()  # another process wrote what lies between: those are read from the store
            self._num_bytes = 0
        for event in fresh:
            text = as_json(event)
            self._recent.append((event.number, text))
            self._num_bytes += len(text)
        self._trim()
        self.advance(fresh[-1].number)

    def advance(self, last: int) -> None:
        self.last = max(self.last, last)
        self._spans.clear()
        for reader in self.readers:
            reader.wake()

    def span(self, seen: int) -> Batch | None:
        if (known := self._spans.get(seen)) is not None:
            return known
        if not self._recent or self._recent[0][0] > seen + 1 or self._recent[-1][0] != self.last:
            return None
        texts = [text for number, text in self._recent if number > seen]
        found = self._spans[seen] = Batch(f"[{','.join(texts)}]", self.last)
        return found

    def _trim(self) -> None:
        while len(self._recent) > MAX_RECENT or self._num_bytes > MAX_RECENT_BYTES:
            self._num_bytes -= len(self._recent.popleft()[1])


def as_json(event: Event) -> str:
    """Return an event as readers get it."""
    shown = {"number": event.number, "kind": event.kind, "at": as_time(event.at_ms), "data": event.data}
    return to_json(shown, inf_nan_mode="null").decode()


class Readers:
    """All readers of this process. Its methods run on the event loop, except `hear` and `hear_change`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._followers: dict[UUID, _Follower] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def __len__(self) -> int:
        return sum(len(follower.readers) for follower in self._followers.values())

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to bring events to this loop."""
        self._loop = loop

    async def follow(self, stream_id: UUID, after: int, wake: Callable[[], None]) -> Reader:
        """Return a reader that starts after a number; `wake` is called on the loop when there is something new."""
        follower = self._followers.setdefault(stream_id, _Follower(stream_id, 0))
        reader = Reader(follower, after, wake)
        follower.readers.add(reader)
        try:
            last, _folded = await asyncio.to_thread(self._position, stream_id)
        except BaseException:
            self.leave(reader)
            raise
        if last > follower.last:
            follower.advance(last)
        return reader

    def leave(self, reader: Reader) -> None:
        """Forget a reader."""
        follower = self._followers.get(reader.stream_id)
        if follower is not None:
            follower.readers.discard(reader)
            if not follower.readers:
                del self._followers[reader.stream_id]

    async def read(self, reader: Reader) -> Batch | None:
        """Return what is new for a reader and move it on; None where there is nothing."""
        if not reader.is_behind:
            return None
        return reader.take() or await asyncio.to_thread(self._read_stored, reader)

    def hear(self, added: Sequence[tuple[UUID, list[Event]]]) -> None:
        """Take what this process committed; called on any thread."""
        self._bring([(stream_id, events, events[-1].number) for stream_id, events in added])

    def hear_change(self) -> None:
        """Look for what other processes committed; called on the change watch's thread."""
        known = {stream_id: follower.last for stream_id, follower in list(self._followers.items())}
        ids = list(known)
        with self._database.read() as connection:
            for start in range(0, len(ids), MAX_IN):
                lasts = event_rows.last_numbers(connection, ids[start : start + MAX_IN])
                behind = [(stream_id, last) for stream_id, last in lasts.items() if last > known[stream_id]]
                self._bring([(one, _some(connection, one, known[one]), last) for one, last in behind])

    def _bring(self, news: Sequence[News]) -> None:
        followed = [one for one in news if one[0] in self._followers]
        if followed and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._publish, followed)

    def _publish(self, news: Sequence[News]) -> None:
        for stream_id, events, last in news:
            follower = self._followers.get(stream_id)
            if follower is not None:
                follower.add(events)
                if follower.last < last:
                    follower.advance(last)  # the rest is read from the store

    def _position(self, stream_id: UUID) -> tuple[int, int]:
        with self._database.read() as connection:
            return event_rows.position(connection, stream_id)

    def _read_stored(self, reader: Reader) -> Batch | None:
        with self._database.read() as connection:
            _last, folded = event_rows.position(connection, reader.stream_id)
            found = _some(connection, reader.stream_id, max(reader.seen, folded))
        gap = folded if reader.seen < folded else None
        if not found and gap is None:
            return None
        reader.seen = found[-1].number if found else folded
        return Batch(f"[{','.join(as_json(event) for event in found)}]", reader.seen, gap)


def _some(connection: Connection, stream_id: UUID, number: int) -> list[Event]:
    return event_rows.some_after(connection, stream_id, number, (MAX_READ, MAX_READ_LETTERS))
