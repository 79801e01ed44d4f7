"""Lists of items: the right rows in the right order by either plan, each once, whatever changes between pages."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import item_lists, session_rows
from store.database import Database
from store.item_lists import SORTED, Filters, Listing, every_item, place_of
from store.item_rows import ItemRow
from store.search import folded
from tests.store.item_samples import add, change, item, listed, terms
from tests.store.rows import add_session

ORDERS = [(sort, is_descending) for sort in SORTED for is_descending in (False, True)]
TITLES = ["apple", "Äpfel", "Zebra", "zebra", "灯塔", "b"]
ROW = st.fixed_dictionaries(
    {
        "title": st.sampled_from(TITLES),
        "number": st.sampled_from([None, -1.5, 0.0, 2.0, 1e300]),
        "date": st.sampled_from([None, "0001-01-01", "2026-11-21", "2026-11-22"]),
        "tags": st.sampled_from([[], ["red"], ["red", "blue"]]),
        "created_ms": st.integers(0, 3),
        "updated_ms": st.integers(0, 3),
        "deleted_ms": st.sampled_from([None, None, 5]),
    }
)
FILTERS = st.builds(
    Filters,
    terms=st.sampled_from([(), terms("ZEB"), terms("灯塔"), terms("ap")]),
    tags=st.sampled_from([(), ("red",), ("blue", "red")]),
    numbers=st.sampled_from([(None, None), (0.0, None), (None, 2.0), (0.0, 2.0)]),
    dates=st.sampled_from([(None, None), ("2026-01-01", None), (None, "2026-11-21")]),
    is_deleted=st.booleans(),
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Give a database for all examples; each has a workspace of its own."""
    made = Database(Path(tmp_path_factory.mktemp("lists")) / "studiolo.db")
    yield made
    made.close()


