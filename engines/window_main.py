"""The helper of the window engine: reads commands from its standard input, and tells of its windows by its output."""

import gc
import logging
import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any, NoReturn

from pydantic_core import from_json, to_json

from engines.window_flags import SIZE
from engines.window_needs import keep_constants
from engines.window_page import KEEPER
from launch import end_with_parent


def main(arguments: Sequence[str]) -> NoReturn:
    """Hold windows until the parent ends; with `--check` only load what they need."""
    from engines.window_qt import start_qt

    application = start_qt()
    if "--check" in arguments:
        os._exit(0)
    import webview
    from webview.platforms import qt

    logging.getLogger("pywebview").setLevel(logging.CRITICAL)  # it tells of every page's errors
    keep_constants()
    commands, told, end_of_input = _take_pipes()
    end_with_parent()
    # What Qt made has to be ended on Qt's thread; Python's collector would run on whichever it likes.
    gc.disable()
    helper = _Helper(webview, told)
    # Pages are born as ours: pywebview's own open strangers' windows in the person's browser, and allow a microphone.
    setattr(qt.BrowserView, "WebPage", helper.make_page)  # noqa: B010 - a class is no variable, to mypy
    helper.make(KEEPER, 0)  # when its last window closes, pywebview ends
    threading.Thread(target=helper.read, args=(commands, end_of_input), name="commands", daemon=True).start()
    webview.start(gui="qt", private_mode=True)
    del application
    os._exit(0)


class _Helper:
    """Windows by the page's name. They are ordered on the thread that reads, and live on Qt's."""

    def __init__(self, webview: Any, told: IO[bytes]) -> None:
        from engines.window_qt import HiddenPage
        from engines.window_tabs import Tabs

        self._webview = webview
        self._new_page = HiddenPage
        self._numbers: dict[str, int] = {}
        self._told = told
        self._lock = threading.Lock()
        self._tabs = Tabs(self._tell)

    def make(self, page: str, number: int) -> None:
        """Order a window; the command of that number is answered when it is there."""
        self._numbers[page] = number
        width, height = SIZE
        self._webview.create_window(page, hidden=True, width=width, height=height)

    def make_page(self, native: Any, profile: Any) -> Any:
        """Make the page of a window that is being made, on Qt's thread; the window's title has the page's name."""
        # Whoever ordered the window may hold it later than Qt shows it: here it is heard of in time.
        window = native.pywebview_window
        number = self._numbers.pop(window.title)
        window.events.before_show += lambda: self._tabs.adopt(window, window.title, number)
        return self._new_page(native, profile)

    def read(self, commands: IO[bytes], end_of_input: IO[bytes]) -> None:
        """Do what the parent says, until it says no more."""
        with end_of_input, suppress(OSError):
            for line in commands:
                command = from_json(line)
                if command["act"] == "open":
                    self.make(command["page"], command["id"])
                else:
                    self._tabs.told.emit(command)

    def _tell(self, message: dict[str, Any]) -> None:
        with self._lock, suppress(OSError):  # a parent that is gone ends this process
            self._told.write(to_json(message) + b"\n")
            self._told.flush()


def _take_pipes() -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
    """Take input and output for commands; to others the input ends when the third is closed, the output is the log."""
    commands, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    nothing, end = os.pipe()
    os.dup2(nothing, 0)
    os.close(nothing)
    return commands, told, os.fdopen(end, "wb")
