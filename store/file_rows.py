"""Queries over files, and over the blobs that hold their bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, exists, insert, select, tuple_, update

from store.clock import now_ms
from store.dialect import total_of, upsert
from store.tables import blobs, files, uploads


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One file of a workspace; its bytes are the blob with this SHA-256."""

    id: UUID
    session_id: UUID
    name: str
    media_type: str
    size: int
    sha256: bytes
    created_ms: int
    deleted_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileListing:
    """What to list: a workspace's files with these words in the name (none: all), behind a place (time, id)."""

    session_id: UUID
    words: str
    after: tuple[int, UUID]
    limit: int


_FILE = tuple(files.c[name] for name in FileRow.__slots__)


def add(connection: Connection, row: FileRow) -> None:
    """Add a file; its blob is there already."""
    connection.execute(insert(files).values({name: getattr(row, name) for name in FileRow.__slots__}))


def find(connection: Connection, file_id: UUID) -> FileRow | None:
    """Return a file of any workspace, deleted ones too, or None."""
    row = connection.execute(select(*_FILE).where(files.c.id == file_id)).first()
    return None if row is None else FileRow(**row._mapping)


def list_of_session(connection: Connection, listing: FileListing) -> list[FileRow]:
    """Return a workspace's files, newest first."""
    order = (files.c.created_ms, files.c.id)
    query = select(*_FILE).where(files.c.session_id == listing.session_id, files.c.deleted_ms.is_(None))
    if listing.words:
        query = query.where(files.c.name.icontains(listing.words, autoescape=True))
    query = query.where(tuple_(*order) < listing.after).order_by(*(column.desc() for column in order))
    return [FileRow(**row._mapping) for row in connection.execute(query.limit(listing.limit))]


def change(connection: Connection, file_id: UUID, **changes: Any) -> None:
    """Change columns of a file."""
    connection.execute(update(files).where(files.c.id == file_id).values(**changes))


def sizes_of_session(connection: Connection, session_id: UUID) -> tuple[int, int]:
    """Return how many bytes a workspace's files have, and how many its deleted ones."""
    size = total_of(files.c.size)
    own = files.c.session_id == session_id
    kept = connection.execute(select(size).where(own, files.c.deleted_ms.is_(None))).scalar_one()
    deleted = connection.execute(select(size).where(own, files.c.deleted_ms.is_not(None))).scalar_one()
    return kept, deleted


def deleted_of_session(connection: Connection, session_id: UUID) -> list[tuple[UUID, int]]:
    """Return id and size of a workspace's deleted files, those first that have been so for longest."""
    query = select(files.c.id, files.c.size).where(files.c.session_id == session_id, files.c.deleted_ms.is_not(None))
    return [(row[0], row[1]) for row in connection.execute(query.order_by(files.c.deleted_ms))]


def remove(connection: Connection, file_ids: Sequence[UUID]) -> None:
    """Remove deleted files for good."""
    connection.execute(delete(files).where(files.c.id.in_(file_ids), files.c.deleted_ms.is_not(None)))


def remove_deleted_before(connection: Connection, moment_ms: int) -> int:
    """Remove for good what was deleted before a moment; returns how many."""
    return connection.execute(delete(files).where(files.c.deleted_ms < moment_ms)).rowcount


def add_blob(connection: Connection, sha256: bytes, size: int) -> None:
    """Add a blob, or note that it was added again; the same transaction adds what points to it."""
    added = upsert(connection, blobs).values(sha256=sha256, size=size, created_ms=now_ms())
    again = {"created_ms": added.excluded.created_ms}
    connection.execute(added.on_conflict_do_update(index_elements=[blobs.c.sha256], set_=again))


def unused_blobs(connection: Connection, limit: int) -> list[tuple[bytes, int]]:
    """Return blobs that nothing points to, each with the moment when it was last added."""
    query = select(blobs.c.sha256, blobs.c.created_ms).where(*_is_unused()).limit(limit)
    return [(row[0], row[1]) for row in connection.execute(query)]


def remove_unused_blob(connection: Connection, sha256: bytes, added_ms: int) -> bool:
    """Remove a blob's row unless it was added again or something points to it by now; returns whether it went."""
    seen = (blobs.c.sha256 == sha256, blobs.c.created_ms == added_ms)
    return connection.execute(delete(blobs).where(*seen, *_is_unused())).rowcount == 1


def _is_unused() -> tuple[Any, Any]:
    by_file, by_upload = (
        exists().where(files.c.sha256 == blobs.c.sha256),
        exists().where(uploads.c.sha256 == blobs.c.sha256),
    )
    return ~by_file, ~by_upload
