"""Items for tests of the store."""

import uuid
from typing import Any
from uuid import UUID

from store import item_rows
from store.database import Database
from store.item_lists import Listing, list_items
from store.item_rows import ItemRow
from store.search import terms_of


def item(session_id: UUID, title: str = "x", **more: Any) -> ItemRow:
    """Return an item that is not stored yet."""
    return ItemRow(
        id=uuid.uuid4(), session_id=session_id, title=title, **{"created_ms": 1000, "updated_ms": 1000, **more}
    )


def add(database: Database, *rows: ItemRow) -> list[ItemRow]:
    """Store items of one workspace and return them with their keys."""
    with database.write() as write:
        item_rows.add(write.connection, item_rows.prepare(rows))
        return item_rows.find_many(write.connection, rows[0].session_id, [row.id for row in rows])


def change(database: Database, old: ItemRow, new: ItemRow) -> None:
    """Put a new row in the place of an old one."""
    with database.write() as write:
        item_rows.change(write.connection, [(old, new)])


def listed(database: Database, listing: Listing) -> list[ItemRow]:
    """Return a page."""
    with database.read() as connection:
        return list_items(connection, listing)


def terms(words: str) -> Any:
    """Return the terms of words that can be met."""
    found = terms_of(words)
    assert found is not None
    return tuple(found)
