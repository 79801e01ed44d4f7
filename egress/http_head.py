"""The head of a request to a forward proxy, and of an answer to it (RFC 9112).

Requests are read to the letter: what two readers could read in two ways, one of them checked and the other not, is
refused.
"""

import asyncio
import re
from dataclasses import dataclass

from egress.line import Gone
from egress.targets import Target, split_target

Field = tuple[bytes, bytes]

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_REQUEST_LINE = re.compile(rb"(" + _TOKEN + rb") ([\x21-\x7e]+) HTTP/1\.1\r\n")
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-9][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?\r?\n")
# Blanks around a value are cut off later: a pattern that does takes quadratic time on a line of blanks.
_FIELD = re.compile(rb"(" + _TOKEN + rb"):([\t\x20-\x7e\x80-\xff]*)\r\n")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_URL = re.compile(r"http://([^/?#@\\]+)(/[^#]*|\?[^#]*)?", re.IGNORECASE)

_OF_ONE_HOP = {
    b"connection",
    b"keep-alive",
    b"proxy-authenticate",
    b"proxy-authorization",
    b"proxy-connection",
    b"te",
    b"upgrade",
}
_OF_THE_BODY = {b"content-length", b"transfer-encoding"}
_WITH_A_BODY = {b"POST", b"PUT", b"PATCH"}


class BadHead(Exception):
    """A request that is answered with `status` and a sentence, and goes nowhere."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client asks of the proxy. `path` is None for CONNECT, `num_body_bytes` for a body in chunks."""

    method: bytes
    target: Target
    path: bytes | None
    host: bytes
    fields: tuple[Field, ...]
    num_body_bytes: int | None

    def onward(self) -> bytes:
        """Return the head that goes to the target: the only request of its connection."""
        own = [(b"Host", self.host), (b"Connection", b"close"), *self._framing()]
        kept = _without_hops(self.fields, {b"host", b"trailer"} | _OF_THE_BODY)
        return b"%s %s HTTP/1.1\r\n%s\r\n" % (self.method, self.path, _joined([*own, *kept]))

    def _framing(self) -> list[Field]:
        if self.num_body_bytes is None:
            return [(b"Transfer-Encoding", b"chunked")]
        has_length = self.num_body_bytes or self.method in _WITH_A_BODY
        return [(b"Content-Length", b"%d" % self.num_body_bytes)] if has_length else []


async def read_lines(reader: asyncio.StreamReader, max_bytes: int, begun: bytes = b"") -> list[bytes]:
    """Read up to the empty line that ends a head; each line keeps its end. Raises BadHead, Gone."""
    too_large = BadHead(431, f"The head of a request may have {max_bytes} bytes: this one has more.")
    lines: list[bytes] = []
    while not lines or lines[-1] not in {b"\r\n", b"\n"}:
        lines.append((b"" if lines else begun) + await read_line(reader, too_large))
        max_bytes -= len(lines[-1])
        if max_bytes < 0:
            raise too_large
    return lines


async def read_line(reader: asyncio.StreamReader, too_long: BadHead) -> bytes:
    """Read a line with its end. Raises `too_long`, Gone."""
    try:
        return await reader.readuntil(b"\n")
    except asyncio.IncompleteReadError:
        raise Gone from None
    except asyncio.LimitOverrunError:
        raise too_long from None


def parse_request(lines: list[bytes]) -> Request:
    """Read a request's head. Raises BadHead."""
    found = _REQUEST_LINE.fullmatch(lines[0])
    if found is None:
        raise BadHead(400, "The first line is no request of HTTP/1.1.")
    if lines[-1] != b"\r\n":
        raise BadHead(400, "A line ends with a line feed alone: each must end with CRLF.")
    method, words = found[1], found[2].decode("ascii")
    fields = _fields(lines[1:-1])
    target, host, path = _tunnel(words) if method == b"CONNECT" else _plain(words)
    num_body_bytes = _num_body_bytes(fields)
    if path is None and num_body_bytes != 0:
        raise BadHead(400, "A CONNECT has no body.")
    return Request(
        method=method, target=target, path=path, host=host, fields=tuple(fields), num_body_bytes=num_body_bytes
    )


def parse_answer(lines: list[bytes]) -> tuple[int, bytes]:
    """Return an answer's status, and its head as it goes to the client. Raises ValueError."""
    found = _STATUS_LINE.fullmatch(lines[0])
    # Servers are forgiven a bare line feed, as browsers forgive them: one answer a connection can be cut in one way.
    matches = [_FIELD.fullmatch(line.rstrip(b"\r\n") + b"\r\n") for line in lines[1:-1]]
    if found is None or None in matches:
        raise ValueError("That is no answer of HTTP/1.1.")
    fields = [_field(match) for match in matches if match]
    last = [] if found[1].startswith(b"1") else [(b"Connection", b"close")]
    line = lines[0].rstrip(b"\r\n").replace(b"HTTP/1.0", b"HTTP/1.1", 1)
    return int(found[1]), b"%s\r\n%s\r\n" % (line, _joined([*_without_hops(tuple(fields), set()), *last]))


def _tunnel(words: str) -> tuple[Target, bytes, None]:
    try:
        return split_target(words), words.encode(), None
    except ValueError as error:
        raise BadHead(400, f"CONNECT takes HOST:PORT. {error}") from None


def _plain(words: str) -> tuple[Target, bytes, bytes]:
    found = _URL.fullmatch(words)
    if found is None:
        raise BadHead(400, "This is a proxy: ask for http://HOST/PATH, or by CONNECT for all else.")
    try:
        target = split_target(found[1], 80)
    except ValueError as error:
        raise BadHead(400, str(error)) from None
    path = found[2] or ""
    return target, found[1].encode(), (path if path.startswith("/") else f"/{path}").encode()


def _fields(lines: list[bytes]) -> list[Field]:
    matches = [_FIELD.fullmatch(line) for line in lines]
    if None in matches:
        raise BadHead(400, "A line of the head is not NAME: VALUE.")
    fields = [_field(match) for match in matches if match]
    if len(_values(fields, b"host")) > 1:
        raise BadHead(400, "Host is given twice.")
    return fields


def _field(match: re.Match[bytes]) -> Field:
    return match[1], match[2].strip(b" \t")


def _values(fields: list[Field] | tuple[Field, ...], name: bytes) -> list[bytes]:
    return [value for known, value in fields if known.lower() == name]


def _num_body_bytes(fields: list[Field]) -> int | None:
    lengths, codings = _values(fields, b"content-length"), _values(fields, b"transfer-encoding")
    if codings and (lengths or [coding.lower() for coding in codings] != [b"chunked"]):
        raise BadHead(400, "A body is in chunks or has a Content-Length, never both, and in no other coding.")
    if len(lengths) > 1 or not all(_LENGTH.fullmatch(length) for length in lengths):
        raise BadHead(400, "Content-Length is one number.")
    return None if codings else int(lengths[0]) if lengths else 0


def _without_hops(fields: tuple[Field, ...], also: set[bytes]) -> list[Field]:
    named = {name.strip().lower() for value in _values(fields, b"connection") for name in value.split(b",")}
    # What says where a body ends cannot be taken out by naming it.
    dropped = (named - _OF_THE_BODY) | _OF_ONE_HOP | also
    return [(name, value) for name, value in fields if name.lower() not in dropped]


def _joined(fields: list[Field]) -> bytes:
    return b"".join(b"%s: %s\r\n" % field for field in fields)
