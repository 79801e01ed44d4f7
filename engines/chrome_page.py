"""A page of Chrome: a tab in a browser context of its own."""

import base64
import time
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from contextlib import suppress
from typing import Any

from engines.base import (
    MAX_LINES,
    ActRefused,
    BrowserRefused,
    ConsoleLine,
    Ground,
    Input,
    PageGone,
    Script,
    ScriptFailed,
)
from engines.cdp import COMMAND_S, Cdp, Facts
from engines.chrome_console import line_of_call, line_of_error
from engines.chrome_flags import SIZE
from engines.chrome_input import commands_of
from engines.chrome_loading import Loading
from engines.chrome_run import ChromeRun
from engines.chrome_scripts import CALL, FORWARD, WORLD, run_again, run_of
from engines.chrome_worlds import Worlds
from engines.lived_page import BetweenPages, LivedPage

CLOSE_S = 5.0
AT_ONCE = 16  # commands of input
VIEW = {"width": SIZE[0], "height": SIZE[1], "deviceScaleFactor": 1, "mobile": False}
# What a page is told before its first script.
BEGIN: tuple[tuple[str, Facts], ...] = (
    ("Page.enable", {}),
    ("Inspector.enable", {}),
    ("Runtime.enable", {}),
    ("Runtime.addBinding", {"name": CALL, "executionContextName": WORLD}),
    ("Runtime.addBinding", {"name": FORWARD, "executionContextName": WORLD}),
    ("Emulation.setDeviceMetricsOverride", {**VIEW, "screenWidth": SIZE[0], "screenHeight": SIZE[1]}),
    ("Runtime.runIfWaitingForDebugger", {}),
)
# Chrome's sentences for a command that found no document to do it in: nothing was done.
_BETWEEN = ("Cannot find context with specified id", "uniqueContextId not found", "No frame for given id found")
_LEFT = ("Inspected target navigated or closed", "Execution context was destroyed", "Promise was collected")


