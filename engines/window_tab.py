"""One hidden window of the helper: it is led, runs a script at a time, and says what becomes of it. On Qt's thread."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from pydantic_core import to_json
from PySide6.QtCore import QUrl
from PySide6.QtWebEngineCore import QWebEngineLoadingInfo, QWebEngineScript

from engines.base import BLANK
from engines.scripts import line_of
from engines.window_qt import HiddenPage, World

Status = QWebEngineLoadingInfo.LoadStatus
Tell = Callable[[dict[str, Any]], None]
DOCUMENT = "performance.timeOrigin"  # when it began: what tells one document from the next
SPOILT = -1
_SETTLE = "if (String(performance.timeOrigin) === {place}) window.pywebview?._settle(...{given})"


@dataclass(slots=True, kw_only=True)
class _Leading:
    """An address that is being opened; `number` is the command's."""

    number: int
    has_started: bool = False


@dataclass(slots=True, kw_only=True)
class Run:
    """A script that is to run, and the document where it began; `shown` gives named origins the methods."""

    number: int
    token: str
    script: str
    shown: str
    origins: list[str]
    at_birth: QWebEngineScript = field(default_factory=QWebEngineScript)
    document: float | None = None
    has_moved: bool = False


class Tab:
    """A window of pywebview's with a page of ours. Its first act is to open the blank page, for command `number`."""

    def __init__(self, window: Any, name: str, number: int, tell: Tell) -> None:
        self.window = window
        self._name = name
        self._tell = tell
        self._run: Run | None = None
        self._leading: _Leading | None = None
        self._is_closed = False
        native = window.native
        self.page: HiddenPage = native.webview.page()
        # pywebview would give each page that is loaded its own bridge.
        self.page.loadFinished.disconnect(native.on_load_finished)
        native.channel.registerObject("run", self.page.ears)
        self.page.ears.heard.connect(self._hear)
        self.page.said.connect(self._hear_console)
        self.page.loadingChanged.connect(self._hear_loading)
        self.page.urlChanged.connect(self._look)
        self.page.renderProcessTerminated.connect(self._hear_end)
        self.page.setVisible(True)  # else its timers and frames stand still
        self.navigate(number, BLANK)

    def navigate(self, number: int, url: str) -> None:
        """Open an address."""
        self._leading = _Leading(number=number)
        self.page.load(QUrl(url))

    def read(self, number: int, script: str) -> None:
        """Answer what a script finds that the page's own do not see."""
        self.page.read(script, partial(self._answer_text, number))

    def run(self, run: Run) -> None:
        """Run a script, and answer with its result."""
        self._run = run
        if run.shown:
            run.at_birth.setSourceCode(run.shown)
            run.at_birth.setInjectionPoint(QWebEngineScript.InjectionPoint.DocumentCreation)
            run.at_birth.setWorldId(World.MainWorld.value)
            self.page.scripts().insert(run.at_birth)
            self.page.runJavaScript(run.shown)
        self.page.runJavaScript(run.script, World.MainWorld.value, partial(self._hear_start, run))

    def settle(self, _number: int, place: str, given: list[Any]) -> None:
        """Tell a document what its call was answered."""
        words = {"place": to_json(place).decode(), "given": to_json(given).decode()}
        self.page.runJavaScript(_SETTLE.format(**words))

    def close(self) -> None:
        """Close the window, whatever its page does."""
        if self._is_closed:
            return
        self._is_closed = True
        pid = self.page.renderProcessPid()
        if pid:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
        self.window.destroy()

    def _hear(self, token: str, kind: str, place: str, text: str) -> None:
        run = self._run
        if run is None or run.token != token:
            return
        if kind == "result":
            self._end_run(value=text)
        elif kind == "call" and self._may_call(run):
            self._tell({"event": "call", "page": self._name, "token": token, "place": place, "text": text})

    def _may_call(self, run: Run) -> bool:
        place = self.page.place()
        parts = urlsplit(place)
        return place == BLANK or f"{parts.scheme}://{parts.netloc}" in run.origins

    def _hear_console(self, level: str, text: str) -> None:
        run = self._run
        if run is None:
            return
        if text.startswith(run.token):
            level, text = "debug", text[len(run.token) + 1 :]
        line = line_of(level, text)
        words = {"token": run.token, "level": line.level, "text": line.text}
        self._tell({"event": "console", "page": self._name, **words})

    def _hear_loading(self, info: QWebEngineLoadingInfo) -> None:
        status, leading = info.status(), self._leading
        if leading is not None and status == Status.LoadStartedStatus:
            leading.has_started = True
        elif leading is not None and leading.has_started:
            self._leading = None
            self._answer_loaded(leading.number, info)
        if status != Status.LoadStartedStatus:
            self._look()

    def _answer_loaded(self, number: int, info: QWebEngineLoadingInfo) -> None:
        is_answer_of_server = info.errorDomain() == QWebEngineLoadingInfo.ErrorDomain.HttpStatusCodeDomain
        if info.status() == Status.LoadSucceededStatus or is_answer_of_server:
            self._tell({"id": number, "value": ""})
        else:
            self._refuse(number, "unopened", info.errorString() or "it was not loaded")

    def _hear_start(self, run: Run, value: Any) -> None:
        if self._run is not run:
            return
        if value == SPOILT:
            self._end_run(refused="spoilt")
        elif not isinstance(value, int | float):
            self._end_run(refused="between")
        else:
            run.document = float(value)
            if run.has_moved:
                self._look()

    def _look(self, *_: object) -> None:
        """See whether the document is still the one in which the run began."""
        run = self._run
        if run is None:
            return
        run.has_moved = True
        self.page.read(DOCUMENT, partial(self._hear_document, run))

    def _hear_document(self, run: Run, value: Any) -> None:
        is_known = run.document is not None and isinstance(value, int | float)
        if self._run is run and is_known and value != run.document:
            self._end_run(refused="left")

    def _hear_end(self, *_: object) -> None:
        if self._is_closed:
            return
        self._tell({"event": "gone", "page": self._name, "reason": "the page crashed"})
        self.close()

    def _end_run(self, *, value: str | None = None, refused: str = "") -> None:
        run, self._run = self._run, None
        if run is None:
            return
        if run.shown:
            self.page.scripts().remove(run.at_birth)
        if value is None:
            self._refuse(run.number, refused, refused)
        else:
            self._tell({"id": run.number, "value": value})

    def _answer_text(self, number: int, value: Any) -> None:
        if isinstance(value, str) and value:
            self._tell({"id": number, "value": value})
        else:
            self._refuse(number, "between", "the page is between two documents")

    def _refuse(self, number: int, kind: str, message: str) -> None:
        self._tell({"id": number, "refused": kind, "message": message})
