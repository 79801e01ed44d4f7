"""Which items a list shows and where its page begins: a visitor's words as the store takes them, and back."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from api.errors import InvalidArguments
from store.item_lists import SORTED, Filters, Listing, Place, Value, place_of
from store.item_rows import ItemRow
from store.search import terms_of

# The sort, its value as hexadecimal UTF-8 (nothing: the item has none), and the key. All that fits is a place.
PLACE = re.compile(rf"^-?({'|'.join(SORTED)})\.(([0-9a-f][0-9a-f])*|none)\.[0-9]{{1,15}}$")


def listing_of(session_id: UUID, where: Mapping[str, Any], sort: str, after: str | None = None) -> Listing | None:
    """Return what to list; None where no item can have the words. A page's sort is that of the page before.

    Raises InvalidArguments for a place that is none.
    """
    terms = terms_of(where.get("search", ""))
    if terms is None:
        return None
    place = None
    if after is not None:
        sort, place = _place(after)
    filters = Filters(
        terms=tuple(terms),
        tags=tuple(where.get("tags", ())),
        numbers=(where.get("number_from"), where.get("number_to")),
        dates=(where.get("date_from"), where.get("date_to")),
        is_deleted=where.get("deleted", False),
    )
    return Listing(
        session_id=session_id,
        filters=filters,
        sort=sort.removeprefix("-"),
        is_descending=sort.startswith("-"),
        after=place,
        limit=1,
    )


def word_of(listing: Listing, row: ItemRow) -> str:
    """Return the place behind an item as a word."""
    place = place_of(listing, row)
    value = "none" if place.value is None else str(place.value).encode().hex()
    return f"{'-' * listing.is_descending}{listing.sort}.{value}.{place.key}"


def _place(after: str) -> tuple[str, Place]:
    if not PLACE.fullmatch(after):
        raise InvalidArguments({"after": "pass the `next` of the page before"})
    sort, value, key = after.split(".")
    said = None if value == "none" else bytes.fromhex(value).decode(errors="replace")
    return sort, Place(None if said is None else _value(sort.removeprefix("-"), said), int(key))


def _value(sort: str, said: str) -> Value:
    if sort in ("title", "date"):
        return said
    try:
        number = float(said)
    except ValueError:
        number = 0.0
    if sort == "number":
        return number if number == number else 0.0  # noqa: PLR0124 — not a number
    return int(min(max(number, 0), 1 << 53))
