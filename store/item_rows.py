"""Queries over items, and the one place that keeps their index of words and the counts of their tags true."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from store.dialect import new_keys, upsert
from store.search import WordIndex, folded, mark_of, words_of
from store.tables import item_tags, items

MAX_TAGS = 500  # the most used ones
INDEX = WordIndex("item_words")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """One item. `key` orders items by age, across all workspaces; `date` is written as 2026-11-21."""

    key: int = 0
    id: UUID
    session_id: UUID
    version: int = 1
    created_ms: int
    updated_ms: int
    deleted_ms: int | None = None
    number: float | None = None
    date: str | None = None
    title: str
    tags: Sequence[str] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItems:
    """Items that are to be added: the values of their columns, and how many have each tag."""

    values: list[dict[str, Any]]
    tags: Counter[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCounts:
    """How many items a workspace has, and how many each tag."""

    num_items: int
    num_deleted: int
    tags: list[tuple[str, int]]


COLUMNS = tuple(items.c[name] for name in ItemRow.__slots__)
_FIND = select(*COLUMNS).where(items.c.session_id == bindparam("session"), items.c.id == bindparam("wanted"))
_CHANGED = tuple(name for name in ItemRow.__slots__ if name not in ("key", "id", "session_id", "created_ms"))
_CHANGE = (
    update(items)
    .where(items.c.key == bindparam("of_key"))
    .values({name: bindparam(f"new_{name}") for name in (*_CHANGED, "title_order", "words")})
)


def row_of(found: Any) -> ItemRow:
    """Return what a query over COLUMNS found."""
    return ItemRow(**found._mapping)


def find(connection: Connection, session_id: UUID, item_id: UUID) -> ItemRow | None:
    """Return an item of this workspace, a deleted one too, or None."""
    found = connection.execute(_FIND, {"session": session_id, "wanted": item_id}).first()
    return None if found is None else row_of(found)


def find_many(connection: Connection, session_id: UUID, item_ids: Sequence[UUID]) -> list[ItemRow]:
    """Return those of these items that are in this workspace, deleted ones too, in the order of their ids."""
    query = select(*COLUMNS).where(items.c.session_id == session_id, items.c.id.in_(item_ids))
    by_id = {found.id: row_of(found) for found in connection.execute(query)}
    return [by_id[item_id] for item_id in dict.fromkeys(item_ids) if item_id in by_id]


def prepare(rows: Sequence[ItemRow]) -> NewItems:
    """Make ready to add items of one workspace that are not deleted: all that needs no transaction."""
    words = [_words(row) for row in rows]
    values = [
        {**_values(row), "title_order": folded(row.title), "words": said} for row, said in zip(rows, words, strict=True)
    ]
    return NewItems(values=values, tags=Counter(tag for row in rows for tag in row.tags))


def add(connection: Connection, new: NewItems) -> None:
    """Add items; their keys are given here."""
    if not new.values:
        return
    for key, values in zip(new_keys(connection, items.c.key, len(new.values)), new.values, strict=True):
        values["key"] = key
    connection.execute(insert(items), new.values)
    session_id = new.values[0]["session_id"]
    INDEX.put(connection, mark_of(session_id, is_deleted=False), [(one["key"], one["words"]) for one in new.values])
    _count_tags(connection, session_id, new.tags)


def change(connection: Connection, changes: Sequence[tuple[ItemRow, ItemRow]]) -> None:
    """Put new rows in the place of old ones: pairs of one workspace, each of one key."""
    if not changes:
        return
    values = []
    entries: dict[str, list[tuple[int, str]]] = {}
    counts: Counter[str] = Counter()
    for old, new in changes:
        said = _words(new)
        changed = {f"new_{name}": getattr(new, name) for name in _CHANGED}
        values.append({**changed, "of_key": old.key, "new_title_order": folded(new.title), "new_words": said})
        mark = mark_of(new.session_id, is_deleted=new.deleted_ms is not None)
        entries.setdefault(mark, []).append((old.key, said))
        counts.subtract(old.tags if old.deleted_ms is None else ())
        counts.update(new.tags if new.deleted_ms is None else ())
    connection.execute(_CHANGE, values)
    for mark, marked in entries.items():
        INDEX.put(connection, mark, marked)
    _count_tags(connection, changes[0][0].session_id, counts)


def counts_of(connection: Connection, session_id: UUID) -> ItemCounts:
    """Return how many items a workspace has; its most used tags first."""
    own = select(func.count()).where(items.c.session_id == session_id)
    tags = select(item_tags.c.name, item_tags.c.num_items).where(item_tags.c.session_id == session_id)
    most_used = tags.order_by(item_tags.c.num_items.desc(), item_tags.c.name).limit(MAX_TAGS)
    return ItemCounts(
        num_items=connection.execute(own.where(items.c.deleted_ms.is_(None))).scalar_one(),
        num_deleted=connection.execute(own.where(items.c.deleted_ms.is_not(None))).scalar_one(),
        tags=[(name, num) for name, num in connection.execute(most_used)],
    )


def _values(row: ItemRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ItemRow.__slots__}


def _words(row: ItemRow) -> str:
    return words_of((row.title, row.text, *row.tags, *_texts_in(row.attributes)), row.tags)


def _texts_in(value: Any) -> Iterator[str]:
    """Yield the texts and numbers that stand anywhere in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts_in(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _count_tags(connection: Connection, session_id: UUID, changes: Counter[str]) -> None:
    values = [{"session_id": session_id, "name": name, "num_items": num} for name, num in changes.items() if num]
    if not values:
        return
    added = upsert(connection, item_tags)
    total = item_tags.c.num_items + added.excluded.num_items
    keys = [item_tags.c.session_id, item_tags.c.name]
    connection.execute(added.on_conflict_do_update(index_elements=keys, set_={"num_items": total}), values)
    if any(num < 0 for num in changes.values()):
        unused = delete(item_tags).where(item_tags.c.session_id == session_id, item_tags.c.num_items <= 0)
        connection.execute(unused)
