"""A connection to a browser by WebDriver BiDi (https://w3c.github.io/webdriver-bidi): commands, answers, events.

Selenium's own waits for an answer by looking every so often; here it wakes who waits.
"""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from contextlib import ExitStack, suppress
from typing import Any

from loguru import logger
from pydantic_core import to_json
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from engines.base import EngineError, PageGone, TooSlow
from engines.json_text import read_json

COMMAND_S = 30.0
Handler = Callable[[dict[str, Any]], None]


class Refused(EngineError):
    """The browser refused a command: the protocol's code and its sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Bidi:
    """One connection; commands may come from any thread, events are handled on one of its own, in order."""

    def __init__(self, url: str) -> None:
        self._held = ExitStack()
        self._socket = self._held.enter_context(connect(url, max_size=None, compression=None))
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Future[dict[str, Any]]] = {}
        self._handlers: dict[str, Handler] = {}
        self._lock = threading.Lock()
        self._is_closed = False
        self._thread = threading.Thread(target=self._read, name="bidi", daemon=True)
        self._thread.start()

    @property
    def is_open(self) -> bool:
        """Tell whether the browser is still there."""
        return not self._is_closed

    def on(self, event: str, handler: Handler) -> None:
        """Have an event's facts handled: quickly, as all others wait."""
        self._handlers[event] = handler

    def send(self, method: str, **words: Any) -> "Future[dict[str, Any]]":
        """Send a command; the future has its result, or Refused, or PageGone."""
        number, future = next(self._numbers), Future[dict[str, Any]]()
        with self._lock:
            if self._is_closed:
                future.set_exception(PageGone("the browser has ended"))
                return future
            self._waiting[number] = future
        with suppress(ConnectionClosed):  # whoever waits is told by the thread that reads
            self._socket.send(to_json({"id": number, "method": method, "params": words}).decode())
        return future

    def do(self, method: str, timeout_s: float = COMMAND_S, **words: Any) -> dict[str, Any]:
        """Send a command and return its result. Raises Refused, PageGone and TooSlow."""
        try:
            return self.send(method, **words).result(timeout_s)
        except NotInTime:
            raise TooSlow(timeout_s) from None

    def close(self) -> None:
        """End the connection; who waits is told."""
        self._held.close()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _read(self) -> None:
        with suppress(ConnectionClosed):
            for text in self._socket:
                with logger.catch(message="A browser's message broke."):
                    self._take(read_json(text))
        with self._lock:
            self._is_closed = True
            waiting, self._waiting = self._waiting, {}
        for future in waiting.values():
            future.set_exception(PageGone("the browser has ended"))

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("type") == "event":
            handler = self._handlers.get(message["method"])
            if handler is not None:
                handler(message["params"])
            return
        with self._lock:
            future = self._waiting.pop(message.get("id") or 0, None)
        if future is None:
            return
        if message["type"] == "error":
            future.set_exception(Refused(message["error"], message["message"]))
        else:
            future.set_result(message["result"])
