"""Queries over tokens: what a caller without a cookie brings. Only a token's SHA-256 is kept."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from store.clock import now_ms
from store.tables import tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """One token; `hash` is its SHA-256, `used_ms` when it was last brought, to the minute."""

    id: UUID
    session_id: UUID
    hash: bytes
    name: str
    created_ms: int
    expires_ms: int
    used_ms: int | None = None


_TOKEN = tuple(tokens.c[name] for name in TokenRow.__slots__)
_BY_HASH = select(*_TOKEN).where(tokens.c.hash == bindparam("key"))


def add(connection: Connection, row: TokenRow) -> None:
    """Add a token."""
    connection.execute(insert(tokens).values({name: getattr(row, name) for name in TokenRow.__slots__}))


def find_by_hash(connection: Connection, hashed: bytes) -> TokenRow | None:
    """Return the token with this SHA-256, or None; one that has ended, too."""
    row = connection.execute(_BY_HASH, {"key": hashed}).first()
    return None if row is None else TokenRow(**row._mapping)


def list_of_session(connection: Connection, session_id: UUID) -> list[TokenRow]:
    """Return a workspace's tokens, newest first."""
    query = select(*_TOKEN).where(tokens.c.session_id == session_id)
    rows = connection.execute(query.order_by(tokens.c.created_ms.desc(), tokens.c.id))
    return [TokenRow(**row._mapping) for row in rows]


def num_of_session(connection: Connection, session_id: UUID) -> int:
    """Count a workspace's tokens."""
    return connection.execute(select(func.count()).where(tokens.c.session_id == session_id)).scalar_one()


def remove(connection: Connection, session_id: UUID, token_id: UUID) -> bool:
    """Delete a token of a workspace; False where there is none."""
    own = (tokens.c.id == token_id, tokens.c.session_id == session_id)
    return connection.execute(delete(tokens).where(*own)).rowcount == 1


def touch(connection: Connection, token_id: UUID) -> None:
    """Note that a token was brought now."""
    connection.execute(update(tokens).where(tokens.c.id == token_id).values(used_ms=now_ms()))
