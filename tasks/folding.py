"""Folding: many events of a task become one, a `snapshot`, which says in their place what they said together.

A reader that meets a snapshot forgets what it was shown and takes the snapshot's events for all that came up to it.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from store import event_rows
from store.event_rows import SNAPSHOT, Event

KEPT_BYTES = 524_288  # of the texts of one task; of longer ones the newest stay
MAX_KINDS = 64
_MAX_EVENTS = 1_000_000

Fold = Callable[[Sequence[Event]], list[Event]]


def folded(events: Iterable[Event], kept_bytes: int) -> list[Event]:
    """Return what events say together: of each kind the texts joined, of kinds without texts the last one.

    `{"text": ...}` are texts; one that was cut has also `skipped`, the bytes that came before and are gone.
    """
    texts, others = dict[str, list[Event]](), dict[str, Event]()
    for event in events:
        if is_text(event):
            texts.setdefault(event.kind, []).append(event)
        else:
            others.pop(event.kind, None)
            others[event.kind] = event
    share = kept_bytes // max(1, len(texts))
    found = [_joined(parts, share) for parts in texts.values()] + list(others.values())
    return sorted(found, key=lambda event: event.number)[-MAX_KINDS:]


def is_text(event: Event) -> bool:
    """Tell whether an event says the next letters of a text, and nothing else."""
    return event.data.keys() - {"skipped"} == {"text"} and isinstance(event.data["text"], str)


def keep(kept_bytes: int) -> Fold:
    """Return a fold that keeps so many bytes of a task's texts."""
    return partial(folded, kept_bytes=kept_bytes)


USUAL_FOLD = keep(KEPT_BYTES)


def unfolded(events: Iterable[Event]) -> list[Event]:
    """Return events with what a snapshot among them says in its place."""
    found: list[Event] = []
    for event in events:
        found += _events_in(event) if event.kind == SNAPSHOT else [event]
    return found


def fold_stream(connection: Connection, stream_id: UUID, upto: int, fold: Fold) -> None:
    """Fold a stream's events up to a number into one that has this number."""
    events = event_rows.between(connection, stream_id, (0, upto), _MAX_EVENTS)
    if len(events) < 2:
        return
    kept = [{"kind": one.kind, "data": one.data, "at_ms": one.at_ms} for one in fold(unfolded(events))]
    last = events[-1]
    event_rows.put_snapshot(connection, stream_id, Event(last.number, SNAPSHOT, {"events": kept}, last.at_ms))


def _events_in(snapshot: Event) -> list[Event]:
    return [Event(snapshot.number, one["kind"], one["data"], one["at_ms"]) for one in snapshot.data["events"]]


def _joined(parts: Sequence[Event], kept_bytes: int) -> Event:
    skipped = sum(part.data.get("skipped", 0) for part in parts)
    whole = "".join(part.data["text"] for part in parts).encode()
    text = whole[-kept_bytes:].decode(errors="ignore")  # a letter that was cut in two goes
    skipped += len(whole) - len(text.encode())
    data: dict[str, Any] = {"text": text} | ({"skipped": skipped} if skipped else {})
    return Event(parts[0].number, parts[0].kind, data, parts[0].at_ms)
