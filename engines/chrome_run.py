"""One run of a script in a page of Chrome: its calls, its console, and what it shows the page's own scripts."""

from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

from pydantic_core import to_json

from engines.base import ConsoleLine, EngineError, Ground, Script
from engines.calls import Calls
from engines.chrome_scripts import WORLD, passing_on, showing

if TYPE_CHECKING:
    from concurrent.futures import Future


class Send(Protocol):
    """Sends a command to the page."""

    def __call__(self, method: str, **words: Any) -> "Future[dict[str, Any]]":
        """Return the future of its result."""


class Do(Protocol):
    """Sends a command to the page, and waits for what comes of it as long as the run may last."""

    def __call__(self, method: str, **words: Any) -> dict[str, Any]:
        """Return its result."""


class ChromeRun:
    """Lasts as long as its script; calls that come later are heard no more."""

    def __init__(self, send: Send, ground: Ground, script: Script) -> None:
        self._send = send
        self._script = script
        self._ground = ground
        self._calls = Calls(script.answer or ground.answer, self._settle)
        self._preloads: list[str] = []
        self.num_lines = 0

    def hear_call(self, world: str, text: str) -> None:
        """Take a call of the run's own script."""
        self._calls.take(world, text)

    def hear_page(self, world: str, origin: str, text: str) -> None:
        """Take a call of the page's own scripts: the number of what passed it on, and the call."""
        number, _, call = text.partition(" ")
        if origin in self._script.origins and number.isdecimal():
            self._calls.take(f"{world} {number}", call)

    def hear_console(self, line: ConsoleLine) -> None:
        """Tell of a line of the console."""
        self.num_lines += 1
        self._script.console(line)

    def _settle(self, place: str, number: int, is_fine: bool, text: str) -> None:
        world, _, passed_on = place.partition(" ")
        given = to_json([*([int(passed_on)] if passed_on else []), number, is_fine, text]).decode()
        way = "studiolo.settle" if passed_on else "window.pywebview._settle"
        self._send("Runtime.evaluate", expression=f"{way}(...{given}); 0", uniqueContextId=world, silent=True)

    def show(self, world: str, do: Do) -> None:
        """Give the page's own scripts the methods, on the origins that the run names: here and wherever it is led."""
        ours, theirs = passing_on(self._script.origins), showing(self._ground.methods, self._script.origins)
        for source, world_name in ((ours, {"worldName": WORLD}), (theirs, {})):
            added = do("Page.addScriptToEvaluateOnNewDocument", source=source, **world_name)
            self._preloads.append(added["identifier"])
        do("Runtime.evaluate", expression=ours, uniqueContextId=world)
        do("Runtime.evaluate", expression=theirs)

    def __enter__(self) -> "ChromeRun":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._calls.close()
        with suppress(EngineError):
            for preload in self._preloads:
                self._send("Page.removeScriptToEvaluateOnNewDocument", identifier=preload)
            if self.num_lines:
                self._send("Runtime.discardConsoleEntries")
