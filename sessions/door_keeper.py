"""Who may open which workspace: keys and proofs in, the live object out."""

import hmac
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from sessions.active import ActiveSessions
from sessions.keys import BrowserKeys, Proofs, hash_key
from store import session_rows, token_rows
from store.clock import now_ms
from store.database import Database, StoreUnavailable
from store.session_rows import SessionRow
from store.token_rows import TokenRow

TOUCH_EVERY_S = 60
MAX_LISTED = 200


class LiveSession(Protocol):
    """What this file needs of the object that a session owns."""

    session_id: UUID
    owner: bytes
    is_stored: bool
    expires_ms: int
    touched_s: float


Live = TypeVar("Live", bound=LiveSession)


# Makes the live object for a stored row, or for a minted UUID that has none; it belongs to a higher floor.
LiveFactory = Callable[[UUID, bytes, SessionRow | None], Live]


@dataclass(frozen=True, slots=True)
class Opened(Generic[Live]):
    """What a token opened, and the token's id."""

    live: Live
    token: UUID


class DoorKeeper:
    """Opens workspaces for browsers. A foreign, unknown or expired UUID is None alike."""

    def __init__(self, database: Database, proofs: Proofs, idle_ms: int) -> None:
        self._database = database
        self._proofs = proofs
        self._idle_ms = idle_ms

    def open(
        self, session_id: UUID, keys: BrowserKeys, active: ActiveSessions[Live], make: LiveFactory[Live]
    ) -> Live | None:
        """Return the session's live object where these keys open it, else None."""
        if keys.owner is None:
            return None
        live = active.get(session_id)
        if live is not None and live.is_stored and hmac.compare_digest(live.owner, keys.owner) and _is_fresh(live):
            self._touch(live)
            return live
        return self._open_from_store(session_id, keys, active, make)

    def open_by_token(self, token: str, active: ActiveSessions[Live], make: LiveFactory[Live]) -> Opened[Live] | None:
        """Return what a token opens, or None where it opens nothing (any more)."""
        with self._database.read() as connection:
            found = token_rows.find_by_hash(connection, hash_key(token))
            row = session_rows.find(connection, found.session_id) if found else None
        if found is None or row is None or min(found.expires_ms, row.expires_ms) <= now_ms():
            return None
        live = active.get(row.id)
        if live is None or not live.is_stored or live.owner != row.owner:
            live = make(row.id, row.owner, row)
            active.put(row.id, live)
        self._touch(live)
        self._touch_token(found)
        return Opened(live, found.id)

    def last_used(self, keys: BrowserKeys) -> UUID | None:
        """Return the workspace this browser used last: stored, or minted and not yet stored."""
        minted = [
            (moment * 1000, key) for key, proof in keys.proofs.items() if (moment := self._proofs.minted_s(key, proof))
        ]
        return max(minted + self._stored(keys), default=(0, None), key=lambda one: one[0])[1]

    def list_own(self, owner: bytes) -> list[SessionRow]:
        """Return the workspaces a browser key opens, last used first."""
        with self._database.read() as connection:
            return session_rows.list_of_owner(connection, owner, MAX_LISTED)

    def note_opened(self, live: LiveSession) -> None:
        """Make a stored workspace the one this browser used last."""
        if live.is_stored:
            live.touched_s = 0.0
            self._touch(live)

    def _stored(self, keys: BrowserKeys) -> list[tuple[int, UUID]]:
        return [(row.used_ms, row.id) for row in self.list_own(keys.owner)[:1]] if keys.owner else []

    def _open_from_store(
        self, session_id: UUID, keys: BrowserKeys, active: ActiveSessions[Live], make: LiveFactory[Live]
    ) -> Live | None:
        owner = keys.owner
        assert owner is not None
        is_proven = self._proofs.minted_s(session_id, keys.proofs.get(session_id)) is not None
        with self._database.read() as connection:
            row = session_rows.find(connection, session_id)
        if not self._may_open(row, owner, is_proven and (row is None or keys.is_current)):
            return None
        if row is not None and row.owner != owner:
            self._take_over(row, owner)
        live = make(session_id, owner, row)
        active.put(session_id, live)
        return live

    def _may_open(self, row: SessionRow | None, owner: bytes, is_proven: bool) -> bool:
        if row is None:
            return is_proven
        return row.expires_ms > now_ms() and (hmac.compare_digest(row.owner, owner) or is_proven)

    def _take_over(self, row: SessionRow, owner: bytes) -> None:
        # Two tabs opened at once were each given a key; the browser kept the later one. Its proof names this workspace.
        with self._database.write(row.id) as write:
            session_rows.change_owner(write.connection, row.id, owner)

    def _touch_token(self, found: TokenRow) -> None:
        if found.used_ms is None or now_ms() - found.used_ms >= TOUCH_EVERY_S * 1000:
            with suppress(StoreUnavailable), self._database.write() as write:
                token_rows.touch(write.connection, found.id)

    def _touch(self, live: LiveSession) -> None:
        now_s = time.monotonic()
        if now_s - live.touched_s < TOUCH_EVERY_S:
            return
        live.touched_s = now_s
        live.expires_ms = now_ms() + self._idle_ms
        with suppress(StoreUnavailable), self._database.write() as write:  # a full or busy store can still be read
            session_rows.touch(write.connection, live.session_id, self._idle_ms)


def _is_fresh(live: LiveSession) -> bool:
    return live.expires_ms > now_ms()
