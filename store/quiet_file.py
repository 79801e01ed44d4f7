"""A SQLite file beside the server's own: a copy that is being made, or one that is only read.

Unlike store/sqlite.py it leaves the file's way of journalling as it is, and makes no second file beside it.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
from pydantic_core import from_json, to_json
from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.pool import NullPool

from store.backend import say
from store.migrate import bring_up_to_date
from store.sqlite import Sqlite

_BUSY_S = 10.0
_IN_USE_S = 0.2
# Nobody reads it before it is whole and has its name, so nothing needs to be undone or waited for.
_UNGUARDED = ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "locking_mode=EXCLUSIVE")


@contextmanager
def reading(path: Path) -> Iterator[Connection]:
    """Give one unmoving picture of a file, whoever writes to it meanwhile."""
    with _connected(path, "query_only=ON", "trusted_schema=OFF") as connection:
        say(connection, "BEGIN")
        yield connection
        say(connection, "ROLLBACK")


@contextmanager
def making(path: Path) -> Iterator[Connection]:
    """Give a new file with all tables, that is whole once this ends without an error."""
    path.touch(mode=0o600, exist_ok=False)
    bring_up(path)
    with _connected(path, *_UNGUARDED) as connection:
        say(connection, "BEGIN")
        yield connection
        say(connection, "COMMIT")


def bring_up(path: Path) -> None:
    """Bring a file to the newest revision, and leave it as one file."""
    backend = Sqlite(path)
    try:
        bring_up_to_date(backend)
    finally:
        backend.close()
    path.with_suffix(".migrating").unlink(missing_ok=True)
    as_one_file(path)


def as_one_file(path: Path) -> None:
    """Take a file out of WAL mode: to read it takes no second file and no right to write beside it."""
    with closing(sqlite.connect(str(path), isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").close()


def is_in_use(path: Path) -> bool:
    """Tell whether another process has a file open that it writes to by WAL, as every server and worker has."""
    with closing(sqlite.connect(str(path), isolation_level=None, timeout=_IN_USE_S)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE").close()
            connection.execute("BEGIN EXCLUSIVE").close()
            connection.execute("ROLLBACK").close()
        except sqlite.OperationalError as error:
            if "locked" in str(error):
                return True
            raise
    return False


@contextmanager
def _connected(path: Path, *pragmas: str) -> Iterator[Connection]:
    engine = _engine(path)
    try:
        with engine.connect() as connection:
            for pragma in pragmas:
                say(connection, f"PRAGMA {pragma}")
            yield connection
    finally:
        engine.dispose()


def _engine(path: Path) -> Engine:
    options: dict[str, Any] = {"json_serializer": lambda value: to_json(value).decode(), "json_deserializer": from_json}
    return create_engine(
        URL.create("sqlite", database=str(path)),
        module=sqlite,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={"timeout": _BUSY_S},
        **options,
    )
