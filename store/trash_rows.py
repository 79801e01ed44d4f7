"""Queries over what was deleted and can still be brought back."""

from sqlalchemy import Connection, Table, delete, select

from store.tables import conversations, items, scripts

TRASH: tuple[Table, ...] = (items, conversations, scripts)


def remove_deleted(connection: Connection, table: Table, before_ms: int, limit: int) -> int:
    """Remove rows for good that were deleted before a moment, so many at most; returns how many went."""
    key = next(iter(table.primary_key.columns))
    old = select(key).where(table.c.deleted_ms < before_ms).limit(limit)
    return connection.execute(delete(table).where(key.in_(old))).rowcount


def any_deleted(connection: Connection, table: Table, before_ms: int) -> bool:
    """Tell whether there is something to remove: a look that takes no write lock."""
    old = select(table.c.deleted_ms).where(table.c.deleted_ms < before_ms).limit(1)
    return connection.execute(old).first() is not None
