"""Exports: what is in the file, in which order, and that an import of it gives the same items."""

import csv
import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api import item_export
from api.errors import ApiError
from tests.api.item_desk import Desk, running_desk

ROWS: list[dict[str, Any]] = [
    {"title": "=SUM(A1)", "text": "+1\n'=x", "tags": ["a;b", "@c"], "attributes": {"-": ["=1", None, 1.5]}},
    {"title": "灯塔", "text": "", "number": -7, "date": "2026-11-21", "tags": ["b"]},
    {"title": "'quoted'", "number": 0.1, "attributes": {"title": "inner"}},
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with running_desk(Path(tmp_path_factory.mktemp("exports"))) as made:
        yield made


@pytest.fixture
def desk(running: Desk) -> Desk:
    """A workspace with items."""
    made = Desk(running.parts)
    for row in ROWS:
        made.call("create_item", item=row)
    return made


@pytest.mark.parametrize("form", ["csv", "json"])
def test_what_was_exported_is_imported_as_it_was(desk: Desk, form: str) -> None:
    data = desk.exported(form, sort="created")
    other = Desk(desk.parts)
    assert other.imported(data, form)["num_refused"] == 0
    assert other.items() == desk.items()


def test_csv_is_what_spreadsheets_read_and_do_not_run(desk: Desk) -> None:
    data = desk.exported("csv", sort="created")
    assert data.startswith(b"\xef\xbb\xbftitle,text,number,date,tags,attributes\r\n")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[1][0] == "'=SUM(A1)"
    assert rows[2] == ["灯塔", "", "-7", "2026-11-21", "b", ""]


def test_json_is_an_array(desk: Desk) -> None:
    found = json.loads(desk.exported("json", sort="created"))
    assert [one["title"] for one in found] == [row["title"] for row in ROWS]
    assert set(found[0]) == {"title", "text", "number", "date", "tags", "attributes"}


def test_a_list_is_exported_as_it_is_filtered_and_sorted(desk: Desk) -> None:
    found = json.loads(desk.exported("json", where={"number_from": -10}, sort="number"))
    assert [one["number"] for one in found] == [-7, 0.1]
    assert json.loads(desk.exported("json", where={"search": "***"})) == []
    assert json.loads(desk.exported("json", where={"search": "灯塔"}))[0]["title"] == "灯塔"


def test_an_empty_workspace_exports_an_empty_file(running: Desk) -> None:
    empty = Desk(running.parts)
    assert json.loads(empty.exported("json")) == []
    assert empty.exported("csv").count(b"\n") == 1


def test_more_than_a_page_is_exported_whole(running: Desk) -> None:
    many = Desk(running.parts)
    many.imported("title\n" + "".join(f"t{number}\n" for number in range(1234)))
    task = many.ended(many.call("start_export", form="json", sort="created"))
    made = task["facts"]["made"]
    assert (made["num_items"], task["progress"]) == (1234, 100)
    assert [one["title"] for one in json.loads(many.bytes_of(made["file_id"]))] == [f"t{n}" for n in range(1234)]
    assert many.call("get_file", file_id=made["file_id"])["media_type"] == "application/json"


def test_a_cancelled_export_leaves_no_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_go_on, write = threading.Event(), threading.Event(), item_export.WRITERS["csv"]

    def held(stream: Any, rows: Any) -> None:
        stream.write(b"x")
        begun.set()
        may_go_on.wait(10)
        write(stream, rows)

    monkeypatch.setitem(item_export.WRITERS, "csv", held)
    task = desk.call("start_export", form="csv")
    assert begun.wait(10)
    desk.call("cancel_task", task_id=task["id"])
    may_go_on.set()
    assert desk.ended(task)["state"] == "cancelled"
    assert desk.call("list_files")["items"] == []


def test_an_export_that_no_room_is_left_for_says_so(tmp_path: Path) -> None:
    with running_desk(tmp_path, max_file_bytes=1024) as small:
        small.call("create_item", item={"title": "x", "text": "y" * 2000})
        task = small.ended(small.call("start_export", form="csv"))
    assert (task["state"], task["error"]["code"]) == ("failed", "too_large")


@pytest.mark.parametrize(
    "given", [{"form": "xml"}, {"form": "csv", "sort": "size"}, {"form": "csv", "where": {"x": 1}}]
)
def test_an_export_that_is_asked_for_wrongly_is_refused(desk: Desk, given: dict[str, Any]) -> None:
    with pytest.raises(ApiError) as error:
        desk.call("start_export", **given)
    assert error.value.code == "invalid_arguments"
