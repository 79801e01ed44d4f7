"""A lock between processes of one machine, on a file; the system frees it when its holder ends, however it ends."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_POLL_S = 0.02


class LockTimeout(Exception):
    """Another process held the lock for longer than one was ready to wait."""


@contextmanager
def file_lock(path: Path, timeout_s: float) -> Iterator[None]:
    """Hold the lock. Raises LockTimeout. Not reentrant, and it also excludes other threads of this process."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _wait_for(descriptor, time.monotonic() + timeout_s)
        yield
    finally:
        os.close(descriptor)  # this frees the lock


def is_locked(path: Path) -> bool:
    """Tell whether somebody holds the lock at this moment."""
    try:
        with file_lock(path, 0):
            return False
    except LockTimeout:
        return True


def _wait_for(descriptor: int, deadline: float) -> None:
    while not _try(descriptor):
        if time.monotonic() >= deadline:
            raise LockTimeout
        time.sleep(_POLL_S)


def _try(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            # flock and not lockf: that one is freed when any descriptor of the file in this process is closed.
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
