"""A forwarder on loopback that adds a token to each request, for clients that have no option for one."""

import http.client
from contextlib import closing, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.loopback import LoopbackServer, QuietHandler

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

PATIENCE_S = 60.0
OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Forwarder(LoopbackServer):
    """`with Forwarder(url, token) as forwarder: forwarder.url`; Host and Origin go through as they came."""

    def __init__(self, url: str, token: str) -> None:
        place = urlsplit(url).netloc

        class Handler(QuietHandler):
            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65537)
                if self.raw_requestline and self.parse_request():
                    _forward(self, place, token)
                self.close_connection = True

        super().__init__(Handler)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://localhost:{self.port}"


def _forward(asked: "BaseHTTPRequestHandler", place: str, token: str) -> None:
    onward = http.client.HTTPConnection(place, timeout=PATIENCE_S)
    with closing(onward), suppress(BrokenPipeError, ConnectionResetError):  # a client may leave in mid answer
        _pass_on(asked, onward, token)


def _pass_on(asked: "BaseHTTPRequestHandler", onward: http.client.HTTPConnection, token: str) -> None:
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
