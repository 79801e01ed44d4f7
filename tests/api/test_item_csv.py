"""Items as CSV and JSON: what is written is read again as it was, and no spreadsheet runs a cell."""

import csv
import io
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.item_csv import COLUMNS, Refusal, as_csv, guarded, read_csv, unguarded
from api.item_export import WRITERS
from api.item_json import read_json_items
from api.item_shapes import ItemIn
from api.words import trimmed
from store.item_rows import ItemRow

NOBODY = UUID(int=0)
READERS = {"csv": read_csv, "json": read_json_items}
LETTER = st.one_of(
    st.sampled_from("=+-@\t\r\n'\";,[]{}\x00 灯é\u2028\x85\ufeff"), st.characters(exclude_categories=["Cs"])
)
TEXT = st.text(LETTER, max_size=12)
SAID = st.builds("".join, st.tuples(TEXT, st.sampled_from("x="), TEXT)).map(trimmed).filter(bool)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
ITEM = st.builds(
    ItemRow,
    id=st.just(NOBODY),
    session_id=st.just(NOBODY),
    created_ms=st.just(0),
    updated_ms=st.just(0),
    title=SAID,
    text=TEXT,
    number=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    date=st.none() | st.dates().map(str),
    tags=st.lists(SAID, max_size=3, unique=True),
    attributes=st.dictionaries(TEXT, JSON, max_size=3),
)


def written(form: str, rows: list[ItemRow]) -> bytes:
    stream = io.BytesIO()
    WRITERS[form](stream, iter(rows))
    return stream.getvalue()


@pytest.mark.parametrize("form", ["csv", "json"])
@settings(max_examples=150, deadline=None)
@given(rows=st.lists(ITEM, max_size=4))
def test_what_was_written_is_read_as_it_was(form: str, rows: list[ItemRow]) -> None:
    found = []
    for one in READERS[form](io.BytesIO(written(form, rows))):
        assert not isinstance(one, Refusal), one
        found.append(ItemIn.model_validate(one[1]).model_dump())
    assert found == [{name: getattr(row, name) for name in COLUMNS} for row in rows]


@settings(max_examples=200, deadline=None)
@given(row=ITEM)
def test_no_cell_begins_as_a_formula_does_but_for_plain_numbers(row: ItemRow) -> None:
    cells = as_csv(row)
    for name, cell in zip(COLUMNS, cells, strict=True):
        assert name == "number" or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), (name, cell)


@given(cell=TEXT)
def test_an_apostrophe_is_taken_away_only_where_one_was_put(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell


@pytest.mark.parametrize("cell", ["'tis", "", "'", "''", "'x=1", "plain", "x-1"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert guarded(cell) == unguarded(cell) == cell


@pytest.mark.parametrize(
    ("number", "cell"), [(5.0, "5"), (-5.0, "-5"), (0.1, "0.1"), (1e300, "1e+300"), (10.05, "10.05"), (None, "")]
)
def test_numbers_are_written_as_people_write_them(number: float | None, cell: str) -> None:
    row = ItemRow(id=NOBODY, session_id=NOBODY, created_ms=0, updated_ms=0, title="x", number=number)
    assert as_csv(row)[COLUMNS.index("number")] == cell


def test_tags_stand_behind_each_other() -> None:
    def cell(*tags: str) -> str:
        row = ItemRow(id=NOBODY, session_id=NOBODY, created_ms=0, updated_ms=0, title="x", tags=tags)
        return as_csv(row)[COLUMNS.index("tags")]

    assert cell("a", "b c") == "a;b c"
    assert cell("a;b", "c") == '["a;b","c"]'
    assert cell("[a") == '["[a"]'


def test_a_row_longer_than_the_modules_own_limit_is_read() -> None:
    cells = io.StringIO()
    csv.writer(cells).writerows([["title", "text"], ["x", "y" * 500_000]])
    [(number, fields)] = list(read_csv(io.BytesIO(cells.getvalue().encode())))  # type: ignore[misc]
    assert (number, len(fields["text"])) == (2, 500_000)
