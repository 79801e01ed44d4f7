"""PostgreSQL: one database that many processes on many machines share, each with its own pool of connections.

Writers run side by side. Where one hangs on what it read, it names what it is of, and an advisory lock of that name
holds the others back until it ends (https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS).
"""

import threading
import uuid
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import psycopg
from psycopg.types.string import StrDumper, StrDumperUnknown
from pydantic_core import from_json, to_json
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from store.backend import Signs, StoreUnavailable, say

POOL_TIMEOUT_S = 2.0  # who waits for longer is better told so
CONNECT_TIMEOUT_S = 2
# No lock is waited for longer, and no transaction is left open by a process that hangs.
OPTIONS = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=120s -c client_min_messages=warning"
CHANNEL = "studiolo"
LOOK_S = 0.1
GATHER_S = 0.02  # what comes within this time is told once
MIGRATION = 4_701_862_355_012_733
DISK_FULL = "53100"
MET_AN_ERROR = "the transaction had met an error and was rolled back"
NUL_STANDS_FOR = "\N{REPLACEMENT CHARACTER}"  # PostgreSQL's texts cannot hold U+0000


class Postgres:
    """The backend of one PostgreSQL database."""

    is_serial = False
    trouble: tuple[type[Exception], ...] = (
        OperationalError,
        InterfaceError,
        PoolTimeout,
        psycopg.OperationalError,
        psycopg.InterfaceError,
    )

    def __init__(self, address: str, num_connections: int) -> None:
        self.engine = _engine(address, num_connections)
        self._name = uuid.uuid4().hex  # of this process in its news
        self._places: list[AdvisoryPlaces] = []

    def begin_read(self, connection: Connection) -> None:
        """See Backend."""
        _begin(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """See Backend."""
        with self.engine.connect() as connection:
            yield connection

    def begin_write(self, connection: Connection, of: Sequence[UUID]) -> None:
        """See Backend."""
        _begin(connection, "; ".join(["BEGIN", *_locks(of)]))

    def hold(self, connection: Connection, of: Sequence[UUID]) -> None:
        """See Backend."""
        if of:
            say(connection, "; ".join(_locks(of)))

    def commit(self, connection: Connection, *, is_news: bool) -> None:
        """See Backend. A transaction that met an error cannot be committed: PostgreSQL would say nothing of it."""
        driver: Any = connection.connection.driver_connection
        try:
            ended = driver.execute(f"NOTIFY {CHANNEL}, '{self._name}'; COMMIT" if is_news else "COMMIT")
        except psycopg.errors.InFailedSqlTransaction as error:
            raise psycopg.OperationalError(MET_AN_ERROR) from error
        while ended.nextset():
            pass
        if ended.statusmessage != "COMMIT":
            raise psycopg.OperationalError(MET_AN_ERROR)

    def is_open(self, connection: Connection) -> bool:
        """See Backend."""
        driver: Any = connection.connection.driver_connection
        return not driver.closed and driver.info.transaction_status != psycopg.pq.TransactionStatus.IDLE

    def is_full(self, error: Exception) -> bool:
        """See Backend."""
        return getattr(getattr(error, "orig", error), "sqlstate", None) == DISK_FULL

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """See Backend."""
        with self.engine.connect() as connection:
            say(connection, f"BEGIN; SET LOCAL lock_timeout = '10min'; SELECT pg_advisory_xact_lock({MIGRATION})")
            yield connection
            say(connection, "COMMIT")

    @contextmanager
    def signs(self) -> Iterator[Signs]:
        """See Backend."""
        with closing(_own_connection(self.engine)) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            yield _Notices(connection, self._name)

    def places(self, path: Path) -> "AdvisoryPlaces":
        """See Backend."""
        self._places.append(AdvisoryPlaces(self.engine, path.name))
        return self._places[-1]

    def close(self) -> None:
        """See Backend."""
        for places in self._places:
            places.close()
        self.engine.dispose()


class AdvisoryPlaces:
    """Places as advisory locks, all of one process on one connection; they end with it."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._family = zlib.crc32(name.encode()) - (1 << 31)  # an int4, as the two-part keys are
        self._connection: psycopg.Connection[Any] | None = None
        self._lock = threading.Lock()

    def try_lock(self, place: int) -> bool:
        """See Places."""
        with self._lock:
            return bool(self._ask("pg_try_advisory_lock", place))

    def unlock(self, place: int) -> None:
        """See Places; what a lost connection held is free already."""
        with self._lock:
            if self._connection is not None:
                with suppress(StoreUnavailable):
                    self._ask("pg_advisory_unlock", place)

    def close(self) -> None:
        """See Places."""
        with self._lock:
            self._let_go()

    def _ask(self, function: str, place: int) -> Any:
        try:
            if self._connection is None:
                self._connection = _own_connection(self._engine)
            found = self._connection.execute(f"SELECT {function}(%s, %s)", (self._family, place)).fetchone()
            return found and found[0]
        except Postgres.trouble as error:
            self._let_go()
            raise StoreUnavailable(str(error)) from error

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _Notices:
    """NOTIFY of the other processes; this one's own are not counted."""

    def __init__(self, connection: "psycopg.Connection[Any]", own_name: str) -> None:
        self._connection = connection
        self._own_name = own_name

    def wait(self, stop: threading.Event) -> bool:
        if not self._has_news(LOOK_S, 1):
            return False
        stop.wait(GATHER_S)
        self._has_news(0, None)
        return True

    def _has_news(self, timeout_s: float, stop_after: int | None) -> bool:
        notices = self._connection.notifies(timeout=timeout_s, stop_after=stop_after)
        return any([notice.payload != self._own_name for notice in notices])  # noqa: C419 — all of them are taken


def _own_connection(engine: Engine) -> "psycopg.Connection[Any]":
    """Return a connection that never goes back to the pool."""
    made = engine.raw_connection()
    made.detach()
    return cast("psycopg.Connection[Any]", made.dbapi_connection)


def _locks(of: Sequence[UUID]) -> list[str]:
    keys = sorted({_signed(name.int & (1 << 64) - 1) for name in of})  # in one order, so that no two wait in a ring
    return [f"SELECT pg_advisory_xact_lock({key})" for key in keys]


def _signed(number: int) -> int:
    return number - (1 << 64) if number >> 63 else number


def _begin(connection: Connection, words: str) -> None:
    """Begin; a pooled connection that the server ended meanwhile is thrown away, and the next one tried."""
    while True:
        try:
            say(connection, words)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            is_lost = connection.connection.driver_connection.closed  # type: ignore[union-attr]
            if not is_lost:
                raise
            connection.invalidate()  # the next use takes another one, and raises where there is none to be had
        else:
            return


class _Text(StrDumper):
    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", NUL_STANDS_FOR))


class _UntypedText(StrDumperUnknown):
    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", NUL_STANDS_FOR))


def _engine(address: str, num_connections: int) -> Engine:
    engine = create_engine(
        make_url(address).set(drivername="postgresql+psycopg"),
        pool_size=num_connections,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        pool_reset_on_return=None,
        isolation_level="AUTOCOMMIT",
        connect_args={"connect_timeout": CONNECT_TIMEOUT_S, "application_name": "studiolo", "options": OPTIONS},
        json_serializer=lambda value: to_json(value).decode(),
        json_deserializer=from_json,
    )
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    for dumper in (_Text, _UntypedText):
        connection.adapters.register_dumper(str, dumper)
