"""SQLite: one file of the data folder.

Durable against the end of a process at any moment (WAL, synchronous NORMAL); a power cut may lose the last moments.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pysqlite3.dbapi2 as sqlite
from pydantic_core import from_json, to_json
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from store.backend import Signs, say
from store.file_lock import file_lock
from store.file_places import FilePlaces
from store.folder import refuse_network_folder

BUSY_MS = 10_000
MAX_CONNECTIONS = 96
# Many rows at once touch the pages of every index again and again: kept at hand, and moved out of the WAL less often,
# they cost less than half the time. The WAL then grows to 16 MB.
WRITER = ("PRAGMA cache_size=-16000", "PRAGMA wal_autocheckpoint=4000")
FULL = "database or disk is full"  # SQLITE_FULL
LONGEST_MIGRATION_S = 600.0  # a large database may take minutes to reshape
POLL_S = 0.02


class Sqlite:
    """The backend of one file; all writes of a process go through one connection, one after the other."""

    is_serial = True
    trouble: tuple[type[Exception], ...] = (OperationalError, sqlite.OperationalError)

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        refuse_network_folder(path.parent)
        self.engine = _engine(path)
        self._path = path
        self._lock = threading.Lock()
        self._writer: Connection | None = None

    def begin_read(self, connection: Connection) -> None:
        """See Backend."""
        say(connection, "BEGIN")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """See Backend."""
        if not self._lock.acquire(timeout=BUSY_MS / 1000):  # else each of those in front would wait as long once more
            raise sqlite.OperationalError("database is locked")
        try:
            yield self.writer()
        finally:
            self._lock.release()

    def writer(self) -> Connection:
        """Return the connection that writes; whoever uses it holds the lock."""
        if self._writer is None or self._writer.closed:
            self._writer = self.engine.connect()
            for words in WRITER:
                say(self._writer, words)
        return self._writer

    def begin_write(self, connection: Connection, of: Sequence[UUID]) -> None:  # noqa: ARG002 — all come one by one
        """See Backend."""
        say(connection, "BEGIN IMMEDIATE")

    def hold(self, connection: Connection, of: Sequence[UUID]) -> None:
        """See Backend; nothing else writes meanwhile anyway."""

    def commit(self, connection: Connection, *, is_news: bool) -> None:  # noqa: ARG002 — others see the file change
        """See Backend."""
        say(connection, "COMMIT")

    def is_open(self, connection: Connection) -> bool:
        """See Backend: a full disk or an interrupt may have ended it already."""
        return bool(connection.connection.driver_connection.in_transaction)  # type: ignore[union-attr]

    def is_full(self, error: Exception) -> bool:
        """See Backend."""
        return FULL in str(error)

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """See Backend."""
        lock = file_lock(self._path.with_suffix(".migrating"), LONGEST_MIGRATION_S)
        with lock, self.engine.connect() as connection:
            say(connection, "BEGIN IMMEDIATE")  # a kill in the middle leaves the old shape whole
            yield connection
            say(connection, "COMMIT")

    @contextmanager
    def signs(self) -> Iterator[Signs]:
        """See Backend."""
        with self.engine.connect() as connection:
            yield _Versions(connection)

    def places(self, path: Path) -> FilePlaces:
        """See Backend."""
        return FilePlaces(path)

    def close(self) -> None:
        """See Backend."""
        with self._lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        self.engine.dispose()


class _Versions:
    """`PRAGMA data_version`, polled; a pooled connection, or one that reads, does not see the number move."""

    def __init__(self, connection: Connection) -> None:
        self._driver: Any = connection.connection.driver_connection
        self._seen = self._version()

    def wait(self, stop: threading.Event) -> bool:
        if stop.wait(POLL_S):
            return False
        before, self._seen = self._seen, self._version()
        return bool(before != self._seen)

    def _version(self) -> Any:
        return self._driver.execute("PRAGMA data_version").fetchone()


def _engine(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),  # as text, a folder with ? or % in its name would be another one
        module=sqlite,
        poolclass=QueuePool,
        pool_size=MAX_CONNECTIONS,
        max_overflow=0,
        pool_reset_on_return=None,
        isolation_level="AUTOCOMMIT",
        connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
        json_serializer=lambda value: to_json(value).decode(),
        json_deserializer=from_json,
    )
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MS}",
        "mmap_size=0",
    ):
        connection.execute(f"PRAGMA {pragma}").close()
