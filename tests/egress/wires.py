"""What the guard's tests stand on: sockets with bounds, a server that counts, and requests byte by byte."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from egress.guard import Guard
from tests.running import PATIENCE_S

CHUNK = 65_536


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        word, _, rest = self.path.lstrip("/").partition("/")
        if word == "to":
            self._answer(302, b"", Location=f"http://{rest}")
        else:
            self._answer(200, b"x" * int(rest) if word == "big" else b"reached")

    def do_POST(self) -> None:
        body = self._body()
        self._answer(200, f"{len(body)} {hashlib.sha256(body).hexdigest()}".encode())

    def _body(self) -> bytes:
        if self.headers["Transfer-Encoding"] is None:
            return self.rfile.read(int(self.headers["Content-Length"] or 0))
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _answer(self, status: int, body: bytes, **fields: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **fields}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class CountingServer(ThreadingHTTPServer):
    """An HTTP server on every address of this machine that counts who connects."""

    address_family = socket.AF_INET6 if socket.has_dualstack_ipv6() else socket.AF_INET
    daemon_threads = False
    num_met = 0

    def __init__(self) -> None:
        super().__init__(("", 0), _Handler)
        self.port = self.server_address[1]

    def server_bind(self) -> None:
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()

    def verify_request(self, request: object, client_address: object) -> bool:
        self.num_met += 1
        return True

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class Far:
    """A listener on loopback whose calls the test takes itself."""

    def __init__(self, receive_bytes: int = 0) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(PATIENCE_S)
        if receive_bytes:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.port = self._socket.getsockname()[1]
        self.place = f"127.0.0.1:{self.port}"

    def accept(self) -> socket.socket:
        """Take the next call."""
        call, _ = self._socket.accept()
        call.settimeout(PATIENCE_S)
        return call

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()


def call(guard: Guard) -> socket.socket:
    """Connect to the guard."""
    return socket.create_connection(("127.0.0.1", guard.port), PATIENCE_S)


def ask(guard: Guard, words: bytes) -> bytes:
    """Send bytes to the guard and return all that it answers until it hangs up."""
    with call(guard) as line:
        line.sendall(words)
        return everything(line)


def status_of(answer: bytes) -> int:
    """Return the status of an answer's first line."""
    return int(answer.split(b" ", 2)[1])


def everything(line: socket.socket) -> bytes:
    """Read until the other end has ended."""
    return b"".join(iter(lambda: line.recv(CHUNK), b""))


def up_to(line: socket.socket, mark: bytes) -> bytes:
    """Read a byte at a time until what came ends with `mark`."""
    read = b""
    while not read.endswith(mark):
        piece = line.recv(1)
        assert piece, f"ended after {read!r}"
        read += piece
    return read


def exactly(line: socket.socket, num_bytes: int) -> bytes:
    """Read so many bytes."""
    read = bytearray()
    while len(read) < num_bytes:
        piece = line.recv(min(CHUNK, num_bytes - len(read)))
        assert piece, f"ended after {len(read)} bytes"
        read += piece
    return bytes(read)


def has_ended(line: socket.socket) -> bool:
    """Wait for the end; answer whether it came, in order or by a reset."""
    try:
        return line.recv(1) == b""
    except ConnectionResetError:
        return True


@contextmanager
def tunnelled(guard: Guard, far: Far) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Open a tunnel; yields its near end and its far end."""
    with call(guard) as near:
        near.sendall(f"CONNECT {far.place} HTTP/1.1\r\nHost: {far.place}\r\n\r\n".encode())
        with far.accept() as other:
            assert up_to(near, b"\r\n\r\n").startswith(b"HTTP/1.1 200 ")
            yield near, other
