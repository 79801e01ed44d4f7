"""Time as the rows keep it."""

import time
from datetime import UTC, datetime


def now_ms() -> int:
    """Return the time in milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def as_time(ms: int) -> datetime:
    """Return a row's milliseconds as an aware time."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def as_time_or_none(ms: int | None) -> datetime | None:
    """Return a row's milliseconds as an aware time, or None where it has none."""
    return None if ms is None else as_time(ms)
