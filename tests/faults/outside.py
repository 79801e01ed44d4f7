"""The outside world: an HTTP server that counts what was ordered under each name."""

import threading
from collections import Counter
from typing import TYPE_CHECKING

from tests.loopback import LoopbackServer, QuietHandler

if TYPE_CHECKING:
    from collections.abc import Callable


def _nothing(_name: str) -> None:
    pass


class Outside(LoopbackServer):
    """Counts orders; `before_answer` is called with a name, and `after_answer` once its answer is on its way."""

    def __init__(self) -> None:
        self.orders: Counter[str] = Counter()
        self.before_answer: Callable[[str], object] = _nothing
        self.after_answer: Callable[[str], object] = _nothing
        self._lock = threading.Lock()
        outside = self

        class Handler(QuietHandler):
            def do_POST(self) -> None:  # noqa: N802 — the library's own name
                name = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outside.take(name)
                outside.before_answer(name)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                self.wfile.flush()
                outside.after_answer(name)

        super().__init__(Handler)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/"

    def take(self, name: str) -> None:
        """Count an order."""
        with self._lock:
            self.orders[name] += 1
