"""Queries over the pages that engines hold."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, delete, select, update

from store.clock import now_ms
from store.dialect import upsert
from store.tables import engine_pages, runners


@dataclass(frozen=True, slots=True, kw_only=True)
class EnginePageRow:
    """Which process holds a workspace's page, and where that is once it is open."""

    session_id: UUID
    runner_id: UUID
    url: str
    title: str
    used_ms: int
    is_open: bool = True


_COLUMNS = tuple(engine_pages.c[name] for name in EnginePageRow.__slots__)


def find(connection: Connection, session_id: UUID) -> EnginePageRow | None:
    """Return a workspace's page, or None."""
    row = connection.execute(select(*_COLUMNS).where(engine_pages.c.session_id == session_id)).first()
    return None if row is None else EnginePageRow(**dict(zip(EnginePageRow.__slots__, row, strict=True)))


def find_open(connection: Connection, session_id: UUID) -> EnginePageRow | None:
    """Return a workspace's page where it is open, or None."""
    row = find(connection, session_id)
    return row if row is not None and row.is_open else None


def put(connection: Connection, row: EnginePageRow) -> None:
    """Note where a workspace's page is."""
    found = {name: getattr(row, name) for name in EnginePageRow.__slots__ if name != "session_id"}
    added = upsert(connection, engine_pages).values(session_id=row.session_id, **found)
    connection.execute(added.on_conflict_do_update(index_elements=[engine_pages.c.session_id], set_=found))


def remove(connection: Connection, session_id: UUID) -> None:
    """Note that a workspace's page is closed."""
    connection.execute(delete(engine_pages).where(engine_pages.c.session_id == session_id))


def hold(connection: Connection, session_id: UUID, runner_id: UUID, alive_ms: int) -> bool:
    """Hold a workspace's page for a process; False where another one holds it that was seen since a moment."""
    empty = {"url": "", "title": "", "used_ms": now_ms(), "is_open": False}
    added = upsert(connection, engine_pages).values(session_id=session_id, runner_id=runner_id, **empty)
    connection.execute(added.on_conflict_do_nothing())
    own = engine_pages.c.session_id == session_id
    living = select(runners.c.id).where(runners.c.seen_ms > alive_ms)
    is_lost = (engine_pages.c.runner_id != runner_id) & engine_pages.c.runner_id.not_in(living)
    connection.execute(update(engine_pages).where(own, is_lost).values(runner_id=runner_id, **empty))
    return connection.execute(select(engine_pages.c.runner_id).where(own)).scalar() == runner_id


def remove_of(connection: Connection, runner_id: UUID) -> None:
    """Forget the pages of a process that ends."""
    connection.execute(delete(engine_pages).where(engine_pages.c.runner_id == runner_id))


def remove_lost(connection: Connection, host: str, alive_ms: int) -> None:
    """Forget the pages of processes that are gone: all of this machine, which has one at a time, and silent ones."""
    living = select(runners.c.id).where(runners.c.host != host, runners.c.seen_ms > alive_ms)
    connection.execute(delete(engine_pages).where(engine_pages.c.runner_id.not_in(living)))
