"""Visitors for tests: a browser's cookies without the browser, and a live socket."""

import json
from contextlib import ExitStack
from types import TracebackType
from typing import Any

import requests
from websockets.sync.client import connect

PATIENCE_S = 20.0


class Refusal(Exception):
    """A call was refused: its HTTP status and the error of the envelope."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(f"{status} {error}")
        self.status = status
        self.code = str(error["code"])
        self.error = error


class Visitor:
    """One browser that opened the page once: its cookies, and the workspace it was given."""

    def __init__(self, url: str, name: str = "visitor") -> None:
        self.url = url
        self.name = name
        self.http = requests.Session()
        self.session_id = ""

    def open(self, path: str = "/") -> "Visitor":
        """Open the page; the workspace's id is then in `session_id`."""
        page = self.http.get(self.url + path, timeout=PATIENCE_S)
        assert page.status_code == 200, page.text
        self.session_id = page.url.rpartition("uuid=")[2]
        return self

    def post(self, name: str, arguments: object = None, **headers: str) -> requests.Response:
        """Send a call as it is; answers the raw response."""
        sent = {"X-Session-UUID": self.session_id, "Content-Type": "application/json", **headers}
        body = json.dumps({} if arguments is None else arguments)
        return self.http.post(f"{self.url}/api/{name}", data=body, headers=sent, timeout=PATIENCE_S)

    def call(self, name: str, *positional: Any, **named: Any) -> Any:
        """Call a method; answers its value or raises Refusal."""
        response = self.post(name, list(positional) if positional else named)
        envelope = response.json()
        if envelope["status"] != "success":
            raise Refusal(response.status_code, envelope["error"])
        return envelope["data"]

    def live(self) -> "Live":
        """Open a live socket."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        address = f"{self.url.replace('http', 'ws', 1)}/live?session={self.session_id}"
        return Live(address, cookies)


class Live:
    """A live socket that reads frame by frame."""

    def __init__(self, address: str, cookies: str, **headers: str) -> None:
        self._open = ExitStack()
        sent = {"Cookie": cookies, **headers}
        self.socket = self._open.enter_context(connect(address, additional_headers=sent, max_size=None))
        self._numbers = iter(range(1, 1_000_000))
        self.events: list[tuple[str, dict[str, Any]]] = []

    def send(self, frame: dict[str, Any]) -> None:
        """Send a frame."""
        self.socket.send(json.dumps(frame))

    def receive(self, timeout_s: float = 5.0) -> dict[str, Any]:
        """Return the next frame; its events are also kept in `events` with their stream."""
        frame: dict[str, Any] = json.loads(self.socket.recv(timeout_s))
        self.events += [(frame["stream"], event) for event in frame.get("events", ())]
        return frame

    def until(self, word: str, timeout_s: float = 5.0) -> dict[str, Any]:
        """Return the next frame that has `word`."""
        while word not in (frame := self.receive(timeout_s)):
            pass
        return frame

    def call(self, name: str, arguments: object, **more: Any) -> dict[str, Any]:
        """Call a method and return the envelope of the answer."""
        number = next(self._numbers)
        self.send({"call": number, "method": name, "arguments": arguments, **more})
        while (answer := self.until("answer"))["answer"] != number:
            pass
        return answer

    def follow(self, stream: str, after: int = 0) -> dict[str, Any]:
        """Subscribe to a stream and return the server's word for it."""
        self.send({"subscribe": stream, "after": after})
        while True:
            frame = self.receive()
            if frame.get("subscribed") == stream or frame.get("refused") == stream:
                return frame

    def events_until_end(self, stream: str, timeout_s: float = 30.0) -> list[dict[str, Any]]:
        """Return all events of a task's stream, the end included."""
        while True:
            found = [event for name, event in self.events if name == stream]
            if found and found[-1]["kind"] == "end":
                return found
            self.receive(timeout_s)

    def __enter__(self) -> "Live":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._open.close()


def new_visitor(url: str, name: str) -> Visitor:
    """Return a visitor who has opened the page."""
    return Visitor(url, name).open()
