"""What a backup is: a folder of plain files, told by a manifest, each with its SHA-256 as `sha256sum -c` reads it.

manifest.json   version, revision, and per table its rows and checksum
SHA256SUMS      a line for each of the other files
studiolo.db     all rows, as one SQLite file, whatever database they came from
keys/           what opens the workspaces: secret.key, own.key
blobs/ab/cd...  the bytes of the files, named by their SHA-256
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, Connection, exists, or_, select

from store.blobs import place_of
from store.copying import At
from store.drafts import MoveRefused
from store.parts import PART
from store.table_sums import TableSum
from store.tables import blobs, files, uploads

FORMAT = 1
MANIFEST, SUMS, DATABASE, KEYS, BLOBS = "manifest.json", "SHA256SUMS", "studiolo.db", "keys", "blobs"
KEY_FILES = ("secret.key", "own.key")  # NOTE: settings.py and sessions/own_key.py make them
MAX_TEXT_BYTES = 16_777_216  # of a manifest or a key
READ_BYTES = 1_048_576
SHA256_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds. `missing`: SHA-256 of bytes that were not there, or not whole, when it was made."""

    format: int
    studiolo: str
    made_at: str
    database: str
    revision: str
    tables: dict[str, TableSum]
    num_blobs: int
    num_blob_bytes: int
    missing: list[str]
    keys: list[str]

    def to_json(self) -> bytes:
        """Return it as the file holds it."""
        return TypeAdapter(dict[str, Any]).dump_json(asdict(self), indent=1) + b"\n"


def manifest_of(data: bytes) -> Manifest:
    """Return what a manifest says. Raises MoveRefused."""
    try:
        found: Manifest = TypeAdapter(Manifest).validate_json(data, strict=None, extra="ignore")
    except ValidationError as error:
        raise altered(MANIFEST) from error
    if found.format != FORMAT:
        raise MoveRefused(f"This backup has the format {found.format}; this version of Studiolo reads {FORMAT}.")
    if found.keys != [name for name in KEY_FILES if name in found.keys]:
        raise altered(MANIFEST)
    return found


def altered(name: str) -> MoveRefused:
    """Return what is said of a backup that is not as it was made."""
    return MoveRefused(
        f"{name} in this backup is not what was saved: it was cut short or altered. Nothing was restored. Take another "
        "backup, or copy this one again from where it was kept."
    )


def sum_line(sha256: bytes, name: str) -> bytes:
    """Return one line of SHA256SUMS."""
    return f"{sha256.hex()}  {name}\n".encode()


def blob_rows(connection: Connection) -> Iterator[tuple[bytes, int]]:
    """Yield SHA-256 and size of every blob that a file or an upload points to, in the order of SHA256SUMS."""
    query = select(blobs.c.sha256, blobs.c.size).where(_is_used()).order_by(blobs.c.sha256)
    for row in connection.execute(query, execution_options={"yield_per": 1000}):
        if len(row.sha256) != SHA256_BYTES:
            raise ValueError(f"{row.sha256!r} is no SHA-256")
        yield row.sha256, row.size


def is_used(connection: Connection, sha256: bytes) -> bool:
    """Tell whether a file or an upload points to a blob."""
    return connection.execute(select(blobs.c.size).where(blobs.c.sha256 == sha256, _is_used())).first() is not None


def parts_of(connection: Connection, place: "DataPlace", sha256: bytes) -> list[Path]:
    """Return where the bytes of uploads may lie that are whole, and not yet a blob."""
    query = select(uploads.c.id).where(uploads.c.sha256 == sha256)
    return [place.part(upload_id) for upload_id in connection.execute(query).scalars()]


def _is_used() -> ColumnElement[bool]:
    return or_(*(exists().where(table.c.sha256 == blobs.c.sha256) for table in (files, uploads)))


def blob_name(sha256: bytes) -> str:
    """Return a blob's path in a backup."""
    return place_of(Path(BLOBS), sha256).as_posix()


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a plain file for reading: a link, a pipe or a device in its place is refused as an OSError."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise IsADirectoryError(f"{path} is not a plain file")
        yield file


def read_small(path: Path) -> bytes:
    """Return what a small file holds."""
    with opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > MAX_TEXT_BYTES:
            raise altered(path.name)
        return file.read(size)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPlace:
    """Where a Studiolo keeps its data: files and keys in a folder, rows in a SQLite file there or in a PostgreSQL."""

    folder: Path
    database: At

    @property
    def blobs(self) -> Path:
        """The folder of the files' bytes."""
        return self.folder / "files" / "blobs"

    def part(self, upload_id: UUID) -> Path:
        """Return the place of an upload's bytes that are not yet a blob."""
        return self.folder / "files" / "parts" / f"{upload_id}{PART}"


def write_private(path: Path, data: bytes) -> bytes:
    """Write a new private file; return its SHA-256."""
    with new_file(path) as file:
        file.write(data)
    return hashlib.sha256(data).digest()


def copy_file(source: Path, target: Path) -> tuple[bytes, int]:
    """Copy a file into a new private one; return SHA-256 and number of the bytes that were read and written."""
    digest, size = hashlib.sha256(), 0
    with opened(source) as reading, new_file(target) as writing:
        while piece := reading.read(READ_BYTES):
            digest.update(piece)
            writing.write(piece)
            size += len(piece)
    return digest.digest(), size


def hash_file(path: Path) -> tuple[bytes, int]:
    """Return SHA-256 and size of a file."""
    digest, size = hashlib.sha256(), 0
    with opened(path) as file:
        while piece := file.read(READ_BYTES):
            digest.update(piece)
            size += len(piece)
    return digest.digest(), size


def new_file(path: Path) -> BinaryIO:
    """Open a new private file for writing."""
    _make_private(path.parent)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def _make_private(folder: Path) -> None:
    if not folder.is_dir():
        _make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
