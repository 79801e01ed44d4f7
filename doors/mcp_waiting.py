"""Waiting for a task at the door `mcp`: its events as progress, and what they made together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from tasks.readers import Batch, Reader, Readers

WAIT_S = 50.0  # many clients give up after 60 s
PACE_S = 0.2  # between two notices of progress
MAX_MESSAGE = 4000  # letters of the text so far in one notice: the last ones
MADE = "made"

Tell = Callable[[float, float | None, str | None], Awaitable[None]]


class Made:
    """What a task's events say together: of each kind the texts joined, of other kinds the last one's data."""

    def __init__(self) -> None:
        self.last = 0
        self.has_ended = False
        self._texts: dict[str, list[str]] = {}
        self._facts: dict[str, Any] = {}

    @property
    def shown(self) -> dict[str, Any]:
        """Everything by kind, but for the task's states, which stand in the task."""
        return {**self._facts, **{kind: "".join(texts) for kind, texts in self._texts.items()}}

    @property
    def message(self) -> str | None:
        """The text so far, its end where it is long."""
        texts = self._texts.get("text") or next(iter(self._texts.values()), None)
        if texts is None:
            return None
        text = "".join(texts)
        return text if len(text) <= MAX_MESSAGE else "…" + text[-MAX_MESSAGE:]

    def add(self, batch: Batch) -> None:
        """Take the events that came."""
        self.last = batch.last
        for event in from_json(batch.json):
            kind, data = event["kind"], event["data"]
            if kind == "end":
                self.has_ended = True
            elif isinstance(data.get("text"), str):
                self._texts.setdefault(kind, []).append(data["text"])
            elif kind != "state":
                self._facts[kind] = data


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