@pytest.fixture(params=[0, 10_000], ids=["rows are read in order", "rows are fetched and sorted"])
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the one plan, and then the other."""
    monkeypatch.setattr(item_lists, "FEW", request.param)


def stored(database: Database, session_id: UUID, rows: list[dict[str, Any]]) -> list[ItemRow]:
    deleted = [row.pop("deleted_ms", None) for row in rows]
    added = add(database, *(item(session_id, **row) for row in rows)) if rows else []
    found = []
    for row, deleted_ms in zip(added, deleted, strict=True):
        new = replace(row, deleted_ms=deleted_ms)
        change(database, row, new)
        found.append(new)
    return found


def is_wanted(row: ItemRow, filters: Filters) -> bool:
    ranges = ((row.number, *filters.numbers), (row.date, *filters.dates))
    return (
        (row.deleted_ms is not None) == filters.is_deleted
        and all(folded(row.title).startswith("".join(term.words)) for term in filters.terms)
        and set(filters.tags) <= set(row.tags)
        and all(is_within(*one) for one in ranges)
    )


def is_within(value: Any, first: Any, last: Any) -> bool:
    is_given = first is not None or last is not None
    return not is_given or (value is not None and (first is None or value >= first) and (last is None or value <= last))


def in_order(rows: list[ItemRow], sort: str, is_descending: bool) -> list[ItemRow]:
    def value(row: ItemRow) -> Any:
        return folded(row.title) if sort == "title" else getattr(row, SORTED[sort].name)

    by_key = sorted(rows, key=lambda row: row.key, reverse=is_descending)
    some = [row for row in by_key if value(row) is not None]
    return sorted(some, key=value, reverse=is_descending) + [row for row in by_key if value(row) is None]


def pages(database: Database, listing: Listing) -> list[ItemRow]:
    with database.read() as connection:
        return [row for page in every_item(connection, listing) for row in page]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, max_size=12), filters=FILTERS, order=st.sampled_from(ORDERS), limit=st.integers(1, 4))
@pytest.mark.usefixtures("few")
def test_pages_are_the_sorted_rows_by_either_plan(
    kept: Database, rows: list[dict[str, Any]], filters: Filters, order: tuple[str, bool], limit: int
) -> None:
    session_id, neighbour = add_session(kept), add_session(kept)
    mine = stored(kept, session_id, [dict(row) for row in rows])
    stored(kept, neighbour, [dict(row) for row in rows])
    sort, is_descending = order
    listing = Listing(session_id=session_id, filters=filters, sort=sort, is_descending=is_descending, limit=limit)
    wanted = in_order([row for row in mine if is_wanted(row, filters)], sort, is_descending)
    assert [row.id for row in pages(kept, listing)] == [row.id for row in wanted]


@settings(max_examples=60, deadline=None)
@given(data=st.data(), rows=st.lists(ROW, min_size=4, max_size=10), order=st.sampled_from(ORDERS))
def test_no_row_that_stays_comes_twice_or_is_missed_while_others_come_and_go(
    kept: Database, data: st.DataObject, rows: list[dict[str, Any]], order: tuple[str, bool]
) -> None:
    session_id = add_session(kept)
    there = {row.id: row for row in stored(kept, session_id, [{**row, "deleted_ms": None} for row in rows])}
    staying, seen = set(there), []
    listing = Listing(session_id=session_id, sort=order[0], is_descending=order[1], limit=2)
    while page := listed(kept, listing):
        seen += [row.id for row in page]
        listing = replace(listing, after=place_of(listing, page[-1]))
        for word in data.draw(st.lists(st.sampled_from(["add", "delete"]), max_size=2)):
            if word == "add" and len(there) < 20:
                new = stored(kept, session_id, [{**data.draw(ROW), "deleted_ms": None}])[0]
                there[new.id] = new
            elif word == "delete":
                gone = list(there.values())[data.draw(st.integers(0, len(there) - 1))]
                if gone.deleted_ms is None:
                    there[gone.id] = replace(gone, deleted_ms=9)
                    change(kept, gone, there[gone.id])
                    staying.discard(gone.id)
    assert len(seen) == len(set(seen))
    assert staying <= set(seen)


@pytest.mark.usefixtures("few")
def test_workspaces_whose_words_bear_the_same_mark_do_not_meet(kept: Database) -> None:
    mine, theirs = add_session(kept), add_session(kept)
    theirs = UUID(mine.hex[:8] + theirs.hex[8:])
    with kept.write() as write:
        session_rows.add_if_missing(write.connection, theirs, b"o" * 32, 60_000)
    [row] = add(kept, item(mine, "beacon", tags=["red"]))
    add(kept, item(theirs, "beacon", tags=["red"]))
    for filters in (Filters(terms=terms("beacon")), Filters(tags=("red",))):
        assert [one.id for one in listed(kept, Listing(session_id=mine, filters=filters, limit=9))] == [row.id]


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: f"{'-' * order[1]}{order[0]}")
def test_a_thousand_equal_rows_come_each_once(kept: Database, order: tuple[str, bool]) -> None:
    session_id = add_session(kept)
    rows = add(kept, *(item(session_id, number=1.0, date=None) for _ in range(1000)))
    listing = Listing(session_id=session_id, sort=order[0], is_descending=order[1], limit=99)
    keys = [row.key for row in pages(kept, listing)]
    assert keys == sorted((row.key for row in rows), reverse=order[1])


@pytest.mark.parametrize("sort", SORTED)
def test_a_page_is_one_range_of_an_index_and_reads_nothing_of_the_trash(kept: Database, sort: str) -> None:
    session_id, said = add_session(kept), list[str]()
    [row] = add(kept, item(session_id, number=1.0, date="2026-11-21"))
    listing = Listing(session_id=session_id, sort=sort, limit=2)
    with kept.read() as connection:
        driver: Any = connection.connection.driver_connection
        driver.set_trace_callback(said.append)
        item_lists.list_items(connection, replace(listing, after=place_of(listing, row)))
        driver.set_trace_callback(None)
        plans = [str(driver.execute(f"EXPLAIN QUERY PLAN {one}").fetchall()) for one in said]
    assert len(plans) == (3 if SORTED[sort].nullable else 2)
    assert all("USING INDEX items_by_" in plan for plan in plans), plans
    assert not any("SCAN" in plan or "TEMP B-TREE" in plan for plan in plans), plans
