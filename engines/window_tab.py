"""One hidden window of the helper: it is led, runs a script at a time, and says what becomes of it. On Qt's thread."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from pydantic_core import to_json
from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtWebEngineCore import QWebEngineLoadingInfo, QWebEnginePage, QWebEngineScript

from engines.base import BLANK
from engines.scripts import line_of
from engines.window_qt import HiddenPage, World

Status = QWebEngineLoadingInfo.LoadStatus
Tell = Callable[[dict[str, Any]], None]
DOCUMENT = "performance.timeOrigin"  # when it began: what tells one document from the next
SPOILT = -1
STOP_MS = 1_000
_SETTLE = "if (String(performance.timeOrigin) === {place}) window.pywebview?._settle(...{given})"


@dataclass(slots=True, kw_only=True)
class _Leading:
    """An address that is being opened; `number` is the command's."""

    number: int
    url: str
    is_waiting: bool = False  # until what was being loaded has stopped
    has_started: bool = False
    reason: str = ""  # why it is given up


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
        self.page.urlChanged.connect(self._hear_place)
        self.page.authenticationRequired.connect(self._hear_question)
        self.page.renderProcessTerminated.connect(self._hear_end)
        # It is as large as it would be on a screen, and its timers and frames go on.
        native.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        native.show()
        # What pywebview begins with is on its way already, and its end may come or not.
        self._leading = _Leading(number=number, url=BLANK, has_started=True)
        self.page.load(QUrl(BLANK))

    @property
    def is_open(self) -> bool:
        """Tell whether its page is still there."""
        return not self._is_closed

    def navigate(self, number: int, url: str) -> None:
        """Open an address."""
        leading = self._leading = _Leading(number=number, url=url)
        if self.page.isLoading():  # Qt would not tell the end of the one from the end of the other
            leading.is_waiting = True
            self.page.triggerAction(QWebEnginePage.WebAction.Stop)
            QTimer.singleShot(STOP_MS, partial(self._lead_at_last, leading))
        else:
            self._lead(leading)

    def _lead_at_last(self, leading: _Leading) -> None:
        if self.is_open and leading.is_waiting and self._leading is leading:
            leading.has_started = True  # nobody said that the one before had stopped
            self._lead(leading)

    def _lead(self, leading: _Leading) -> None:
        leading.is_waiting = False
        if "#" in leading.url:
            is_here = f"String(new URL({to_json(leading.url).decode()}).href === location.href)"
            self.page.read(is_here, partial(self._lead_within, leading))
        else:
            self.page.load(QUrl(leading.url))

    def _lead_within(self, leading: _Leading, is_here: Any) -> None:
        if is_here == "true":  # nothing would come of it, and so no word of its end
            self._answer_led(leading)
        else:
            self.page.load(QUrl(leading.url))

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
        """Close the window, whatever its page does: its process belongs to its profile, and ends with it."""
        if not self._is_closed:
            self._is_closed = True
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
        leading, has_started = self._leading, info.status() == Status.LoadStartedStatus
        if not has_started:
            self._look()
        if leading is None:
            return
        if has_started:
            leading.has_started = True
        elif leading.is_waiting:
            self._lead(leading)
        elif leading.url == BLANK and self.page.place() != BLANK:
            self.page.load(QUrl(BLANK))
        elif leading.has_started:
            self._answer_led(leading, leading.reason or _reason_in(info))

    def _hear_place(self, url: QUrl) -> None:
        self._look()
        leading = self._leading
        is_within = leading is not None and not (leading.is_waiting or leading.has_started)
        if leading is not None and is_within and url.hasFragment():  # a place in the document that is there
            self._answer_led(leading)

    def _hear_question(self, url: QUrl, _answer: Any) -> None:
        leading = self._leading
        if leading is not None and url == QUrl(leading.url):  # else Qt tries 32 times with no name
            leading.reason = "it asks for a name and a password"
            self.page.triggerAction(QWebEnginePage.WebAction.Stop)

    def _answer_led(self, leading: _Leading, reason: str = "") -> None:
        self._leading = None
        if reason:
            self._refuse(leading.number, "unopened", reason)
        else:
            self._tell({"id": leading.number, "value": ""})

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

    def _look(self) -> None:
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


def _reason_in(info: QWebEngineLoadingInfo) -> str:
    """Return why nothing was loaded; a server that answers 404 or 500 shows a page, too."""
    is_of_server = info.errorDomain() == QWebEngineLoadingInfo.ErrorDomain.HttpStatusCodeDomain
    is_loaded = info.status() == Status.LoadSucceededStatus or is_of_server
    return "" if is_loaded else info.errorString() or "it was not loaded"
