"""What must be written waits for a store that is away: a task's work is not lost because a database restarts."""

from collections.abc import Callable
from typing import TypeVar

from loguru import logger

from store.database import StoreUnavailable

RETRY_S = 0.2

Result = TypeVar("Result")


def until_stored(write: Callable[[], Result], is_over: Callable[[float], bool]) -> Result:
    """Return what `write` answers, which is tried again while the store is away.

    `is_over` waits so many seconds and tells whether the wait is to end; then StoreUnavailable is raised.
    """
    while True:
        try:
            return write()
        except StoreUnavailable as error:
            logger.warning("A task's row could not be written; it is tried again: {}", error)
            if is_over(RETRY_S):
                raise
