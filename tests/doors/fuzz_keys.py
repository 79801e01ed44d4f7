"""What schemathesis loads: texts of our own formats, and idempotency keys that are each new.

A used key belongs to its call.
"""

from __future__ import annotations

import itertools
from typing import Any

import schemathesis
from hypothesis import strategies

from doors.asking import IDEMPOTENCY_KEY

NAME = "Idempotency-Key"
UNKNOWN = "x-schemathesis-unknown-property"
_numbers = itertools.count()
_MINUTES, _HOURS = strategies.integers(0, 59), strategies.integers(0, 23)
schemathesis.openapi.format("cron", strategies.builds("{} {} * * 1-5".format, _MINUTES, _HOURS))
schemathesis.openapi.format("time-zone", strategies.sampled_from(["UTC", "Europe/Vienna", "Asia/Shanghai"]))


@schemathesis.hook
def before_call(context: Any, case: schemathesis.Case[Any], **_more: Any) -> None:
    """Make a key that a server may take a new one."""
    headers: Any = case.headers or {}
    key = headers.get(NAME)
    if isinstance(key, str) and IDEMPOTENCY_KEY.fullmatch(key):
        headers[NAME] = f"fuzz-{next(_numbers)}"


@schemathesis.hook
def filter_case(_context: Any, case: schemathesis.Case[Any]) -> bool:
    """Leave out what adds a header of its own, and paths to what an answer named by null.

    HTTP lets whatever is on the way add headers, so none is refused.
    """
    is_named = not {"None"} & {str(one) for one in (case.path_parameters or {}).values()}
    return is_named and UNKNOWN not in (case.headers or {})
