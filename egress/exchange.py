"""What becomes of one connection to the guard: its request is read, judged, and passed on or answered."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

from egress.addresses import Address
from egress.http_head import BadHead, Request, parse_request, read_lines
from egress.line import Gone, Line
from egress.passing import dial, forward, tunnel
from egress.policy import Refused
from egress.sign import SIGN
from egress.targets import Target

Judge = Callable[[Target], Awaitable[list[Address]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How long and how much the guard bears."""

    max_head_bytes: int = 32_768
    head_s: float = 10
    connect_s: float = 10
    idle_s: float = 300
    linger_s: float = 1
    max_connections: int = 512


class Exchange:
    """One connection of a client, for one request. `judge` answers the addresses of a target, or raises Refused."""

    def __init__(self, client: Line, judge: Judge, bounds: Bounds) -> None:
        self._client = client
        self._judge = judge
        self._bounds = bounds

    async def serve(self) -> None:
        """Do all that the client asks for, and hang up."""
        place = "The request"
        try:
            request = await self._read_request()
            place = str(request.target)
            await self._pass_on(request)
        except Gone:
            self._hang_up()
        except BadHead as bad:
            await self.answer(bad.status, bad.sentence)
        except Refused as refused:
            await self.answer(403, refused.reason)
        except TimeoutError:
            await self.answer(504, f"{place} took too long: try again, or see whether it is up.")
        except OSError:
            await self.answer(
                502, f"{place} cannot be reached, or broke off: see whether its name is right and it is up."
            )

    async def answer(self, status: int, sentence: str) -> None:
        """Say it as plain text and hang up; in the middle of an answer only hang up."""
        if not self._client.spoke:
            with suppress(OSError):
                await self._client.send(_plain_text(status, f"{SIGN}{sentence}\n".encode()))
            await self._client.end(self._bounds.linger_s)
        self._hang_up()

    def _hang_up(self) -> None:
        if self._client.spoke:
            self._client.drop()
        else:
            self._client.close()

    async def _read_request(self) -> Request:
        begun = b""
        try:
            async with asyncio.timeout(self._bounds.head_s):
                begun = await self._client.read(1)
                lines = await read_lines(self._client.reader, self._bounds.max_head_bytes, begun)
        except (TimeoutError, Gone) as error:
            # Browsers open connections ahead of need: on one that was never used, an answer would be taken for
            # that of a later request.
            if not begun:
                raise Gone from None
            status, what = (400, "broke off") if isinstance(error, Gone) else (408, "did not come in time")
            raise BadHead(status, f"The head of the request {what}.") from None
        return parse_request(lines)

    async def _pass_on(self, request: Request) -> None:
        async with asyncio.timeout(self._bounds.connect_s):
            addresses = await self._judge(request.target)
        upstream = await dial(addresses, request.target.port, self._bounds.connect_s)
        try:
            if request.path is None:
                await tunnel(self._client, upstream, self._bounds.idle_s)
            else:
                await forward(request, self._client, upstream, self._bounds.idle_s)
        except BaseException:
            upstream.drop()
            raise
        upstream.close()
        await self._client.end(self._bounds.linger_s)


def _plain_text(status: int, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        "Content-Type: text/plain; charset=utf-8",
        "X-Content-Type-Options: nosniff",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    return "\r\n".join((*head, "", "")).encode() + body
