"""A disk without room, told as the store's own error."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from store.database import StoreFull

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@contextmanager
def telling_full() -> Iterator[None]:
    """Raise StoreFull where the system has no room for what is written inside."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull(str(error)) from error
        raise
