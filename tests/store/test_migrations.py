"""Migrations: they make what tables.py says, once, and a kill in the middle harms nothing."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, func, select

import store.migrate
from store.database import Database
from store.migrate import FOLDER, newest, version_of
from store.tables import metadata, sessions
from tests.store.rows import add_session, another_process, end, said, table_names

if TYPE_CHECKING:
    from tests.postgres import PostgresServer

# Stops in the middle of the migration, before the table that is named, and waits to be killed.
HALF = """
import sys
from sqlalchemy import Engine, event

@event.listens_for(Engine, "before_cursor_execute")
def stop(_connection, _cursor, statement, *_rest):
    if statement.strip().startswith("CREATE TABLE " + sys.argv[2]):
        print("in the middle", flush=True)
        sys.stdin.read()

from store.database import Database
from tests.store.rows import place
Database(place(sys.argv[1]))
"""

START = """
import sys
from store.database import Database
from tests.store.rows import add_session, place
print("ready", flush=True)
sys.stdin.readline()
add_session(Database(place(sys.argv[1])))
print("up", flush=True)
"""


@pytest.fixture(params=["sqlite", "postgres"])
def empties(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Path | str]:
    """Give places where nothing is yet."""
    if request.param == "sqlite":
        numbers = count()
        return lambda: tmp_path / str(next(numbers)) / "studiolo.db"
    postgres: PostgresServer = request.getfixturevalue("postgres")
    return postgres.new_database


@pytest.fixture
def empty_at(empties: Callable[[], Path | str]) -> Path | str:
    """A place where nothing is yet."""
    return empties()


def shape_of(connection: Connection) -> dict[str, object]:
    """Return columns, keys and indexes of every table as SQLite tells them."""
    shape: dict[str, object] = {}
    for table in metadata.tables:
        for word in ("table_info", "foreign_key_list", "index_list"):
            rows = connection.exec_driver_sql(f"PRAGMA {word}({table})").mappings().all()
            shape[f"{word} {table}"] = sorted(str({**row, "id": 0, "seq": 0}) for row in rows)
    indexes = {str(index.name) for table in metadata.tables.values() for index in table.indexes}
    for name in indexes:
        shape[f"index {name}"] = connection.exec_driver_sql(f"PRAGMA index_xinfo({name})").all()
    return shape


def is_no_index_of_words(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or not str(name).startswith("item_words")


# SQLite's are compared by the next test.
@pytest.mark.filterwarnings("ignore:.* expression-based index")
def test_migrations_and_tables_say_the_same(database: Database) -> None:
    options = {"compare_type": True, "include_name": is_no_index_of_words}
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("store_at", ["sqlite"], indirect=True)
def test_migrations_make_the_very_shape_that_the_tables_have(database: Database) -> None:
    made_at_once = create_engine("sqlite://")
    with database.engine.connect() as connection, made_at_once.connect() as wanted:
        metadata.create_all(wanted)
        assert shape_of(connection) == shape_of(wanted)
    made_at_once.dispose()


def test_a_new_database_stands_at_the_newest_version(database: Database) -> None:
    assert version_of(database.engine) == newest()
    assert (FOLDER / "versions" / f"{newest()}.py").is_file()


def test_a_database_that_is_up_to_date_is_left_alone(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise AssertionError("nothing was to be done")

    session_id = add_session(database)
    monkeypatch.setattr(store.migrate, "_upgrade", fail)
    again = Database(database.at)
    with again.read() as connection:
        assert connection.execute(select(sessions.c.id)).scalar() == session_id
    again.close()


@pytest.mark.parametrize("table", ["runners", "events", "messages"])
def test_a_kill_in_mid_migration_leaves_the_old_shape_and_the_next_start_works(
    empty_at: Path | str, table: str
) -> None:
    process = another_process(HALF, empty_at, table)
    assert said(process) == "in the middle"
    end(process)
    assert table_names(empty_at) <= {"alembic_version"}
    database = Database(empty_at)
    assert table_names(empty_at) == {*metadata.tables, "alembic_version"}
    add_session(database)
    database.close()


@pytest.mark.parametrize("revision", [None, "0004_tokens"])
def test_processes_that_start_at_once_all_come_up_on_an_empty_or_old_database(
    empties: Callable[[], Path | str], revision: str | None, scale: int
) -> None:
    for _ in range(scale):
        at = empties()
        if revision:
            make_old(at, revision)
        processes = [another_process(START, at) for _ in range(4)]
        assert [said(process) for process in processes] == ["ready"] * 4
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        assert [said(process) for process in processes] == ["up"] * 4
        for process in processes:
            end(process)
        assert table_names(at) == {*metadata.tables, "alembic_version"}
        database = Database(at)
        assert num_sessions(database) == 4
        database.close()


def make_old(at: Path | str, revision: str) -> None:
    """Make a database as it was at a revision."""
    with patch.object(store.migrate, "HEAD", revision), patch.object(store.migrate, "newest", lambda: revision):
        Database(at).close()


def num_sessions(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(sessions)).scalar_one())


@pytest.mark.parametrize("name", ["with space", "100%20 ours", "what?", "a#b", "工作室", 'it\'s "quoted"'])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    database = Database(tmp_path / name / "studiolo.db")
    assert version_of(database.engine) == newest()
    database.close()
    assert (tmp_path / name / "studiolo.db").stat().st_size > 0
    assert [path.name for path in tmp_path.iterdir()] == [name]
