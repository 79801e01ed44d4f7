"""Start Studiolo's own child processes, and tell whether a process is still the one that was meant.

Every child starts through `launch`, so it works the same from a checkout and in a frozen exe, and no child outlives
its parent.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil

_MAIN = Path(__file__).resolve().parent / "main.py"


def launch(
    word: str, *arguments: str, words: Mapping[str, str | None] | None = None, **options: Any
) -> "subprocess.Popen[bytes]":
    """Start `main.py <word> <arguments>` as a child that ends when this process ends.

    `words` are put into its environment, or taken out of it where they are None; `options` go to `subprocess.Popen`.
    The child's standard input is a pipe that says by its end that the parent is gone: keep the returned object for as
    long as the child shall live.
    """
    command = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, str(_MAIN)]
    return subprocess.Popen(
        [*command, word, *arguments],
        env={name: word for name, word in {**os.environ, **(words or {})}.items() if word is not None},
        **_apart_from_the_terminal(),
        **options,
        stdin=subprocess.PIPE,
    )


def words_for_others() -> dict[str, str]:
    """Return the environment for a program that is not ours: without our settings, some of which are keys."""
    return {name: word for name, word in os.environ.items() if not name.startswith("STUDIOLO_")}


def without_settings() -> dict[str, None]:
    """Return the `words` of a child of ours that is to know none of our settings, some of which are keys."""
    return {name: None for name in os.environ if name.startswith("STUDIOLO_")}


def _apart_from_the_terminal() -> dict[str, Any]:
    # Ctrl+C reaches every process of a terminal's group: a child must go on while its parent ends its work in order.
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def end_with_parent(last_act: Callable[[], None] | None = None) -> None:
    """Call in a child: from now on it ends when its parent ends, `kill -9` included, after `last_act` (2 s at most)."""
    parent = os.getppid()
    gone = threading.Event()
    threading.Thread(target=_wait_for_end_of_input, args=(gone,), name="parent-input", daemon=True).start()
    threading.Thread(target=_end, args=(parent, gone, last_act), name="parent-watch", daemon=True).start()


def _wait_for_end_of_input(gone: threading.Event) -> None:
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    gone.set()


def _end(parent: int, gone: threading.Event, last_act: Callable[[], None] | None) -> None:
    # A fork of the parent (a gunicorn worker) holds a copy of the pipe's other end, so its end alone does not tell:
    # look at the parent too.
    while not gone.wait(0.5) and _is_parent(parent):
        pass
    if last_act is not None:
        act = threading.Thread(target=last_act, name="last-act", daemon=True)
        act.start()
        act.join(2)
    os._exit(0)


def _is_parent(pid: int) -> bool:
    return os.getppid() == pid if sys.platform != "win32" else psutil.pid_exists(pid)


def process_start_time(pid: int) -> float | None:
    """Return when process `pid` started, or None where there is no such process or it has ended and waits to be reaped.

    The number (seconds) is only for comparing with `is_running`: on Linux it counts from the machine's start, because
    the wall clock may be set while a process runs.
    """
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return _seconds_since_boot(pid) if sys.platform == "linux" else process.create_time()
    except (psutil.Error, OSError, ValueError):
        return None


def _seconds_since_boot(pid: int) -> float:
    # proc(5): the 22nd field; the second is a name in brackets that may itself hold brackets and spaces.
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(after_name[19]) / os.sysconf("SC_CLK_TCK")


def is_running(pid: int, started: float) -> bool:
    """Tell whether process `pid` is still the one whose `process_start_time` was `started`."""
    now = process_start_time(pid)
    return now is not None and abs(now - started) < 0.01


def wait_until_ended(pid: int, started: float, timeout_s: float) -> bool:
    """Wait until that process has ended; answer whether it has. Works for processes that are not children of this
    one.
    """
    deadline = time.monotonic() + timeout_s
    while is_running(pid, started):
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.01)
    return True
