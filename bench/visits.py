"""Visitors as load needs them: whole requests and frames as text, and opening a thousand at once cheaply."""

import http.client
import json
from dataclasses import dataclass

from bench.load import Caller
from bench.wire import handshake, post, text_frame
from tests.running import Server


@dataclass(frozen=True, slots=True)
class Visit:
    """One browser that opened the page: its workspace and its cookies, as headers carry them."""

    session_id: str
    cookies: str

    def request(self, method: str, arguments: object, **headers: str) -> str:
        """Return a whole call by rpc."""
        return post(f"/api/{method}", arguments, {"X-Session-UUID": self.session_id, "Cookie": self.cookies, **headers})

    def rpc(self, method: str, arguments: object) -> Caller:
        """Return a caller by rpc."""
        return Caller(self.request(method, arguments))

    def live(self, method: str, arguments: object) -> Caller:
        """Return a caller by a live socket."""
        frame = text_frame(json.dumps({"call": 1, "method": method, "arguments": arguments}))
        return Caller(frame.decode("latin-1"), self.handshake())

    def handshake(self) -> str:
        """Return what opens a live socket."""
        return handshake(f"/live?session={self.session_id}", {"Cookie": self.cookies})


def open_visits(server: Server, number: int, *calls: tuple[str, object]) -> list[Visit]:
    """Return visitors who opened the page, each with a browser of its own, and made these calls."""
    connection = http.client.HTTPConnection("127.0.0.1", port_of(server), timeout=20)
    visits = [_open(connection) for _ in range(number)]
    for visit in visits:
        for method, arguments in calls:
            call(connection, visit, method, arguments)
    connection.close()
    return visits


def read_pages(server: Server, number: int) -> None:
    """Read `/` of a server so many times."""
    connection = http.client.HTTPConnection("127.0.0.1", port_of(server), timeout=20)
    for _ in range(number):
        assert _get(connection, "/", "").status == 200
    connection.close()


def call(connection: http.client.HTTPConnection, visit: Visit, method: str, arguments: object) -> object:
    """Make one call on an open connection and return its value."""
    headers = {"Content-Type": "application/json", "X-Session-UUID": visit.session_id, "Cookie": visit.cookies}
    connection.request("POST", f"/api/{method}", json.dumps(arguments), headers)
    response = connection.getresponse()
    envelope = json.loads(response.read())
    assert response.status == 200, envelope
    return envelope["data"]


def port_of(server: Server) -> int:
    """Return the port of a server."""
    return int(server.url.rpartition(":")[2])


def _open(connection: http.client.HTTPConnection) -> Visit:
    moved = _get(connection, "/", "")
    cookies = "; ".join(given.partition(";")[0] for given in moved.headers.get_all("Set-Cookie", []))
    address = moved.headers["Location"]
    assert _get(connection, address, cookies).status == 200
    return Visit(address.rpartition("=")[2], cookies)


def _get(connection: http.client.HTTPConnection, path: str, cookies: str) -> http.client.HTTPResponse:
    connection.request("GET", path, headers={"Cookie": cookies} if cookies else {})
    response = connection.getresponse()
    response.read()
    return response
