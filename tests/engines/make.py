"""The engines by name, as the tests start them: from the machine's own packages, as root without a sandbox.

`chrome` is what the product takes first, the browser without windows; `chromium` is the whole one.
"""

import os
from collections.abc import Callable
from pathlib import Path

from engines.base import Engine
from engines.chrome import WHOLE, Chrome
from engines.window import Window

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def make_chrome(root: Path, proxy_port: int | None) -> Chrome:
    """Return the one of Debian's Chromiums that the product takes."""
    return Chrome(root, has_sandbox=not IS_ROOT, proxy_port=proxy_port)


class WholeChrome(Chrome):
    """Chromium with its windows."""

    binaries = WHOLE


def make_chromium(root: Path, proxy_port: int | None) -> Chrome:
    """Return Debian's whole Chromium."""
    return WholeChrome(root, has_sandbox=not IS_ROOT, proxy_port=proxy_port)


def make_window(root: Path, proxy_port: int | None) -> Window:
    """Return hidden windows of pywebview."""
    return Window(root, has_sandbox=not IS_ROOT, proxy_port=proxy_port)


Make = Callable[[Path, int | None], Engine]
ENGINES: dict[str, Make] = {"chrome": make_chrome, "window": make_window}
BROWSERS: dict[str, Make] = {**ENGINES, "chromium": make_chromium}
