"""What a window of Qt needs from this machine: packages of Python, and libraries of the system."""

import importlib.util
import sys

SET_UP = "Run `python main.py setup --desktop`."
# NOTE: of these, set_up/system.py has those that tests need.
DEBIAN = "libegl1 libgl1 libxkbfile1 libxtst6 libnss3 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxkbcommon-x11-0"
CURE_DEBIAN = f"On Debian and Ubuntu: `sudo apt-get install {DEBIAN}`."


def has_packages(*names: str) -> bool:
    """Tell whether these packages are installed; loads none of them."""
    return all(importlib.util.find_spec(name) is not None for name in names)


def window_packages() -> tuple[str, ...]:
    """Return what a window is made with on this system."""
    return ("webview", "PySide6") if sys.platform == "linux" else ("webview",)
