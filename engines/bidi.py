"""A connection to a browser by WebDriver BiDi (https://w3c.github.io/webdriver-bidi): commands, answers, events.

Selenium's own waits for an answer by looking every so often; here it wakes who waits.
"""

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

from engines.answers import Answers
from engines.base import TooSlow
from engines.json_text import read_json

COMMAND_S = 30.0
Handler = Callable[[dict[str, Any]], None]


class Bidi:
    """One connection; commands may come from any thread, events are handled on one of its own, in order."""

    def __init__(self, url: str) -> None:
        self._held = ExitStack()
        self._socket = self._held.enter_context(connect(url, max_size=None, compression=None))
        self._answers = Answers()
        self._handlers: dict[str, Handler] = {}
        self._thread = threading.Thread(target=self._read, name="bidi", daemon=True)
        self._thread.start()

    @property
    def is_open(self) -> bool:
        """Tell whether the browser is still there."""
        return self._answers.is_open

    def on(self, event: str, handler: Handler) -> None:
        """Have an event's facts handled: quickly, as all others wait."""
        self._handlers[event] = handler

    def send(self, method: str, **words: Any) -> "Future[dict[str, Any]]":
        """Send a command; the future has its result, or BrowserRefused, or PageGone."""
        number, future = self._answers.expect()
        with suppress(ConnectionClosed):  # whoever waits is told by the thread that reads
            self._socket.send(to_json({"id": number, "method": method, "params": words}).decode())
        return future

    def do(self, method: str, timeout_s: float = COMMAND_S, **words: Any) -> dict[str, Any]:
        """Send a command and return its result. Raises BrowserRefused, PageGone and TooSlow."""
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
        self._answers.close()

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("type") == "event":
            handler = self._handlers.get(message["method"])
            if handler is not None:
                handler(message["params"])
            return
        number = message.get("id")
        if number is None:  # of a command that could not be read; ours can
            return
        if message["type"] == "error":
            self._answers.refuse(number, message["error"], message["message"])
        else:
            self._answers.settle(number, message["result"])
