"""How a copy's rows are put into a database: many at once, each kind of database in its own fastest way."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Protocol

from pydantic_core import to_json
from sqlalchemy import JSON, Column, Connection, Table, Text, insert, text

from store.table_sums import BATCH

Values = Sequence[Any]


class RowWriter(Protocol):
    """Puts rows into one database, inside its open transaction."""

    num_replaced: int  # texts that held what the database cannot

    def fitting(self, columns: Sequence[Column[Any]], rows: Iterable[Values]) -> Iterator[Values]:
        """Yield the rows as the database will answer them."""

    def put(self, table: Table, columns: Sequence[Column[Any]], rows: Iterable[Values]) -> None:
        """Add rows; a row may come before the one of its table that it points to."""

    def end(self, table: Table) -> None:
        """Let the table's own numbers go on behind those that came."""


def writer_for(connection: Connection) -> RowWriter:
    """Return what writes there."""
    return PostgresRows(connection) if connection.dialect.name == "postgresql" else SqliteRows(connection)


class SqliteRows:
    """Rows into a SQLite file that does not check what they point to; whoever copies checks it at the end."""

    num_replaced = 0

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def fitting(self, columns: Sequence[Column[Any]], rows: Iterable[Values]) -> Iterator[Values]:  # noqa: ARG002
        """See RowWriter: SQLite takes all there is."""
        yield from rows

    def put(self, table: Table, columns: Sequence[Column[Any]], rows: Iterable[Values]) -> None:
        """See RowWriter."""
        names = [column.name for column in columns]
        rows = iter(rows)
        while batch := [dict(zip(names, row, strict=True)) for row in islice(rows, BATCH)]:
            self._connection.execute(insert(table), batch)

    def end(self, table: Table) -> None:
        """See RowWriter: SQLite looks for the highest by itself."""


class PostgresRows:
    """Rows into PostgreSQL by COPY: one statement a table, so that what its rows point to is looked for at its end."""

    def __init__(self, connection: Connection) -> None:
        from store.postgres import NUL_STANDS_FOR

        self.num_replaced = 0
        self._connection = connection
        self._stands_for = NUL_STANDS_FOR
        self._quote = connection.dialect.identifier_preparer.quote

    def fitting(self, columns: Sequence[Column[Any]], rows: Iterable[Values]) -> Iterator[Values]:
        """See RowWriter: its texts cannot hold U+0000; JSON can."""
        places = [place for place, column in enumerate(columns) if isinstance(column.type, Text)]
        for row in rows:
            found = [place for place in places if row[place] and "\0" in row[place]]
            yield self._replaced(row, found) if found else row

    def put(self, table: Table, columns: Sequence[Column[Any]], rows: Iterable[Values]) -> None:
        """See RowWriter."""
        names = ", ".join(self._quote(column.name) for column in columns)
        writers = [_as_copied(column) for column in columns]
        driver: Any = self._connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {self._quote(table.name)} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([write(value) for write, value in zip(writers, row, strict=True)])

    def end(self, table: Table) -> None:
        """See RowWriter."""
        column = table.autoincrement_column
        if column is not None:
            last = f"(SELECT max({self._quote(column.name)}) FROM {self._quote(table.name)})"  # noqa: S608 — ours
            words = f"SELECT setval(pg_get_serial_sequence(:table, :column), {last}) WHERE {last} IS NOT NULL"
            self._connection.execute(text(words), {"table": table.name, "column": column.name})

    def _replaced(self, row: Values, places: list[int]) -> Values:
        self.num_replaced += len(places)
        values = list(row)
        for place in places:
            values[place] = values[place].replace("\0", self._stands_for)
        return values


def _as_copied(column: Column[Any]) -> Callable[[Any], Any]:
    if not isinstance(column.type, JSON):
        return _as_it_is
    if column.type.none_as_null:
        return lambda value: None if value is None else to_json(value).decode()
    return lambda value: to_json(value).decode()


def _as_it_is(value: Any) -> Any:
    return value
