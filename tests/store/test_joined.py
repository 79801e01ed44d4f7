"""Joined writes: one transaction of all that a thread writes, which its own reads see and nobody else's."""

import threading
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, text

from store import session_rows
from store.database import Database, StoreUnavailable
from store.file_places import FilePlaces
from store.session_lock import LockTimeout, SessionLocks
from tests.store.rows import DAY_MS, add_session


def num_sessions(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM sessions")).scalar_one())


def num_seen(database: Database) -> int:
    """Count what another thread sees."""
    found: list[int] = []

    def look() -> None:
        with database.read() as connection:
            found.append(num_sessions(connection))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join(5)
    return found[0]


def test_all_writes_of_the_block_commit_together_at_its_end(database: Database) -> None:
    called: list[int] = []
    with database.joined():
        add_session(database)
        with database.write() as write:
            write.after_commit(lambda: called.append(num_seen(database)))
        add_session(database)
        with database.read() as connection:
            assert num_sessions(connection) == 2
        assert num_seen(database) == 0
        assert called == []
    assert num_seen(database) == 2
    assert called == [2]


def test_an_error_takes_all_of_them_back(database: Database) -> None:
    called: list[int] = []
    with suppress(ZeroDivisionError), database.joined():
        add_session(database)
        with database.write() as write:
            write.after_commit(lambda: called.append(1))
        raise ZeroDivisionError
    assert num_seen(database) == 0
    assert called == []
    add_session(database)
    assert num_seen(database) == 1


def test_a_part_that_fails_takes_only_itself_back(database: Database) -> None:
    called: list[str] = []
    with database.joined():
        add_session(database)
        with suppress(ZeroDivisionError), database.write() as write:
            write.after_commit(lambda: called.append("never"))
            write.connection.execute(text("DELETE FROM sessions"))
            raise ZeroDivisionError
        add_session(database)
    assert num_seen(database) == 2
    assert called == []


def test_before_the_first_write_others_write_freely(database: Database) -> None:
    with database.joined():
        with database.read() as connection:
            assert num_sessions(connection) == 0
        thread = threading.Thread(target=add_session, args=(database,))
        thread.start()
        thread.join(5)
        assert not thread.is_alive()
        with database.read() as connection:
            assert num_sessions(connection) == 1


def test_a_callback_after_the_block_may_write(database: Database) -> None:
    added: list[object] = []
    with database.joined(), database.write() as write:
        write.after_commit(lambda: added.append(add_session(database)))
    assert num_seen(database) == 1


@pytest.mark.parametrize("store_at", ["sqlite"], indirect=True)  # where a full disk may end it
def test_nothing_is_written_after_the_transaction_ended_before_its_time(database: Database) -> None:
    def write_on() -> None:
        with database.joined():
            with database.write() as write:
                add_to(write.connection)
                write.connection.exec_driver_sql("ROLLBACK")
            with suppress(StoreUnavailable):
                add_session(database)

    with pytest.raises(StoreUnavailable):
        write_on()
    assert num_seen(database) == 0


def add_to(connection: Connection) -> None:
    session_rows.add_if_missing(connection, uuid4(), b"o" * 32, DAY_MS)


def test_locks_that_are_kept_are_given_back_at_the_end_of_the_block(tmp_path: Path) -> None:
    locks, session_id = SessionLocks(FilePlaces(tmp_path / "locks")), uuid4()

    def is_free() -> bool:
        found: list[bool] = []

        def take() -> None:
            try:
                with locks.hold(session_id, 0):
                    found.append(True)
            except LockTimeout:
                found.append(False)

        thread = threading.Thread(target=take)
        thread.start()
        thread.join(5)
        return found[0]

    with locks.kept():
        with locks.hold(session_id, 0):
            assert not is_free()
        with locks.hold(session_id, 0):
            pass
        assert not is_free()
    assert is_free()
    with locks.hold(session_id, 0):
        assert not is_free()
    assert is_free()
