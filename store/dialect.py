"""Where SQLite and PostgreSQL say the same thing in different words."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, Integer, Table, cast, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


def is_postgres(connection: Connection) -> bool:
    """Tell which of the two it is."""
    return connection.dialect.name == "postgresql"


def upsert(connection: Connection, table: Table) -> Any:
    """Return an INSERT that may say what is to happen where the row is there: `on_conflict_do_...`."""
    insert = postgresql.insert if is_postgres(connection) else sqlite.insert
    return insert(table)


def new_keys(connection: Connection, column: Column[int], num: int) -> Sequence[int]:
    """Return numbers for new rows, each above all that were given before; the caller writes on this connection."""
    if is_postgres(connection):
        sequence = func.pg_get_serial_sequence(column.table.name, column.name)
        query = select(func.nextval(cast(sequence, REGCLASS))).select_from(func.generate_series(1, num))
        return list(connection.execute(query).scalars())
    last: int = connection.execute(select(func.coalesce(func.max(column), 0))).scalar_one()
    return range(last + 1, last + 1 + num)


def total_of(column: Column[int]) -> ColumnElement[int]:
    """Return the sum of whole numbers, 0 of none; PostgreSQL would make a decimal of it."""
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


class place_in(FunctionElement[int]):  # noqa: N801 — a function of SQL
    """Where a text begins in another one, from 1; 0 where it is not there."""

    type = Integer()
    inherit_cache = True


@compiles(place_in)
def _instr(element: place_in, compiler: SQLCompiler, **words: Any) -> str:
    name = "strpos" if compiler.dialect.name == "postgresql" else "instr"
    return f"{name}({compiler.process(element.clauses, **words)})"
