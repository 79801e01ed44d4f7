"""Just enough HTTP/1.1 for fakes: one request a connection, and a watch over the client's socket while it is
answered.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any


class ClientGone(Exception):
    """The client closed its socket before the answer was whole."""


@dataclass(slots=True, kw_only=True)
class SeenRequest:
    """One request as it came, and what became of it. Times are `time.monotonic()` seconds."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    at: float = field(default_factory=time.monotonic)
    num_writes: int = 0
    writes_after_close: int = 0
    client_closed_at: float | None = None
    ended_at: float | None = None


class Exchange:
    """One request and its answer."""

    def __init__(self, request: SeenRequest, writer: asyncio.StreamWriter) -> None:
        self.request = request
        self._writer = writer
        self._is_chunked = False
        self._client_gone = asyncio.Event()

    async def watch(self, reader: asyncio.StreamReader) -> None:
        """Wait until the client closes its socket, and note when."""
        with suppress(ConnectionError):
            while await reader.read(4096):
                pass
        if self.request.ended_at is None:
            self.request.client_closed_at = time.monotonic()
        self._client_gone.set()

    async def pause(self, seconds: float) -> None:
        """Wait. Raises ClientGone as soon as the client has gone."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._client_gone.wait(), seconds)
            raise ClientGone

    async def head(self, status: int, headers: Mapping[str, str]) -> None:
        """Send the status line and headers of an answer whose body follows in pieces."""
        self._is_chunked = True
        await self._send(_head(status, {**headers, "transfer-encoding": "chunked"}))

    async def write(self, data: bytes, *, even_if_gone: bool = False) -> None:
        """Send a piece of the body, in a packet of its own. Raises ClientGone."""
        if self._client_gone.is_set():
            self.request.writes_after_close += 1
            if not even_if_gone:
                raise ClientGone
        self.request.num_writes += 1
        await self._send(b"%x\r\n%s\r\n" % (len(data), data))

    async def answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        """Send a whole answer."""
        await self._send(_head(status, {**headers, "content-length": str(len(body))}) + body)

    async def end(self) -> None:
        """End a body that was sent in pieces as it should be ended."""
        if self._is_chunked:
            await self._send(b"0\r\n\r\n")

    def cut(self) -> None:
        """Drop the connection in the middle."""
        self._writer.transport.abort()

    async def _send(self, data: bytes) -> None:
        try:
            self._writer.write(data)
            await self._writer.drain()
        except ConnectionError:
            raise ClientGone from None


async def read_request(reader: asyncio.StreamReader) -> SeenRequest | None:
    """Read one request; None where the client hung up instead."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:]) if name}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    except (asyncio.IncompleteReadError, ConnectionError, ValueError):
        return None
    return SeenRequest(method=method, path=path, headers=headers, body=json.loads(body) if body else {})


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {_phrase(status)}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join([*lines, "connection: close"]) + "\r\n\r\n").encode("latin-1")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:  # 524 and 529 are inventions of proxies
        return "Unknown"
