"""Many ids, cut into as many as one query takes."""

from collections.abc import Collection, Iterator
from uuid import UUID

MAX_IN = 500


def batches(ids: Collection[UUID]) -> Iterator[list[UUID]]:
    """Cut ids into pieces, all of them in order."""
    ordered = sorted(ids)
    return (ordered[start : start + MAX_IN] for start in range(0, len(ordered), MAX_IN))
