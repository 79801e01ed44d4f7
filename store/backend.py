"""What differs between the databases that Studiolo may stand on: store/sqlite.py and store/postgres.py."""

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection, Engine


class StoreUnavailable(Exception):
    """The database did not take a read or a write: locked for too long, full or gone."""


class StoreFull(StoreUnavailable):
    """The disk has no room for what was to be written."""


class Signs(Protocol):
    """Tells of commits, on a connection kept for this alone."""

    def wait(self, stop: threading.Event) -> bool:
        """Wait a moment, or until `stop`; return whether something was committed since the last look."""


class Places(Protocol):
    """Numbered places that one process at a time may hold; what it holds ends with it."""

    def try_lock(self, place: int) -> bool:
        """Take a place that nobody holds; False where somebody does. The threads of one process are not told apart.

        Raises StoreUnavailable.
        """

    def unlock(self, place: int) -> None:
        """Give a place back."""

    def close(self) -> None:
        """Give all of them back."""


class Backend(Protocol):
    """One kind of database. Connections are in autocommit: transactions are begun and ended by these words alone."""

    engine: Engine
    is_serial: bool  # all writes of all processes come one after the other
    trouble: tuple[type[Exception], ...]  # what the driver raises where the database cannot be used now

    def begin_read(self, connection: Connection) -> None:
        """Begin a transaction that sees one unmoving picture."""

    def writing(self) -> AbstractContextManager[Connection]:
        """Give a connection to write on."""

    def begin_write(self, connection: Connection, of: Sequence[UUID]) -> None:
        """Begin a transaction that nothing else of the same names runs beside."""

    def hold(self, connection: Connection, of: Sequence[UUID]) -> None:
        """Have the transaction under way be of these, too."""

    def commit(self, connection: Connection, *, is_news: bool) -> None:
        """Commit; other processes are told where it `is_news` for them."""

    def is_open(self, connection: Connection) -> bool:
        """Tell whether a transaction is under way."""

    def is_full(self, error: Exception) -> bool:
        """Tell whether what the driver raised means that the disk has no room."""

    def alone(self) -> AbstractContextManager[Connection]:
        """Give a transaction for migrations: of several processes one at a time gets it."""

    def signs(self) -> AbstractContextManager[Signs]:
        """Give what tells of other processes' commits."""

    def places(self, path: Path) -> Places:
        """Give locks between processes; `path` names them, and on one machine is the file that holds them."""

    def close(self) -> None:
        """Close every connection."""


def say(connection: Connection, words: str) -> None:
    """Say words straight to the driver: through SQLAlchemy each would cost as much as a query."""
    connection.connection.driver_connection.execute(words).close()  # type: ignore[union-attr]
