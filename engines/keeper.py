"""The keeper: has a process that runs engine work started when there is some, and started again where it died.

That process is a child: a browser's trouble, and what carries its scripts' calls, never reach the server's own.
"""

import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from loguru import logger

from engines.leftovers import reap

LOOK_S = 5.0  # how often it is looked for work that nobody told of
AGAIN_S = 1.0  # how long a child that ended at once is left alone
END_S = 5.0

Start = Callable[[], "subprocess.Popen[bytes]"]


class Keeper:
    """One child at a time; `start` makes it, `is_work` tells whether one is needed now."""

    def __init__(self, start: Start, is_work: Callable[[], bool], root: Path) -> None:
        self._start = start
        self._is_work = is_work
        self._root = root
        self._child: subprocess.Popen[bytes] | None = None
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="engine-keeper", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def wake(self) -> None:
        """Tell it that there is work."""
        self._wake.set()

    def stop(self) -> None:
        """End the child, and all that it started."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self._end_child()

    def _run(self) -> None:
        while not self._stop.is_set():
            with logger.catch(message="Looking after the engine failed; it is tried again."):
                self._look()
            self._wake.wait(AGAIN_S if self._child is not None else LOOK_S)
            self._wake.clear()

    def _look(self) -> None:
        if self._child is not None and self._child.poll() is not None:
            self._child = None
            reap(self._root)
        if self._child is None and not self._stop.is_set() and self._is_work():
            self._child = self._start()

    def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.terminate()
        try:
            child.wait(END_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        reap(self._root)
