"""Search: what is found by which words, whatever their syntax, and never in another workspace."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, literal, select

from store.database import Database
from store.item_rows import INDEX
from store.search import Term, mark_of, stands_in, term_of_name, terms_of, words_of

TEXT = "Café Müller: über 100 m/s, C++ & snake_case; 关于灯塔的故事 ｆｕｌｌ ЁЛКА 東京タワー 한국어 😀 don't"
FOUND = """Café cafe CAFÉ caf muller ÜBER 100 10 m/s c++ snake snake_case snake_c 灯塔 关于灯 塔的 full ёлка елка 東京
    タワ 국어 한국 😀 don't don cafe&muller case;关于""".split()  # noqa: SIM905
NOT_FOUND = ["afe", "塔灯", "灯的", "muller-cafe", "caseful", "snakes", "100m", "东京", "zzz", "case 塔灯"]
HOSTILE = """" "" ' * % _ - -cafe ^cafe "cafe cafe* cafe" caf* AND OR NOT NEAR NEAR(cafe,2) (cafe (cafe) words:cafe
    {words}:cafe +cafe cafe+über "cafe"* cafe^2 -- ; \\ \\" \x01 #63616665 # ¶ ¶cafe 'DROP $1 :terms ?""".split()  # noqa: SIM905
SESSION, OTHER = UUID(int=1 << 100), UUID(int=2 << 100)
MARK = mark_of(SESSION, is_deleted=False)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def connection(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """Give a connection that writes; nothing of it is kept."""
    if request.param == "sqlite":
        database = Database(Path(tmp_path_factory.mktemp("search")) / "studiolo.db")
    else:
        database = Database(request.getfixturevalue("postgres").new_database())
    with database.engine.connect() as made:
        if request.param == "postgres":
            made.exec_driver_sql("ALTER TABLE item_words DROP CONSTRAINT item_words_key_fkey")
        yield made
    database.close()


KEYS = count(1)


def found_by(connection: Connection, terms: list[Term] | None, words: str) -> bool:
    """Tell by the index and by reading whether words are found; the index must miss none, and an exact one add none."""
    key = next(KEYS)
    INDEX.put(connection, MARK, [(key, words)])
    by_index = terms is not None and key in keys(connection, MARK, terms)
    by_reading = terms is not None and all(
        connection.execute(select(stands_in(literal(words), term))).scalar() for term in terms
    )
    assert by_index >= by_reading
    assert by_index == by_reading or not INDEX.is_exact(connection)
    return by_reading


def keys(connection: Connection, mark: str, terms: list[Term]) -> list[Any]:
    return list(connection.execute(INDEX.keys(connection, mark, terms)).scalars())


def is_found(connection: Connection, wish: str, *texts: str) -> bool:
    return found_by(connection, terms_of(wish), words_of(texts))


@pytest.mark.parametrize("wish", FOUND)
def test_a_word_is_found_by_its_beginning_and_chinese_by_any_letters(connection: Connection, wish: str) -> None:
    assert is_found(connection, wish, TEXT)


@pytest.mark.parametrize("wish", NOT_FOUND)
def test_what_does_not_stand_there_is_not_found(connection: Connection, wish: str) -> None:
    assert not is_found(connection, wish, TEXT)


def test_every_word_must_be_met_in_whatever_order(connection: Connection) -> None:
    assert is_found(connection, "灯塔 müll caf", TEXT)
    assert not is_found(connection, "灯塔 müll nowhere", TEXT)


@pytest.mark.parametrize("wish", HOSTILE)
def test_the_syntax_of_the_index_is_plain_text(connection: Connection, wish: str) -> None:
    said = any(letter.isalpha() or letter.isdigit() for letter in wish)
    assert is_found(connection, wish, wish) == said
    assert is_found(connection, f"{wish} beacon", "beacon", wish)
    assert not is_found(connection, f"{wish} nothing", "beacon", wish)


def test_words_that_say_nothing_find_nothing_and_no_words_ask_for_nothing() -> None:
    assert terms_of("*** -- !") is None
    assert terms_of("") == terms_of("  \n ") == []


def test_a_phrase_does_not_reach_from_one_text_into_the_next(connection: Connection) -> None:
    assert is_found(connection, "灯塔", "灯塔", "x")
    assert not is_found(connection, "灯塔", "灯", "塔")


def test_a_name_is_found_whole_and_by_nothing_else(connection: Connection) -> None:
    words = words_of(["x"], ["Red wine", "红"])
    for name, is_there in (("Red wine", True), ("红", True), ("Red", False), ("red wine", False), ("", False)):
        assert found_by(connection, [term_of_name(name)], words) == is_there, name
    assert not found_by(connection, terms_of("red"), words)


def test_long_words_are_found_by_all_their_letters(connection: Connection) -> None:
    assert is_found(connection, "a" * 200, "a" * 5000)
    assert not is_found(connection, "a" * 199 + "b", "a" * 5000)


def test_many_terms_are_one_question(connection: Connection) -> None:
    words = " ".join(f"w{number}" for number in range(100))
    assert is_found(connection, words, words)


def test_another_workspaces_words_and_those_of_the_trash_are_not_met(connection: Connection) -> None:
    key, terms = next(KEYS), terms_of("unmistakable")
    assert terms
    INDEX.put(connection, mark_of(SESSION, is_deleted=True), [(key, words_of(["unmistakable"]))])
    for mark in (MARK, mark_of(OTHER, is_deleted=False), mark_of(OTHER, is_deleted=True)):
        assert keys(connection, mark, terms) == []
    assert keys(connection, mark_of(SESSION, is_deleted=True), terms) == [key]


def test_what_is_put_anew_is_found_by_its_new_words_only(connection: Connection) -> None:
    key, old, new = next(KEYS), terms_of("formerly"), terms_of("nowadays")
    assert old
    assert new
    INDEX.put(connection, MARK, [(key, words_of(["formerly"]))])
    INDEX.put(connection, MARK, [(key, words_of(["nowadays"]))])
    assert keys(connection, MARK, old) == []
    assert keys(connection, MARK, new) == [key]


LETTER = st.one_of(st.sampled_from("ab é灯塔\"'*-_.:#¶"), st.characters(exclude_categories=["Cs"]))
LETTERS = st.text(LETTER, max_size=30)


@settings(max_examples=200, deadline=None)
@given(before=LETTERS, wish=LETTERS, after=LETTERS)
def test_any_text_is_found_by_any_of_its_words(connection: Connection, before: str, wish: str, after: str) -> None:
    terms = terms_of(wish)
    assert not terms or is_found(connection, wish, f"{before} {wish} {after}")
