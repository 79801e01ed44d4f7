"""What the database of a server under test holds, on whichever kind it stands.

With STUDIOLO_TEST_STORE=postgres (`make test-postgres`) every server that a test starts has a PostgreSQL database of
its own instead of the SQLite file in its data folder.
"""

import atexit
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Executable, text

from store.database import Database, backend_at
from store.tables import metadata

if TYPE_CHECKING:
    from tests.postgres import PostgresServer

IS_POSTGRES = os.environ.get("STUDIOLO_TEST_STORE") == "postgres"


def place_of(data_dir: Path) -> Path | str:
    """Return where the database of a data folder is."""
    return _database_of(data_dir.resolve()) if IS_POSTGRES else data_dir / "studiolo.db"


def settings_of(data_dir: Path) -> dict[str, str]:
    """Return the settings that a server on a data folder needs for its database."""
    return {"database_url": _database_of(data_dir.resolve())} if IS_POSTGRES else {}


@contextmanager
def database_of(data_dir: Path) -> Iterator[Database]:
    """Give the database of a data folder, as another process of ours has it."""
    database = Database(place_of(data_dir))
    try:
        yield database
    finally:
        database.close()


@contextmanager
def looking(data_dir: Path) -> Iterator[Connection]:
    """Give a connection that looks at what is committed, each time anew."""
    backend = backend_at(place_of(data_dir))
    try:
        with backend.engine.connect() as connection:
            yield connection
    finally:
        backend.close()


def rows(data_dir: Path, query: Executable | str) -> Sequence[tuple[Any, ...]]:
    """Return what a query finds."""
    with looking(data_dir) as connection:
        return [tuple(row) for row in connection.execute(text(query) if isinstance(query, str) else query).all()]


def change(data_dir: Path, statement: Executable) -> None:
    """Change rows, as time would."""
    with database_of(data_dir) as database, database.write() as write:
        write.connection.execute(statement)


@cache
def postgres_server() -> "PostgresServer":
    """Return the PostgreSQL of this test process, started at the first call."""
    from tests.postgres import PostgresServer

    server = PostgresServer(max_connections="400").start()
    atexit.register(server.__exit__, None, None, None)
    return server


def new_postgres() -> str:
    """Return the address of a new database that has all tables: a copy, which takes a tenth of the migrations' time."""
    return postgres_server().new_database(_template())


@cache
def _database_of(_data_dir: Path) -> str:
    return new_postgres()


@cache
def _template() -> str:
    address = postgres_server().new_database()
    Database(address).close()
    return address.rpartition("/")[2]


def everything(data_dir: Path) -> bytes:
    """Return all that is kept: each row, and on SQLite the bytes of its files."""
    with looking(data_dir) as connection:
        found = [repr(connection.execute(table.select()).all()).encode() for table in metadata.tables.values()]
    return b"".join([*found, *(path.read_bytes() for path in data_dir.glob("studiolo.db*"))])
