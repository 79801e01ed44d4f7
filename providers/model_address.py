"""Where the one model process of this machine listens: a file that its processes read, mode 0600 because it holds the
key.
"""

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from launch import is_running


@dataclass(slots=True, frozen=True, kw_only=True)
class ModelAddress:
    """The address, the key and the process behind it; `started` as `launch.process_start_time` tells it."""

    url: str
    key: str
    pid: int
    started: float

    def __repr__(self) -> str:
        return f"ModelAddress({self.url!r}, pid={self.pid})"

    def is_alive(self) -> bool:
        """Tell whether that process still runs."""
        return is_running(self.pid, self.started)


def read_address(path: Path) -> ModelAddress | None:
    """Return what the file says, or None where there is no file or it cannot be read as one."""
    try:
        return ModelAddress(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_address(path: Path, address: ModelAddress) -> None:
    """Replace the file as a whole, so that a reader finds the old one or the new one."""
    new = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(address), file)
    _replace(new, path)


def _replace(new: Path, path: Path) -> None:
    for _ in range(50):
        try:
            new.replace(path)
            return
        except PermissionError:  # Windows, while another process reads the old file
            time.sleep(0.02)
    new.replace(path)
