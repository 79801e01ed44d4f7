"""The database: reads side by side, writes one at a time in this process, callbacks once a write is committed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from uuid import UUID

import pysqlite3.dbapi2 as sqlite
from pydantic_core import from_json, to_json
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from store.folder import refuse_network_folder
from store.migrate import bring_up_to_date

BUSY_MS = 10_000
MAX_CONNECTIONS = 96
# Many rows at once touch the pages of every index again and again: kept at hand, and moved out of the WAL less often,
# they cost less than half the time. The WAL then grows to 16 MB.
WRITER = ("PRAGMA cache_size=-16000", "PRAGMA wal_autocheckpoint=4000")
TROUBLE = (OperationalError, sqlite.OperationalError)
FULL = "database or disk is full"  # SQLITE_FULL


class StoreUnavailable(Exception):
    """The database did not take a read or a write: locked for too long, full or gone."""


class StoreFull(StoreUnavailable):
    """The disk has no room for what was to be written."""


class Write:
    """One write transaction: its connection, and what is to happen once it is committed."""

    __slots__ = ("connection", "_callbacks")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._callbacks: list[Callable[[], None]] = []

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Have `callback` run after the commit, on this thread; never where the write is rolled back."""
        self._callbacks.append(callback)

    def num_callbacks(self) -> int:
        """Return how many were asked for so far."""
        return len(self._callbacks)

    def drop_callbacks(self, kept: int) -> None:
        """Forget all but the first ones: what they hang on was rolled back."""
        del self._callbacks[kept:]

    def run_callbacks(self) -> None:
        """Run what was asked for; called by the Database once the rows are safe."""
        for callback in self._callbacks:
            callback()


class Database:
    """Connections to the one SQLite file of a data folder.

    Durable against the end of a process at any moment (WAL, synchronous NORMAL); a power cut may lose the last moments.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        refuse_network_folder(path.parent)
        self.path = path
        self.engine = _engine(path)
        self._lock = threading.Lock()
        self._writer: Connection | None = None
        self._thread = _ThreadState()
        bring_up_to_date(self.engine, path.with_suffix(".migrating"))

    def read(self) -> AbstractContextManager[Connection]:
        """Give a connection on one unmoving picture of the rows; inside `joined`, one that sees what was written."""
        unit = self._thread.unit
        return self._read() if unit is None else nullcontext(unit.connection)

    def write(self, *_of: UUID) -> AbstractContextManager[Write]:
        """Give a write transaction; it commits at the end and rolls back on any error.

        Those that name the same thing, as a workspace's id, come one after the other, in all processes: name it where
        what is written hangs on what was read. On SQLite all of them do.
        """
        stack = self._thread.stack
        return self._write() if stack is None else self._join(stack)

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Make one transaction of all that this thread writes inside; it commits at the end of the block.

        From the first write on nothing else of this process can write: what may take long comes before it.
        """
        with ExitStack() as stack:
            self._thread.stack = stack
            try:
                yield
            finally:
                self._thread.stack = self._thread.unit = None

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        try:
            with self.engine.connect() as connection:
                _say(connection, "BEGIN")
                try:
                    yield connection
                finally:
                    _roll_back(connection)
        except TROUBLE as error:
            raise _unavailable(error) from error

    @contextmanager
    def _write(self) -> Iterator[Write]:
        with self._lock:
            connection = self._write_connection()
            unit = Write(connection)
            try:
                _say(connection, "BEGIN IMMEDIATE")
                yield unit
                _say(connection, "COMMIT")
            except TROUBLE as error:
                _roll_back(connection)
                raise _unavailable(error) from error
            except BaseException:
                _roll_back(connection)
                raise
        unit.run_callbacks()

    @contextmanager
    def _join(self, stack: ExitStack) -> Iterator[Write]:
        unit = self._thread.unit = self._thread.unit or stack.enter_context(self._write())
        if not _is_open(unit.connection):
            raise StoreUnavailable("the transaction has ended before its time")
        kept = unit.num_callbacks()
        _say(unit.connection, "SAVEPOINT part")
        try:
            yield unit
            _say(unit.connection, "RELEASE part")
        except BaseException as error:
            unit.drop_callbacks(kept)
            if _is_open(unit.connection):
                _say(unit.connection, "ROLLBACK TO part")
                _say(unit.connection, "RELEASE part")
            if isinstance(error, TROUBLE):
                raise _unavailable(error) from error
            raise

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        self.engine.dispose()

    def _write_connection(self) -> Connection:
        if self._writer is None or self._writer.closed:
            self._writer = self.engine.connect()
            for words in WRITER:
                _say(self._writer, words)
        return self._writer


class _ThreadState(threading.local):
    stack: ExitStack | None = None
    unit: Write | None = None


def _unavailable(error: Exception) -> StoreUnavailable:
    text = str(getattr(error, "orig", error))
    return StoreFull(text) if FULL in text else StoreUnavailable(text)


def _roll_back(connection: Connection) -> None:
    if connection.invalidated:
        connection.close()  # Ctrl-C in mid statement: SQLAlchemy let go of it, and with it of the transaction
        return
    if _is_open(connection):
        _say(connection, "ROLLBACK")


def _is_open(connection: Connection) -> bool:
    # A full disk or an interrupt may have ended the transaction already.
    return not connection.invalidated and bool(connection.connection.driver_connection.in_transaction)  # type: ignore[union-attr]


def _say(connection: Connection, words: str) -> None:
    # Straight to the driver: through SQLAlchemy these three words cost as much as a query, in every transaction.
    connection.connection.driver_connection.execute(words).close()  # type: ignore[union-attr]


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
