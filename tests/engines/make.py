"""The engines by name, as the tests start them: from the machine's own packages, as root without a sandbox."""

import os
from collections.abc import Callable
from pathlib import Path

from engines.base import Engine
from engines.chrome import Chrome
from engines.window import Window

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def make_chrome(root: Path, proxy_port: int | None) -> Chrome:
    """Return Debian's Chromium."""
    return Chrome(root, has_sandbox=not IS_ROOT, proxy_port=proxy_port)


def make_window(root: Path, proxy_port: int | None) -> Window:
    """Return hidden windows of pywebview."""
    return Window(root, has_sandbox=not IS_ROOT, proxy_port=proxy_port)


ENGINES: dict[str, Callable[[Path, int | None], Engine]] = {"chrome": make_chrome, "window": make_window}
