"""Items: the records of a workspace, one by one and many at once."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from pydantic_core import PydanticCustomError, to_json
from sqlalchemy import Connection

from api.area import Area
from api.errors import Conflict, InvalidArguments, NotFound
from api.item_places import PLACE, listing_of, word_of
from api.item_shapes import (
    ChangedItems,
    Item,
    ItemFacts,
    ItemIds,
    ItemIn,
    ItemList,
    ItemPatch,
    ItemWhere,
    Sort,
    TagCount,
    fitting_attributes,
    item_of,
)
from api.merge_patch import merged
from api.method import method
from api.numbers import Whole
from store import item_lists, item_rows
from store.clock import now_ms
from store.database import Write
from store.item_rows import ItemRow

MAX_LISTED = 200
EXAMPLE: dict[str, Any] = {
    "title": "Lighthouse of Alexandria",
    "text": "Over 100 metres tall; it stood for 1,500 years.",
    "number": 103,
    "date": "2026-11-21",
    "tags": ["wonders", "towers"],
    "attributes": {"place": "Pharos"},
}


class Items(Area):
    """The area of items."""

    @method(
        rest="GET /items", needs="items:read", spread="where", example={"where": {"search": "light"}, "sort": "title"}
    )
    def list_items(
        self,
        where: ItemWhere | None = None,
        sort: Sort = "-updated",
        after: Annotated[str, Field(json_schema_extra={"pattern": PLACE.pattern})] | None = None,
        limit: int = 50,
    ) -> ItemList:
        """List items: searched, filtered and sorted, page after page.

        A page behind `after` is sorted as the page before it was. Items without the number or date that is sorted by
        come last.
        """
        limit = min(max(limit, 1), MAX_LISTED)
        listing = listing_of(self._caller.session_id, where or {}, sort, after)
        if listing is None:
            return ItemList(items=[], next=None)
        with self._services.database.read() as connection:
            rows = item_lists.list_items(connection, replace(listing, limit=limit + 1))
        shown = rows[:limit]
        return ItemList(
            items=[item_of(row) for row in shown], next=word_of(listing, shown[-1]) if len(rows) > limit else None
        )

    @method(rest="GET /items/{item_id}", needs="items:read")
    def get_item(self, item_id: UUID) -> Item:
        """Return one item."""
        with self._services.database.read() as connection:
            return item_of(self._kept(connection, item_id))

    @method(rest="GET /facts/items", needs="items:read", example={})
    def get_item_facts(self) -> ItemFacts:
        """Return how many items there are, and the tags with how many have each."""
        with self._services.database.read() as connection:
            counts = item_rows.counts_of(connection, self._caller.session_id)
        tags = [TagCount(name=name, num_items=num) for name, num in counts.tags]
        return ItemFacts(num_items=counts.num_items, num_deleted=counts.num_deleted, tags=tags)

    @method(rest="POST /items", needs="items:write", spread="item", example={"item": EXAMPLE})
    def create_item(self, item: ItemIn) -> Item:
        """Add an item."""
        now = now_ms()
        row = ItemRow(
            id=uuid.uuid4(), session_id=self._caller.session_id, created_ms=now, updated_ms=now, **_columns(item)
        )
        with self._write() as write:
            self._store_session(write)
            item_rows.add(write.connection, item_rows.prepare([row]))
            self._tell(write, row.id, "created")
            return item_of(self._kept(write.connection, row.id))

    @method(rest="PUT /items/{item_id}", needs="items:write", spread="item")
    def replace_item(self, item_id: UUID, item: ItemIn, if_version: Whole | None = None) -> Item:
        """Write an item anew, whole: what is not given is empty then.

        With `if_version`, an item that has another version by now is left as it is (409 conflict, whose details carry
        it as `current`).
        """
        return self._change(item_id, if_version, lambda row: replace(row, **_columns(item)))

    @method(rest="PATCH /items/{item_id}", needs="items:write", spread="changes")
    def update_item(self, item_id: UUID, changes: ItemPatch, if_version: Whole | None = None) -> Item:
        """Change some fields of an item; attributes merge, and null takes a field away.

        With `if_version`, an item that has another version by now is left as it is (409 conflict, whose details carry
        it as `current`).
        """
        return self._change(item_id, if_version, lambda row: _patched(row, changes))

    @method(rest="DELETE /items/{item_id}", needs="items:write")
    def delete_item(self, item_id: UUID, if_version: Whole | None = None) -> Item:
        """Delete an item; for 30 days `restore_item` brings it back.

        With `if_version`, an item that has another version by now is left as it is (409 conflict, whose details carry
        it as `current`).
        """
        return self._change(item_id, if_version, _deleted, "deleted")

    @method(rest="POST /trash/items/{item_id}/restore", needs="items:write")
    def restore_item(self, item_id: UUID) -> Item:
        """Bring a deleted item back."""
        with self._write() as write:
            row = item_rows.find(write.connection, self._caller.session_id, item_id)
            if row is None:
                raise NotFound("item")
            return item_of(self._put(write, row, _restored(row), "restored"))

    @method(rest="PATCH /items", needs="items:write", example={"item_ids": [], "changes": {"tags": ["read"]}})
    def update_items(self, item_ids: ItemIds, changes: ItemPatch) -> ChangedItems:
        """Change the same fields of many items; answers those that are there.

        Either all of them are changed or, where one cannot be, none.
        """
        return self._change_many(item_ids, lambda row: _patched(row, changes), "updated")

    @method(rest="POST /trash/items/delete", needs="items:write", example={"item_ids": []})
    def delete_items(self, item_ids: ItemIds) -> ChangedItems:
        """Delete many items; answers those that were there.

        For 30 days `restore_items` brings them back.
        """
        return self._change_many(item_ids, _deleted, "deleted")

    @method(rest="POST /trash/items/restore", needs="items:write", example={"item_ids": []})
    def restore_items(self, item_ids: ItemIds) -> ChangedItems:
        """Bring many deleted items back; answers those that were deleted."""
        return self._change_many(item_ids, _restored, "restored")

    def _kept(self, connection: Connection, item_id: UUID) -> ItemRow:
        row = item_rows.find(connection, self._caller.session_id, item_id)
        if row is None or row.deleted_ms is not None:
            raise NotFound("item")
        return row

    def _change(
        self, item_id: UUID, if_version: int | None, work: Callable[[ItemRow], ItemRow], change: str = "updated"
    ) -> Item:
        wanted = if_version if if_version is not None else self._caller.expected_version
        with self._write() as write:
            row = self._kept(write.connection, item_id)
            if wanted is not None and wanted != row.version:
                raise Conflict(version=row.version, current=item_of(row).model_dump(mode="json"))
            return item_of(self._put(write, row, work(row), change))

    def _put(self, write: Write, old: ItemRow, new: ItemRow, change: str) -> ItemRow:
        if _is_same(old, new):
            return old
        new = replace(new, version=old.version + 1, updated_ms=max(now_ms(), old.updated_ms))
        item_rows.change(write.connection, [(old, new)])
        self._tell(write, new.id, change)
        return new

    def _change_many(self, item_ids: Sequence[UUID], work: Callable[[ItemRow], ItemRow], change: str) -> ChangedItems:
        with self._write() as write:
            rows = item_rows.find_many(write.connection, self._caller.session_id, item_ids)
            rows = [row for row in rows if (row.deleted_ms is not None) == (change == "restored")]
            now = now_ms()
            pairs = [(row, new) for row in rows if not _is_same(row, new := work(row))]
            changed = [
                (old, replace(new, version=old.version + 1, updated_ms=max(now, old.updated_ms))) for old, new in pairs
            ]
            item_rows.change(write.connection, changed)
            if changed:
                self._services.journal.append_in(write, self._caller.session_id, [("items", {"change": change})])
        return ChangedItems(item_ids=[row.id for row in rows])

    def _tell(self, write: Write, item_id: UUID, change: str) -> None:
        entry = ("item", {"id": str(item_id), "change": change})
        self._services.journal.append_in(write, self._caller.session_id, [entry])


def _columns(item: ItemIn) -> dict[str, Any]:
    return {name: getattr(item, name) for name in ItemIn.model_fields}


def _is_same(old: ItemRow, new: ItemRow) -> bool:
    # The attributes as JSON: to Python 1, 1.0 and true are equal.
    return old == new and to_json(old.attributes) == to_json(new.attributes)


def _patched(row: ItemRow, changes: ItemPatch) -> ItemRow:
    changed: dict[str, Any] = dict(changes)
    if "attributes" in changes:
        try:
            changed["attributes"] = fitting_attributes(merged(row.attributes, changes["attributes"]))
        except PydanticCustomError as error:
            raise InvalidArguments({"changes.attributes": str(error)}) from None
    return replace(row, **changed)


def _deleted(row: ItemRow) -> ItemRow:
    return replace(row, deleted_ms=now_ms())


def _restored(row: ItemRow) -> ItemRow:
    return replace(row, deleted_ms=None)
