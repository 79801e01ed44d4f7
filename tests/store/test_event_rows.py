"""Streams of numbered events as rows."""

from uuid import UUID

import pytest
from sqlalchemy.exc import NoResultFound

from store import event_rows
from store.database import Database
from tests.store.rows import add_session


def append(database: Database, stream: UUID, *words: str) -> list[int]:
    with database.write() as write:
        added = event_rows.append(write.connection, stream, [("text", {"text": word}) for word in words])
    return [event.number for event in added]


def fold(database: Database, stream: UUID, keep: int) -> None:
    with database.write() as write:
        event_rows.fold(write.connection, stream, keep)


def seen(database: Database, stream: UUID, after: int = 0, limit: int = 100) -> list[tuple[int, object]]:
    with database.read() as connection:
        return [(e.number, e.data["text"]) for e in event_rows.after(connection, stream, after, limit)]


def position(database: Database, stream: UUID) -> tuple[int, int]:
    with database.read() as connection:
        return event_rows.position(connection, stream)


def test_numbers_begin_at_one_and_go_on(database: Database) -> None:
    stream = add_session(database)
    assert append(database, stream, "a") == [1]
    assert append(database, stream, "b", "c") == [2, 3]
    assert seen(database, stream) == [(1, "a"), (2, "b"), (3, "c")]
    assert position(database, stream) == (3, 0)


def test_a_page_of_events_is_as_long_as_asked_and_begins_where_asked(database: Database) -> None:
    stream = add_session(database)
    append(database, stream, *"abcdef")
    assert seen(database, stream, after=2, limit=3) == [(3, "c"), (4, "d"), (5, "e")]


def test_a_stream_that_is_not_open_takes_nothing_and_has_nothing(database: Database) -> None:
    nowhere = UUID(int=1)
    with pytest.raises(NoResultFound):
        append(database, nowhere, "a")
    assert position(database, nowhere) == (0, 0)
    assert seen(database, nowhere) == []


def test_opening_a_stream_again_keeps_it(database: Database) -> None:
    stream = add_session(database)
    append(database, stream, "a")
    with database.write() as write:
        event_rows.open_stream(write.connection, stream, stream)
    assert append(database, stream, "b") == [2]


def test_folding_keeps_the_newest_and_the_numbers_go_on(database: Database) -> None:
    stream = add_session(database)
    append(database, stream, *"abcde")
    fold(database, stream, 2)
    assert seen(database, stream) == [(4, "d"), (5, "e")]
    assert position(database, stream) == (5, 3)
    assert append(database, stream, "f") == [6]
    fold(database, stream, 3)
    assert position(database, stream) == (6, 3)
    fold(database, stream, 0)
    assert (seen(database, stream), position(database, stream)) == ([], (6, 6))
    assert append(database, stream, "g") == [7]


def test_folding_more_than_there_is_changes_nothing(database: Database) -> None:
    stream = add_session(database)
    append(database, stream, "a")
    fold(database, stream, 5)
    assert (seen(database, stream), position(database, stream)) == ([(1, "a")], (1, 0))


def test_folding_one_stream_leaves_the_others(database: Database) -> None:
    stream, other = add_session(database), add_session(database)
    append(database, stream, "a")
    append(database, other, "b")
    fold(database, stream, 0)
    assert seen(database, other) == [(1, "b")]


def test_letters_of_every_script_come_back_as_they_were(database: Database) -> None:
    stream = add_session(database)
    words = ["世界", "🌍", "e\u0301", '"\\\n\0', "\u2028"]
    append(database, stream, *words)
    assert [text for _number, text in seen(database, stream)] == words


def test_the_last_numbers_of_many_streams_come_at_once(database: Database) -> None:
    streams = [add_session(database) for _ in range(3)]
    for number, stream in enumerate(streams):
        append(database, stream, *"abc"[: number + 1])
    with database.read() as connection:
        found = event_rows.last_numbers(connection, [*streams, UUID(int=9)])
    assert found == dict(zip(streams, [1, 2, 3], strict=True))


def test_a_stream_goes_with_its_session(database: Database) -> None:
    stream = add_session(database)
    append(database, stream, "a")
    with database.write() as write:
        write.connection.exec_driver_sql("DELETE FROM sessions")
        assert write.connection.exec_driver_sql("SELECT count(*) FROM events").scalar() == 0
    assert position(database, stream) == (0, 0)
