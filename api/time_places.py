"""Places in a list that is sorted by time, newest first: the moment and the id of the last one that was shown."""

import re
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.errors import InvalidArguments
from api.numbers import MAX_WHOLE

PLACE = re.compile(r"^[0-9]{1,15}\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
FIRST = (MAX_WHOLE, UUID(int=(1 << 128) - 1))

After = Annotated[str, Field(json_schema_extra={"pattern": PLACE.pattern})] | None


def word_of(moment_ms: int, one_id: UUID) -> str:
    """Return a place as a visitor carries it."""
    return f"{moment_ms}.{one_id}"


def place_of(after: str | None) -> tuple[int, UUID]:
    """Return the place that a visitor brings back, or that before the first. Raises InvalidArguments."""
    if after is None:
        return FIRST
    if not PLACE.fullmatch(after):
        raise InvalidArguments({"after": "pass the `next` of the page before"})
    moment, one_id = after.split(".")
    return int(moment), UUID(one_id)
