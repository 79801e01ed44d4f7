"""What engines started: each folder notes its processes, so that a later start can end what a crash left behind.

Processes are known by id and start time, never by name.
"""

import json
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import psutil
from loguru import logger

from launch import is_running, process_start_time

NOTE = "started.json"
KILL_S = 5.0
Known = tuple[int, float]  # a process: its id and start time


class Folder:
    """A folder for one browser's files, with a note of who started it and of what runs in it."""

    def __init__(self, root: Path) -> None:
        self.path = root / str(uuid4())
        self.path.mkdir(parents=True, mode=0o700)
        self._owner = _known(os.getpid())
        self._started: list[Known] = []
        self._write()

    def note(self, pid: int) -> None:
        """Note a process that was started."""
        known = _known(pid)
        if known is not None:
            self._started.append(known)
            self._write()

    def memory_mb(self) -> float:
        """Return how much memory the processes and their children use; what they share counts once, where it can."""
        return sum(_memory_mb(process) for process in self.processes())

    def processes(self) -> list[psutil.Process]:
        """Return the processes that still run, with all their children."""
        return _trees(self._started)

    def end(self) -> None:
        """End the processes with all their children, and remove the files."""
        _end(self._started)
        shutil.rmtree(self.path, ignore_errors=True)

    def _write(self) -> None:
        draft = self.path / f"{NOTE}.new"
        draft.write_text(json.dumps({"owner": self._owner, "started": self._started}), encoding="utf-8")
        draft.replace(self.path / NOTE)


def reap(root: Path) -> int:
    """End what processes that are gone have left in a folder of folders; returns how many of them there were."""
    found = [folder for folder in root.iterdir() if folder.is_dir()] if root.is_dir() else []
    return sum(_reap_one(folder) for folder in found)


def _reap_one(folder: Path) -> bool:
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        owner, started = note["owner"], [(int(pid), float(moment)) for pid, moment in note["started"]]
    except (OSError, ValueError, KeyError, TypeError):
        owner, started = None, []
    if owner is not None and is_running(*owner):
        return False
    _end(started)
    shutil.rmtree(folder, ignore_errors=True)
    logger.info("Ended what an engine that is gone had left: {} processes.", len(started))
    return True


def _end(started: Iterable[Known]) -> None:
    processes = _trees(started)
    for process in processes:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(processes, KILL_S)


def _trees(started: Iterable[Known]) -> list[psutil.Process]:
    """Return the processes that still run, each with all its children."""
    found = dict[int, psutil.Process]()
    for pid, moment in started:
        with suppress(psutil.Error):
            if is_running(pid, moment):
                process = psutil.Process(pid)
                found.update({one.pid: one for one in (process, *process.children(recursive=True))})
    return list(found.values())


def _known(pid: int) -> Known | None:
    moment = process_start_time(pid)
    return None if moment is None else (pid, moment)


def _memory_mb(process: psutil.Process) -> float:
    """Return a process's part of the memory that it uses: what several share counts once in the sum, where it is told.

    https://docs.kernel.org/filesystems/proc.html: `Pss` of smaps_rollup.
    """
    with suppress(OSError, ValueError):
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    with suppress(psutil.Error):
        # Resident memory would count a browser's own code once a page: ten blank pages would be 2.2 GB, not 0.6.
        return float(process.memory_full_info().uss) / 1_048_576
    return 0.0
