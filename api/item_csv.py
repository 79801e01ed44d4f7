"""Items as CSV (RFC 4180, UTF-8): one a row, read and written without holding more than a row.

A spreadsheet runs a cell that begins with = + - @ or a tab. Such a cell is written behind an apostrophe, and one that
stands before these is taken away when it is read, so that what was written comes back as it was.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

from pydantic_core import from_json, to_json

from api.item_errors import BadHeader
from api.item_shapes import ItemIn
from api.item_text import as_text
from store.item_rows import ItemRow

COLUMNS = tuple(ItemIn.model_fields)
MAX_ROW = 1_048_576  # letters
SHOWN_HEADER = 80
BETWEEN_TAGS = ";"
_RUNS = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_HALF_LETTER = re.compile("[\ud800-\udfff]")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")

csv.field_size_limit(MAX_ROW)  # of the process; its own limit is below what a text may have


class Refusal(NamedTuple):
    """A row that is not taken: its number as a spreadsheet shows it, the column where one is at fault, and why."""

    row: int
    column: str | None
    why: str


class NotFitting(Exception):
    """A cell that cannot be read: its column and why."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(why)
        self.column = column
        self.why = why


Found = tuple[int, dict[str, Any]] | Refusal


def read_csv(file: BinaryIO) -> Iterator[Found]:
    """Yield each row's number and fields, or why it is refused. Raises BadHeader."""
    lines = _Lines(file)
    rows = csv.reader(lines, strict=False)
    names = _names_in(rows, lines)
    number = 1
    while True:
        number += 1
        lines.begin_row()
        try:
            cells = next(rows)
        except StopIteration:
            return
        except (_RowTooLong, csv.Error):
            why = f"a row has at most {MAX_ROW} letters; is a closing quote missing? Nothing after it was read"
            yield Refusal(number, None, why)
            return
        if cells:
            yield _read_row(number, names, cells)


def as_csv(row: ItemRow) -> list[str]:
    """Return an item as cells, in the order of COLUMNS."""
    has_list = any(BETWEEN_TAGS in tag or tag.startswith("[") for tag in row.tags)
    tags = to_json(list(row.tags)).decode() if has_list else BETWEEN_TAGS.join(row.tags)
    attributes = to_json(row.attributes).decode() if row.attributes else ""
    number = "" if row.number is None else repr(row.number).removesuffix(".0")
    return [guarded(row.title), guarded(row.text), number, row.date or "", guarded(tags), attributes]


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet runs."""
    return f"'{cell}" if _RUNS.match(cell) else cell


def unguarded(cell: str) -> str:
    """Return a cell as it was before `guarded`."""
    return cell[1:] if cell[:1] == "'" and _GUARDED.match(cell) else cell


class _RowTooLong(Exception):
    pass


class _Lines:
    """The lines of a file, so many letters at most for one row. A byte that is no UTF-8 becomes half a letter."""

    def __init__(self, file: BinaryIO) -> None:
        self._text = as_text(file, newline="")
        self._left = MAX_ROW

    def begin_row(self) -> None:
        self._left = MAX_ROW

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(self._left + 1)
        self._left -= len(line)
        if self._left < 0:
            raise _RowTooLong
        if not line:
            raise StopIteration
        return line


def _names_in(rows: Iterator[list[str]], lines: _Lines) -> list[str]:
    lines.begin_row()
    try:
        given = [unguarded(cell).strip() for cell in next(rows, [])]
    except (_RowTooLong, csv.Error):
        raise BadHeader(reason="…") from None
    known = {name.lower() for name in given} & set(COLUMNS)
    names = [name.lower() if name.lower() in known else name for name in given]
    names = [name or f"column {place}" for place, name in enumerate(names, 1)]
    if "title" not in names or len(set(names)) < len(names) or any(_is_broken(name) for name in names):
        shown = ", ".join(given)[:SHOWN_HEADER].encode(errors="replace").decode()
        raise BadHeader(reason=shown or "…")
    return names


def _read_row(number: int, names: list[str], cells: list[str]) -> Found:
    if len(cells) > len(names) and any(cells[len(names) :]):
        return Refusal(number, None, f"it has {len(cells)} cells, and the first line names {len(names)}")
    try:
        return number, _fields(names, cells)
    except NotFitting as error:
        return Refusal(number, error.column, error.why)


def _fields(names: list[str], cells: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    others: dict[str, Any] = {}
    for name, guarded_cell in zip(names, cells, strict=False):
        if not guarded_cell:
            continue
        cell = unguarded(guarded_cell)
        if not cell.isascii() and _is_broken(cell):
            raise NotFitting(name, "its letters are not UTF-8; save the file as UTF-8")
        if name in _READ:
            found[name] = _READ[name](cell)
        elif name in COLUMNS:
            found[name] = cell
        else:
            others[name] = cell
    if others:
        found["attributes"] = {**found.get("attributes", {}), **others}
    return found


def _is_broken(cell: str) -> bool:
    return _HALF_LETTER.search(cell) is not None


def _number(cell: str) -> float | None:
    word = cell.strip()
    if word and not _NUMBER.fullmatch(word):
        raise NotFitting("number", "write a number such as 12.5")
    return float(word) if word else None


def _day(cell: str) -> str | None:
    return cell.strip() or None


def _tags(cell: str) -> list[str]:
    if cell.lstrip().startswith("["):
        tags = _json(cell, "tags")
        if isinstance(tags, list):
            return tags
    return [tag for tag in cell.split(BETWEEN_TAGS) if tag.strip()]


def _attributes(cell: str) -> Mapping[str, Any]:
    if not cell.strip():
        return {}
    attributes = _json(cell, "attributes")
    if not isinstance(attributes, dict):
        raise NotFitting("attributes", "write a JSON object")
    return attributes


def _json(cell: str, column: str) -> Any:
    try:
        return from_json(cell, allow_inf_nan=False)
    except ValueError as error:
        raise NotFitting(column, f"it is not JSON ({error})") from None


_READ = {"number": _number, "date": _day, "tags": _tags, "attributes": _attributes}
