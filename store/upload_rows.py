"""Queries over uploads: files whose bytes are still coming."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, update

from store.clock import now_ms
from store.dialect import total_of
from store.tables import uploads


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRow:
    """One upload; the file it becomes has the same id. `sha256` is there once all bytes are."""

    id: UUID
    session_id: UUID
    name: str
    media_type: str
    size: int
    sha256: bytes | None = None
    created_ms: int
    expires_ms: int


_UPLOAD = tuple(uploads.c[name] for name in UploadRow.__slots__)


def add(connection: Connection, row: UploadRow) -> None:
    """Add an upload."""
    connection.execute(insert(uploads).values({name: getattr(row, name) for name in UploadRow.__slots__}))


def find(connection: Connection, upload_id: UUID) -> UploadRow | None:
    """Return an upload of any workspace, one whose time is over too, or None."""
    row = connection.execute(select(*_UPLOAD).where(uploads.c.id == upload_id)).first()
    return None if row is None else UploadRow(**row._mapping)


def totals_of_session(connection: Connection, session_id: UUID) -> tuple[int, int]:
    """Return how many uploads a workspace has under way, and how many bytes they will have."""
    totals = select(func.count(), total_of(uploads.c.size))
    row = connection.execute(totals.where(uploads.c.session_id == session_id, uploads.c.expires_ms > now_ms())).one()
    return row[0], row[1]


def note_whole(connection: Connection, upload_id: UUID, sha256: bytes) -> bool:
    """Note that all bytes are there; False where the upload is gone."""
    noted = update(uploads).where(uploads.c.id == upload_id).values(sha256=sha256)
    return connection.execute(noted).rowcount == 1


def put_off(connection: Connection, upload_id: UUID, expires_ms: int) -> None:
    """Move an upload's end."""
    connection.execute(update(uploads).where(uploads.c.id == upload_id).values(expires_ms=expires_ms))


def expired(connection: Connection, limit: int) -> list[UUID]:
    """Return uploads whose time is over."""
    return list(connection.execute(select(uploads.c.id).where(uploads.c.expires_ms <= now_ms()).limit(limit)).scalars())


def remove(connection: Connection, upload_id: UUID) -> bool:
    """Remove an upload; False where it is gone already."""
    return connection.execute(delete(uploads).where(uploads.c.id == upload_id)).rowcount == 1


def remove_expired(connection: Connection, upload_id: UUID) -> bool:
    """Remove an upload unless its end was moved in the meantime."""
    gone = delete(uploads).where(uploads.c.id == upload_id, uploads.c.expires_ms <= now_ms())
    return connection.execute(gone).rowcount == 1
