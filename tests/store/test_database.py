"""The database: a write is whole or not at all, and what hangs on it happens after it."""

import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import pysqlite3.dbapi2 as sqlite
import pytest
from sqlalchemy import Connection, insert, inspect, text
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import IntegrityError

from store import event_rows, session_rows
from store.database import Database, StoreUnavailable
from store.sqlite import Sqlite
from store.tables import events
from tests.running import wait_until
from tests.store.rows import DAY_MS, add_session, another_process, end, said

Run = Callable[[Database, Callable[[Connection], object]], None]

WRITER = """
import sys
from pathlib import Path
from store.database import Database
from tests.store.rows import place
database = Database(place(sys.argv[1]))
with database.write() as write:
    write.connection.exec_driver_sql("DELETE FROM sessions")
    print("written, not committed", flush=True)
    sys.stdin.read()
"""


def num_sessions(database: Database) -> int:
    with database.read() as connection:
        count: int = connection.exec_driver_sql("SELECT count(*) FROM sessions").scalar_one()
    return count


def test_a_write_that_raises_leaves_no_row_and_calls_nobody_back(database: Database) -> None:
    called: list[str] = []
    kept = add_session(database)
    with suppress(ZeroDivisionError), database.write() as write:
        write.after_commit(lambda: called.append("rolled back"))
        write.connection.exec_driver_sql("DELETE FROM sessions")
        raise ZeroDivisionError
    assert called == []
    with database.read() as connection:
        assert session_rows.find(connection, kept) is not None


def test_an_interrupt_rolls_back_too_and_the_next_write_works(database: Database) -> None:
    with suppress(KeyboardInterrupt), database.write() as write:
        write.connection.exec_driver_sql("CREATE TABLE never (a INTEGER)")
        raise KeyboardInterrupt
    add_session(database)
    assert num_sessions(database) == 1
    assert "never" not in inspect(database.engine).get_table_names()


def test_callbacks_run_in_order_once_another_connection_sees_the_rows(database: Database, neighbour: Database) -> None:
    called: list[tuple[str, int]] = []
    with database.write() as write:
        write.after_commit(lambda: called.append(("first", num_sessions(neighbour))))
        write.after_commit(lambda: called.append(("second", num_sessions(neighbour))))
        session_rows.add_if_missing(write.connection, uuid4(), b"o" * 32, DAY_MS)
        assert called == []
        assert num_sessions(neighbour) == 0
    assert called == [("first", 1), ("second", 1)]


def test_a_callback_may_write(database: Database) -> None:
    added: list[object] = []
    with database.write() as write:
        write.after_commit(lambda: added.append(add_session(database)))
    assert num_sessions(database) == len(added) == 1


