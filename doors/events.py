"""A task's events as Server-Sent Events: numbered by `id:`, ended by the event `end`; a comment now and then keeps the
line open. Runs on the event loop, outside Flask.
"""

import asyncio
import json
from collections import Counter
from typing import Any
from uuid import UUID

from starlette.types import Send

from api.caller import Caller
from api.errors import TooManyCalls
from doors.envelope import as_bytes
from doors.stopping import Stopping
from doors.wsgi import Stream
from tasks.readers import Batch, Reader, Readers

KEEP_OPEN_S = 15.0
MAX_STREAMS = 256  # of one workspace


class EventStreams:
    """Makes the answers that go on after Flask is done, until the task ends or the server is about to."""

    def __init__(self, readers: Readers, stopping: Stopping) -> None:
        self._readers = readers
        self._stopping = stopping
        self._num_open: Counter[UUID] = Counter()

    def of_task(self, caller: Caller, task_id: UUID, task: dict[str, Any], after: int = 0) -> Stream:
        """Return a stream that begins with the event `task` and goes on with the task's own after a number.

        Raises TooManyCalls where the workspace has as many streams open as one may.
        """
        session_id, request_id = caller.session_id, caller.request_id
        if self._num_open[session_id] >= MAX_STREAMS:
            raise TooManyCalls

        async def stream(send: Send) -> None:
            self._num_open[session_id] += 1
            try:
                await send({"type": "http.response.start", "status": 200, "headers": _headers(request_id)})
                await _write(send, f"event: task\ndata: {as_bytes(task).decode()}\n\n")
                await self._follow(send, task_id, after)
                await send({"type": "http.response.body", "body": b""})
            finally:
                self._num_open[session_id] -= 1
                if not self._num_open[session_id]:
                    del self._num_open[session_id]

        return stream

    async def _follow(self, send: Send, task_id: UUID, after: int) -> None:
        news = asyncio.Event()
        reader = await self._readers.follow(task_id, after, news.set)
        try:
            with self._stopping.waking(news.set):
                await self._write_events(send, reader, news)
        finally:
            self._readers.leave(reader)

    async def _write_events(self, send: Send, reader: Reader, news: asyncio.Event) -> None:
        while not self._stopping.has_begun:  # the reader asks the next server for what comes after
            news.clear()
            batch = await self._readers.read(reader)
            if batch is not None:
                text, has_ended = as_event_stream(batch)
                await _write(send, text)
                if has_ended:
                    return
            elif not await _came(news):
                await _write(send, ": still here\n\n")


def as_event_stream(batch: Batch) -> tuple[str, bool]:
    """Return a batch in the wire format of the WHATWG's server-sent events, and whether the task's end is in it."""
    parts, has_ended = [], False
    if batch.gap is not None:
        parts.append(f'event: gap\ndata: {{"gap":{batch.gap}}}\n\n')
    for event in json.loads(batch.json):
        data = as_bytes(event["data"]).decode()
        parts.append(f"id: {event['number']}\nevent: {event['kind']}\ndata: {data}\n\n")
        has_ended = event["kind"] == "end"
    return "".join(parts), has_ended


async def _came(news: asyncio.Event) -> bool:
    try:
        await asyncio.wait_for(news.wait(), KEEP_OPEN_S)
    except TimeoutError:
        return False
    return True


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


def _headers(request_id: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-request-id", request_id.encode()),
    ]
