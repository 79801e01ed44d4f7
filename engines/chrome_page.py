"""A page of Chrome: a tab in a user context of its own, spoken to by WebDriver BiDi."""

import base64
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from engines.base import (
    ActRefused,
    BrowserRefused,
    ConsoleLine,
    Ground,
    Input,
    PageGone,
    Script,
    ScriptFailed,
    TooSlow,
)
from engines.bidi import COMMAND_S, Bidi
from engines.chrome_input import actions_of
from engines.chrome_run import WORLD, ChromeRun, Realm, channel_of
from engines.lived_page import BetweenPages, LivedPage
from engines.scripts import body_again, body_of, value_of

CLOSE_S = 5.0
BETWEEN = "Cannot find context with specified id"
_LEFT = ("Inspected target navigated or closed", "Execution context was destroyed")


class ChromePage(LivedPage):
    """See engines.base.Page."""

    def __init__(self, connection: Bidi, user_context: str, ground: Ground) -> None:
        super().__init__(ground)
        self.user_context = user_context
        self.context = ""
        self._world = ""  # the realm where a run has left the methods: making them anew would cost more than most runs
        self.target = ""  # its name where ChromeDriver tells of a crash
        self.realms: dict[str, Realm] = {}
        self._bidi = connection
        self._run: ChromeRun | None = None

    @property
    def is_open(self) -> bool:
        """See Page."""
        return self._bidi.is_open and super().is_open

    def run(self, script: Script) -> Any:
        """See Page."""
        run = ChromeRun(self.context, self._bidi, self._ground, script)
        self._run = run  # heard from here on: a page may be quick
        try:
            with run:
                text = self._text_of(script)
                if run.has_spoken or "console" in script.source:
                    self._in_world("() => 0")  # lines take longer than the value: this comes after them
                return value_of(text)
        finally:
            self._run = None

    def _text_of(self, script: Script) -> str:
        try:
            found = self._run_once(script)
        except TooSlow:
            self.close()
            raise
        except BrowserRefused as error:
            raise _as_failure(error) from None
        if found["type"] == "exception":
            name, _, message = str(found["exceptionDetails"]["text"]).partition(": ")
            raise ScriptFailed(name, message or name)
        return str(found["result"]["value"])

    def _run_once(self, script: Script) -> dict[str, Any]:
        if self._world:
            found = self._in_world(body_again(script.source), script.timeout_s)
            if found["type"] == "exception" or found["result"]["value"]:
                return found
        source = body_of(script.source, self._ground.methods)
        found = self._in_world(source, script.timeout_s, [channel_of(self.context)])
        self._world = found["realm"]
        return found

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
        if self.end("the page was closed"):
            with suppress(PageGone, BrowserRefused, TooSlow):
                self._bidi.do("browser.removeUserContext", CLOSE_S, userContext=self.user_context)

    def note_crash(self) -> None:
        """Note that its process has ended; the browser would answer nothing that is asked of it."""
        if self.end("the page crashed"):
            self._bidi.send("browser.removeUserContext", userContext=self.user_context)

    def hear_call(self, channel: str, realm: str, text: str) -> None:
        """Hand a call on to the run whose channel it came by."""
        run, known = self._run, self.realms.get(realm)
        if run is not None and known is not None and channel in (run.name, self.context):
            run.hear_call(realm, known, text)

    def hear_console(self, line: ConsoleLine) -> None:
        """Tell the run under way of a line."""
        if self._run is not None:
            self._run.hear_console(line)

    def lose_realm(self, realm: str) -> None:
        """Note that a world is gone."""
        self.realms.pop(realm, None)
        if self._world == realm:
            self._world = ""

    def _lead_to(self, url: str, timeout_s: float) -> None:
        self._do("browsingContext.navigate", timeout_s, context=self.context, url=url, wait="complete")

    def _read(self, function: str) -> str:
        return str(self._in_world(function)["result"]["value"])

    def _in_world(self, function: str, timeout_s: float = COMMAND_S, given: Sequence[Any] = ()) -> dict[str, Any]:
        target = {"context": self.context, "sandbox": WORLD}
        words = {"functionDeclaration": function, "arguments": given, "target": target, "awaitPromise": True}
        return self._patiently(lambda: self._do("script.callFunction", timeout_s, **words))

    def _act(self, method: str, **words: Any) -> dict[str, Any]:
        try:
            return self._do(method, **words)
        except BrowserRefused as error:
            raise ActRefused(error.message) from None
        except BetweenPages as error:
            raise ActRefused(str(error)) from None

    def _do(self, method: str, timeout_s: float = COMMAND_S, **words: Any) -> dict[str, Any]:
        self._refuse_gone()
        try:
            found: dict[str, Any] = self._awaited(self._bidi.send(method, **words), timeout_s)
        except BrowserRefused as error:
            if BETWEEN in error.message:
                raise BetweenPages from None
            raise
        return found


def _as_failure(error: BrowserRefused) -> ScriptFailed:
    if any(words in error.message for words in _LEFT):
        return ScriptFailed("PageLeft", "The script led its page elsewhere, and ended with it.")
    return ScriptFailed("Error", error.message)
