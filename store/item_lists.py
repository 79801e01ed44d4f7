"""Lists of items: filtered, searched, sorted, page after page.

A page begins behind a place: a value of the sorted column and a key, which no other row has. So no row comes twice or
is missed, whatever is added or deleted meanwhile. Rows without a value come last in both directions.

How a page is found depends on how many rows a filter lets through. Few: they are fetched by the filter's index and
sorted. Many: the rows are read in the order of the sort until the page is full.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, func, select

from store.item_rows import COLUMNS, INDEX, ItemRow, row_of
from store.search import Term, folded, mark_of, stands_in, term_of_name
from store.tables import items

FEW = 3000  # rows that are fetched and sorted in less time than it takes to find a page of them by reading
SORTED = {
    "updated": items.c.updated_ms,
    "created": items.c.created_ms,
    "title": items.c.title_order,
    "number": items.c.number,
    "date": items.c.date,
}

Value = str | int | float | None
Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Place:
    """Behind the item with this value of the sorted column and this key."""

    value: Value
    key: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list shows: items that meet all terms, have all tags, and lie within the ranges, both ends included."""

    terms: tuple[Term, ...] = ()
    tags: tuple[str, ...] = ()
    numbers: tuple[float | None, float | None] = (None, None)
    dates: tuple[str | None, str | None] = (None, None)
    is_deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which items of a workspace, in which order, behind which place, and how many at most."""

    session_id: UUID
    filters: Filters = field(default_factory=Filters)
    sort: str = "updated"
    is_descending: bool = True
    after: Place | None = None
    limit: int


@dataclass(frozen=True, slots=True)
class _Filter:
    """One filter: as the query of the keys that it lets through, where an index has them, and as a look at a row.

    Where it is not `is_exact`, the query lets through too many.
    """

    keys: Select[tuple[int]] | None
    by_row: list[Condition]
    is_exact: bool = True


def list_items(connection: Connection, listing: Listing) -> list[ItemRow]:
    """Return one page."""
    conditions = _conditions(connection, listing)
    found: list[ItemRow] = []
    for part in _parts(listing):
        query = select(*COLUMNS).where(*conditions, *part)
        query = query.order_by(*_order(listing)).limit(listing.limit - len(found))
        found += [row_of(row) for row in connection.execute(query)]
        if len(found) == listing.limit:
            break
    return found


def place_of(listing: Listing, row: ItemRow) -> Place:
    """Return the place of an item in a list."""
    if listing.sort == "title":
        return Place(folded(row.title), row.key)
    return Place(getattr(row, SORTED[listing.sort].name), row.key)


def every_item(connection: Connection, listing: Listing) -> Iterator[list[ItemRow]]:
    """Yield page after page to the end of the list."""
    after = listing.after
    while rows := list_items(connection, replace(listing, after=after)):
        yield rows
        after = place_of(listing, rows[-1])


def _own(listing: Listing) -> list[Condition]:
    deleted = items.c.deleted_ms
    kept = deleted.is_not(None) if listing.filters.is_deleted else deleted.is_(None)
    return [items.c.session_id == listing.session_id, kept]


def _order(listing: Listing) -> list[ColumnElement[Any]]:
    columns = (SORTED[listing.sort], items.c.key)
    return [column.desc() if listing.is_descending else column.asc() for column in columns]


def _parts(listing: Listing) -> Iterator[list[Condition]]:
    """Yield the stretches of the sorted rows behind the place, each one range of the sort's index."""
    column, key, after = SORTED[listing.sort], items.c.key, listing.after
    is_nullable = column.nullable
    if after is not None and after.value is not None:
        yield [column == after.value, key < after.key if listing.is_descending else key > after.key]
        yield [column < after.value if listing.is_descending else column > after.value]
    elif after is None:
        yield [column.is_not(None)] if is_nullable else []
    if is_nullable and (after is None or after.value is not None):
        yield [column.is_(None)]
    elif is_nullable and after is not None:
        yield [column.is_(None), key < after.key if listing.is_descending else key > after.key]


def _conditions(connection: Connection, listing: Listing) -> list[Condition]:
    """Return which rows are meant: the first filter that few rows meet as what is fetched, the others row by row."""
    filters = list(_filters(connection, listing))
    few = next((one for one in filters if one.keys is not None and _is_few(connection, one.keys)), None)
    rest = [condition for one in filters if one is not few or not one.is_exact for condition in one.by_row]
    if few is None or few.keys is None:
        return [*_own(listing), *rest]
    # Whether they are deleted is not asked again: with that word an index of a sort is read to its end for a few keys.
    return [items.c.key.in_(few.keys), items.c.session_id == listing.session_id, *rest]


def _filters(connection: Connection, listing: Listing) -> Iterator[_Filter]:
    wanted = listing.filters
    terms = [*wanted.terms, *(term_of_name(name) for name in wanted.tags)]
    if terms:
        mark = mark_of(listing.session_id, is_deleted=wanted.is_deleted)
        keys = INDEX.keys(connection, mark, terms)
        yield _Filter(keys, [stands_in(items.c.words, term) for term in terms], is_exact=INDEX.is_exact(connection))
    for name, ends in (("number", wanted.numbers), ("date", wanted.dates)):
        if ends == (None, None):
            continue
        if name == listing.sort:
            yield _Filter(None, _within(items.c[name], ends))
        else:
            yield _Filter(_ranged(listing, items.c[name], ends), _within(_unindexed(name), ends))


def _ranged(listing: Listing, column: ColumnElement[Any], ends: tuple[object, object]) -> Select[tuple[int]]:
    return select(items.c.key).where(*_own(listing), *_within(column, ends)).correlate(None)


def _within(column: ColumnElement[Any], ends: tuple[object, object]) -> list[Condition]:
    first, last = ends
    lower = [] if first is None else [column >= first]
    return lower + ([] if last is None else [column <= last])


def _unindexed(name: str) -> ColumnElement[Any]:
    # As an expression, so that the database does not leave the sort's index for this column's own.
    return items.c.number + 0 if name == "number" else items.c.date.concat("")


def _is_few(connection: Connection, keys: Select[tuple[int]]) -> bool:
    some = keys.limit(FEW + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one() <= FEW
