"""A connection to Chrome by its own protocol (https://chromedevtools.github.io/devtools-protocol), over two pipes.

Messages are JSON texts that end with a zero byte. Commands to one page carry the name of its session, as do its events.
"""

import os
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from contextlib import suppress
from typing import Any

from loguru import logger
from pydantic_core import to_json

from engines.answers import Answers
from engines.base import TooSlow
from engines.json_text import read_json

COMMAND_S = 30.0
CHUNK = 65_536  # most messages are far shorter; larger ones would leave holes in this process's memory
MAX_MESSAGE = 67_108_864  # bytes; what is longer, a page's line or call or value of hundreds of them, is passed over
BEGINNING = 100  # of a message that is too long: there its number stands
# How Chrome's messages of a page's console begin; they end with `"sessionId":"..."}`.
_LINES = (b'{"method":"Runtime.consoleAPICalled"', b'{"method":"Runtime.exceptionThrown"')
_NUMBER = re.compile(rb'\{"id":(\d+)')
Facts = dict[str, Any]
Hear = Callable[[str, Facts], None]  # an event's name and its facts


class Cdp:
    """One connection; commands may come from any thread, events are heard on one of its own, in order: be quick."""

    def __init__(self, to_browser: int, from_browser: int, hear: Hear) -> None:
        self._to_browser = to_browser
        self._from_browser = from_browser
        self._answers = Answers()
        self._hear = {"": hear}
        self._with_lines: set[bytes] = set()  # sessions whose console is heard
        self._writing = threading.Lock()
        self._thread = threading.Thread(target=self._read, name="cdp", daemon=True)
        self._thread.start()

    @property
    def is_open(self) -> bool:
        """Tell whether the browser is still there."""
        return self._answers.is_open

    def hear(self, session: str, hear: Hear) -> None:
        """Have the events of a session heard from now on."""
        self._hear[session] = hear

    def leave(self, session: str) -> None:
        """Hear a session's events no more."""
        self._hear.pop(session, None)
        self.hear_lines(session, is_heard=False)

    def hear_lines(self, session: str, *, is_heard: bool) -> None:
        """Say whether a session's console is heard; at first it is not. A page may flood it, and others would wait."""
        if is_heard:
            self._with_lines.add(session.encode())
        else:
            self._with_lines.discard(session.encode())

    def send(self, method: str, session: str = "", **words: Any) -> "Future[Facts]":
        """Send a command; the future has its result, or BrowserRefused, or PageGone."""
        number, future = self._answers.expect()
        place = {"sessionId": session} if session else {}
        message = to_json({"id": number, "method": method, "params": words, **place}) + b"\0"
        with suppress(OSError), self._writing:  # whoever waits is told by the thread that reads
            _write_all(self._to_browser, message)
        return future

    def do(self, method: str, timeout_s: float = COMMAND_S, **words: Any) -> Facts:
        """Send the browser a command and return its result. Raises BrowserRefused, PageGone and TooSlow."""
        try:
            return self.send(method, **words).result(timeout_s)
        except NotInTime:
            raise TooSlow(timeout_s) from None

    def join(self, timeout_s: float) -> None:
        """Wait until the browser's end has been heard."""
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout_s)

    def _read(self) -> None:
        parts = Parts(MAX_MESSAGE)
        with suppress(OSError):
            while chunk := os.read(self._from_browser, CHUNK):
                for message in parts.whole(chunk):
                    if message.startswith(_LINES) and message.rsplit(b'"', 2)[1] not in self._with_lines:
                        continue
                    with logger.catch(message="A browser's message broke."):
                        self._take(read_json(message))
                for number in parts.passed_over():
                    self._answers.refuse(number, "too_long", f"The answer is longer than {MAX_MESSAGE} bytes.")
        self._answers.close()
        os.close(self._from_browser)
        with self._writing:
            os.close(self._to_browser)
            self._to_browser = -1

    def _take(self, message: Facts) -> None:
        number = message.get("id")
        if number is None:
            hear = self._hear.get(message.get("sessionId", ""))
            if hear is not None:
                hear(message["method"], message["params"])
        elif "error" in message:
            self._answers.refuse(number, str(message["error"]["code"]), message["error"]["message"])
        else:
            self._answers.settle(number, message["result"])


class Parts:
    """Puts messages together from what comes; of one that is too long only its beginning is kept."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._begun = bytearray()
        self._is_too_long = False
        self._passed_over: list[int] = []

    def whole(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the messages that end in this part."""
        *ends, rest = chunk.split(b"\0")
        for end in ends:
            self._add(end)
            if self._is_too_long:
                self._pass_over()
            else:
                yield bytes(self._begun)
            self._begun.clear()
            self._is_too_long = False
        self._add(rest)

    def passed_over(self) -> list[int]:
        """Return the numbers of the commands whose answers were too long, since it was asked last."""
        found, self._passed_over = self._passed_over, []
        return found

    def _add(self, part: bytes) -> None:
        self._is_too_long = self._is_too_long or len(self._begun) + len(part) > self._longest
        self._begun += part[:BEGINNING] if self._is_too_long else part
        if self._is_too_long:
            del self._begun[BEGINNING:]

    def _pass_over(self) -> None:
        found = _NUMBER.match(self._begun)
        if found is not None:
            self._passed_over.append(int(found[1]))


def _write_all(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]
