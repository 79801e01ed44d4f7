"""Wait for what nothing announces, and not for long."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def eventually(holds: Callable[[], object], timeout_s: float = 5) -> float:
    """Return after how many seconds `holds()` was true. Fails when it never is."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < timeout_s, "it never came to hold"
        threading.Event().wait(0.005)
    return time.monotonic() - begun
