"""Waiting for a task at the door `mcp`: its events as progress, and what they made together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from store.event_rows import SNAPSHOT, Event
from tasks.folding import folded, is_text, unfolded
from tasks.readers import Batch, Reader, Readers

WAIT_S = 50.0  # many clients give up after 60 s
PACE_S = 0.2  # between two notices of progress
MAX_MESSAGE = 4000  # letters of the text so far in one notice: the last ones
MAX_MADE_BYTES = 4_194_304  # of texts; of longer ones the end is answered
MADE = "made"

Tell = Callable[[float, float | None, str | None], Awaitable[None]]


class Made:
    """What a task's events say together: of each kind the texts joined, of other kinds the last one's data."""

    def __init__(self) -> None:
        self.last = 0
        self.has_ended = False
        self._so_far: list[Event] = []

    @property
    def shown(self) -> dict[str, Any]:
        """Everything by kind, but for the task's states, which stand in the task; of a very long text the end."""
        return {event.kind: _shown(event) for event in self._folded() if event.kind != "state"}

    @property
    def message(self) -> str | None:
        """The text so far, its end where it is long."""
        texts = {event.kind: event.data["text"] for event in self._folded() if is_text(event)}
        text = texts.get("text") or next(iter(texts.values()), None)
        return text if text is None or len(text) <= MAX_MESSAGE else "…" + text[-MAX_MESSAGE:]

    def add(self, batch: Batch) -> None:
        """Take the events that came."""
        self.last = batch.last
        for one in from_json(batch.json):
            event = Event(one["number"], one["kind"], one["data"], 0)
            if event.kind == SNAPSHOT:
                self._so_far = []
            if event.kind == "end":
                self.has_ended = True
            else:
                self._so_far += unfolded([event])
        self._folded()

    def _folded(self) -> list[Event]:
        self._so_far = folded(self._so_far, MAX_MADE_BYTES)
        return self._so_far


def _shown(event: Event) -> Any:
    if not is_text(event):
        return event.data
    return ("…" if "skipped" in event.data else "") + event.data["text"]


async def wait_for_end(readers: Readers, task: dict[str, Any], tell: Tell | None) -> Made:
    """Follow a task until it ends, or for WAIT_S, and tell how it gets on; answers what it made by then."""
    made, news = Made(), asyncio.Event()
    reader = await readers.follow(UUID(task["id"]), 0, news.set)
    try:
        async with asyncio.timeout(WAIT_S):
            async for batch in _batches(readers, reader, news, task["ended_at"] is not None):
                made.add(batch)
                if made.has_ended:
                    break
                if tell is not None:
                    await tell(made.last, None, made.message)
                    await asyncio.sleep(PACE_S)
    except TimeoutError:
        pass
    finally:
        readers.leave(reader)
    return made


async def _batches(readers: Readers, reader: Reader, news: asyncio.Event, has_ended: bool) -> AsyncIterator[Batch]:
    while True:
        news.clear()
        batch = await readers.read(reader)
        if batch is not None:
            yield batch
        elif has_ended:
            return  # its end may be folded away
        else:
            await news.wait()
