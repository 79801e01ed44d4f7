"""Finished bytes, each once, named by their SHA-256. One interface; behind it a folder of this machine."""

import uuid
from pathlib import Path
from typing import BinaryIO, Protocol

from store.full_disk import telling_full


class Blobs(Protocol):
    """Where finished bytes are kept. A blob never changes.

    What is kept and what is removed is decided by rows: see `store/file_rows.py`.
    """

    def keep(self, part: Path, sha256: bytes) -> None:
        """Take over the bytes of a file on this machine; bytes that are there already are not stored twice.

        Doing it again after it was cut short is harmless. Raises StoreFull, and FileNotFoundError where the bytes are
        neither there nor here.
        """

    def open(self, sha256: bytes, offset: int = 0) -> BinaryIO:
        """Open a blob for reading from a byte on. Raises FileNotFoundError."""

    def path(self, sha256: bytes) -> Path | None:
        """Return where a blob lies on this machine, or None where it lies elsewhere."""

    def remove(self, sha256: bytes) -> None:
        """Make a blob unfindable at once, as a part of the transaction that forgets it; no matter if it is gone."""

    def clear(self) -> None:
        """Give back the room of what was removed."""


class FolderBlobs:
    """Blobs in a folder: `ab/cdef...`, the hexadecimal SHA-256 after its first two digits."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._removed = folder / "removed"
        self._removed.mkdir(parents=True, exist_ok=True)

    def keep(self, part: Path, sha256: bytes) -> None:
        """Move a part here, unless the same bytes are here whole."""
        blob = self._place(sha256)
        if not part.exists() and blob.exists():
            return  # it was moved before the process ended
        with telling_full():
            blob.parent.mkdir(exist_ok=True)
            if blob.exists() and blob.stat().st_size == part.stat().st_size:
                part.unlink()
            else:
                part.replace(blob)

    def open(self, sha256: bytes, offset: int = 0) -> BinaryIO:
        """Open a blob without a buffer: whoever reads it takes large chunks."""
        file = self._place(sha256).open("rb", buffering=0)
        file.seek(offset)
        return file

    def path(self, sha256: bytes) -> Path:
        """Return a blob's place."""
        return self._place(sha256)

    def remove(self, sha256: bytes) -> None:
        """Move a blob out of the way: unlinking a large one takes long, and a transaction is open."""
        try:
            self._place(sha256).replace(self._removed / uuid.uuid4().hex)
        except FileNotFoundError:
            return

    def clear(self) -> None:
        """Unlink what was removed."""
        for path in self._removed.iterdir():
            path.unlink(missing_ok=True)

    def _place(self, sha256: bytes) -> Path:
        return place_of(self._folder, sha256)


def place_of(folder: Path, sha256: bytes) -> Path:
    """Return where a blob lies in a folder of blobs."""
    name = sha256.hex()
    return folder / name[:2] / name[2:]
