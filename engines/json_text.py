"""JSON as pages write it: halves of letters included, which JavaScript's strings may hold and no UTF-8 can."""

import re
from typing import Any

from pydantic_core import from_json

# JSON.stringify escapes nothing but halves like this; a backslash of the text itself stands there twice.
_HALF = re.compile(r"(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}", re.IGNORECASE)


def read_json(text: str | bytes) -> Any:
    """Return what a JSON text says; halves of letters become U+FFFD. Raises ValueError."""
    try:
        return from_json(text)
    except ValueError:
        words = text if isinstance(text, str) else text.decode("utf-8", "replace")
        return from_json(_HALF.sub(r"\1\\ufffd", words))
