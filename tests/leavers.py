"""A visitor whose pages come and go, with a task of each kind that says what becomes of it."""

import uuid

from tasks.states import FINAL
from tests.running import wait_until
from tests.visitors import PATIENCE_S, Live, Visitor

KINDS = ("stay_on", "stay_while_here", "stay_a_while")


class Guest:
    """A visitor with long work."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.tasks: dict[str, str] = {}

    def start(self) -> "Guest":
        """Have a task of each kind done."""
        self.tasks = {kind: self.visitor.call("start_stay", kind)["id"] for kind in KINDS}
        wait_until(lambda: self.states() == dict.fromkeys(KINDS, "processing"), 20, "the runner")
        return self

    def states(self) -> dict[str, str]:
        """Return the state of each task."""
        return {kind: self.visitor.call("get_task", task)["state"] for kind, task in self.tasks.items()}

    def ended(self) -> set[str]:
        """Return the kinds whose task ended."""
        return {kind for kind, state in self.states().items() if state in FINAL}

    def open_page(self) -> "OpenPage":
        """Open a page: its socket is there once this returns."""
        return OpenPage(self.visitor)


class OpenPage:
    """One open page, as far as the server sees it."""

    def __init__(self, visitor: Visitor) -> None:
        self.id = uuid.uuid4().hex
        self._visitor = visitor
        self.live = self._connect()

    def _connect(self) -> Live:
        cookies = "; ".join(f"{name}={value}" for name, value in self._visitor.http.cookies.items())
        address = f"{self._visitor.url.replace('http', 'ws', 1)}/live?session={self._visitor.session_id}&page={self.id}"
        live = Live(address, cookies)
        live.until("hello")
        live.follow("session")
        return live

    def lose(self) -> None:
        """Lose the connection without a word."""
        self.live.socket.socket.close()

    def say_goodbye(self) -> None:
        """Close the page as a browser does."""
        address = f"{self._visitor.url}/leave/{self._visitor.session_id}/{self.id}"
        assert self._visitor.http.post(address, timeout=PATIENCE_S).status_code == 204
        self.live.close()
