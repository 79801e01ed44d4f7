"""Whether a window can be opened here: told in a sentence, because Qt itself ends the process where it cannot."""

import contextlib
import ctypes
import os
import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from engines.window_needs import CURE_DEBIAN, SET_UP, has_packages

NO_DISPLAY = "There is no display here to open a window on."
OTHER_WAY = "Or run `python main.py web` and open the page in a browser."
HEADLESS = frozenset({"offscreen", "minimal", "vnc", "linuxfb", "eglfs"})  # Qt's platforms that need no display
PATIENCE_S = 2.0


class NoWindow(Exception):
    """No window can be opened here; the text says why, and what to do."""


def check_display(words: Mapping[str, str]) -> None:
    """Raise NoWindow where a window cannot be opened. `words` are those of the environment."""
    if not has_packages(*(("webview", "PySide6") if sys.platform == "linux" else ("webview",))):
        raise NoWindow(f"The window needs packages of its own. {SET_UP} {OTHER_WAY}")
    if sys.platform == "linux":
        _check_linux(words)


def _check_linux(words: Mapping[str, str]) -> None:
    is_headless = words.get("QT_QPA_PLATFORM", "").partition(":")[0] in HEADLESS
    has_wayland = _has_wayland(words)
    if not is_headless and not has_wayland and not has_x11(words.get("DISPLAY", "")):
        raise NoWindow(f"{NO_DISPLAY} Run `python main.py web` and open the page in a browser.")
    if os.geteuid() == 0 and not _may_run_as_root(words):
        raise NoWindow(f"The window's browser does not run as root: start it as another user. {OTHER_WAY}")
    try:
        _load_qt(needs_x11=not is_headless and not has_wayland)
    except (ImportError, OSError) as error:
        raise NoWindow(f"The window lacks a library of the system ({error}). {CURE_DEBIAN} {OTHER_WAY}") from None


def _load_qt(*, needs_x11: bool) -> None:
    import PySide6.QtWebEngineWidgets

    if needs_x11:
        ctypes.CDLL(str(Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so"))


def _may_run_as_root(words: Mapping[str, str]) -> bool:
    flags = words.get("QTWEBENGINE_CHROMIUM_FLAGS", "").split()
    return bool(words.get("QTWEBENGINE_DISABLE_SANDBOX")) or "--no-sandbox" in flags


def _has_wayland(words: Mapping[str, str]) -> bool:
    name = words.get("WAYLAND_DISPLAY", "")
    return bool(name) and Path(words.get("XDG_RUNTIME_DIR", "/"), name).is_socket()


def has_x11(display: str) -> bool:
    """Tell whether an X server listens where DISPLAY says: `:0`, `unix:0.1`, `host:10.0`."""
    found = re.fullmatch(r"(.*):(\d+)(?:\.\d+)?", display)
    if found is None:
        return False
    host, number = found[1], int(found[2])
    with contextlib.suppress(OSError):
        if host in ("", "unix"):
            return _has_local_x11(number)
        socket.create_connection((host, 6000 + number), PATIENCE_S).close()
        return True
    return False


def _has_local_x11(number: int) -> bool:
    for address in (f"/tmp/.X11-unix/X{number}", f"\0/tmp/.X11-unix/X{number}"):  # noqa: S108 — where X servers listen
        with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
            probe.connect(address)
            return True
    return False
