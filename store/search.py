"""Search by words: what stands in the index of an area's texts, and how a visitor's words are looked for.

An index is an FTS5 table of SQLite (https://sqlite.org/fts5.html) whose rowid is the key of the area's rows. Each word
is stored behind a mark of its workspace, so that another workspace's rows are never met, nor even passed over. Its twin
on PostgreSQL is a table of the same marked words as a tsvector under a GIN index
(https://www.postgresql.org/docs/current/textsearch-indexes.html); `WordIndex` is all that knows which of them it is.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    select,
    text,
)

from store.dialect import is_postgres, place_in

# Scripts without blanks between words are found letter by letter, and so are pictures.
_SINGLE = "\u2600-\u27bf\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U0001f300-\U0001faff"
_SINGLE += "\U00020000-\U0003ffff"
_WORD = re.compile(f"[{_SINGLE}]|[^\\W_{_SINGLE}]{{1,64}}")
_IS_SINGLE = re.compile(f"[{_SINGLE}]")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_BORDER = " \u00b6 "  # no word of a visitor's: a phrase does not reach from one text into the next
_EXACT = "#"
MAX_LEXEME_BYTES = 900_000


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must stand one after the other; of the last one the beginning is enough where it `is_open`."""

    words: tuple[str, ...]
    is_open: bool


def folded(text_: str) -> str:
    """Return a text without what search and sorting do not tell apart: case, accents of letters, width."""
    if text_.isascii():
        return text_.lower()
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text_))
    return unicodedata.normalize("NFKC", plain).casefold()


def words_of(texts: Iterable[str], names: Iterable[str] = ()) -> str:
    """Return the words of some texts as an index takes them, with a blank at both ends.

    `names` are found by `term_of_name` only: as they are, and whole.
    """
    found = _BORDER.join(" ".join(_WORD.findall(folded(one))) for one in texts)
    exact = "".join(f" {_name(one)}" for one in names)
    return f" {found}{exact} "


def terms_of(wish: str) -> list[Term] | None:
    """Return what a visitor's words ask for, all of which must be met; None where nothing can meet them."""
    parts = [tuple(_WORD.findall(folded(part))) for part in wish.split()]
    found = [Term(words, not _IS_SINGLE.match(words[-1])) for words in parts if words]
    return list(dict.fromkeys(found)) if found or not parts else None


def term_of_name(name: str) -> Term:
    """Return what finds a name."""
    return Term((_name(name),), is_open=False)


def stands_in(column: ColumnElement[str], term: Term) -> ColumnElement[bool]:
    """Tell of one row's words whether they meet a term, without the index: the same answer by reading."""
    return place_in(column, f" {' '.join(term.words)}{'' if term.is_open else ' '}") > 0


class WordIndex:
    """The index of one area; migrations make its table."""

    def __init__(self, name: str) -> None:
        self._fts5 = Table(name, MetaData(), Column("rowid", Integer, primary_key=True), Column("words", Text))
        self._gin = Table(name, MetaData(), Column("key", BigInteger, primary_key=True), Column("words", Text))
        self._put = text(f"INSERT OR REPLACE INTO {name} (rowid, words) VALUES (:key, :words)")  # noqa: S608 — ours
        self._put_lexemes = text(
            f"INSERT INTO {name} (key, words) VALUES (:key, array_to_tsvector(CAST(:words AS text[]))) "  # noqa: S608
            "ON CONFLICT (key) DO UPDATE SET words = excluded.words"
        )

    def is_exact(self, connection: Connection) -> bool:
        """Tell whether it knows which words stand together; where it does not, `stands_in` has to tell."""
        return not is_postgres(connection)

    def put(self, connection: Connection, mark: str, entries: Sequence[tuple[int, str]]) -> None:
        """Let each key be found by its words of `words_of` under a mark, and by no others."""
        if not entries:
            return
        marked = [(key, words.rstrip().replace(" ", f" {mark}")) for key, words in entries]
        if is_postgres(connection):
            lexemes = [{"key": key, "words": _lexemes(words)} for key, words in marked]
            connection.execute(self._put_lexemes, lexemes)
        else:
            connection.execute(self._put, [{"key": key, "words": words} for key, words in marked])

    def keys(self, connection: Connection, mark: str, terms: Sequence[Term]) -> Select[tuple[int]]:
        """Return the query of the keys under a mark that meet every term; where it `is_exact`, of no others."""
        if is_postgres(connection):
            lexemes = " & ".join(_lexeme_query(mark, term) for term in terms)
            found = text("words @@ CAST(:lexemes AS tsquery)").bindparams(lexemes=lexemes)
            return select(self._gin.c.key).where(found)
        phrases = " AND ".join(_phrase(mark, term) for term in terms)
        return select(self._fts5.c.rowid).where(text(f"{self._fts5.name} MATCH :terms").bindparams(terms=phrases))


def mark_of(session_id: UUID, *, is_deleted: bool) -> str:
    """Return the mark of a workspace's words. Two workspaces may share one: a query names the workspace, too."""
    return ("d" if is_deleted else "k") + session_id.hex[:8]


def _phrase(mark: str, term: Term) -> str:
    # Quoted, and of letters and digits only: nothing in it is a word of FTS5's own language.
    return f'"{" ".join(mark + word for word in term.words)}"{" *" if term.is_open else ""}'


def _lexemes(marked: str) -> list[str]:
    """Return each marked word once, as many as a tsvector takes: it holds a megabyte."""
    found, num_bytes = [], 0
    for word in dict.fromkeys(marked.split()):
        num_bytes += len(word.encode())
        if num_bytes > MAX_LEXEME_BYTES:
            break
        found.append(word)
    return found


def _lexeme_query(mark: str, term: Term) -> str:
    words = [f"'{mark}{word}'" for word in term.words]  # of letters, digits and the marks: nothing in it ends the quote
    return " & ".join(words) + (":*" if term.is_open else "")


def _name(name: str) -> str:
    return _EXACT + name.encode().hex()
