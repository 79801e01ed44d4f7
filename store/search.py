"""Search by words: what stands in the index of an area's texts, and how a visitor's words are looked for.

An index is an FTS5 table of SQLite (https://sqlite.org/fts5.html) whose rowid is the key of the area's rows. Each word
is stored behind a mark of its workspace, so that another workspace's rows are never met, nor even passed over. Its twin
on PostgreSQL would be a column to_tsvector('simple', ...) of the same words under a GIN index; `WordIndex` is all that
would know.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Connection, Integer, MetaData, Select, Table, Text, func, select, text

# Scripts without blanks between words are found letter by letter, and so are pictures.
_SINGLE = "\u2600-\u27bf\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U0001f300-\U0001faff"
_SINGLE += "\U00020000-\U0003ffff"
_WORD = re.compile(f"[{_SINGLE}]|[^\\W_{_SINGLE}]{{1,64}}")
_IS_SINGLE = re.compile(f"[{_SINGLE}]")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_BORDER = " \u00b6 "  # no word of a visitor's: a phrase does not reach from one text into the next
_EXACT = "#"


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
    return func.instr(column, f" {' '.join(term.words)}{'' if term.is_open else ' '}") > 0


class WordIndex:
    """The index of one area; migrations make its table."""

    def __init__(self, name: str) -> None:
        self._table = Table(name, MetaData(), Column("rowid", Integer, primary_key=True), Column("words", Text))
        self._put = text(f"INSERT OR REPLACE INTO {name} (rowid, words) VALUES (:key, :words)")  # noqa: S608 — ours

    def put(self, connection: Connection, mark: str, entries: Sequence[tuple[int, str]]) -> None:
        """Let each key be found by its words of `words_of` under a mark, and by no others."""
        if entries:
            marked = [{"key": key, "words": words.rstrip().replace(" ", f" {mark}")} for key, words in entries]
            connection.execute(self._put, marked)

    def keys(self, mark: str, terms: Sequence[Term]) -> Select[tuple[int]]:
        """Return the query of the keys under a mark that meet every term."""
        parts = [_phrase(mark, term) for term in terms]
        return select(self._table.c.rowid).where(
            text(f"{self._table.name} MATCH :terms").bindparams(terms=" AND ".join(parts))
        )


def mark_of(session_id: UUID, *, is_deleted: bool) -> str:
    """Return the mark of a workspace's words. Two workspaces may share one: a query names the workspace, too."""
    return ("d" if is_deleted else "k") + session_id.hex[:8]


def _phrase(mark: str, term: Term) -> str:
    # Quoted, and of letters and digits only: nothing in it is a word of FTS5's own language.
    return f'"{" ".join(mark + word for word in term.words)}"{" *" if term.is_open else ""}'


def _name(name: str) -> str:
    return _EXACT + name.encode().hex()
