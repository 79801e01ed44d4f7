"""Queries over workspaces."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, select, update

from store.clock import now_ms
from store.dialect import upsert
from store.tables import sessions


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One workspace without its data; `owner` is the SHA-256 of the browser key that opens it."""

    id: UUID
    owner: bytes
    title: str
    created_ms: int
    used_ms: int
    expires_ms: int


_COLUMNS = (
    sessions.c.id,
    sessions.c.owner,
    sessions.c.title,
    sessions.c.created_ms,
    sessions.c.used_ms,
    sessions.c.expires_ms,
)
_FIND = select(*_COLUMNS).where(sessions.c.id == bindparam("key"))
_DATA = select(sessions.c.data, sessions.c.version).where(sessions.c.id == bindparam("key"))
_REPLACE = (
    update(sessions)
    .where(sessions.c.id == bindparam("key"), sessions.c.version == bindparam("seen"))
    .values(data=bindparam("new_data"), version=sessions.c.version + 1)
)
_TOUCH = (
    update(sessions)
    .where(sessions.c.id == bindparam("key"))
    .values(used_ms=bindparam("used"), expires_ms=bindparam("expires"))
)


def find(connection: Connection, session_id: UUID) -> SessionRow | None:
    """Return one workspace, or None."""
    row = connection.execute(_FIND, {"key": session_id}).first()
    return None if row is None else SessionRow(*row)


def add_if_missing(connection: Connection, session_id: UUID, owner: bytes, idle_ms: int) -> bool:
    """Add an empty workspace; False where it is there already."""
    now = now_ms()
    values = {
        "id": session_id,
        "owner": owner,
        "title": "",
        "data": {},
        "version": 0,
        "created_ms": now,
        "used_ms": now,
        "expires_ms": now + idle_ms,
    }
    return connection.execute(upsert(connection, sessions).values(values).on_conflict_do_nothing()).rowcount == 1


def list_of_owner(connection: Connection, owner: bytes, limit: int) -> list[SessionRow]:
    """Return an owner's living workspaces, last used first."""
    query = select(*_COLUMNS).where(sessions.c.owner == owner, sessions.c.expires_ms > now_ms())
    return [SessionRow(*row) for row in connection.execute(query.order_by(sessions.c.used_ms.desc()).limit(limit))]


def touch(connection: Connection, session_id: UUID, idle_ms: int) -> None:
    """Note that a workspace was used now."""
    now = now_ms()
    connection.execute(_TOUCH, {"key": session_id, "used": now, "expires": now + idle_ms})


def rename(connection: Connection, session_id: UUID, title: str) -> None:
    """Name a workspace."""
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(title=title))


def change_owner(connection: Connection, session_id: UUID, owner: bytes) -> None:
    """Hand a workspace to another browser key of the same browser."""
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(owner=owner))


def data_of(connection: Connection, session_id: UUID) -> tuple[dict[str, Any], int]:
    """Return a workspace's JSON map and its version; an unstored one has ({}, 0)."""
    row = connection.execute(_DATA, {"key": session_id}).first()
    return ({}, 0) if row is None else (row[0], row[1])


def replace_data(connection: Connection, session_id: UUID, data: dict[str, Any], seen_version: int) -> bool:
    """Replace the JSON map where it still has the version that was seen; False where it has moved on."""
    found = connection.execute(_REPLACE, {"key": session_id, "seen": seen_version, "new_data": data})
    return found.rowcount == 1


def expired(connection: Connection, limit: int) -> list[UUID]:
    """Return workspaces whose time is over."""
    query = select(sessions.c.id).where(sessions.c.expires_ms <= now_ms()).limit(limit)
    return list(connection.execute(query).scalars())


def remove_expired(connection: Connection, session_id: UUID) -> bool:
    """Delete a workspace with all that hangs on it, unless it was used in the meantime."""
    gone = delete(sessions).where(sessions.c.id == session_id, sessions.c.expires_ms <= now_ms())
    return connection.execute(gone).rowcount == 1
