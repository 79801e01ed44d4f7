"""Queries over streams: numbered events of one task or one session."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, insert, select, update

from store.clock import now_ms
from store.dialect import upsert
from store.tables import events, streams


@dataclass(frozen=True, slots=True)
class Event:
    """One numbered entry of a journal."""

    number: int
    kind: str
    data: dict[str, Any]
    at_ms: int


_TAKE = (
    update(streams)
    .where(streams.c.id == bindparam("key"))
    .values(last=streams.c.last + bindparam("num"))
    .returning(streams.c.last)
)
_ADD = insert(events)
_AFTER = (
    select(events.c.number, events.c.kind, events.c.data, events.c.at_ms)
    .where(events.c.stream_id == bindparam("key"), events.c.number > bindparam("after"))
    .order_by(events.c.number)
    .limit(bindparam("most"))
)
_OF_KIND = (
    select(events.c.data)
    .where(events.c.stream_id == bindparam("key"), events.c.kind == bindparam("wanted"))
    .order_by(events.c.number)
)


def open_stream(connection: Connection, stream_id: UUID, session_id: UUID) -> None:
    """Make a stream's row if it has none."""
    values = {"id": stream_id, "session_id": session_id, "last": 0, "folded": 0}
    connection.execute(upsert(connection, streams).values(values).on_conflict_do_nothing())


def append(connection: Connection, stream_id: UUID, entries: Sequence[tuple[str, dict[str, Any]]]) -> list[Event]:
    """Append entries (kind, data) in order; answers them numbered. The stream must be open."""
    last = connection.execute(_TAKE, {"key": stream_id, "num": len(entries)}).scalar_one()
    first, now = last - len(entries) + 1, now_ms()
    added = [Event(first + place, kind, data, now) for place, (kind, data) in enumerate(entries)]
    connection.execute(
        _ADD,
        [{"stream_id": stream_id, "number": e.number, "kind": e.kind, "data": e.data, "at_ms": now} for e in added],
    )
    return added


def after(connection: Connection, stream_id: UUID, number: int, limit: int) -> list[Event]:
    """Return a stream's events with numbers above `number`, in order."""
    return [Event(*row) for row in connection.execute(_AFTER, {"key": stream_id, "after": number, "most": limit})]


def data_of_kind(connection: Connection, stream_id: UUID, kind: str) -> Iterable[dict[str, Any]]:
    """Return the data of a stream's events of one kind, in order."""
    return connection.execute(_OF_KIND, {"key": stream_id, "wanted": kind}).scalars()


def first_of_kind_ms(connection: Connection, stream_id: UUID, kind: str) -> int | None:
    """Return when a stream's first event of one kind was committed, or None."""
    here = select(func.min(events.c.at_ms)).where(events.c.stream_id == stream_id, events.c.kind == kind)
    return connection.execute(here).scalar()


def position(connection: Connection, stream_id: UUID) -> tuple[int, int]:
    """Return a stream's last number and the last one that was folded away; (0, 0) for a stream not yet open."""
    row = connection.execute(select(streams.c.last, streams.c.folded).where(streams.c.id == stream_id)).first()
    return (0, 0) if row is None else (row[0], row[1])


def last_numbers(connection: Connection, stream_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the last number of each of the streams that is open."""
    query = select(streams.c.id, streams.c.last).where(streams.c.id.in_(stream_ids))
    return {row[0]: row[1] for row in connection.execute(query)}


def long_session_streams(connection: Connection, num: int, limit: int) -> list[UUID]:
    """Return workspaces' streams that hold more than `num` events."""
    query = select(streams.c.id).where(streams.c.id == streams.c.session_id, streams.c.last - streams.c.folded > num)
    return list(connection.execute(query.limit(limit)).scalars())


def fold(connection: Connection, stream_id: UUID, keep: int) -> None:
    """Forget all but a stream's newest `keep` events; readers that are behind are told of the gap."""
    last, folded = position(connection, stream_id)
    if last - keep > folded:
        connection.execute(events.delete().where(events.c.stream_id == stream_id, events.c.number <= last - keep))
        connection.execute(update(streams).where(streams.c.id == stream_id).values(folded=last - keep))
