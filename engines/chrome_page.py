"""A page of Chrome: a tab in a user context of its own, spoken to by WebDriver BiDi."""

import base64
import threading
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from typing import Any

from engines import bidi
from engines.base import (
    BLANK,
    ActRefused,
    ConsoleLine,
    EngineError,
    Ground,
    Input,
    NotOpened,
    PageGone,
    PageState,
    Script,
    ScriptFailed,
    TooSlow,
)
from engines.bidi import Bidi
from engines.chrome_input import actions_of
from engines.chrome_run import WORLD, ChromeRun, Realm
from engines.json_text import read_json
from engines.scripts import SHOWN, WHERE, body_of, refusal_in, value_of
from engines.urls import check_url

CLOSE_S = 5.0
BETWEEN_PAGES = 40
BETWEEN_PAGES_S = 0.05
BETWEEN = "Cannot find context with specified id"
_LEFT = ("Inspected target navigated or closed", "Execution context was destroyed")


class ChromePage:
    """See engines.base.Page."""

    def __init__(self, connection: Bidi, user_context: str, ground: Ground) -> None:
        self.user_context = user_context
        self.context = ""
        self.realms: dict[str, Realm] = {}
        self._bidi = connection
        self._ground = ground
        self._gone: Future[None] = Future()
        self._lock = threading.Lock()
        self._run: ChromeRun | None = None

    @property
    def is_open(self) -> bool:
        """See Page."""
        return self._bidi.is_open and not self._gone.done()

    def navigate(self, url: str, timeout_s: float = 30.0) -> None:
        """See Page."""
        check_url(url)
        try:
            self._lead_to(url, timeout_s)
            reason = refusal_in(self._value_in_world(SHOWN))
        except bidi.Refused as error:
            reason = error.message.partition("\n")[0]
        except TooSlow:
            self.close()
            raise
        if reason is not None:
            self._lead_to(BLANK, timeout_s)
            raise NotOpened(url, reason)

    def _lead_to(self, url: str, timeout_s: float) -> None:
        self._do("browsingContext.navigate", timeout_s, context=self.context, url=url, wait="complete")

    def run(self, script: Script) -> Any:
        """See Page."""
        run = self._run = ChromeRun(self, self._bidi, self._ground, script)  # heard from here on: a page may be quick
        try:
            with run:
                text = self._text_of(run, script)
                if run.has_spoken or "console" in script.source:
                    self._in_world("() => 0")  # lines take longer than the value: this comes after them
                return value_of(text)
        finally:
            self._run = None

    def _text_of(self, run: ChromeRun, script: Script) -> str:
        try:
            found = self._in_world(body_of(script.source, self._ground.methods), script.timeout_s, [run.channel])
        except TooSlow:
            self.close()
            raise
        except bidi.Refused as error:
            raise _as_failure(error) from None
        if found["type"] == "exception":
            name, _, message = str(found["exceptionDetails"]["text"]).partition(": ")
            raise ScriptFailed(name, message or name)
        return str(found["result"]["value"])

    def state(self) -> PageState:
        """See Page."""
        return PageState(*read_json(self._value_in_world(WHERE)))

    def screenshot(self, quality: float = 0.6) -> bytes:
        """See Page."""
        form = {"type": "image/jpeg", "quality": quality}
        found = self._act("browsingContext.captureScreenshot", context=self.context, format=form)
        return base64.b64decode(found["data"])

    def pdf(self) -> bytes:
        """See Page."""
        return base64.b64decode(self._act("browsingContext.print", context=self.context)["data"])

    def send_input(self, acts: Sequence[Input]) -> None:
        """See Page."""
        self._act("input.performActions", context=self.context, actions=actions_of(acts))

    def close(self) -> None:
        """See Page."""
        self.give_up("the page was closed")

    def give_up(self, reason: str) -> None:
        """Close it, and say why to whoever uses it."""
        if not self.end(reason):
            return
        with suppress(PageGone, bidi.Refused, TooSlow):
            self._bidi.do("browser.removeUserContext", CLOSE_S, userContext=self.user_context)

    def end(self, reason: str) -> bool:
        """Note that it is gone; False where that is known already."""
        with self._lock:
            if self._gone.done():
                return False
            self._gone.set_exception(PageGone(reason))
            return True

    def hear_call(self, channel: str, realm: str, text: str) -> None:
        """Hand a call on to the run whose channel it came by."""
        run, known = self._run, self.realms.get(realm)
        if run is not None and known is not None and run.name == channel:
            run.hear_call(realm, known, text)

    def hear_console(self, line: ConsoleLine) -> None:
        """Tell the run under way of a line."""
        if self._run is not None:
            self._run.hear_console(line)

    def lose_realm(self, realm: str) -> None:
        """Note that a world is gone: where its page crashed, what waits in it waits in vain."""
        lost, run = self.realms.pop(realm, None), self._run
        if lost is not None and lost.sandbox == WORLD and run is not None:
            run.lose_world()

    def _value_in_world(self, function: str) -> str:
        return str(self._in_world(function)["result"]["value"])

    def _in_world(self, function: str, timeout_s: float = bidi.COMMAND_S, given: Sequence[Any] = ()) -> dict[str, Any]:
        target = {"context": self.context, "sandbox": WORLD}
        words = {"functionDeclaration": function, "arguments": given, "target": target, "awaitPromise": True}
        for _ in range(BETWEEN_PAGES):
            with suppress(_BetweenPages):
                return self._do("script.callFunction", timeout_s, **words)
            wait((self._gone,), BETWEEN_PAGES_S)
        raise PageGone("the page leads from one address to the next without an end")

    def _act(self, method: str, **words: Any) -> dict[str, Any]:
        try:
            return self._do(method, **words)
        except (bidi.Refused, _BetweenPages) as error:
            raise ActRefused(getattr(error, "message", "the page is between two addresses")) from None

    def _do(self, method: str, timeout_s: float = bidi.COMMAND_S, **words: Any) -> dict[str, Any]:
        if self._gone.done():
            self._gone.result()
        future = self._bidi.send(method, **words)
        both: list[Future[Any]] = [future, self._gone]
        wait(both, timeout_s, FIRST_COMPLETED)
        if future.done() and not isinstance(future.exception(), bidi.Refused):
            return future.result()
        if self._gone.done():
            self._gone.result()
        if not future.done():
            raise TooSlow(timeout_s)
        if BETWEEN in str(future.exception()):
            raise _BetweenPages
        return future.result()


class _BetweenPages(EngineError):
    """One document is gone and the next is not there yet; nothing was run."""


def _as_failure(error: bidi.Refused) -> ScriptFailed:
    if any(words in error.message for words in _LEFT):
        return ScriptFailed("PageLeft", "The script led its page elsewhere, and ended with it.")
    return ScriptFailed("Error", error.message)
