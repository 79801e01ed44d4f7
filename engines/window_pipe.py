"""The pipe to a helper: lines of JSON over its standard input and output.

Commands have answers, and there are events.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, cast

from loguru import logger
from pydantic_core import to_json

from engines.answers import Answers
from engines.json_text import read_json

if TYPE_CHECKING:
    import subprocess
    from concurrent.futures import Future

Hear = Callable[[dict[str, Any]], None]


class Pipe:
    """Commands may come from any thread; events are heard on one of its own, in order. `end` is called at the end."""

    def __init__(self, process: "subprocess.Popen[bytes]", hear: Hear, end: Callable[[], None]) -> None:
        self._commands = cast(IO[bytes], process.stdin)
        self._told = cast(IO[bytes], process.stdout)
        self._hear = hear
        self._end = end
        self._answers = Answers()
        _number, self.ready = self._answers.expect()  # the helper's own first window: told as if it were ordered by 0
        self._writing = threading.Lock()
        self._thread = threading.Thread(target=self._read, name="window-pipe", daemon=True)
        self._thread.start()

    @property
    def is_open(self) -> bool:
        """Tell whether the helper is still there."""
        return self._answers.is_open

    def send(self, act: str, page: str, **words: Any) -> "Future[Any]":
        """Send a command; the future has its answer, or BrowserRefused, or PageGone."""
        number, future = self._answers.expect()
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
        self._answers.close()
        self._end()

    def _take(self, message: dict[str, Any]) -> None:
        if "event" in message:
            self._hear(message)
            return
        if "refused" in message:
            self._answers.refuse(message["id"], message["refused"], message["message"])
        else:
            self._answers.settle(message["id"], message["value"])
