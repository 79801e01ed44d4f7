"""Readers of streams from a process of its own.

The process reads one JSON object {"port", "readers": [{"open", "subscribe"}]} from standard input, opens one connection
after the other, writes `ready` once each has heard something of its stream, and after the streams' end one JSON
object {"readings": [...]}: for each reader when its first text and its end came (seconds of the machine's monotonic
clock) and the numbers it got. `open` is a POST answered by server-sent events, or a live socket's handshake with
`subscribe` to follow.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.load import start_process
from bench.wire import texts_of

_ENDS = (b"event: end\n", b'"kind":"end"')
_TEXTS = (b"event: text\n", b'"kind":"text"')
_LONGEST = max(len(word) for word in _ENDS)


@dataclass(frozen=True, slots=True)
class Reader:
    """What opens one reader's connection, as text; for a live socket also the frame that subscribes."""

    open: str
    subscribe: str = ""


def start_readers(port: int, readers: Sequence[Reader], num_processes: int) -> "list[Any]":
    """Start readers in processes, all connected when this returns; `bench.load.finish` reads what each found."""
    shares = [readers[place::num_processes] for place in range(num_processes)]
    processes = [start_process("bench.follow", {"port": port, "readers": [asdict(r) for r in one]}) for one in shares]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    return processes


class _Reading(asyncio.Protocol):
    def __init__(self, reader: Reader) -> None:
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()
        self.first_s = self.last_s = 0.0
        self._reader = reader
        self._parts: list[bytes] = []
        self._tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._reader.open.encode())

    def data_received(self, data: bytes) -> None:
        self._parts.append(data)
        near, self._tail = self._tail + data, data[-_LONGEST:]
        if not self.ready.done():
            self._wait_for_stream(near)
        if not self.first_s and any(word in near for word in _TEXTS):
            self.first_s = time.monotonic()
        if any(word in near for word in _ENDS):
            self.last_s = time.monotonic()
            self._transport.close()

    def connection_lost(self, _error: Exception | None) -> None:
        for future in (self.ready, self.ended):
            if not future.done():
                future.set_result(None)

    def numbers(self) -> list[int]:
        """Return the numbers of all events, as they came."""
        data = b"".join(self._parts)
        if not self._reader.subscribe:
            return [int(found) for found in re.findall(rb"id: (\d+)\n", data)]
        frames = [json.loads(text) for text in texts_of(data.partition(b"\r\n\r\n")[2])]
        return [event["number"] for frame in frames for event in frame.get("events", ())]

    def _wait_for_stream(self, near: bytes) -> None:
        if b'"hello"' in near:
            self._transport.write(self._reader.subscribe.encode("latin-1"))
        if b'"subscribed"' in near or b"event: " in near:
            self.ready.set_result(None)


async def _run(port: int, readers: Sequence[Reader]) -> dict[str, Any]:
    loop, readings = asyncio.get_running_loop(), []
    for reader in readers:
        reading = (await loop.create_connection(lambda one=reader: _Reading(one), "127.0.0.1", port))[1]  # type: ignore[misc]
        await reading.ready
        readings.append(reading)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.gather(*(reading.ended for reading in readings))
    found = [{"first_s": one.first_s, "last_s": one.last_s, "numbers": one.numbers()} for one in readings]
    return {"readings": found}


def main() -> None:
    """Do what standard input says."""
    given = json.loads(sys.stdin.readline())
    json.dump(asyncio.run(_run(given["port"], [Reader(**one) for one in given["readers"]])), sys.stdout)


if __name__ == "__main__":
    main()
