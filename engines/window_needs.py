"""What a window of Qt needs from this machine: packages of Python, and libraries of the system."""

import ctypes
import importlib.util
import sys

SET_UP = "Run `python main.py setup --desktop`."
# NOTE: of these, set_up/system.py has those that tests need.
DEBIAN = "libegl1 libgl1 libxkbfile1 libxtst6 libnss3 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxkbcommon-x11-0"
CURE_DEBIAN = f"On Debian and Ubuntu: `sudo apt-get install {DEBIAN}`."


def has_packages(*names: str) -> bool:
    """Tell whether these packages are installed; loads none of them."""
    return all(importlib.util.find_spec(name) is not None for name in names)


def keep_constants() -> None:
    """Keep Python's constants for ever, before Qt is used much.

    PySide6 6.12 hands them out without counting, as Python 3.12 allows (PEP 683); an older Python ends with
    "deallocating True or False" after some thousand of Qt's signals.
    """
    if sys.version_info < (3, 12):
        for one in (None, True, False, NotImplemented):
            ctypes.c_ssize_t.from_address(id(one)).value += 1 << 40
