"""A forwarder on loopback that adds a token to each request, for clients that have no option for one."""

import http.client
import threading
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

PATIENCE_S = 60.0
OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Forwarder:
    """`with Forwarder(url, token) as forwarder: forwarder.url`; Host and Origin go through as they came."""

    def __init__(self, url: str, token: str) -> None:
        place = urlsplit(url).netloc

        class Handler(BaseHTTPRequestHandler):
            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65537)
                if self.raw_requestline and self.parse_request():
                    _forward(self, place, token)
                self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the library's own name
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="forwarder", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://localhost:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(PATIENCE_S)


def _forward(asked: BaseHTTPRequestHandler, place: str, token: str) -> None:
    onward = http.client.HTTPConnection(place, timeout=PATIENCE_S)
    with closing(onward), suppress(BrokenPipeError, ConnectionResetError):  # a client may leave in mid answer
        _pass_on(asked, onward, token)


def _pass_on(asked: BaseHTTPRequestHandler, onward: http.client.HTTPConnection, token: str) -> None:
    body = asked.rfile.read(int(asked.headers.get("Content-Length") or 0))
    onward.putrequest(asked.command, asked.path, skip_host=True, skip_accept_encoding=True)
    for name, value in asked.headers.items():
        if name.lower() not in OF_ONE_CONNECTION:
            onward.putheader(name, value)
    onward.putheader("Authorization", f"Bearer {token}")
    onward.putheader("Content-Length", str(len(body)))
    onward.endheaders(body)
    with onward.getresponse() as answer:
        asked.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in OF_ONE_CONNECTION:
                asked.send_header(name, value)
        asked.send_header("Connection", "close")
        asked.end_headers()
        while part := answer.read1():
            asked.wfile.write(part)
