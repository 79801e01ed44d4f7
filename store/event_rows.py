"""Queries over streams: numbered events of one task or one session."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Text, bindparam, cast, func, insert, select, update

from store.batches import batches
from store.clock import now_ms
from store.dialect import upsert
from store.tables import events, streams

SNAPSHOT = "snapshot"  # an event that says what all up to it said: {"events": [{"kind", "data", "at_ms"}]}


@dataclass(frozen=True, slots=True)
class Event:
    """One numbered entry of a journal."""

    number: int
    kind: str
    data: dict[str, Any]
    at_ms: int


Additions = Sequence[tuple[UUID, Sequence[tuple[str, dict[str, Any]]]]]  # streams, and what each is to get

_TAKE = update(streams).where(streams.c.id == bindparam("key")).values(last=streams.c.last + bindparam("num"))
_LASTS = select(streams.c.id, streams.c.last).where(streams.c.id.in_(bindparam("keys", expanding=True)))
_TAKE_ONE = _TAKE.returning(streams.c.last)
_ADD = insert(events)
_AFTER = (
    select(events.c.number, events.c.kind, events.c.data, events.c.at_ms)
    .where(
        events.c.stream_id == bindparam("key"),
        events.c.number > bindparam("after"),
        events.c.number <= bindparam("upto"),
    )
    .order_by(events.c.number)
    .limit(bindparam("most"))
)
_SIZES = (
    select(events.c.number, func.length(cast(events.c.data, Text)))
    .where(events.c.stream_id == bindparam("key"), events.c.number > bindparam("after"))
    .order_by(events.c.number)
    .limit(bindparam("most"))
)
_OF_KIND = (
    select(events.c.kind, events.c.data, events.c.at_ms)
    .where(events.c.stream_id == bindparam("key"), events.c.kind.in_((bindparam("wanted"), SNAPSHOT)))
    .order_by(events.c.number)
)
_LAST = (1 << 63) - 1


def open_stream(connection: Connection, stream_id: UUID, session_id: UUID) -> None:
    """Make a stream's row if it has none."""
    values = {"id": stream_id, "session_id": session_id, "last": 0, "folded": 0}
    connection.execute(upsert(connection, streams).values(values).on_conflict_do_nothing())


def append(connection: Connection, stream_id: UUID, entries: Sequence[tuple[str, dict[str, Any]]]) -> list[Event]:
    """Append entries (kind, data) in order; answers them numbered. The stream must be open."""
    return append_all(connection, [(stream_id, entries)])[0][1]


def append_all(connection: Connection, additions: Additions) -> list[tuple[UUID, list[Event]]]:
    """Append to several streams, each named once, in this order; answers them with what was added, numbered."""
    now, added = now_ms(), list[tuple[UUID, list[Event]]]()
    lasts = _take_numbers(connection, {stream_id: len(entries) for stream_id, entries in additions})
    for stream_id, entries in additions:
        first = lasts[stream_id] - len(entries) + 1
        events_of = [Event(first + place, kind, data, now) for place, (kind, data) in enumerate(entries)]
        added.append((stream_id, events_of))
    rows = [
        {"stream_id": stream_id, "number": one.number, "kind": one.kind, "data": one.data, "at_ms": now}
        for stream_id, events_of in added
        for one in events_of
    ]
    if rows:
        connection.execute(_ADD, rows)
    return added


def _take_numbers(connection: Connection, nums: Mapping[UUID, int]) -> Mapping[UUID, int]:
    """Take so many numbers of each stream; answers the last one of each."""
    if not nums:
        return {}
    taken = [{"key": stream_id, "num": num} for stream_id, num in nums.items()]
    if len(taken) == 1:
        return dict.fromkeys(nums, connection.execute(_TAKE_ONE, taken[0]).scalar_one())
    connection.execute(_TAKE, taken)
    return last_numbers(connection, list(nums))


def after(connection: Connection, stream_id: UUID, number: int, limit: int) -> list[Event]:
    """Return a stream's events with numbers above `number`, in order."""
    return between(connection, stream_id, (number, _LAST), limit)


def between(connection: Connection, stream_id: UUID, numbers: tuple[int, int], limit: int) -> list[Event]:
    """Return a stream's events with numbers above the first one given and up to the second, in order."""
    asked = {"key": stream_id, "after": numbers[0], "upto": numbers[1], "most": limit}
    return [Event(*row) for row in connection.execute(_AFTER, asked)]


def some_after(connection: Connection, stream_id: UUID, number: int, most: tuple[int, int]) -> list[Event]:
    """Return events as `after` does: at most so many, and so many letters, but one at least."""
    limit, letters = most
    sizes = connection.execute(_SIZES, {"key": stream_id, "after": number, "most": limit}).all()
    upto = number
    for one, size in sizes:
        letters -= size
        if letters < 0 and upto > number:
            break
        upto = one
    return between(connection, stream_id, (number, upto), limit) if sizes else []


def data_of_kind(connection: Connection, stream_id: UUID, kind: str) -> Iterable[dict[str, Any]]:
    """Return the data of a stream's events of one kind, in order; what was folded is one of them."""
    return (data for data, _at_ms in _of_kind(connection, stream_id, kind))


def first_of_kind_ms(connection: Connection, stream_id: UUID, kind: str) -> int | None:
    """Return when a stream's first event of one kind was committed, or None."""
    return next((at_ms for _data, at_ms in _of_kind(connection, stream_id, kind)), None)


def _of_kind(connection: Connection, stream_id: UUID, wanted: str) -> Iterator[tuple[dict[str, Any], int]]:
    for kind, data, at_ms in connection.execute(_OF_KIND, {"key": stream_id, "wanted": wanted}):
        if kind == wanted:
            yield data, at_ms
        else:
            yield from ((one["data"], one["at_ms"]) for one in data["events"] if one["kind"] == wanted)


def position(connection: Connection, stream_id: UUID) -> tuple[int, int]:
    """Return a stream's last number and the last one that was folded away; (0, 0) for a stream not yet open."""
    row = connection.execute(select(streams.c.last, streams.c.folded).where(streams.c.id == stream_id)).first()
    return (0, 0) if row is None else (row[0], row[1])


def last_numbers(connection: Connection, stream_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the last number of each of the streams that is open."""
    found = (connection.execute(_LASTS, {"keys": some}) for some in batches(stream_ids))
    return {stream_id: last for rows in found for stream_id, last in rows}


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


def put_snapshot(connection: Connection, stream_id: UUID, snapshot: Event) -> None:
    """Put an event in the place of all up to its number; readers that are behind are told of the gap."""
    own = events.c.stream_id == stream_id
    connection.execute(events.delete().where(own, events.c.number <= snapshot.number))
    values = {name: getattr(snapshot, name) for name in Event.__slots__}
    connection.execute(_ADD, [{"stream_id": stream_id, **values}])
    connection.execute(update(streams).where(streams.c.id == stream_id).values(folded=snapshot.number - 1))
