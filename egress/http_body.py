"""The body of a request on its way to the target, a piece at a time."""

import re

from egress.http_head import BadHead, Request, read_line, read_lines
from egress.line import PIECE_BYTES, Gone, Line

# Extensions of chunks have no use that a browser makes of them, and readers disagree on where they end.
_SIZE_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})\r\n")
_MAX_TRAILER_BYTES = 8192


async def send_body(request: Request, client: Line, upstream: Line) -> None:
    """Bring the whole body over. Raises Gone where the client stops in the middle, BadHead, OSError."""
    if request.num_body_bytes is None:
        await _send_chunks(client, upstream)
    else:
        await _send_bytes(request.num_body_bytes, client, upstream)


async def _send_bytes(num_left: int, client: Line, upstream: Line) -> None:
    while num_left:
        piece = await client.read(min(num_left, PIECE_BYTES))
        if not piece:
            raise Gone
        num_left -= len(piece)
        await upstream.send(piece)


async def _send_chunks(client: Line, upstream: Line) -> None:
    while num_bytes := await _read_size(client):
        await upstream.send(b"%x\r\n" % num_bytes)
        await _send_bytes(num_bytes, client, upstream)
        if await read_line(client.reader, _bad_chunk()) != b"\r\n":
            raise _bad_chunk()
        await upstream.send(b"\r\n")
    trailers = await read_lines(client.reader, _MAX_TRAILER_BYTES)
    if not all(line.endswith(b"\r\n") for line in trailers):
        raise BadHead(400, "A line ends with a line feed alone: each must end with CRLF.")
    await upstream.send(b"0\r\n\r\n")


async def _read_size(client: Line) -> int:
    found = _SIZE_LINE.fullmatch(await read_line(client.reader, _bad_chunk()))
    if found is None:
        raise _bad_chunk()
    return int(found[1], 16)


def _bad_chunk() -> BadHead:
    return BadHead(400, "A chunk begins with its size in hexadecimal digits, and has as many bytes.")
