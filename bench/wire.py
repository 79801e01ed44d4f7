"""As much of HTTP and WebSocket (RFC 6455) as a light client needs: requests, text frames out, text frames in."""

import json
import struct
from collections.abc import Iterator, Mapping

_TEXT, _FINAL, _MASKED = 0x01, 0x80, 0x80


def post(path: str, body: object, headers: Mapping[str, str]) -> str:
    """Return a whole POST request with a JSON body."""
    text = json.dumps(body)
    sent = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": str(len(text)), **headers}
    return _head(f"POST {path}", sent) + text


def handshake(path: str, headers: Mapping[str, str]) -> str:
    """Return the request that opens a socket."""
    sent = {
        "Host": "127.0.0.1",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "c3R1ZGlvbG8tYmVuY2gtMQ==",
        "Sec-WebSocket-Version": "13",
        **headers,
    }
    return _head(f"GET {path}", sent)


def text_frame(text: str) -> bytes:
    """Return a client's text frame of less than 64 KiB; the mask is zero, which the protocol allows."""
    body = text.encode()
    if len(body) < 126:
        return struct.pack("!BB4x", _FINAL | _TEXT, _MASKED | len(body)) + body
    return struct.pack("!BBH4x", _FINAL | _TEXT, _MASKED | 126, len(body)) + body


def texts_of(data: bytes) -> Iterator[str]:
    """Yield the whole text frames in what a server sent after its handshake."""
    at = 0
    while at + 2 <= len(data):
        size, start = data[at + 1] & 0x7F, at + 2
        if size == 126:
            size, start = struct.unpack_from("!H", data, start)[0], start + 2
        elif size == 127:
            size, start = struct.unpack_from("!Q", data, start)[0], start + 8
        if data[at] & 0x0F == _TEXT:
            yield data[start : start + size].decode()
        at = start + size


def _head(first: str, headers: Mapping[str, str]) -> str:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{first} HTTP/1.1\r\n{lines}\r\n"
