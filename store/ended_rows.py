"""Queries over tasks that have ended: what may be folded, and what goes."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Connection, delete, func, select

from store.tables import streams, tasks

FOLDED = 2  # events of an ended task whose stream is folded: a snapshot and the end


def unfolded(connection: Connection, between_ms: tuple[int, int], limit: int) -> list[tuple[UUID, str, int]]:
    """Return tasks that ended between two moments and whose events are not folded: id, kind and moment."""
    columns = (tasks.c.id, tasks.c.kind, tasks.c.ended_ms)
    query = select(*columns).join(streams, streams.c.id == tasks.c.id)
    ended = (tasks.c.ended_ms >= between_ms[0], tasks.c.ended_ms < between_ms[1])
    rows = connection.execute(
        query.where(*ended, streams.c.last - streams.c.folded > FOLDED).order_by(tasks.c.ended_ms).limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def ended_before(connection: Connection, before_ms: int, limit: int) -> Sequence[UUID]:
    """Return tasks that ended before a moment, the oldest first."""
    query = select(tasks.c.id).where(tasks.c.ended_ms < before_ms).order_by(tasks.c.ended_ms).limit(limit)
    return connection.execute(query).scalars().all()


def of_kind(connection: Connection, kind: str, between_ms: tuple[int, int], limit: int) -> Sequence[UUID]:
    """Return tasks of one kind that ended between two moments, the oldest first."""
    ended = (tasks.c.ended_ms >= between_ms[0], tasks.c.ended_ms < between_ms[1])
    query = select(tasks.c.id).where(*ended, tasks.c.kind == kind).order_by(tasks.c.ended_ms).limit(limit)
    return connection.execute(query).scalars().all()


def beyond(connection: Connection, num_kept: int, limit: int) -> list[UUID]:
    """Return ended tasks of workspaces that have more than so many, but for the newest ones."""
    ended = tasks.c.ended_ms.is_not(None)
    crowded = select(tasks.c.session_id).where(ended).group_by(tasks.c.session_id).having(func.count() > num_kept)
    found: list[UUID] = []
    for session_id in connection.execute(crowded).scalars().all():
        own = select(tasks.c.id).where(ended, tasks.c.session_id == session_id)
        old = own.order_by(tasks.c.ended_ms.desc(), tasks.c.id).offset(num_kept).limit(limit - len(found))
        found += connection.execute(old).scalars()
    return found


def remove(connection: Connection, task_ids: Collection[UUID]) -> None:
    """Remove tasks with all their events."""
    connection.execute(delete(streams).where(streams.c.id.in_(task_ids)))
    connection.execute(delete(tasks).where(tasks.c.id.in_(task_ids)))
