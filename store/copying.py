"""All rows from one database into another, SQLite or PostgreSQL: from one unmoving picture, compared at the end."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Connection, exists, select, text
from sqlalchemy.exc import SQLAlchemyError

from store import quiet_file
from store.backend import Backend, StoreUnavailable, say
from store.database import backend_at
from store.drafts import MoveRefused, appear, draft_folder, make_lasting
from store.item_rows import INDEX
from store.migrate import FOLDER, bring_up_to_date, newest, version_in, version_of
from store.pace import Pace, Tell
from store.row_writers import writer_for
from store.search import mark_of
from store.table_sums import BATCH, Summing, TableSum, rows_of, sum_of, tables_in
from store.tables import items, metadata

At = Path | str  # a SQLite file, or the address of a PostgreSQL
TROUBLE = (SQLAlchemyError, psycopg.Error, sqlite.Error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What was copied, the same on both sides. `num_replaced`: texts in which U+0000 became U+FFFD."""

    sums: dict[str, TableSum]
    num_replaced: int

    @property
    def num_rows(self) -> int:
        """How many rows there are."""
        return sum(one.rows for one in self.sums.values())


def copy_database(source: At, target: At, tell: Tell, before_commit: Callable[[], None] = lambda: None) -> Copied:
    """Copy everything into a database that is empty, or a file that is not there yet.

    Where this ends in the middle, the source is as it was, and the target empty or not there. `before_commit` is
    called once all rows are there and found equal. Raises MoveRefused and StoreUnavailable.
    """
    with picture_of(source) as rows:
        refuse_other_revision(version_in(rows), source)
        if isinstance(target, Path):
            return _into_file(rows, target, tell, before_commit)
        return _into_postgres(rows, target, tell, before_commit)


@contextmanager
def picture_of(at: At) -> Iterator[Connection]:
    """Give one unmoving picture of a database, of whatever revision. Raises MoveRefused, StoreUnavailable."""
    if isinstance(at, Path) and not at.is_file():
        raise MoveRefused(f"There is no database at {at}. Set STUDIOLO_DATA_DIR to the folder of your data.")
    with telling_trouble(at), quiet_file.reading(at) if isinstance(at, Path) else _reading(at) as connection:
        yield connection


@contextmanager
def telling_trouble(at: At) -> Iterator[None]:
    """Raise StoreUnavailable for what a driver says of a database."""
    try:
        yield
    except TROUBLE as error:
        raise StoreUnavailable(f"{name_of(at)}: {first_line(error)}") from error


def name_of(at: At) -> str:
    """Return a database's place for people: without its password."""
    return str(at) if isinstance(at, Path) else f"PostgreSQL at {at.rpartition('@')[2].partition('?')[0]}"


def first_line(error: Exception) -> str:
    """Return what a driver said, without the statement."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]


def is_in_use(at: At) -> bool:
    """Tell whether a server or worker has a database open."""
    with telling_trouble(at):
        if isinstance(at, Path):
            return quiet_file.is_in_use(at)
        with _opened(at) as backend, backend.engine.connect() as connection:
            return _num_others(connection) > 0


def refuse_other_revision(found: str | None, at: At) -> None:
    """Raise MoveRefused where a database is not of this version's shape."""
    refuse_unknown_revision(found, name_of(at))
    if found != newest():
        raise MoveRefused(f"{name_of(at)} stands at {found}: run `python main.py db upgrade` on it first.")


def refuse_unknown_revision(found: str | None, name: str) -> None:
    """Raise MoveRefused where something is no database of ours, or one of a newer version."""
    if found is None:
        raise MoveRefused(f"{name} holds no database of Studiolo.")
    if not (FOLDER / "versions" / f"{Path(found).name}.py").is_file():
        raise MoveRefused(f"{name} is of a newer Studiolo ({found}; this one knows {newest()}): use that version.")


def copy_rows(source: Connection, target: Connection, tell: Tell) -> Copied:
    """Copy every row inside the transactions that both have open, and compare. Raises MoveRefused."""
    writer, sums, pace = writer_for(target), dict[str, TableSum](), Pace(tell)
    for table, columns in tables_in(source):
        with _naming(table.name):
            summing = Summing(columns)
            fitting = summing.passing(writer.fitting(columns, rows_of(source, columns)))
            writer.put(table, columns, _told(fitting, table.name, pace))
            writer.end(table)
            sums[table.name] = summing.result()
        if sums[table.name].rows:
            tell(f"{table.name}: {sums[table.name].rows:,} rows")
    index_words(target)
    tell("comparing both sides")
    _compare(target, sums)
    return Copied(sums=sums, num_replaced=writer.num_replaced)


