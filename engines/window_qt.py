"""What pywebview leaves open in a page of Qt: its dialogs, its console, where it may go, what it may use."""

# ruff: noqa: N802 - the names of what is overridden are Qt's

import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile, QWebEngineScript, QWebEngineSettings
from PySide6.QtWidgets import QApplication

Attribute = QWebEngineSettings.WebAttribute
World = QWebEngineScript.ScriptWorldId
OFF = (
    Attribute.ErrorPageEnabled,
    Attribute.HyperlinkAuditingEnabled,
    Attribute.JavascriptCanOpenWindows,
    Attribute.LocalContentCanAccessFileUrls,
    Attribute.PdfViewerEnabled,
    Attribute.PluginsEnabled,
)
SCHEMES = frozenset({"http", "https", "about", "blob", "data"})
LEVELS = {
    QWebEnginePage.JavaScriptConsoleMessageLevel.WarningMessageLevel: "warn",
    QWebEnginePage.JavaScriptConsoleMessageLevel.ErrorMessageLevel: "error",
}


def start_qt() -> QApplication:
    """Start Qt's browser by the environment as it is; pywebview would add that pages may use a microphone."""
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    QWebEngineProfile(application)
    return application


class HiddenPage(QWebEnginePage):
    """A page that nobody sees: what would ask a person is declined, and no window is opened."""

    said = Signal(str, str)

    def __init__(self, parent: Any, profile: QWebEngineProfile) -> None:
        super().__init__(profile, parent.webview)
        self.ears = Ears()
        for attribute in OFF:
            self.settings().setAttribute(attribute, False)
        self.settings().setAttribute(Attribute.WebRTCPublicInterfacesOnly, True)
        self.permissionRequested.connect(lambda permission: permission.deny())

    def javaScriptConsoleMessage(self, level: Any, message: str, _line: int, _source: str) -> None:
        self.said.emit(LEVELS.get(level, "info"), message)

    def javaScriptAlert(self, _origin: Any, _text: str) -> None:
        pass

    def javaScriptConfirm(self, _origin: Any, _text: str) -> bool:
        return False

    def javaScriptPrompt(self, _origin: Any, _text: str, _usual: str) -> Any:
        return False, ""

    def chooseFiles(self, _mode: Any, _old: Any, _kinds: Any) -> list[str]:
        return []

    def createWindow(self, _kind: Any) -> None:  # type: ignore[override]
        return None

    def acceptNavigationRequest(self, url: Any, _kind: Any, _is_main_frame: bool) -> bool:
        return str(url.scheme()) in SCHEMES

    def read(self, script: str, answer: Callable[[Any], None]) -> None:
        """Run a script on a side that the page's own scripts do not see; what it cannot be asked answers ''."""
        self.runJavaScript(script, World.ApplicationWorld.value, answer)

    def place(self) -> str:
        """Return the address of the document that the browser committed, whatever is on its way."""
        return self.mainFrame().url().toString(QUrl.ComponentFormattingOption.FullyEncoded)


class Ears(QObject):
    """The one object that a page's scripts can reach; its signal has what they say: token, kind, document, text."""

    heard = Signal(str, str, str, str)

    @Slot(str, str, str, str)
    def hear(self, token: str, kind: str, place: str, text: str) -> None:
        """Take a word of a run."""
        self.heard.emit(token, kind, place, text)
