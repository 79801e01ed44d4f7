"""What must appear whole or not at all: made in a private folder beside its place, then moved there by one rename."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from store.backend import StoreFull
from store.file_lock import LockTimeout, file_lock

PARTIAL = ".partial"
RESTORE = "restore"


class MoveRefused(Exception):
    """Data was not moved, and nothing was left half moved; the text says why, and what to do."""


class HalfRestored(OSError):
    """A restore onto this data folder did not end."""


def refuse_half_restored(folder: Path) -> None:
    """Raise HalfRestored where a restore did not end: what is there must not be taken for all."""
    if draft_of(folder / RESTORE).exists():
        raise HalfRestored(
            f"A restore onto {folder} is under way or was cut off: wait, or run `python main.py restore` once more."
        )


def draft_of(place: Path) -> Path:
    """Return the folder in which what is to be at `place` is made."""
    return place.with_name(f".{place.name}{PARTIAL}")


@contextmanager
def draft_folder(place: Path) -> Iterator[Path]:
    """Give an empty folder to make something in; whatever is left of it goes at the end.

    What an earlier maker that was killed left there goes too. Raises MoveRefused while another one is at work.
    """
    draft, lock = draft_of(place), place.with_name(f".{place.name}.lock")
    try:
        with file_lock(lock, 0):
            draft.mkdir(mode=0o700, exist_ok=True)
            for path in draft.iterdir():  # the folder stays: that it is there says that something is not whole
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            try:
                yield draft
            finally:
                shutil.rmtree(draft, ignore_errors=True)
                with suppress(OSError):  # some systems keep a file that is open
                    lock.unlink()
    except LockTimeout:
        raise MoveRefused(f"Another backup, restore or copy writes to {place.parent}. Wait for its end.") from None


def appear(draft: Path, place: Path) -> None:
    """Give what was made its name, which nothing else has. Raises MoveRefused."""
    if place.exists() or place.is_symlink():
        raise MoveRefused(f"{place} is there already, and nothing is written over.")
    draft.rename(place)
    _sync(place.parent)


def make_lasting(folder: Path) -> None:
    """Have the disk keep all files under a folder, and their names, before anything is said of them."""
    for name, _folders, files in os.walk(folder, topdown=False):
        for path in (*(Path(name, file) for file in files), Path(name)):
            _sync(path)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def refuse_small_disk(folder: Path, num_bytes: int) -> None:
    """Raise StoreFull now where a disk has no room for so many bytes, and not half way."""
    free = shutil.disk_usage(folder).free
    if num_bytes > free:
        raise StoreFull(f"{folder} has room for {in_mb(free)}, and {in_mb(num_bytes)} are needed")


def in_mb(num_bytes: int) -> str:
    """Return a number of bytes for people."""
    return f"{num_bytes / 1_000_000:,.1f} MB"
