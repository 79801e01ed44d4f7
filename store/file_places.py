"""Places in a file: a byte each, locked by the system, which frees it when its holder ends, however it ends."""

import os
import sys
import threading
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int, place: int) -> bool:
        os.lseek(descriptor, place, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(descriptor: int, place: int) -> None:
        os.lseek(descriptor, place, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _try_lock(descriptor: int, place: int) -> bool:
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except OSError:
            return False
        return True

    def _unlock(descriptor: int, place: int) -> None:
        fcntl.lockf(descriptor, fcntl.LOCK_UN, 1, place)


class FilePlaces:
    """One object a process: POSIX drops a file's locks when any descriptor of it closes."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._seek = threading.Lock()

    def try_lock(self, place: int) -> bool:
        """See store/backend.py."""
        with self._seek:
            return _try_lock(self._descriptor, place)

    def unlock(self, place: int) -> None:
        """See store/backend.py."""
        with self._seek:
            _unlock(self._descriptor, place)

    def close(self) -> None:
        """See store/backend.py."""
        os.close(self._descriptor)
