"""What pywebview leaves open in its Qt window: where it stands, where its page may go, and how that saves a file."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog

TITLE_BAR = 40  # pixels: by that corner a window is taken hold of


def stay_at_home(native: Any, origin: str) -> None:
    """Keep the window on one origin, for whatever page it shows may call Python; other addresses go to the browser.

    `native` is pywebview's QMainWindow. On the main thread, as the others here.
    """
    page = native.webview.page()
    page.navigationRequested.connect(lambda request: _judge(request, origin))
    page.profile().downloadRequested.connect(lambda download: _save(native, download))


def stay_on_screen(native: Any) -> None:
    """Bring a window back whose screen is gone since it was placed there."""
    if QGuiApplication.screenAt(native.pos() + QPoint(TITLE_BAR, TITLE_BAR)) is None:
        native.move(QGuiApplication.primaryScreen().availableGeometry().topLeft())


def _judge(request: Any, origin: str) -> None:
    url: QUrl = request.url()
    if not request.isMainFrame() or is_of(url, origin):
        return
    request.reject()
    if url.scheme() in ("http", "https", "mailto"):
        QDesktopServices.openUrl(url)


def is_of(url: QUrl, origin: str) -> bool:
    """Tell whether an address belongs to an origin."""
    home = QUrl(origin)
    return (url.scheme(), url.host(), url.port()) == (home.scheme(), home.host(), home.port())


def _save(native: Any, download: Any) -> None:
    folder = Path(download.downloadDirectory(), download.downloadFileName())
    path, _ = QFileDialog.getSaveFileName(native, "", str(folder))
    if not path:
        download.cancel()
        return
    download.setDownloadDirectory(str(Path(path).parent))
    download.setDownloadFileName(Path(path).name)
    download.accept()
