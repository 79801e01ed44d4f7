"""One run of a script in a page of Chrome: its channel for calls, its console, and what it shows the page's scripts."""

import itertools
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from engines.base import ConsoleLine, EngineError, Ground, Script
from engines.bidi import Bidi
from engines.calls import Calls
from engines.scripts import exposing

WORLD = "studiolo"  # the isolated world of runs
_SETTLE = "(id, isFine, text) => window.pywebview._settle(id, isFine, text)"
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Realm:
    """A world of scripts: where it is from, and whether it is a run's own."""

    origin: str
    sandbox: str | None


class ChromeRun:
    """Lasts as long as its script; what comes by its channel later is heard no more."""

    def __init__(self, context: str, connection: Bidi, ground: Ground, script: Script) -> None:
        self.name = f"run {next(_numbers)}"
        self._context = context
        self._bidi = connection
        self._script = script
        self._ground = ground
        self._calls = Calls(ground.answer, self._settle)
        self._preload: str | None = None
        self.has_spoken = False

    def hear_call(self, realm: str, known: Realm, text: str) -> None:
        """Take a call where it comes from the run's own world or from a page of an origin that it names."""
        if known.sandbox == WORLD or known.origin in self._script.origins:
            self._calls.take(realm, text)

    def hear_console(self, line: ConsoleLine) -> None:
        """Tell of a line of the console."""
        self.has_spoken = True
        self._script.console(line)

    def _settle(self, realm: str, number: int, is_fine: bool, text: str) -> None:
        words = [_value("number", number), _value("boolean", is_fine), _value("string", text)]
        target = {"realm": realm}
        self._bidi.send(
            "script.callFunction", functionDeclaration=_SETTLE, arguments=words, target=target, awaitPromise=False
        )

    def _expose(self) -> None:
        function = exposing(self._ground.methods, sorted(self._script.origins))
        here: dict[str, Any] = {"functionDeclaration": function, "arguments": [channel_of(self.name)]}
        self._preload = self._bidi.do("script.addPreloadScript", contexts=[self._context], **here)["script"]
        self._bidi.do("script.callFunction", target={"context": self._context}, awaitPromise=False, **here)

    def __enter__(self) -> "ChromeRun":
        if self._script.origins:
            self._expose()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._calls.close()
        if self._preload is not None:
            with suppress(EngineError):
                self._bidi.do("script.removePreloadScript", script=self._preload)


def channel_of(name: str) -> dict[str, Any]:
    """Return what becomes a function of a text in the page: what it is told comes back under this name."""
    return {"type": "channel", "value": {"channel": name, "ownership": "none"}}


def _value(kind: str, value: Any) -> dict[str, Any]:
    return {"type": kind, "value": value}