def _told(rows: Iterator[Sequence[Any]], table: str, pace: Pace) -> Iterator[Sequence[Any]]:
    for number, row in enumerate(rows):
        yield row
        if number % 1000 == 0:
            pace.tell(partial("{}: {:,} rows".format, table, number))


def index_words(connection: Connection) -> None:
    """Make the index of words anew from the words in the items' rows."""
    query = select(items.c.key, items.c.session_id, items.c.deleted_ms, items.c.words)
    for rows in connection.execute(query, execution_options={"yield_per": BATCH}).partitions():
        entries: dict[str, list[tuple[int, str]]] = {}
        for key, session_id, deleted_ms, words in rows:
            entries.setdefault(mark_of(session_id, is_deleted=deleted_ms is not None), []).append((key, words))
        for mark, marked in entries.items():
            INDEX.put(connection, mark, marked)


def _compare(target: Connection, sums: dict[str, TableSum]) -> None:
    for table, columns in tables_in(target):
        found, wanted = sum_of(target, columns), sums.get(table.name)
        if found != wanted:
            raise MoveRefused(
                f"The table {table.name} did not come over as it was: {wanted.rows if wanted else 0} rows went, and "
                f"{found.rows} or others came. Nothing was kept. Please report this."
            )


def _into_file(rows: Connection, target: Path, tell: Tell, before_commit: Callable[[], None]) -> Copied:
    if target.exists():
        raise MoveRefused(f"{target} is there already: name a file that is not, or move it away.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with draft_folder(target) as draft, telling_trouble(target):
        with quiet_file.making(draft / target.name) as made:
            copied = copy_rows(rows, made, tell)
            _refuse_loose_ends(made)
        make_lasting(draft)
        before_commit()
        appear(draft / target.name, target)
    return copied


def _into_postgres(rows: Connection, target: str, tell: Tell, before_commit: Callable[[], None]) -> Copied:
    with telling_trouble(target), _opened(target) as backend:
        _prepare(backend, target)
        with backend.engine.connect() as connection:
            say(connection, "BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0")
            _lock(connection)  # a server that starts now waits, and finds the rows
            _refuse_rows(connection, target)
            copied = copy_rows(rows, connection, tell)
            before_commit()
            backend.commit(connection, is_news=True)
    return copied


def _prepare(backend: Backend, target: str) -> None:
    with backend.engine.connect() as connection:
        if _num_others(connection):
            raise MoveRefused(f"{name_of(target)} is used by a server or worker. Stop it first.")
    found = version_of(backend.engine)
    if found is not None:
        refuse_unknown_revision(found, name_of(target))
        with backend.engine.connect() as connection:
            _refuse_rows(connection, target)
    bring_up_to_date(backend)


def _refuse_rows(connection: Connection, target: str) -> None:
    for table, _columns in tables_in(connection):
        if connection.execute(select(exists().select_from(table))).scalar():
            raise MoveRefused(
                f"{name_of(target)} is not empty: its table {table.name} has rows. Name a database without any "
                "(`createdb` makes one)."
            )


def _refuse_loose_ends(connection: Connection) -> None:
    found = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if found is not None:
        raise MoveRefused(
            f"A row of {found[0]} points to one of {found[2]} that is not there: `db check` tells of them."
        )


def _lock(connection: Connection) -> None:
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(table.name) for table in metadata.sorted_tables)
    say(connection, f"LOCK TABLE {names} IN EXCLUSIVE MODE")


@contextmanager
def _naming(table: str) -> Iterator[None]:
    try:
        yield
    except TROUBLE as error:
        raise MoveRefused(f"The table {table} cannot be copied: {first_line(error)}. Nothing was kept.") from error


@contextmanager
def _reading(address: str) -> Iterator[Connection]:
    with _opened(address) as backend, backend.engine.connect() as connection:
        backend.begin_read(connection)
        say(connection, "SET LOCAL idle_in_transaction_session_timeout = 0")
        yield connection
        say(connection, "ROLLBACK")


@contextmanager
def _opened(address: str) -> Iterator[Backend]:
    backend = backend_at(address)
    try:
        yield backend
    finally:
        backend.close()


def _num_others(connection: Connection) -> int:
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND application_name = 'studiolo'"
    )
    return int(connection.execute(text(query)).scalar_one())
