"""Hidden windows of pywebview, in a helper process of their own that is spoken to by a private pipe.

pywebview has no call for a picture, a PDF or a person's input, and no world apart for scripts. A run's script lives in
the page's own world, where a stranger's scripts could lay their hands on whatever it is given. So here it is named
origins only: a script runs on any page, but `window.pywebview.api` is there only where the document's origin is one
that the run names, or where the document is the blank one that each page begins with, as no stranger's script lives
there. The page does not decide that: the helper asks the browser which document is committed, for each call.

What pywebview itself puts into pages (its bridge with a token, its table of callbacks) is left out; each window has a
profile in memory of its own. The browser is Qt's, and takes its way out by the guard (`window_flags.py`).
"""

import re
import subprocess
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from engines.base import Capability, Ground, PageGone, TooSlow, Unavailable
from engines.leftovers import Folder
from engines.page_memory import bound_pages
from engines.window_flags import WindowSetup, words_of
from engines.window_needs import CURE_DEBIAN, SET_UP, has_packages
from engines.window_page import KEEPER, NAME, WindowPage
from engines.window_pipe import Pipe
from launch import launch

WORD = "engine-window"
LOG = "helper.log"
START_S = 60.0
END_S = 5.0
COUNT_S = 10.0


class Window:
    """See engines.base.Engine."""

    name = NAME
    capabilities = frozenset[Capability]()

    def __init__(self, root: Path, *, has_sandbox: bool = True, proxy_port: int | None = None) -> None:
        self._root = root
        self._setup = WindowSetup(has_sandbox=has_sandbox, proxy_port=proxy_port)
        self._is_checked = False

    def check(self) -> None:
        """See Engine. The first time a helper tries to load all libraries, for about a second."""
        _check_packages()
        if self._is_checked:
            return
        folder = Folder(self._root)
        try:
            _try_out(self._setup, folder)
        finally:
            folder.end()
        self._is_checked = True

    def start(self) -> "WindowBrowser":
        """See Engine."""
        _check_packages()
        return WindowBrowser(self._setup, Folder(self._root))


class WindowBrowser:
    """See engines.base.Browser: one helper; each page is a hidden window with a profile of its own."""

    def __init__(self, setup: WindowSetup, folder: Folder) -> None:
        self._folder = folder
        self._pages: dict[str, WindowPage] = {}
        self._lock = threading.Lock()
        try:
            self._process = _launch(setup, folder)
            self._pipe = Pipe(self._process, self._hear, self._end)
            self._pipe.ready.result(START_S)
            bound_pages(folder.processes())
        except (PageGone, TimeoutError):
            reason = _last_line(folder)
            self._stop()
            raise _as_unavailable(reason) from None
        except BaseException:
            folder.end()
            raise

    @property
    def is_alive(self) -> bool:
        """See Browser."""
        return self._pipe.is_open

    def open(self, ground: Ground) -> WindowPage:
        """See Browser."""
        page = WindowPage(self._pipe, ground)
        with self._lock:
            self._pages[page.name] = page
        try:
            page.open()
        except TooSlow:
            page.close()
            raise PageGone("its window did not open") from None
        except BaseException:
            self._forget(page)
            raise
        return page

    def memory_mb(self) -> float:
        """See Browser."""
        return self._folder.memory_mb()

    def count(self) -> dict[str, int]:
        """Return how much the helper holds, by what it is: it stays the same however many scripts are run."""
        return dict(self._pipe.send("count", KEEPER).result(COUNT_S))

    def close(self) -> None:
        """See Browser."""
        self._end()
        self._stop()

    def _stop(self) -> None:
        self._folder.end()
        self._pipe.join(END_S)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(END_S)

    def _hear(self, message: dict[str, Any]) -> None:
        page = self._pages.get(message["page"])
        if page is not None:
            page.hear(message)
            if message["event"] == "gone":
                self._forget(page)

    def _forget(self, page: WindowPage) -> None:
        with self._lock:
            self._pages.pop(page.name, None)

    def _end(self) -> None:
        with self._lock:
            pages, self._pages = list(self._pages.values()), {}
        for page in pages:
            page.end("the browser has ended")


def _launch(setup: WindowSetup, folder: Folder, *arguments: str) -> "subprocess.Popen[bytes]":
    with (folder.path / LOG).open("wb") as log:
        process = launch(WORD, *arguments, words=words_of(setup, folder.path), stdout=subprocess.PIPE, stderr=log)
    folder.note(process.pid)
    return process


def _check_packages() -> None:
    # On every system the browser is Qt's: what the others bring has no way through a guard.
    if not has_packages("webview", "PySide6"):
        raise Unavailable("The window engine needs packages of its own.", SET_UP)


def _try_out(setup: WindowSetup, folder: Folder) -> None:
    with _launch(replace(setup, is_for_pages=False), folder, "--check") as process:
        try:
            process.communicate(timeout=START_S)
        except subprocess.TimeoutExpired:
            process.kill()
        if process.wait() != 0:
            raise _as_unavailable(_last_line(folder))


def _as_unavailable(reason: str) -> Unavailable:
    is_lacking = "cannot open shared object" in reason
    cure = CURE_DEBIAN if is_lacking else "Try `python main.py` by hand, or set STUDIOLO_ENGINE."
    return Unavailable(f"The window engine does not start: {reason}.", cure)


def _last_line(folder: Folder) -> str:
    lines = (folder.path / LOG).read_text(encoding="utf-8", errors="replace").split("\n")
    told = (re.sub(r"^\[[^]]*\] *", "", line).strip().rstrip(".") for line in reversed(lines))
    return next((line for line in told if line), "it said nothing")
