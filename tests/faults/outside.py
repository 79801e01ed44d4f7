"""The outside world: an HTTP server that counts what was ordered under each name."""

import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def _nothing(_name: str) -> None:
    pass


class Outside:
    """Counts orders; `before_answer` is called with a name, and `after_answer` once its answer is on its way."""

    def __init__(self) -> None:
        self.orders: Counter[str] = Counter()
        self.before_answer: Callable[[str], object] = _nothing
        self.after_answer: Callable[[str], object] = _nothing
        self._lock = threading.Lock()
        outside = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                name = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outside.take(name)
                outside.before_answer(name)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                self.wfile.flush()
                outside.after_answer(name)

            def log_message(self, *_words: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def take(self, name: str) -> None:
        """Count an order."""
        with self._lock:
            self.orders[name] += 1

    def __enter__(self) -> "Outside":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
