"""Queries over the pages that visitors have open, and over the tasks of those who left."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, case, delete, func, or_, select, update

from store.clock import now_ms
from store.dialect import upsert
from store.tables import pages, sessions, tasks

MAX_PAGES = 64  # of one workspace; the oldest go
SILENT_MS = 86_400_000  # a page that was not heard of for so long is no longer taken for open


def note(connection: Connection, session_id: UUID, page_id: UUID) -> None:
    """Note that a page is open. One that said goodbye stays away: what comes from it was sent before."""
    values = {"session_id": session_id, "id": page_id, "seen_ms": now_ms()}
    seen = {"seen_ms": values["seen_ms"]}
    connection.execute(upsert(connection, pages).values(values).on_conflict_do_update(index_elements=_KEY, set_=seen))
    kept = select(pages.c.id).where(pages.c.session_id == session_id)
    oldest = kept.order_by(pages.c.seen_ms.desc(), pages.c.id).offset(MAX_PAGES)
    connection.execute(delete(pages).where(pages.c.session_id == session_id, pages.c.id.in_(oldest)))


def leave(connection: Connection, session_id: UUID, page_id: UUID) -> None:
    """Note that a page said goodbye."""
    values = {"session_id": session_id, "id": page_id, "seen_ms": now_ms(), "left_ms": now_ms()}
    left = {"left_ms": values["left_ms"]}
    connection.execute(upsert(connection, pages).values(values).on_conflict_do_update(index_elements=_KEY, set_=left))


def leave_all(connection: Connection, session_id: UUID) -> None:
    """Note that none of a workspace's pages is open any more."""
    connection.execute(update(pages).where(pages.c.session_id == session_id).values(left_ms=now_ms()))


def come_back(connection: Connection, session_id: UUID) -> None:
    """Note that somebody opens the workspace again: its last goodbye counts from now."""
    here = update(pages).where(pages.c.session_id == session_id, pages.c.left_ms.is_not(None))
    connection.execute(here.values(left_ms=now_ms()))


def is_stored(connection: Connection, session_id: UUID) -> bool:
    """Tell whether a workspace has a row yet."""
    return connection.execute(select(sessions.c.id).where(sessions.c.id == session_id)).first() is not None


def with_open_tasks(connection: Connection, owner: bytes, open_states: Collection[str]) -> list[UUID]:
    """Return the workspaces of one owner that have tasks which have not ended."""
    busy = select(tasks.c.session_id).where(tasks.c.state.in_(sorted(open_states)))
    query = select(sessions.c.id).where(sessions.c.owner == owner, sessions.c.id.in_(busy))
    return list(connection.execute(query).scalars())


def left_behind(
    connection: Connection, kinds: Collection[str], open_states: Collection[str]
) -> list[tuple[UUID, UUID, str, int]]:
    """Return the open tasks of these kinds whose visitor left since: task, workspace, kind, and when."""
    meant = (tasks.c.state.in_(sorted(open_states)), tasks.c.kind.in_(sorted(kinds)))
    is_away = or_(pages.c.left_ms.is_not(None), pages.c.seen_ms < now_ms() - SILENT_MS)
    left = (
        select(pages.c.session_id, func.max(pages.c.left_ms).label("left_ms"))
        .where(pages.c.session_id.in_(select(tasks.c.session_id).where(*meant)))
        .group_by(pages.c.session_id)
        .having(func.sum(case((is_away, 0), else_=1)) == 0)
        .subquery()
    )
    columns = (tasks.c.id, tasks.c.session_id, tasks.c.kind, left.c.left_ms)
    query = select(*columns).join(left, left.c.session_id == tasks.c.session_id)
    rows = connection.execute(query.where(*meant, tasks.c.created_ms <= left.c.left_ms))
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def remove_older(connection: Connection, before_ms: int) -> None:
    """Forget pages that were not heard of for long."""
    connection.execute(delete(pages).where(pages.c.seen_ms < before_ms))


_KEY = ["session_id", "id"]
