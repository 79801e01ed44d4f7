"""What a table holds: how many rows, and a checksum that is the same on every database, in whatever order rows come."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json
from sqlalchemy import JSON, Boolean, Column, Connection, Float, Integer, LargeBinary, Row, Table, Uuid, inspect, select

from store.tables import metadata

BATCH = 200  # rows held at once: each may have a text of megabytes
_MODULUS = 1 << 256


@dataclass(frozen=True, slots=True)
class TableSum:
    """The rows of some columns of a table: `sum` adds up each row's SHA-256 modulo 2**256, hexadecimal."""

    columns: tuple[str, ...]
    rows: int
    sum: str


class Summing:
    """Adds up rows as they pass: values in the order of the columns, as SQLAlchemy answers them."""

    def __init__(self, columns: Sequence[Column[Any]]) -> None:
        self._names = tuple(column.name for column in columns)
        self._encoders = [_encoder_of(column) for column in columns]
        self._rows = self._total = 0

    def add(self, row: Sequence[Any]) -> None:
        """Count one row. Each value stands behind its length, so that no two rows are written the same."""
        parts = []
        for encode, value in zip(self._encoders, row, strict=True):
            data = b"-" if value is None else encode(value)
            parts += [b"%d:" % (-1 if value is None else len(data)), data]
        self._rows += 1
        self._total += int.from_bytes(hashlib.sha256(b"".join(parts)).digest())

    def passing(self, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        """Yield the rows and count each."""
        for row in rows:
            self.add(row)
            yield row

    def result(self) -> TableSum:
        """Return the sum of what passed."""
        return TableSum(self._names, self._rows, f"{self._total % _MODULUS:064x}")


def rows_of(connection: Connection, columns: Sequence[Column[Any]]) -> Iterator[Row[Any]]:
    """Yield a table's rows, a few at a time in memory; inside a transaction."""
    yield from connection.execute(select(*columns), execution_options={"yield_per": BATCH})


def sum_of(connection: Connection, columns: Sequence[Column[Any]]) -> TableSum:
    """Return the sum of what a table holds."""
    summing = Summing(columns)
    for row in rows_of(connection, columns):
        summing.add(row)
    return summing.result()


def sums_of(connection: Connection) -> dict[str, TableSum]:
    """Return the sum of every table; one that the database's revision does not have yet is left out."""
    return {table.name: sum_of(connection, columns) for table, columns in tables_in(connection)}


def tables_in(connection: Connection) -> Iterator[tuple[Table, list[Column[Any]]]]:
    """Yield each table that a database of this or an older revision has, with those of its columns that it has."""
    shape = inspect(connection)
    there = set(shape.get_table_names())
    for table in metadata.sorted_tables:
        if table.name in there:
            names = {str(column["name"]) for column in shape.get_columns(table.name)}
            yield table, [column for column in table.columns if column.name in names]


def _encoder_of(column: Column[Any]) -> Callable[[Any], bytes]:
    kinds: tuple[tuple[type[Any], Callable[[Any], bytes]], ...] = (
        (JSON, to_json),  # as it was written: the order of keys is a visitor's, too
        (Uuid, lambda value: bytes(value.bytes)),
        (LargeBinary, bytes),
        (Boolean, lambda value: b"1" if value else b"0"),
        (Float, lambda value: repr(float(value) + 0.0).encode()),  # SQLite keeps -0.0 as 0.0
        (Integer, lambda value: b"%d" % value),
    )
    for kind, encode in kinds:
        if isinstance(column.type, kind):
            return encode
    return lambda value: str(value).encode("utf-8", "surrogatepass")
