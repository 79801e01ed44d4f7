"""Rows of idempotency keys: what a call answered."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, delete, exists, insert, literal, select

from store.clock import now_ms
from store.tables import idempotency_keys as keys
from store.tables import sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """A call that was done: `hash` of its method and arguments, `answer` as JSON, None where it is not kept."""

    session_id: UUID
    key: str
    hash: bytes
    answer: str | None


def find(connection: Connection, session_id: UUID, key: str) -> KeyRow | None:
    """Return what was done under a key, or None."""
    query = select(keys.c.session_id, keys.c.key, keys.c.hash, keys.c.answer)
    row = connection.execute(query.where(keys.c.session_id == session_id, keys.c.key == key)).first()
    return KeyRow(session_id=row[0], key=row[1], hash=row[2], answer=row[3]) if row else None


def add(connection: Connection, row: KeyRow) -> None:
    """Keep an answer; where the workspace is not stored nothing was done, and nothing is kept."""
    values = {"key": row.key, "hash": row.hash, "answer": row.answer, "created_ms": now_ms()}
    names = ["session_id", *values]
    columns = [literal(value, keys.c[name].type).label(name) for name, value in values.items()]
    is_stored = exists().where(sessions.c.id == row.session_id)
    source = select(literal(row.session_id, keys.c.session_id.type).label("session_id"), *columns).where(is_stored)
    connection.execute(insert(keys).from_select(names, source))


def remove_older(connection: Connection, moment_ms: int) -> None:
    """Forget what was done before a moment."""
    connection.execute(delete(keys).where(keys.c.created_ms < moment_ms))
