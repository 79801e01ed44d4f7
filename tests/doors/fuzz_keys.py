"""What schemathesis loads: each valid idempotency key is one of its own, since a used one belongs to its call."""

from __future__ import annotations

import itertools
from typing import Any

import schemathesis

from doors.asking import IDEMPOTENCY_KEY

NAME = "Idempotency-Key"
_numbers = itertools.count()


@schemathesis.hook
def before_call(context: Any, case: schemathesis.Case[Any], **_more: Any) -> None:
    """Make a key that a server may take a new one."""
    headers: Any = case.headers or {}
    key = headers.get(NAME)
    if isinstance(key, str) and IDEMPOTENCY_KEY.fullmatch(key):
        headers[NAME] = f"fuzz-{next(_numbers)}"
