"""The database: reads side by side, writes each as a whole, callbacks once a write is committed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection

from store.backend import Backend, Places, StoreFull, StoreUnavailable, say
from store.migrate import bring_up_to_date
from store.signals import ChangeWatch
from store.sqlite import Sqlite

__all__ = ["Database", "StoreFull", "StoreUnavailable", "Write"]

NUM_CONNECTIONS = 16  # of one process to a PostgreSQL


class Write:
    """One write transaction: its connection, and what is to happen once it is committed."""

    __slots__ = ("connection", "is_news", "_callbacks")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.is_news = False
        self._callbacks: list[Callable[[], None]] = []

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Have `callback` run after the commit, on this thread; never where the write is rolled back."""
        self._callbacks.append(callback)

    def tell_others(self) -> None:
        """Have other processes look, once it is committed, at what is new for their readers and runners."""
        self.is_news = True

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
    """Connections to one database: a SQLite file of a data folder, or a PostgreSQL by its address."""

    def __init__(self, at: Path | str, num_connections: int = NUM_CONNECTIONS) -> None:
        self.at = at
        self.backend = backend_at(at, num_connections)
        self.engine = self.backend.engine
        self._thread = _ThreadState()
        try:
            bring_up_to_date(self.backend)
        except self.backend.trouble as error:
            raise self._unavailable(error) from error

    def read(self) -> AbstractContextManager[Connection]:
        """Give a connection on one unmoving picture of the rows; inside `joined`, one that sees what was written."""
        unit = self._thread.unit
        return self._read() if unit is None else nullcontext(unit.connection)

    def write(self, *of: UUID) -> AbstractContextManager[Write]:
        """Give a write transaction; it commits at the end and rolls back on any error.

        Those that name the same thing, as a workspace's id, come one after the other, in all processes: name it where
        what is written hangs on what was read. On SQLite all of them do.
        """
        stack = self._thread.stack
        return self._write(of) if stack is None else self._join(stack, of)

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Make one transaction of all that this thread writes inside; it commits at the end of the block.

        From the first write on, others that write of the same wait: what may take long comes before it.
        """
        with ExitStack() as stack:
            self._thread.stack = stack
            try:
                yield
            finally:
                self._thread.stack = self._thread.unit = None

    def watch(self) -> ChangeWatch:
        """Return what hears of commits of other processes."""
        return ChangeWatch(self.backend.signs, self.backend.trouble)

    def places(self, path: Path) -> Places:
        """Return locks between processes, named by a file of the data folder."""
        return self.backend.places(path)

    def close(self) -> None:
        """Close every connection."""
        self.backend.close()

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        try:
            with self.engine.connect() as connection:
                self.backend.begin_read(connection)
                try:
                    yield connection
                finally:
                    self._roll_back(connection)
        except self.backend.trouble as error:
            raise self._unavailable(error) from error

    @contextmanager
    def _write(self, of: tuple[UUID, ...]) -> Iterator[Write]:
        try:
            with self.backend.writing() as connection:
                unit = Write(connection)
                try:
                    self.backend.begin_write(connection, of)
                    yield unit
                    self.backend.commit(connection, is_news=unit.is_news)
                except BaseException:
                    self._roll_back(connection)
                    raise
        except self.backend.trouble as error:
            raise self._unavailable(error) from error
        unit.run_callbacks()

    @contextmanager
    def _join(self, stack: ExitStack, of: tuple[UUID, ...]) -> Iterator[Write]:
        unit = self._thread.unit = self._thread.unit or stack.enter_context(self._write(of))
        if not self._is_open(unit.connection):
            raise StoreUnavailable("the transaction has ended before its time")
        kept = unit.num_callbacks()
        try:
            self.backend.hold(unit.connection, of)
            say(unit.connection, "SAVEPOINT part")
            yield unit
            say(unit.connection, "RELEASE part")
        except BaseException as error:
            unit.drop_callbacks(kept)
            if self._is_open(unit.connection):
                say(unit.connection, "ROLLBACK TO part")
                say(unit.connection, "RELEASE part")
            if isinstance(error, self.backend.trouble):
                raise self._unavailable(error) from error
            raise

    def _roll_back(self, connection: Connection) -> None:
        if connection.invalidated:
            connection.close()  # Ctrl-C in mid statement: SQLAlchemy let go of it, and with it of the transaction
            return
        if self._is_open(connection):
            try:
                say(connection, "ROLLBACK")
            except self.backend.trouble:
                connection.invalidate()  # it is lost, and its transaction with it

    def _is_open(self, connection: Connection) -> bool:
        return not connection.invalidated and self.backend.is_open(connection)

    def _unavailable(self, error: Exception) -> StoreUnavailable:
        text = str(getattr(error, "orig", error))
        return StoreFull(text) if self.backend.is_full(error) else StoreUnavailable(text)


class _ThreadState(threading.local):
    stack: ExitStack | None = None
    unit: Write | None = None


def backend_at(at: Path | str, num_connections: int = NUM_CONNECTIONS) -> Backend:
    """Return what talks to a SQLite file (a path) or to a PostgreSQL (an address)."""
    if isinstance(at, Path):
        return Sqlite(at)
    from store.postgres import Postgres  # where it is not used, its driver is not loaded

    return Postgres(at, num_connections)
