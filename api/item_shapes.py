"""The shapes of items: what goes in, what comes out, and what of it is allowed."""

import datetime as dt
import re
import sys
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, WithJsonSchema
from pydantic_core import PydanticCustomError, to_json
from typing_extensions import TypedDict

from api.words import NOT_BLANK, SAID, trimmed
from store.clock import as_time
from store.item_rows import ItemRow

MAX_TITLE = 200
MAX_TEXT = 100_000
MAX_TAGS = 50
MAX_TAG = 50
MAX_SEARCH = 200
MAX_ATTRIBUTES = 65_536  # bytes of JSON
MAX_DEPTH = 20
MAX_AT_ONCE = 1000
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _calendar_day(text: str) -> str:
    try:
        if not _DAY.fullmatch(text):  # Python reads weeks and days without a dash, too
            raise ValueError(text)
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise PydanticCustomError("day", "write a day of the calendar as 2026-11-21") from None


def _once_each(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


def fitting_attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return attributes that are small and flat enough. Raises ValueError (PydanticCustomError)."""
    if _depth(attributes) > MAX_DEPTH:
        raise PydanticCustomError("too_deep", f"write at most {MAX_DEPTH} objects and arrays inside each other")
    if len(to_json(attributes)) > MAX_ATTRIBUTES:
        raise PydanticCustomError("too_large", f"write at most {MAX_ATTRIBUTES} bytes of JSON")
    return dict(attributes)


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level := [one for one in level if isinstance(one, dict | list)]:
        depth += 1
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one)]
    return depth


Title = Annotated[str, Field(max_length=MAX_TITLE, json_schema_extra=NOT_BLANK), SAID, AfterValidator(trimmed)]
LongText = Annotated[str, Field(max_length=MAX_TEXT)]
Number = Annotated[float, Field(allow_inf_nan=False, ge=-sys.float_info.max, le=sys.float_info.max)]
Day = Annotated[str, AfterValidator(_calendar_day), WithJsonSchema({"type": "string", "format": "date"})]
Tag = Annotated[str, Field(max_length=MAX_TAG, json_schema_extra=NOT_BLANK), SAID, AfterValidator(trimmed)]
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS), AfterValidator(_once_each)]
Attributes = Annotated[dict[str, JsonValue], AfterValidator(fitting_attributes)]
ItemIds = Annotated[list[UUID], Field(max_length=MAX_AT_ONCE)]
Sort = Literal["updated", "-updated", "created", "-created", "title", "-title", "number", "-number", "date", "-date"]


class Item(BaseModel):
    """A record of this workspace. `version` grows by one with each change; `date` is a day without a time."""

    id: UUID
    title: str
    text: str
    number: float | None
    date: Annotated[str, WithJsonSchema({"type": "string", "format": "date"})] | None
    tags: list[str]
    attributes: dict[str, JsonValue]
    version: int
    created_at: dt.datetime
    updated_at: dt.datetime
    deleted: bool


class ItemIn(BaseModel):
    """An item as it is written: a title, and what else is known. Tags are trimmed, and kept once each in order."""

    model_config = ConfigDict(strict=True, extra="forbid")

    title: Title
    text: LongText = ""
    number: Number | None = None
    date: Day | None = None
    tags: Tags = Field(default_factory=list)
    attributes: Attributes = Field(default_factory=dict)


class ItemPatch(TypedDict, total=False):
    """What is to change. Null clears number and date; attributes merge by RFC 7396: a member that is null goes."""

    title: Title
    text: LongText
    number: Number | None
    date: Day | None
    tags: Tags
    attributes: dict[str, JsonValue]


class ItemWhere(TypedDict, total=False):
    """Which items: those that have every word of `search`, every tag, and lie within the ranges, ends included.

    A word is found by its beginning, Chinese by any letters that stand together; case and accents do not matter.
    """

    search: Annotated[str, Field(max_length=MAX_SEARCH)]
    tags: Tags
    number_from: Number
    number_to: Number
    date_from: Day
    date_to: Day
    deleted: bool


class ItemList(BaseModel):
    """Items in order; pass `next` as `after` for those that follow."""

    items: list[Item]
    next: str | None


class ChangedItems(BaseModel):
    """The items that were changed."""

    item_ids: list[UUID]


class TagCount(BaseModel):
    """A tag, and how many items have it."""

    name: str
    num_items: int


class ItemFacts(BaseModel):
    """How many items there are, how many in the trash, and the tags, most used first."""

    num_items: int
    num_deleted: int
    tags: list[TagCount]


def item_of(row: ItemRow) -> Item:
    """Return a row as a visitor sees it."""
    return Item(
        id=row.id,
        title=row.title,
        text=row.text,
        number=row.number,
        date=row.date,
        tags=list(row.tags),
        attributes=dict(row.attributes),
        version=row.version,
        created_at=as_time(row.created_ms),
        updated_at=as_time(row.updated_ms),
        deleted=row.deleted_ms is not None,
    )
