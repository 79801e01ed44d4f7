"""How much a page's process may hold: beyond it the page is refused more, or ends where it cannot go on without.

V8's own bound (`--max-old-space-size`) is for objects only; arrays of bytes, WebAssembly, pictures and the document lie
outside of it. On Linux a browser makes the processes of pages as copies of one that it calls zygote
(https://chromium.googlesource.com/chromium/src/+/main/docs/linux/zygote.md), and a copy has the limits of its original.
"""

import sys
from collections.abc import Iterable
from contextlib import suppress

import psutil

DATA_MB = 1_536  # setrlimit(2), RLIMIT_DATA; a blank page has 300 of them
_BORN_SO = ("--type=zygote", "--type=renderer")


def bound_pages(processes: Iterable[psutil.Process]) -> None:
    """Bound those of a browser's processes that are for pages, and all that come of them. Linux only."""
    if sys.platform != "linux":
        return
    most = DATA_MB * 1_048_576
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            if any(word in process.cmdline() for word in _BORN_SO):
                process.rlimit(psutil.RLIMIT_DATA, (most, most))
