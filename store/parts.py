"""Bytes on their way: one file each, which only its holder writes, and the SHA-256 that runs along with them.

A part's size is how much of it is safe: what a process had written when it was killed is there for the next one.
"""

import hashlib
import os
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO
from uuid import UUID

from store.full_disk import telling_full
from store.session_lock import LockTimeout, SessionLocks

MAX_RUNNING = 256  # hashes that are kept between two requests
READ_BYTES = 1_048_576
PART, UNCHECKED, DRAFT = ".part", ".unchecked", ".draft"


class PartBusy(Exception):
    """Another thread or process writes this part."""


@dataclass(slots=True)
class Running:
    """The SHA-256 of a part's first `size` bytes."""

    sha256: Any
    size: int

    def copy(self) -> "Running":
        """Return one that goes its own way."""
        return Running(self.sha256.copy(), self.size)


class PartFiles:
    """The parts of a data folder; any number of processes may share them."""

    def __init__(self, folder: Path, locks: SessionLocks) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._locks = locks
        self._running: OrderedDict[UUID, Running] = OrderedDict()

    def hold(self, part_id: UUID) -> "Part":
        """Return a part to write to; close it. Raises PartBusy."""
        held = ExitStack()
        try:
            held.enter_context(self._locks.hold(part_id, 0))
        except LockTimeout:
            raise PartBusy from None
        with held:  # gives the lock back where the part cannot be had
            part = Part(self, part_id, self._running.pop(part_id, None))
            part.lock = held.pop_all()
        return part

    def size(self, part_id: UUID) -> int:
        """Return how many bytes of a part are safe."""
        path = self.path(part_id)
        size = path.stat().st_size if path.exists() else 0
        return min(size, _read_number(path.with_suffix(UNCHECKED), size))

    def path(self, part_id: UUID) -> Path:
        """Return a part's place."""
        return self.folder / f"{part_id}{PART}"

    def unused(self, age_s: float) -> Iterator[UUID]:
        """Yield the parts that nobody wrote to for so long."""
        before = time.time() - age_s
        with os.scandir(self.folder) as found:
            for entry in found:
                with suppress(FileNotFoundError, ValueError):
                    if entry.stat().st_mtime < before:
                        yield UUID(entry.name.partition(".")[0])

    def remember(self, part_id: UUID, running: Running) -> None:
        """Keep a hash for the request that comes next, if it comes to this process."""
        self._running[part_id] = running
        while len(self._running) > MAX_RUNNING:
            self._running.popitem(last=False)


class Part:
    """A part under its lock, from its end on; `with parts.hold(part_id) as part:`. One thread at a time."""

    lock: ExitStack

    def __init__(self, parts: PartFiles, part_id: UUID, running: Running | None) -> None:
        self._parts = parts
        self._id = part_id
        self._file: BinaryIO | None = None
        self._checker: Any = None
        self.path = parts.path(part_id)
        self.size = parts.size(part_id)
        self._drop_unchecked()
        known = running is not None and running.size <= self.size
        self._running = running if running is not None and known else Running(hashlib.sha256(), 0)
        self._begin, self._before = self.size, self._running.copy()

    def write(self, data: bytes | memoryview) -> None:
        """Append bytes. Raises StoreFull; what fitted is kept."""
        file, rest = self._open(), memoryview(data)
        while rest:
            with telling_full():
                num = file.write(rest)
            self._count(rest[:num])
            rest = rest[num:]

    def begin_checked(self, algorithm: str) -> None:
        """Let what is written from now on count only once `end_checked` has found it right."""
        with telling_full():
            _write_number(self.path.with_suffix(UNCHECKED), self.size)
            self._begin, self._before = self.size, self._running.copy()
        self._checker = hashlib.new(algorithm, usedforsecurity=False)

    def end_checked(self, digest: bytes) -> bool:
        """Keep what was written since `begin_checked` if it has this digest, else drop it."""
        is_right = bool(self._checker.digest() == digest)
        if not is_right:
            self.drop_new()
        self._checker = None
        self.path.with_suffix(UNCHECKED).unlink()
        return is_right

    def drop_new(self) -> None:
        """Drop what was written through this object."""
        if self._file is not None:
            self._file.truncate(self._begin)
            self._file.seek(self._begin)
        self.size, self._running = self._begin, self._before.copy()

    def digest(self) -> bytes:
        """Return the SHA-256 of the whole part; what no hash of this process has seen is read again."""
        file, running = self._open(), self._running
        file.seek(running.size)
        while piece := file.read(READ_BYTES):
            running.sha256.update(piece)
            running.size += len(piece)
        return bytes(running.sha256.digest())

    def shut(self) -> None:
        """Close the file and keep the lock, so that the file may be moved."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def remove(self) -> None:
        """Delete the part."""
        self.shut()
        for ending in (PART, UNCHECKED, DRAFT):
            self.path.with_suffix(ending).unlink(missing_ok=True)
        self.size = 0

    def close(self) -> None:
        """Close the file and give the lock back; what was never found right is dropped."""
        try:
            if self._checker is not None:
                self.drop_new()
                self.path.with_suffix(UNCHECKED).unlink()
            self.shut()
            if self.path.exists():
                self._parts.remember(self._id, self._running)
        finally:
            self.lock.close()

    def _open(self) -> BinaryIO:
        if self._file is None:
            with telling_full():
                flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
                self._file = os.fdopen(os.open(self.path, flags, 0o600), "r+b", buffering=0)
            self._file.seek(self.size)
        return self._file

    def _count(self, written: memoryview) -> None:
        if self._checker is not None:
            self._checker.update(written)
        if self._running.size == self.size:
            self._running.sha256.update(written)
            self._running.size += len(written)
        self.size += len(written)

    def _drop_unchecked(self) -> None:
        mark = self.path.with_suffix(UNCHECKED)
        if mark.exists():  # its writer ended before it knew whether the bytes were right
            if self.path.exists():
                os.truncate(self.path, self.size)
            mark.unlink()

    def __enter__(self) -> "Part":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _read_number(path: Path, missing: int) -> int:
    try:
        return int(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        return missing


def _write_number(path: Path, number: int) -> None:
    draft = path.with_suffix(DRAFT)
    draft.write_text(str(number), encoding="ascii")
    draft.replace(path)
