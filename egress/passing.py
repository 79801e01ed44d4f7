"""What happens once a target may be reached: the connection to it, and all that passes between it and the client."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from egress.addresses import Address
from egress.http_body import send_body
from egress.http_head import BadHead, Request, parse_answer, read_lines
from egress.line import Gone, Line, first_of, until_idle

_MAX_ANSWER_HEAD_BYTES = 65_536
_SWITCHING = 101
_OPEN = b"HTTP/1.1 200 Connection established\r\n\r\n"


async def dial(addresses: Sequence[Address], port: int, timeout_s: float) -> Line:
    """Connect to the first of the addresses that takes the call. Raises OSError; TimeoutError where time was up."""
    loop = asyncio.get_running_loop()
    end_s = loop.time() + timeout_s
    error = OSError("no address")
    for num_tried, address in enumerate(addresses):
        share_s = (end_s - loop.time()) / (len(addresses) - num_tried)
        try:
            async with asyncio.timeout(share_s):
                return Line(*await asyncio.open_connection(str(address), port, limit=_MAX_ANSWER_HEAD_BYTES))
        except OSError as failed:
            error = failed
    raise error


async def tunnel(client: Line, upstream: Line, idle_s: float) -> None:
    """Pass bytes both ways until both ends have ended, one of them breaks, or nothing passes for `idle_s`."""
    try:
        await client.send(_OPEN)
        await first_of(_pass_both_ways(client, upstream), until_idle(idle_s, client, upstream))
    except* OSError:
        client.drop()
        upstream.drop()


async def forward(request: Request, client: Line, upstream: Line, idle_s: float) -> None:
    """Send a request on and bring its answer. Raises Gone where the client went, BadHead, TimeoutError, OSError."""
    await first_of(
        _bring_answer(client, upstream),
        _bring_request(request, client, upstream),
        until_idle(idle_s, client, upstream),
    )


async def _pass_both_ways(one: Line, other: Line) -> None:
    async with asyncio.TaskGroup() as both:
        both.create_task(_pass_on(one, other))
        both.create_task(_pass_on(other, one))


async def _pass_on(source: Line, sink: Line) -> None:
    while piece := await source.read():
        await sink.send(piece)
    sink.end_sending()


async def _bring_request(request: Request, client: Line, upstream: Line) -> None:
    # A target may answer, and hang up, before it has heard all: its answer tells.
    with suppress(OSError):
        await upstream.send(request.onward())
        await send_body(request, client, upstream)
    while await client.read():
        pass
    # A browser that ends its side is not waiting for the answer any more.
    raise Gone


async def _bring_answer(client: Line, upstream: Line) -> None:
    status = 100
    while status < 200:
        status, head = await _read_answer(upstream)
        await client.send(head)
    while piece := await upstream.read():
        await client.send(piece)


async def _read_answer(upstream: Line) -> tuple[int, bytes]:
    try:
        status, head = parse_answer(await read_lines(upstream.reader, _MAX_ANSWER_HEAD_BYTES))
    except (ValueError, Gone, BadHead) as error:
        raise OSError("it answered what is no HTTP/1.1") from error
    if status == _SWITCHING:
        raise OSError("it changed to another protocol without being asked")
    return status, head
