"""Items in the store: what goes takes its words and its counts along, and what is counted is there."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from sessions.trash import KEPT_MS, TrashSweep
from store import chat_rows, item_rows
from store.chat_rows import ConversationRow
from store.clock import now_ms
from store.database import Database
from store.item_lists import Filters, Listing
from store.item_rows import INDEX
from store.search import mark_of
from store.tables import item_tags, items, sessions
from tests.store.item_samples import add, change, item, listed, terms
from tests.store.rows import add_session


@pytest.fixture
def session_id(database: Database) -> UUID:
    """A workspace."""
    return add_session(database)


def keys_with(database: Database, session_id: UUID, word: str, *, is_deleted: bool = False) -> list[Any]:
    """Return what the index of words alone says."""
    with database.read() as connection:
        found = connection.execute(INDEX.keys(connection, mark_of(session_id, is_deleted=is_deleted), terms(word)))
        return list(found.scalars())


def counts(database: Database, session_id: UUID) -> tuple[int, int, list[tuple[str, int]]]:
    with database.read() as connection:
        found = item_rows.counts_of(connection, session_id)
    return found.num_items, found.num_deleted, found.tags


def test_words_of_every_field_find_an_item(database: Database, session_id: UUID) -> None:
    row = item(session_id, "Title", text="body", tags=["my label"], attributes={"a": [{"b": "deep"}, 4711], "c": None})
    [row] = add(database, row)
    for word in ("title", "body", "label", "deep", "4711"):
        assert [one.id for one in listed(database, listing(session_id, word))] == [row.id], word
    assert listed(database, listing(session_id, "true")) == []


def listing(session_id: UUID, word: str) -> Listing:
    return Listing(session_id=session_id, filters=Filters(terms=terms(word)), limit=10)


def test_tags_are_counted_through_every_change(database: Database, session_id: UUID) -> None:
    first, second = add(database, item(session_id, tags=["a", "b"]), item(session_id, tags=["a"]))
    assert counts(database, session_id) == (2, 0, [("a", 2), ("b", 1)])
    changed = replace(first, tags=["b", "c"])
    change(database, first, changed)
    assert counts(database, session_id) == (2, 0, [("a", 1), ("b", 1), ("c", 1)])
    gone = replace(second, deleted_ms=1)
    change(database, second, gone)
    assert counts(database, session_id) == (1, 1, [("b", 1), ("c", 1)])
    change(database, gone, second)
    assert counts(database, session_id) == (2, 0, [("a", 1), ("b", 1), ("c", 1)])
    assert counts(database, add_session(database)) == (0, 0, [])


def test_a_workspace_that_goes_takes_items_words_and_counts_along(database: Database, session_id: UUID) -> None:
    add(database, item(session_id, "beacon", tags=["a"]))
    with database.write() as write:
        write.connection.execute(delete(sessions).where(sessions.c.id == session_id))
        assert write.connection.execute(select(items.c.key)).all() == []
        assert write.connection.execute(select(item_tags.c.name)).all() == []
    assert keys_with(database, session_id, "beacon") == []


def test_a_key_that_is_used_again_has_no_words_of_its_first_owner(database: Database, session_id: UUID) -> None:
    [old] = add(database, item(session_id, "beacon"))
    with database.write() as write:
        write.connection.execute(delete(items).where(items.c.key == old.key))
    [new] = add(database, item(session_id, "harbour"))
    assert (new.key == old.key) == isinstance(database.at, Path)  # PostgreSQL gives no key again
    assert keys_with(database, session_id, "beacon") == []
    assert keys_with(database, session_id, "harbour") == [new.key]


def test_the_trash_keeps_what_was_deleted_for_thirty_days(database: Database, session_id: UUID) -> None:
    now = now_ms()
    rows = add(database, *(item(session_id, f"beacon {days}", tags=["a"]) for days in range(4)))
    for row, age_ms in zip(rows[1:], (1, KEPT_MS - 60_000, KEPT_MS + 1), strict=True):
        change(database, row, replace(row, deleted_ms=now - age_ms))
    assert TrashSweep(database).sweep() == 1
    assert counts(database, session_id) == (1, 2, [("a", 1)])
    assert len(keys_with(database, session_id, "beacon", is_deleted=True)) == 2
    assert keys_with(database, session_id, "beacon") == [rows[0].key]
    assert TrashSweep(database).sweep() == 0


def test_the_trash_is_emptied_whole_in_small_transactions(
    database: Database, session_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TrashSweep, "BATCH", 2)
    add(database, *(item(session_id, "beacon") for _ in range(5)))
    with database.write() as write:
        write.connection.execute(update(items).values(deleted_ms=1))
    assert TrashSweep(database).sweep() == 5
    assert counts(database, session_id) == (0, 0, [])


def test_deleted_conversations_go_too(database: Database, session_id: UUID) -> None:
    now = now_ms()
    for deleted_ms in (None, now, now - KEPT_MS - 1):
        row = ConversationRow(
            id=item(session_id).id,
            session_id=session_id,
            title="x",
            num_messages=0,
            created_ms=1,
            updated_ms=1,
            deleted_ms=deleted_ms,
        )
        with database.write() as write:
            chat_rows.add_conversation(write.connection, row)
    assert TrashSweep(database).sweep() == 1
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM conversations").scalar() == 2
