"""A page of a window engine: one hidden window of the helper."""

import itertools
import secrets
import threading
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from types import TracebackType
from typing import Any

from engines.base import (
    BLANK,
    Capability,
    ConsoleLine,
    Ground,
    Input,
    Lacking,
    NotOpened,
    PageGone,
    PageState,
    Script,
    ScriptFailed,
    TooSlow,
)
from engines.calls import Calls
from engines.json_text import read_json
from engines.scripts import SHOWN, WHERE, refusal_in, value_of
from engines.urls import check_url
from engines.window_pipe import Pipe, Refused
from engines.window_scripts import check_of, raise_unread, run_of, shown_of

NAME = "window"
COMMAND_S = 30.0
CLOSE_S = 5.0
BETWEEN_PAGES = 40
BETWEEN_PAGES_S = 0.05
KEEPER = "keeper"  # the helper's own window: no page of anybody's is ever opened in it
_LEFT = "The script led its page elsewhere, and ended with it."
_SPOILT = "The page has changed what scripts are told with, so that none can run in it."
_numbers = itertools.count(1)


class WindowPage:
    """See engines.base.Page."""

    def __init__(self, pipe: Pipe, ground: Ground) -> None:
        self.name = f"page {next(_numbers)}"
        self._pipe = pipe
        self._ground = ground
        self._gone: Future[None] = Future()
        self._lock = threading.Lock()
        self._run: _Run | None = None

    @property
    def is_open(self) -> bool:
        """See Page."""
        return not self._gone.done()

    def open(self) -> None:
        """Have its window made."""
        self._do("open", COMMAND_S)

    def navigate(self, url: str, timeout_s: float = 30.0) -> None:
        """See Page."""
        check_url(url)
        try:
            self._do("navigate", timeout_s, url=url)
            reason = refusal_in(self._read(SHOWN))
        except Refused as error:
            reason = error.message
        except TooSlow:
            self.close()
            raise
        if reason is not None:
            self._do("navigate", timeout_s, url=BLANK)
            raise NotOpened(url, reason)

    def run(self, script: Script) -> Any:
        """See Page."""
        with _Run(self._pipe, self.name, self._ground, script) as run:
            self._run = run
            try:
                return value_of(self._text_of(run, script))
            except TooSlow:
                self.close()
                raise TooSlow(script.timeout_s) from None
            finally:
                self._run = None

    def _text_of(self, run: "_Run", script: Script) -> str:
        deadline = time.monotonic() + script.timeout_s
        for _ in range(BETWEEN_PAGES):
            try:
                return str(self._do("run", deadline - time.monotonic(), **run.words))
            except Refused as error:
                if error.kind == "left":
                    raise ScriptFailed("PageLeft", _LEFT) from None
                if error.kind == "spoilt":
                    raise ScriptFailed("Error", _SPOILT) from None
            raise_unread(self._do("read", COMMAND_S, page=KEEPER, script=check_of(script.source)))
            wait((self._gone,), BETWEEN_PAGES_S)
        raise PageGone("the page leads from one address to the next without an end")

    def state(self) -> PageState:
        """See Page."""
        return PageState(*read_json(self._read(WHERE)))

    def screenshot(self, quality: float = 0.6) -> bytes:  # noqa: ARG002 - the contract's
        """See Page."""
        raise Lacking(NAME, Capability.SCREENSHOT)

    def pdf(self) -> bytes:
        """See Page."""
        raise Lacking(NAME, Capability.PDF)

    def send_input(self, acts: Sequence[Input]) -> None:  # noqa: ARG002 - the contract's
        """See Page."""
        raise Lacking(NAME, Capability.INPUT)

    def close(self) -> None:
        """See Page."""
        if self.end("the page was closed"):
            with suppress(PageGone, Refused, TimeoutError):
                self._pipe.send("close", self.name).result(CLOSE_S)

    def end(self, reason: str) -> bool:
        """Note that it is gone; False where that is known already."""
        with self._lock:
            if self._gone.done():
                return False
            self._gone.set_exception(PageGone(reason))
            return True

    def hear(self, message: dict[str, Any]) -> None:
        """Take an event of its window."""
        run = self._run
        if message["event"] == "gone":
            self.end(message["reason"])
        elif run is not None and message["token"] == run.token:
            run.hear(message)

    def _read(self, function: str) -> str:
        """Return what a function of no arguments finds in the document: on a side that its own scripts do not see."""
        for _ in range(BETWEEN_PAGES):
            with suppress(Refused):
                # Qt answers '' where there is nothing to ask.
                return str(self._do("read", COMMAND_S, script=f"'=' + ({function})()")).removeprefix("=")
            wait((self._gone,), BETWEEN_PAGES_S)
        raise PageGone("the page leads from one address to the next without an end")

    def _do(self, act: str, timeout_s: float, **words: Any) -> Any:
        if self._gone.done():
            self._gone.result()
        future = self._pipe.send(act, words.pop("page", self.name), **words)
        both: list[Future[Any]] = [future, self._gone]
        wait(both, timeout_s, FIRST_COMPLETED)
        if self._gone.done():
            self._gone.result()
        if not future.done():
            raise TooSlow(timeout_s)
        return future.result()


class _Run:
    """Lasts as long as its script; what comes with its token later is heard no more."""

    def __init__(self, pipe: Pipe, page: str, ground: Ground, script: Script) -> None:
        self.token = secrets.token_hex(16)
        self.words = {
            "token": self.token,
            "script": run_of(self.token, ground, script),
            "shown": shown_of(self.token, ground.methods, script.origins),
            "origins": sorted(script.origins),
        }
        self._pipe = pipe
        self._page = page
        self._script = script
        self._calls = Calls(ground.answer, self._settle)

    def hear(self, message: dict[str, Any]) -> None:
        """Take a call, or a line of the console."""
        if message["event"] == "call":
            self._calls.take(message["place"], message["text"])
        elif message["event"] == "console":
            self._script.console(ConsoleLine(message["level"], message["text"]))

    def _settle(self, place: str, number: int, is_fine: bool, text: str) -> None:
        self._pipe.send("settle", self._page, place=place, given=[number, is_fine, text])

    def __enter__(self) -> "_Run":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._calls.close()