@pytest.mark.parametrize("store_at", ["sqlite"], indirect=True)
def test_writes_of_one_process_come_one_after_the_other(database: Database) -> None:
    inside, most = [0], [0]

    def write() -> None:
        with database.write():
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            threading.Event().wait(0.005)
            inside[0] -= 1

    threads = [threading.Thread(target=write) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert most == [1]


def test_a_read_sees_one_unmoving_picture(database: Database, neighbour: Database) -> None:
    with database.read() as connection:
        count = "SELECT count(*) FROM sessions"
        assert connection.exec_driver_sql(count).scalar() == 0
        add_session(neighbour)
        assert connection.exec_driver_sql(count).scalar() == 0
    assert num_sessions(database) == 1


def test_reads_go_on_while_a_write_is_under_way(database: Database) -> None:
    with database.write() as write:
        write.connection.exec_driver_sql("DELETE FROM sessions")
        assert num_sessions(database) == 0


def file_of(database: Database) -> Path:
    assert isinstance(database.at, Path)
    return database.at


def writer_of(database: Database) -> Connection:
    assert isinstance(database.backend, Sqlite)
    return database.backend.writer()


def hold(path: Path) -> "closing[sqlite.Connection]":
    connection = sqlite.connect(str(path), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return closing(connection)


@pytest.mark.parametrize("store_at", ["sqlite"], indirect=True)
def test_a_database_that_stays_locked_is_unavailable_and_then_works_again(database: Database) -> None:
    writer_of(database).exec_driver_sql("PRAGMA busy_timeout=1")
    with hold(file_of(database)), pytest.raises(StoreUnavailable, match="locked"):
        add_session(database)
    add_session(database)
    assert num_sessions(database) == 1


@pytest.mark.parametrize("store_at", ["sqlite"], indirect=True)
def test_a_disk_without_room_is_unavailable_and_then_works_again(database: Database) -> None:
    session_id = add_session(database)
    connection = writer_of(database)
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreUnavailable, match="full"), database.write() as write:
        event_rows.append(write.connection, session_id, [("text", {"text": "x" * 100_000})])
    connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    with database.write() as write:
        (event,) = event_rows.append(write.connection, session_id, [("text", {"text": "x" * 100_000})])
    assert event.number == 1


def break_a_rule(connection: Connection) -> None:
    connection.execute(insert(events).values(stream_id=uuid4(), number=1, kind="", data={}, at_ms=0))


def trouble_of(database: Database) -> Exception:
    """Return what the driver raises where it cannot go on now."""
    return next(kind for kind in database.backend.trouble if not kind.__module__.startswith("sqlalchemy"))("gone")


def in_a_read(database: Database, work: Callable[[Connection], object]) -> None:
    with database.read() as connection:
        work(connection)


def in_a_write(database: Database, work: Callable[[Connection], object]) -> None:
    with database.write() as write:
        work(write.connection)


def test_trouble_of_the_store_is_told_apart_from_a_broken_rule(database: Database) -> None:
    with pytest.raises(IntegrityError):
        in_a_write(database, break_a_rule)
    for run in (in_a_read, in_a_write):
        trouble = patch.object(DefaultDialect, "do_execute", side_effect=trouble_of(database))
        with pytest.raises(StoreUnavailable), trouble:
            run(database, lambda connection: connection.execute(text("SELECT 1")))
    add_session(database)
    assert num_sessions(database) == 1


@pytest.mark.parametrize("run", [in_a_read, in_a_write])
def test_ctrl_c_in_mid_statement_stays_what_it_is_and_the_next_use_works(database: Database, run: Run) -> None:
    with patch.object(DefaultDialect, "do_execute", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        run(database, lambda connection: connection.execute(text("SELECT 1")))
    add_session(database)
    assert num_sessions(database) == 1


def test_a_process_killed_in_mid_write_leaves_the_rows_as_they_were(database: Database) -> None:
    kept = add_session(database)
    process = another_process(WRITER, database.at)
    assert said(process) == "written, not committed"
    end(process)
    with database.read() as connection:
        assert session_rows.find(connection, kept) is not None
    add_session(database)
    assert num_sessions(database) == 2


@pytest.mark.parametrize("store_at", ["sqlite"], indirect=True)
def test_every_connection_is_set_so_that_a_kill_loses_nothing(database: Database) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "mmap_size": 0, "busy_timeout": 10_000}
    with database.read() as reading, database.write() as write:
        for connection in (reading, write.connection):
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
            assert found == wanted
        version = write.connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
    assert tuple(map(int, version.split("."))) >= (3, 51, 3), "older ones can corrupt a WAL file of several writers"


def test_a_closed_database_keeps_no_file_open(tmp_path: Path) -> None:
    database = Database(tmp_path / "studiolo.db")
    add_session(database)
    database.close()
    wait_until(lambda: not (tmp_path / "studiolo.db-wal").exists(), what="the end of the WAL file")


@pytest.mark.parametrize("is_news", [False, True])
@pytest.mark.parametrize("store_at", ["postgres"], indirect=True)
def test_a_write_that_swallowed_an_error_is_not_taken_for_committed(database: Database, is_news: bool) -> None:
    def swallow() -> None:
        with database.write() as write:
            session_rows.add_if_missing(write.connection, uuid4(), b"o" * 32, DAY_MS)
            write.is_news = is_news
            with suppress(IntegrityError):
                break_a_rule(write.connection)

    with pytest.raises(StoreUnavailable, match="rolled back"):
        swallow()
    assert num_sessions(database) == 0
    add_session(database)
    assert num_sessions(database) == 1


def test_whoever_stands_behind_a_write_that_does_not_end_is_told_so(tmp_path: Path) -> None:
    inside, may_end = threading.Event(), threading.Event()
    with patch("store.sqlite.BUSY_MS", 50), closing(Database(tmp_path / "studiolo.db")) as database:

        def stand_still() -> None:
            with database.write():
                inside.set()
                may_end.wait(20)

        slow = threading.Thread(target=stand_still)
        slow.start()
        try:
            assert inside.wait(20)
            with pytest.raises(StoreUnavailable), database.write():
                pytest.fail("two writes at once")
        finally:
            may_end.set()
            slow.join()
        add_session(database)
