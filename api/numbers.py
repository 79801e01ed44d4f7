"""Whole numbers as visitors may give them: those that JavaScript and every database keep exactly."""

import re
from typing import Annotated

from pydantic import Field

MAX_WHOLE = (1 << 53) - 1

Whole = Annotated[int, Field(ge=0, le=MAX_WHOLE)]


def whole_number(word: str) -> int:
    """Return the number a word tells. Raises ValueError for what is none, or too large."""
    if not re.fullmatch(r"[0-9]{1,16}", word) or int(word) > MAX_WHOLE:
        raise ValueError(word[:20])
    return int(word)
