"""A page of a window engine: one hidden window of the helper."""

import itertools
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any

from engines.base import (
    BrowserRefused,
    Capability,
    ConsoleLine,
    Ground,
    Input,
    Lacking,
    PageGone,
    Script,
    ScriptFailed,
)
from engines.calls import Calls
from engines.lived_page import BetweenPages, LivedPage
from engines.window_pipe import Pipe
from engines.window_scripts import check_of, raise_unread, run_of, shown_of

NAME = "window"
COMMAND_S = 30.0
CLOSE_S = 5.0
KEEPER = "keeper"  # the helper's own window: no page of anybody's is ever opened in it
_LEFT = "The script led its page elsewhere, and ended with it."
_SPOILT = "The page has changed what scripts are told with, so that none can run in it."
_numbers = itertools.count(1)


class WindowPage(LivedPage["_Run"]):
    """See engines.base.Page."""

    def __init__(self, pipe: Pipe, ground: Ground) -> None:
        super().__init__(ground)
        self.name = f"page {next(_numbers)}"
        self._pipe = pipe

    def open(self) -> None:
        """Have its window made."""
        self._do("open", COMMAND_S)

    def _begun(self, script: Script) -> "_Run":
        return _Run(self._pipe, self.name, self._ground, script)

    def _text_of(self, run: "_Run", script: Script) -> str:
        deadline = time.monotonic() + script.timeout_s
        return self._patiently(lambda: self._text_before(deadline, run, script))

    def _text_before(self, deadline: float, run: "_Run", script: Script) -> str:
        try:
            return str(self._do("run", deadline - time.monotonic(), **run.words))
        except BrowserRefused as error:
            if error.code == "left":
                raise ScriptFailed("PageLeft", _LEFT) from None
            if error.code == "spoilt":
                raise ScriptFailed("Error", _SPOILT) from None
        raise_unread(self._do("read", COMMAND_S, page=KEEPER, script=check_of(script.source)))
        raise BetweenPages

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
            with suppress(PageGone, BrowserRefused, TimeoutError):
                self._pipe.send("close", self.name).result(CLOSE_S)

    def hear(self, message: dict[str, Any]) -> None:
        """Take an event of its window."""
        run = self._run
        if message["event"] == "gone":
            self.end(message["reason"])
        elif run is not None and message["token"] == run.token:
            run.hear(message)

    def _lead_to(self, url: str, timeout_s: float) -> None:
        self._do("navigate", timeout_s, url=url)

    def _read(self, function: str) -> str:
        return self._patiently(lambda: self._read_once(function))

    def _read_once(self, function: str) -> str:
        try:
            # Qt answers '' where there is nothing to ask.
            return str(self._do("read", COMMAND_S, script=f"'=' + ({function})()")).removeprefix("=")
        except BrowserRefused:
            raise BetweenPages from None

    def _do(self, act: str, timeout_s: float, **words: Any) -> Any:
        self._refuse_gone()
        return self._awaited(self._pipe.send(act, words.pop("page", self.name), **words), timeout_s)


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
        self._calls = Calls(script.answer or ground.answer, self._settle)

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