class ChromePage(LivedPage[ChromeRun]):
    """See engines.base.Page."""

    def __init__(self, connection: Cdp, context: str, ground: Ground) -> None:
        super().__init__(ground)
        self.context = context
        self.session = ""
        self._frame = ""
        self._cdp = connection
        self._ready: Future[Facts] = Future()
        self._worlds = Worlds()
        self._loading = Loading()
        self._prepared = ""  # the world where a run has left the methods: they would cost more than most runs

    @property
    def is_open(self) -> bool:
        """See Page."""
        return self._cdp.is_open and super().is_open

    @property
    def is_begun(self) -> bool:
        """Tell whether it has its tab."""
        return bool(self.session)

    def begin(self, session: str, target: str) -> None:
        """Take the tab, which waits for leave to go on."""
        self.session, self._frame = session, target
        self._cdp.hear(session, self._hear)
        *_first, last = [self._cdp.send(method, session, **words) for method, words in BEGIN]
        last.add_done_callback(lambda _done: self._ready.set_result({}))

    def wait_until_ready(self) -> None:
        """Wait for its tab. Raises PageGone and TooSlow."""
        self._awaited(self._ready, COMMAND_S)
        self._refuse_gone()

    def _begun(self, script: Script) -> ChromeRun:
        return ChromeRun(self._send, self._ground, script)

    def _text_of(self, run: ChromeRun, script: Script) -> str:
        deadline = time.monotonic() + script.timeout_s
        self._cdp.hear_lines(self.session, is_heard=True)
        try:
            if script.origins:
                self._patiently(lambda: self._show_before(deadline, run))
            return self._patiently(lambda: self._text_before(deadline, script))
        except BrowserRefused as error:
            raise _as_failure(error) from None
        finally:
            self._cdp.hear_lines(self.session, is_heard=False)

    def _show_before(self, deadline: float, run: ChromeRun) -> None:
        def do(method: str, **words: Any) -> Facts:
            return self._do(method, deadline - time.monotonic(), **words)

        run.show(self._world(deadline - time.monotonic()), do)

    def _text_before(self, deadline: float, script: Script) -> str:
        world = self._world(deadline - time.monotonic())
        if world == self._prepared:
            text = self._evaluate(world, run_again(script.source), deadline - time.monotonic())
            if text:
                return text
        text = self._evaluate(world, run_of(script.source, self._ground.methods), deadline - time.monotonic())
        self._prepared = world
        return text

    def _evaluate(self, world: str, expression: str, timeout_s: float = COMMAND_S) -> str:
        words = {"expression": expression, "uniqueContextId": world, "awaitPromise": True, "returnByValue": True}
        found = self._do("Runtime.evaluate", timeout_s, **words)
        if "exceptionDetails" in found:
            raise _as_thrown(found["exceptionDetails"])
        return str(found["result"]["value"])

    def screenshot(self, quality: float = 0.6) -> bytes:
        """See Page."""
        found = self._act("Page.captureScreenshot", format="jpeg", quality=round(quality * 100))
        return base64.b64decode(found["data"])

    def pdf(self) -> bytes:
        """See Page."""
        return base64.b64decode(self._act("Page.printToPDF", printBackground=True)["data"])

    def send_input(self, acts: Sequence[Input]) -> None:
        """See Page."""
        commands = [command for act in acts for command in commands_of(act)]
        for first in range(0, len(commands), AT_ONCE):  # all at once would keep the others of this browser waiting
            for done in [self._send(method, **words) for method, words in commands[first : first + AT_ONCE]]:
                self._acted(done)

    def close(self) -> None:
        """See Page."""
        if self.end("the page was closed"):
            with suppress(NotInTime, PageGone, BrowserRefused):
                self._dispose().result(CLOSE_S)

    def end(self, reason: str) -> bool:
        """See LivedPage."""
        is_news = super().end(reason)
        if is_news:
            self._cdp.leave(self.session)
        return is_news

    def _dispose(self) -> Future[Facts]:
        return self._cdp.send("Target.disposeBrowserContext", browserContextId=self.context)

    def _hear(self, event: str, facts: Facts) -> None:
        match event:
            case "Runtime.bindingCalled":
                self._hear_call(facts)
            case "Runtime.consoleAPICalled" if self._run is not None:
                line = line_of_call(facts)
                if line is not None:
                    self._hear_line(self._run, line)
            case "Runtime.exceptionThrown" if self._run is not None:
                self._hear_line(self._run, line_of_error(facts))
            case "Page.javascriptDialogOpening":
                self._send("Page.handleJavaScriptDialog", accept=facts["type"] == "beforeunload")
            case "Inspector.targetCrashed":
                if self.end("the page crashed"):
                    self._dispose()
            case _:
                self._worlds.hear(event, facts, self._frame)
                self._loading.hear(event, facts, self._frame)

    def _hear_line(self, run: ChromeRun, line: ConsoleLine) -> None:
        run.hear_console(line)
        if run.num_lines == MAX_LINES:
            self._cdp.hear_lines(self.session, is_heard=False)

    def _hear_call(self, facts: Facts) -> None:
        world, run = self._worlds.get(facts["executionContextId"]), self._run
        if world is None or run is None:
            return
        if facts["name"] == CALL:
            run.hear_call(world.id, facts["payload"])
        else:
            run.hear_page(world.id, world.origin, facts["payload"])

    def _lead_to(self, url: str, timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        found = self._do("Page.navigate", timeout_s, url=url)
        if "errorText" in found:
            raise BrowserRefused("navigate", found["errorText"])
        if "loaderId" in found:  # else it led to a place in the same document
            self._awaited(self._loading.of(found["loaderId"]), deadline - time.monotonic())

    def _read(self, function: str) -> str:
        return self._patiently(lambda: self._read_once(function))

    def _read_once(self, function: str) -> str:
        try:
            return self._evaluate(self._world(), f"({function})()")
        except BrowserRefused as error:
            if any(words in error.message for words in _LEFT):
                raise BetweenPages from None
            raise

    def _world(self, timeout_s: float = COMMAND_S) -> str:
        """Return our world in the document that is shown now."""
        known = self._worlds.current
        if known is None:
            try:
                self._do("Page.createIsolatedWorld", timeout_s, frameId=self._frame, worldName=WORLD)
            except BrowserRefused as error:
                raise BetweenPages from error
            known = self._worlds.current
        if known is None:
            raise BetweenPages
        return known.id

    def _act(self, method: str, **words: Any) -> Facts:
        self._refuse_gone()
        return self._acted(self._send(method, **words))

    def _acted(self, done: Future[Facts]) -> Facts:
        try:
            found: Facts = self._awaited(done, COMMAND_S)
        except BrowserRefused as error:
            raise ActRefused(error.message) from None
        return found

    def _do(self, method: str, timeout_s: float = COMMAND_S, **words: Any) -> Facts:
        self._refuse_gone()
        try:
            found: Facts = self._awaited(self._send(method, **words), timeout_s)
        except BrowserRefused as error:
            if any(words in error.message for words in _BETWEEN):
                raise BetweenPages from None
            raise
        return found

    def _send(self, method: str, **words: Any) -> Future[Facts]:
        return self._cdp.send(method, self.session, **words)


def _as_failure(error: BrowserRefused) -> ScriptFailed:
    if any(words in error.message for words in _LEFT):
        return ScriptFailed("PageLeft", "The script led its page elsewhere, and ended with it.")
    return ScriptFailed("Error", error.message)


def _as_thrown(details: Facts) -> ScriptFailed:
    thrown = details.get("exception", {})
    name = str(thrown.get("className", "Error"))
    message = str(thrown.get("description", details["text"])).partition("\n")[0]
    return ScriptFailed(name, message.removeprefix(f"{name}: "))
