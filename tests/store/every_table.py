"""Rows of every table, for tests of what moves data: made from the tables themselves, so a new one is among them."""

import random
import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    LargeBinary,
    Table,
    Uuid,
    insert,
    update,
)

from store.copying import index_words
from store.search import words_of
from store.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Callable

TEXTS = (
    "",
    "plain",
    "\\N",  # how COPY says NULL
    "\\.",  # and how it says the end
    "a\tb\nc\rd\\te\x01\x7f",
    'it\'s "quoted"; DROP TABLE items; -- %s %(a)s :b ?',
    "\N{FOX FACE}\N{ZERO WIDTH JOINER}\N{WOMAN} 工作室 \U0002a6a5 e\u0301 \u2028\ufeff\ufffd\U0010ffff",
    "long " * 50_000,
)
FLOATS = (0.1 + 0.2, -0.0, 5e-324, 1.7976931348623157e308, -1e-9, 3.0, float("inf"))
WHOLE = (0, -1, (1 << 31) - 1, -(1 << 31))
JSONS: tuple[Any, ...] = (
    {},
    {"b": 1, "a": [None, True, False, 1.0, 1, 1e300, 5e-324, 2**70]},
    {"": "\0 and \N{FOX FACE}", "\0": "\\u0000", "nested": None},
    [],
    {"text": "long " * 20_000},
)


def fill(connection: Connection, num_rows: int, seed: int = 0) -> None:
    """Put so many rows into each table, inside a transaction of a database that has none."""
    chance = random.Random(seed)
    made: dict[str, list[dict[str, Any]]] = {}
    for table in metadata.sorted_tables:
        made[table.name] = _rows(table, num_rows, made, chance)
        own = [key.parent for key in table.foreign_keys if key.column.table is table]
        for row in made[table.name]:
            connection.execute(insert(table), [row | dict.fromkeys(column.name for column in own)])
        for column in own:
            for row in made[table.name]:
                connection.execute(update(table).where(table.c.id == row["id"]).values({column: row[column.name]}))
    index_words(connection)


def deep(depth: int) -> Any:
    """Return lists within lists."""
    return [deep(depth - 1)] if depth else []


def _rows(table: Table, num: int, made: dict[str, list[dict[str, Any]]], chance: random.Random) -> list[dict[str, Any]]:
    rows = [_row(table, number, num, chance) for number in range(num)]
    for column in table.columns:
        for key in column.foreign_keys:
            parent = key.column.table.name
            choose = _child_of_next if parent == table.name else _pick
            for number, row in enumerate(rows):
                row[column.name] = choose(made.get(parent, rows), number)[key.column.name] if number else None
                if number == 0 and not column.nullable:
                    row[column.name] = made[parent][0][key.column.name]
    if table.name == "items":
        for row in rows:
            row["words"] = words_of((row["title"], row["text"][:5000]), ["tag"])
    return rows


def _pick(parents: list[dict[str, Any]], number: int) -> dict[str, Any]:
    return parents[number % len(parents)]


def _child_of_next(rows: list[dict[str, Any]], number: int) -> dict[str, Any]:
    return rows[(number + 1) % len(rows)]  # a row that comes later: whoever copies meets the child first


def _row(table: Table, number: int, num: int, chance: random.Random) -> dict[str, Any]:
    return {column.name: _value(column, number, num, chance) for column in table.columns}


def _value(column: Column[Any], number: int, num: int, chance: random.Random) -> Any:
    if column.nullable and number % 3 == 0:
        return None
    if column.primary_key and isinstance(column.type, Integer):
        return number + 1
    kinds: tuple[tuple[type[Any], Callable[[], Any]], ...] = (
        (JSON, lambda: deep(100) if number == 5 else JSONS[number % len(JSONS)]),
        (
            Uuid,
            lambda: uuid.UUID(int=0) if number == 1 and column.primary_key else uuid.UUID(int=chance.getrandbits(128)),
        ),
        (LargeBinary, lambda: number.to_bytes(4) + chance.randbytes(28)),
        (Boolean, lambda: bool(number % 2)),
        (Float, lambda: FLOATS[number % len(FLOATS)]),
        (BigInteger, lambda: chance.choice((0, -1, 1 << 62, -(1 << 62), number))),
        (
            Integer,
            lambda: number % 10 if column.name == "priority" else chance.choice(WHOLE),
        ),  # an index reckons with it
    )
    for kind, make in kinds:
        if isinstance(column.type, kind):
            return make()
    text = TEXTS[number % len(TEXTS)]
    is_indexed = any(column in set(index.columns) for index in column.table.indexes)
    return f"{number} {text[:500]}" if column.primary_key or is_indexed else text
