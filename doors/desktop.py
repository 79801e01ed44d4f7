"""The door `desktop`: a pywebview window on the main thread, its page served by this same process."""

import contextlib
import logging
import os
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import uvicorn
from loguru import logger

from doors.display import NoWindow
from doors.facade import Exposed
from doors.window_calls import PageFacts
from doors.window_place import LEAST, WindowPlace
from engines.window_needs import keep_constants

TITLE = "Studiolo"
FILE = "window.json"
END_S = 2.2  # after which the process ends whatever still runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a window opens, and the folder where it keeps what it keeps."""

    url: str
    folder: Path
    place: WindowPlace

    @property
    def origin(self) -> str:
        """The place that the window never leaves."""
        return origin_of(self.url)


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class DesktopWindow:
    """One window. `show` returns when it was closed."""

    def __init__(self, opening: Opening) -> None:
        import webview

        _quieten()
        if sys.platform == "linux":
            keep_constants()
        self.opening = opening
        self.place = opening.place
        self._webview = webview
        self._window: Any = webview.create_window(
            TITLE,
            opening.url,
            width=self.place.width,
            height=self.place.height,
            x=self.place.x,
            y=self.place.y,
            maximized=self.place.is_maximized,
            min_size=LEAST,
            text_select=True,
            zoomable=True,
        )
        self._watch()

    def give(self, functions: list[Exposed]) -> None:
        """Let the window's page call these functions. Before `show`."""
        self._window.expose(*functions)

    def page(self) -> PageFacts:
        """Tell of the page that is shown. Not on the main thread."""
        is_ours = origin_of(self._window.get_current_url() or "") == self.opening.origin
        return PageFacts(told=dict(self._window.state), is_ours=is_ours)

    def show(self) -> None:
        """Open the window and stay until it is closed. On the main thread only."""
        gui: Any = "qt" if sys.platform == "linux" else None  # else it looks for GTK first
        try:
            self._webview.start(gui=gui, private_mode=False, storage_path=str(self.opening.folder / "browser"))
        except self._webview.WebViewException as error:
            raise NoWindow(f"The window could not be opened: {error}") from error
        self.place.write(self.opening.folder / FILE)

    def close(self) -> None:
        """Close the window as its own button does."""
        self._window.destroy()

    def come_to_front(self) -> None:
        """Bring the window before the others."""
        if self.place.is_maximized:
            self._window.show()
        else:
            self._window.restore()

    def _watch(self) -> None:
        events = self._window.events
        events.before_show += self._before_show
        events.resized += self._resized
        events.moved += self._moved
        events.maximized += lambda: setattr(self.place, "is_maximized", True)
        events.restored += lambda: setattr(self.place, "is_maximized", False)

    def _before_show(self) -> None:
        signal.signal(signal.SIGTERM, lambda *_: self.close())
        if sys.platform == "linux":
            from doors.qt_window import stay_at_home, stay_on_screen

            stay_at_home(self._window.native, self.opening.origin)
            stay_on_screen(self._window.native)

    def _resized(self, width: int, height: int) -> None:
        if not self.place.is_maximized:
            self.place.width, self.place.height = width, height

    def _moved(self, x: int, y: int) -> None:
        if not self.place.is_maximized:
            self.place.x, self.place.y = x, y


class Served:
    """The server of this process, on a thread of its own while the window has the main one."""

    def __init__(self, server: uvicorn.Server, listener: Any) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.run, args=([listener],), name="server", daemon=True)

    def start(self) -> None:
        """Begin to serve; what comes before it is ready waits in the port's own line."""
        self._thread.start()

    def stop(self) -> None:
        """End in good order, as far as that goes within END_S."""
        self._server.should_exit = True
        self._thread.join(END_S)


def end_process(code: int) -> NoReturn:
    """End at once: calls that still run on the window's threads would hold the interpreter for as long as they like."""
    logger.complete()
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _quieten() -> None:
    # pywebview prints each error that a page is answered, with its traceback; what is a defect, we log ourselves.
    library = logging.getLogger("pywebview")
    library.handlers.clear()
    library.setLevel(logging.CRITICAL)
    threading.excepthook = _note_broken_thread


def _note_broken_thread(broken: threading.ExceptHookArgs) -> None:
    # An answer to a page that is gone by then breaks a thread of pywebview's.
    logger.debug("A thread of the window broke: {!r}", broken.exc_value)
