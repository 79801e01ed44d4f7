"""Queries over the pages that engines hold."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, delete, select

from store.dialect import upsert
from store.tables import engine_pages


@dataclass(frozen=True, slots=True, kw_only=True)
class EnginePageRow:
    """Where a workspace's page is, and which process holds it."""

    session_id: UUID
    runner_id: UUID
    url: str
    title: str
    used_ms: int


_COLUMNS = tuple(engine_pages.c[name] for name in EnginePageRow.__slots__)


def find(connection: Connection, session_id: UUID) -> EnginePageRow | None:
    """Return a workspace's page, or None."""
    row = connection.execute(select(*_COLUMNS).where(engine_pages.c.session_id == session_id)).first()
    return None if row is None else EnginePageRow(**dict(zip(EnginePageRow.__slots__, row, strict=True)))


def put(connection: Connection, row: EnginePageRow) -> None:
    """Note where a workspace's page is."""
    found = {name: getattr(row, name) for name in EnginePageRow.__slots__ if name != "session_id"}
    added = upsert(connection, engine_pages).values(session_id=row.session_id, **found)
    connection.execute(added.on_conflict_do_update(index_elements=[engine_pages.c.session_id], set_=found))


def remove(connection: Connection, session_id: UUID) -> None:
    """Note that a workspace's page is closed."""
    connection.execute(delete(engine_pages).where(engine_pages.c.session_id == session_id))


def remove_of_others(connection: Connection, runner_id: UUID) -> None:
    """Forget the pages of processes that are gone: one process holds them all."""
    connection.execute(delete(engine_pages).where(engine_pages.c.runner_id != runner_id))
