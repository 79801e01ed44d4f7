"""The pipe to a helper: lines of JSON over its standard input and output.

Commands have answers, and there are events.
"""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, cast

from loguru import logger
from pydantic_core import to_json

from engines.base import PageGone
from engines.json_text import read_json

if TYPE_CHECKING:
    import subprocess

Hear = Callable[[dict[str, Any]], None]


class Refused(Exception):
    """The helper could not do something: a word for what came in between, and a sentence."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message


class Pipe:
    """Commands may come from any thread; events are heard on one of its own, in order. `end` is called at the end."""

    def __init__(self, process: "subprocess.Popen[bytes]", hear: Hear, end: Callable[[], None]) -> None:
        self._commands = cast(IO[bytes], process.stdin)
        self._told = cast(IO[bytes], process.stdout)
        self._hear = hear
        self._end = end
        self._numbers = itertools.count(1)
        self.ready: Future[Any] = Future()  # the helper's own first window: as if it were ordered by number 0
        self._waiting: dict[int, Future[Any]] = {0: self.ready}
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._is_closed = False
        self._thread = threading.Thread(target=self._read, name="window-pipe", daemon=True)
        self._thread.start()

    @property
    def is_open(self) -> bool:
        """Tell whether the helper is still there."""
        return not self._is_closed

    def send(self, act: str, page: str, **words: Any) -> "Future[Any]":
        """Send a command; the future has its answer, or Refused, or PageGone."""
        number, future = next(self._numbers), Future[Any]()
        with self._lock:
            if self._is_closed:
                future.set_exception(PageGone("the browser has ended"))
                return future
            self._waiting[number] = future
        line = to_json({"id": number, "act": act, "page": page, **words}) + b"\n"
        with suppress(OSError, ValueError), self._writing:  # whoever waits is told by the thread that reads
            self._commands.write(line)
            self._commands.flush()
        return future

    def join(self, timeout_s: float) -> None:
        """Wait until the helper's end has been heard."""
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout_s)
        with suppress(OSError):
            self._commands.close()

    def _read(self) -> None:
        with suppress(OSError, ValueError), self._told:
            for line in self._told:
                with logger.catch(message="A helper's message broke."):
                    self._take(read_json(line))
        with self._lock:
            self._is_closed = True
            waiting, self._waiting = self._waiting, {}
        for future in waiting.values():
            future.set_exception(PageGone("the browser has ended"))
        self._end()

    def _take(self, message: dict[str, Any]) -> None:
        if "event" in message:
            self._hear(message)
            return
        with self._lock:
            future = self._waiting.pop(message["id"], None)
        if future is None:
            return
        if "refused" in message:
            future.set_exception(Refused(message["refused"], message["message"]))
        else:
            future.set_result(message["value"])
