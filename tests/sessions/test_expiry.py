"""Expiry: what nobody opened for long is gone, with all that hung on it; what is used stays."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from sessions.active import ActiveSessions
from sessions.door_keeper import DoorKeeper
from sessions.expiry import KEPT_EVENTS, Sweeper
from sessions.keys import BrowserKeys, Proofs, hash_key, new_key
from store import event_rows, session_rows, tables, token_rows
from store.database import Database
from store.session_rows import SessionRow
from store.token_rows import TokenRow

HOUR_MS = 3_600_000
TOKEN = "a token"


class Live:
    def __init__(self, session_id: UUID, owner: bytes, row: SessionRow | None) -> None:
        self.session_id = session_id
        self.owner = owner
        self.is_stored = row is not None
        self.expires_ms = row.expires_ms if row else 0
        self.touched_s = 0.0


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path / "studiolo.db")
    yield made
    made.close()


def stored(database: Database, keys: BrowserKeys, idle_ms: int) -> UUID:
    session_id = uuid4()
    assert keys.owner is not None
    with database.write() as write:
        session_rows.add_if_missing(write.connection, session_id, keys.owner, idle_ms)
        event_rows.open_stream(write.connection, session_id, session_id)
        event_rows.append(write.connection, session_id, [("data", {})])
    return session_id


def num_rows(database: Database) -> list[int]:
    with database.read() as connection:
        found = (tables.sessions, tables.streams, tables.events)
        return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in found]


def test_an_expired_workspace_opens_for_nobody(database: Database) -> None:
    keys = BrowserKeys(key=new_key())
    keeper, active = DoorKeeper(database, Proofs(b"x" * 32), HOUR_MS), ActiveSessions[Live](10, 60)
    assert keeper.open(stored(database, keys, -1), keys, active, Live) is None
    assert keeper.open(stored(database, keys, HOUR_MS), keys, active, Live) is not None


def test_an_expired_workspace_closes_also_for_whoever_has_it_open(database: Database) -> None:
    keys = BrowserKeys(key=new_key())
    keeper, active = DoorKeeper(database, Proofs(b"x" * 32), HOUR_MS), ActiveSessions[Live](10, 60)
    session_id = stored(database, keys, HOUR_MS)
    live = keeper.open(session_id, keys, active, Live)
    assert live is not None
    with database.write() as write:
        session_rows.touch(write.connection, session_id, -1)
    live.expires_ms = 0
    assert keeper.open(session_id, keys, active, Live) is None


def test_a_store_that_is_busy_with_another_write_still_opens_workspaces(database: Database) -> None:
    keys = BrowserKeys(key=new_key())
    keeper, active = DoorKeeper(database, Proofs(b"x" * 32), HOUR_MS), ActiveSessions[Live](10, 60)
    session_id = stored(database, keys, HOUR_MS)
    token = token_row(session_id)
    with database.write() as write:
        token_rows.add(write.connection, token)
    with patch("store.sqlite.BUSY_MS", 50), standing_write(database), ThreadPoolExecutor(1) as other:
        live = other.submit(keeper.open, session_id, keys, active, Live).result(20)
        assert live is not None
        other.submit(keeper.note_opened, live).result(20)
        opened = other.submit(keeper.open_by_token, TOKEN, active, Live).result(20)
        assert opened is not None
        assert opened.live is live
        assert opened.token == token.id


@contextmanager
def standing_write(database: Database) -> Iterator[None]:
    """Hold a write for as long as the block lasts, on a thread of its own."""
    inside, may_end = threading.Event(), threading.Event()

    def stand_still() -> None:
        with database.write():
            inside.set()
            may_end.wait(20)

    slow = threading.Thread(target=stand_still)
    slow.start()
    try:
        assert inside.wait(20)
        yield
    finally:
        may_end.set()
        slow.join()


def token_row(session_id: UUID) -> TokenRow:
    """Return a token that was never used."""
    soon_ms = int(time.time() * 1000) + HOUR_MS
    return TokenRow(
        id=uuid4(), session_id=session_id, hash=hash_key(TOKEN), name="token", created_ms=0, expires_ms=soon_ms
    )


def test_opening_a_workspace_puts_its_end_off(database: Database) -> None:
    keys = BrowserKeys(key=new_key())
    keeper, active = DoorKeeper(database, Proofs(b"x" * 32), HOUR_MS), ActiveSessions[Live](10, 60)
    session_id = stored(database, keys, 60_000)
    live = keeper.open(session_id, keys, active, Live)
    assert live is not None
    keeper.note_opened(live)
    with database.read() as connection:
        row = session_rows.find(connection, session_id)
    assert row is not None
    assert row.expires_ms > time.time() * 1000 + HOUR_MS - 60_000


def test_the_sweep_deletes_what_expired_with_all_its_rows_and_nothing_else(database: Database) -> None:
    keys, active = BrowserKeys(key=new_key()), ActiveSessions[object](10, 60)
    gone = {stored(database, keys, -1) for _ in range(3)}
    kept = stored(database, keys, HOUR_MS)
    for session_id in (*gone, kept):
        active.put(session_id, "live")
    assert Sweeper(database, active).sweep() == 3
    assert len(active) == 1
    assert kept in active
    assert num_rows(database) == [1, 1, 1]
    with database.read() as connection:
        assert session_rows.find(connection, kept) is not None


def test_the_sweep_drops_live_objects_that_nobody_uses(database: Database) -> None:
    now_s = [0.0]
    active = ActiveSessions[object](10, 60, lambda: now_s[0])
    active.put(uuid4(), "live")
    now_s[0] = 61
    Sweeper(database, active).sweep()
    assert len(active) == 0


def test_the_sweep_folds_a_long_stream_and_keeps_its_numbers(database: Database) -> None:
    session_id = stored(database, BrowserKeys(key=new_key()), HOUR_MS)
    with database.write() as write:
        event_rows.append(write.connection, session_id, [("data", {"version": n}) for n in range(2 * KEPT_EVENTS)])
    Sweeper(database, ActiveSessions[object](10, 60)).sweep()
    with database.read() as connection:
        assert event_rows.position(connection, session_id) == (2 * KEPT_EVENTS + 1, KEPT_EVENTS + 1)
        assert event_rows.after(connection, session_id, 0, 10)[0].number == KEPT_EVENTS + 2
