"""Copying between SQLite and PostgreSQL: equal checksums either way, whatever the values; and all that is refused."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Table, func, select, text, update

from store import item_rows
from store.copying import Copied, copy_database, is_in_use, picture_of
from store.database import Database, StoreUnavailable
from store.drafts import MoveRefused
from store.row_writers import PostgresRows, SqliteRows
from store.search import mark_of
from store.table_sums import Summing, TableSum, sums_of
from store.tables import items, metadata, sessions
from tests.postgres import PostgresServer
from tests.store.every_table import fill
from tests.store.item_samples import add, change, item, terms
from tests.store.rows import add_session

NUM_ROWS = 16
At = Path | str


def quiet(_sentence: str) -> None:
    """Say nothing."""


def filled(at: At, num_rows: int = NUM_ROWS) -> dict[str, TableSum]:
    """Make a database with rows in every table and return their sums."""
    database = Database(at)
    with database.write() as write:
        fill(write.connection, num_rows)
    database.close()
    return sums_at(at)


def sums_at(at: At) -> dict[str, TableSum]:
    with picture_of(at) as rows:
        return sums_of(rows)


@pytest.fixture
def empty_postgres(postgres: PostgresServer) -> Iterator[str]:
    """A PostgreSQL without any table."""
    address = postgres.new_database()
    yield address
    postgres.drop_database(address)


@pytest.fixture
def target(request: pytest.FixtureRequest, store_at: At, tmp_path: Path) -> At:
    """A place to copy to, of the other kind than `store_at`."""
    if isinstance(store_at, str):
        return tmp_path / "copy.db"
    address: str = request.getfixturevalue("empty_postgres")
    return address


def test_every_row_of_every_table_comes_over_and_back_with_equal_checksums(tmp_path: Path, empty_postgres: str) -> None:
    source, back = tmp_path / "studiolo.db", tmp_path / "back.db"
    sums = filled(source)
    assert set(sums) == set(metadata.tables)
    assert all(one.rows == NUM_ROWS for one in sums.values())
    over = copy_database(source, empty_postgres, quiet)
    assert over == Copied(sums=sums, num_replaced=0)
    assert copy_database(empty_postgres, back, quiet).sums == sums == sums_at(empty_postgres) == sums_at(back)
    assert sums_at(source) == sums
    assert sorted(path.name for path in tmp_path.iterdir()) == ["back.db", "studiolo.db", "studiolo.migrating"]


def test_what_postgres_alone_can_hold_comes_to_sqlite(store_at: At, tmp_path: Path) -> None:
    sums = filled(store_at)
    assert copy_database(store_at, tmp_path / "copy.db", quiet).sums == sums_at(tmp_path / "copy.db") == sums


def test_items_are_found_by_their_words_after_a_copy_and_new_ones_get_new_keys(store_at: At, target: At) -> None:
    database = Database(store_at)
    session_id = add_session(database)
    kept, gone = add(database, item(session_id, "red 工作 fox"), item(session_id, "red fox, deleted"))
    change(database, gone, replace(gone, deleted_ms=5))
    database.close()
    copy_database(store_at, target, quiet)
    copied = Database(target)
    assert found(copied, session_id, "red fo") == [kept.key]
    (new,) = add(copied, item(session_id, "red fox again"))
    assert new.key > max(kept.key, gone.key)
    assert found(copied, session_id, "red fo") == [kept.key, new.key]
    copied.close()


def found(database: Database, session_id: UUID, words: str) -> list[int]:
    with database.read() as rows:
        query = item_rows.INDEX.keys(rows, mark_of(session_id, is_deleted=False), terms(words))
        return sorted(list[Any](rows.execute(query).scalars()))


def test_texts_that_postgres_cannot_hold_are_replaced_and_counted(tmp_path: Path, empty_postgres: str) -> None:
    source, back = tmp_path / "studiolo.db", tmp_path / "back.db"
    database = Database(source)
    session_id = add_session(database)
    with database.write() as write:
        changes = {"title": "a\0b\0", "data": {"text": "a\0b"}}
        write.connection.execute(update(sessions).values(changes))
    database.close()
    assert copy_database(source, empty_postgres, quiet).num_replaced == 1
    copy_database(empty_postgres, back, quiet)
    with picture_of(back) as rows:
        kept = rows.execute(select(sessions.c.id, sessions.c.title, sessions.c.data)).one()
    assert tuple(kept) == (session_id, "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}", {"text": "a\0b"})


def test_what_is_written_meanwhile_stays_behind_and_what_was_before_is_all_there(store_at: At, target: At) -> None:
    sums, writer = filled(store_at), Database(store_at)

    def write(_sentence: str) -> None:
        add_session(writer)

    copied = copy_database(store_at, target, write)
    with writer.read() as rows:
        assert rows.execute(select(func.count()).select_from(sessions)).scalar_one() > NUM_ROWS
    writer.close()
    assert copied.sums == sums == sums_at(target)


def test_a_difference_names_the_table_and_the_target_stays_empty(
    store_at: At, target: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(store_at)
    for writer in (SqliteRows, PostgresRows):
        put = writer.put

        def lossy(self: Any, table: Table, columns: Any, rows: Any, put: Any = put) -> None:
            altered = ({**dict(zip(columns, row, strict=True)), items.c.title: "other"}.values() for row in rows)
            put(self, table, columns, map(tuple, altered) if table is items else rows)

        monkeypatch.setattr(writer, "put", lossy)
    with pytest.raises(MoveRefused, match=r"table items did not come over"):
        copy_database(store_at, target, quiet)
    assert is_untouched(target)


def test_a_value_that_does_not_fit_names_the_table_and_the_target_stays_empty(
    tmp_path: Path, empty_postgres: str
) -> None:
    filled(tmp_path / "studiolo.db")
    database = Database(tmp_path / "studiolo.db")
    with database.write() as write:
        write.connection.exec_driver_sql(f"UPDATE sessions SET version = {1 << 40} WHERE created_ms = 0 OR 1")
    database.close()
    with pytest.raises(MoveRefused, match=r"table sessions cannot be copied: .*out of range"):
        copy_database(tmp_path / "studiolo.db", empty_postgres, quiet)
    assert is_untouched(empty_postgres)


def is_untouched(target: At) -> bool:
    if isinstance(target, Path):
        return not target.exists() and [path.suffix for path in target.parent.iterdir() if "copy" in path.name] == []
    return all(one.rows == 0 for one in sums_at(target).values())


def test_a_target_with_rows_is_refused_and_left_alone(store_at: At, target: At) -> None:
    filled(store_at, 3)
    kept = filled(target, 2)
    with pytest.raises(MoveRefused, match=r"is not empty: its table \w+ has rows|is there already"):
        copy_database(store_at, target, quiet)
    assert sums_at(target) == kept


def test_a_database_that_a_server_has_open_is_told(store_at: At) -> None:
    filled(store_at, 1)
    assert not is_in_use(store_at)
    database = Database(store_at)
    assert is_in_use(store_at)
    database.close()
    assert not is_in_use(store_at)


def test_a_postgres_that_a_server_has_open_is_no_target(tmp_path: Path, empty_postgres: str) -> None:
    filled(tmp_path / "studiolo.db", 1)
    database = Database(empty_postgres)
    with database.read(), pytest.raises(MoveRefused, match="used by a server"):
        copy_database(tmp_path / "studiolo.db", empty_postgres, quiet)
    database.close()


@pytest.mark.parametrize(("revision", "sentence"), [("0001_first_tables", "db upgrade"), ("9999_x", "newer Studiolo")])
def test_a_source_of_another_revision_is_refused(store_at: At, target: At, revision: str, sentence: str) -> None:
    filled(store_at, 1)
    database = Database(store_at)
    with database.write() as write:
        write.connection.execute(text("UPDATE alembic_version SET version_num = :one"), {"one": revision})
    database.close()
    with pytest.raises(MoveRefused, match=sentence):
        copy_database(store_at, target, quiet)
    assert not Path(str(target)).exists()


def test_places_that_hold_nothing_of_ours_are_refused(tmp_path: Path, empty_postgres: str) -> None:
    (tmp_path / "text.db").write_text("no database at all, only a text of some length" * 100)
    (tmp_path / "empty.db").touch()
    with pytest.raises(MoveRefused, match="There is no database at"):
        copy_database(tmp_path / "nothing.db", tmp_path / "copy.db", quiet)
    with pytest.raises(StoreUnavailable, match="not a database"):
        copy_database(tmp_path / "text.db", tmp_path / "copy.db", quiet)
    for source in (tmp_path / "empty.db", empty_postgres):
        with pytest.raises(MoveRefused, match="holds no database of Studiolo"):
            copy_database(source, tmp_path / "copy.db", quiet)
    with pytest.raises(StoreUnavailable, match=r"PostgreSQL at 127.0.0.1:1/none: "):
        copy_database("postgresql://me:secret@127.0.0.1:1/none", tmp_path / "copy.db", quiet)


TEXTS = st.sampled_from(["", "a", "aa", "-", "1:a"]) | st.text()  # few, so that some join to the same
ROWS = st.lists(st.tuples(st.none() | TEXTS, TEXTS, st.integers(0, 2)), min_size=1, max_size=2)
COLUMNS = (items.c.date, items.c.title, items.c.version)


@given(ROWS, st.randoms(use_true_random=False))
def test_a_sum_is_of_the_rows_in_any_order(rows: list[Any], chance: Random) -> None:
    other = chance.sample(rows, len(rows))
    assert summed(rows) == summed(other)


@example([("a", "aa", 1)], [("aa", "a", 1)])
@example([(None, "", 1)], [("-", "", 1)])
@example([("a", "1:a", 1)], [("a1:a", "", 1)])
@given(ROWS, ROWS)
def test_other_rows_have_another_sum(rows: list[Any], others: list[Any]) -> None:
    assert (summed(rows) == summed(others)) == (Counter(rows) == Counter(others))


def summed(rows: list[Any]) -> TableSum:
    summing = Summing(COLUMNS)
    assert list(summing.passing(rows)) == rows
    return summing.result()
