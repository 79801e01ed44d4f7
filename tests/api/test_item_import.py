"""Imports: every form a file may have, every row that is refused, and how an import ends."""

import csv
import io
import json
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import pytest

from api import item_import
from api.errors import ApiError
from api.file_store import FileStore
from store import item_lists, item_rows
from store.database import StoreFull, StoreUnavailable
from tests.api.item_desk import Desk, running_desk

FULL = {
    "title": "Lighthouse",
    "text": 'Over\n"100", metres',
    "number": 103.5,
    "date": "2024-02-29",
    "tags": ["tall", "wonder"],
    "attributes": {"place": {"name": "Pharos"}},
}
HEAD = "title,text,number,date,tags,attributes\n"
FULL_CSV = 'Lighthouse,"Over\n""100"", metres",103.5,2024-02-29,tall; wonder,"{""place"": {""name"": ""Pharos""}}"\n'


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with running_desk(Path(tmp_path_factory.mktemp("imports"))) as made:
        yield made


@pytest.fixture
def desk(running: Desk) -> Desk:
    """A workspace of its own for each test."""
    return Desk(running.parts)


def refused(made: dict[str, Any]) -> list[tuple[int, str | None]]:
    assert all(one["why"] for one in made["refused"])
    return [(one["row"], one["column"]) for one in made["refused"]]


def test_a_csv_file_brings_every_field(desk: Desk) -> None:
    made = desk.imported(HEAD + FULL_CSV)
    assert made == {"num_added": 1, "num_refused": 0, "refused": [], "report_file_id": None}
    assert desk.items() == [FULL]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_marks_and_line_ends_of_every_system_are_read(desk: Desk, mark: bytes, ends: str) -> None:
    desk.imported(mark + ends.join(["title,number", "灯塔,1", "", "b,2"]).encode())
    assert [(one["title"], one["number"]) for one in desk.items()] == [("灯塔", 1), ("b", 2)]


def test_columns_come_in_any_order_and_others_become_attributes(desk: Desk) -> None:
    desk.imported('Colour,TITLE ,attributes,,size\nred,x,"{""a"": 1, ""size"": 0}",n,\n,y,,,\n')
    assert [one["attributes"] for one in desk.items()] == [{"Colour": "red", "a": 1, "size": 0, "column 4": "n"}, {}]


def test_the_order_of_the_file_is_the_order_of_the_items(desk: Desk) -> None:
    desk.imported("title\n" + "".join(f"t{number}\n" for number in range(2500)))
    assert desk.titles() == [f"t{number}" for number in range(2500)]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",text,,,,", "title"),
        ("  ,,,,,", "title"),
        ("x" * 201 + ",,,,,", "title"),
        ("x," + "y" * 100_001 + ",,,,", "text"),
        ("x,,1;5,,,", "number"),
        ("x,,1e999,,,", "number"),
        ("x,,nan,,,", "number"),
        ("x,,1_000,,,", "number"),
        ("x,,,2026-02-30,,", "date"),
        ("x,,,21.11.2026,,", "date"),
        ("x,,,," + "y" * 51 + ",", "tags.0"),
        ("x,,,," + ";".join(str(n) for n in range(51)) + ",", "tags"),
        ('x,,,,"[""a"", 1]",', "tags.1"),
        ('x,,,,"[""a""",', "tags"),
        ("x,,,,,[1]", "attributes"),
        ("x,,,,,{", "attributes"),
        ('x,,,,,"{""a"": NaN}"', "attributes"),
        ("x,,,,,,too many", None),
    ],
)
def test_a_row_that_does_not_fit_is_refused_and_the_others_come_in(desk: Desk, row: str, column: str | None) -> None:
    made = desk.imported(f"{HEAD}before,,,,,\n{row}\nafter,,,,,\n")
    assert refused(made) == [(3, column)]
    assert (made["num_added"], made["num_refused"]) == (2, 1)
    assert desk.titles() == ["before", "after"]


def test_letters_that_are_not_utf_8_are_refused_row_by_row(desk: Desk) -> None:
    made = desk.imported(b"title,text\nplain,\ncaf\xe9,\nx,na\xefve\nlast,\n")
    assert refused(made) == [(3, "title"), (4, "text")]
    assert "UTF-8" in made["refused"][0]["why"]
    assert desk.titles() == ["plain", "last"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"name,text\nx,y\n",
        b"title,title\nx,y\n",
        "title\nx".encode("utf-16"),
        b"\x00\xff\xfe",
        b"title,caf\xe9\nx,y\n",
    ],
)
def test_a_file_whose_first_line_names_no_columns_is_refused_whole(desk: Desk, data: bytes) -> None:
    task = desk.ended(desk.call("start_import", file_id=desk.put(data), form="csv"))
    assert (task["state"], task["error"]["code"]) == ("failed", "bad_header")
    assert desk.items() == []


def test_a_quote_that_never_closes_ends_the_import_and_what_came_before_is_in(desk: Desk) -> None:
    made = desk.imported('title\nbefore\n"open\n' + "x\n" * 600_000)
    assert refused(made) == [(3, None)]
    assert desk.titles() == ["before"]


def test_a_line_without_an_end_is_not_held_in_memory(desk: Desk) -> None:
    assert refused(desk.imported("title\nbefore\n" + "x" * 3_000_000)) == [(3, None)]


def test_more_refused_rows_than_are_shown_are_all_in_a_file(desk: Desk) -> None:
    made = desk.imported("title,number\n" + "".join(f"t{n},{'=x' if n % 2 else n}\n" for n in range(500)))
    assert (made["num_added"], made["num_refused"], len(made["refused"])) == (250, 250, 100)
    report = desk.bytes_of(made["report_file_id"]).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(report)))
    assert rows[0] == ["row", "column", "why"]
    assert [(int(row), column) for row, column, _why in rows[1:]] == [(n + 2, "number") for n in range(1, 500, 2)]


@pytest.mark.parametrize(
    "write", [json.dumps, lambda rows: "\n".join(map(json.dumps, rows)), lambda rows: json.dumps(rows, indent=1)]
)
def test_json_is_an_array_or_one_object_a_line(desk: Desk, write: Any) -> None:
    rows = [FULL, {"title": "b", "colour": "red", "attributes": {"a": 1}, "number": None}]
    assert desk.imported(write(rows), "json")["num_added"] == 2
    assert desk.items()[0] == FULL
    assert desk.items()[1]["attributes"] == {"a": 1, "colour": "red"}


def test_long_json_is_read_across_its_pieces(desk: Desk) -> None:
    rows = [{"title": f"t{n}", "text": '灯塔 é 😀 \\ " ' * 500, "number": n} for n in range(200)]
    desk.imported("\ufeff" + json.dumps(rows, ensure_ascii=False), "json")
    assert [(one["title"], one["text"], one["number"]) for one in desk.items()] == [
        (one["title"], one["text"], one["number"]) for one in rows
    ]


def test_json_rows_that_do_not_fit_are_refused(desk: Desk) -> None:
    rows = [{"title": "a"}, 7, {"title": ""}, {"text": "x"}, {"title": "x", "number": "1"}, {"title": "b"}]
    made = desk.imported(json.dumps(rows), "json")
    assert refused(made) == [(2, None), (3, "title"), (4, "title"), (5, "number")]
    assert desk.titles() == ["a", "b"]


def test_half_a_letter_in_json_is_refused(desk: Desk) -> None:
    made = desk.imported(
        '[{"title": "a", "attributes": {"x": ["\\ud800"]}}, {"title": "b\\udc00"}, {"title": "c"}]', "json"
    )
    assert refused(made) == [(1, None), (2, None)]
    assert desk.titles() == ["c"]


@pytest.mark.parametrize("data", ['[{"title": "a"}, {"title" "b"}, {"title": "c"}]', '[{"title": "a"}, {"title": "b'])
def test_an_array_that_breaks_off_keeps_what_came_before(desk: Desk, data: str) -> None:
    assert refused(desk.imported(data, "json"))[0] == (2, None)
    assert desk.titles() == ["a"]


def test_a_broken_line_of_json_harms_no_other_line(desk: Desk) -> None:
    made = desk.imported('{"title": "a"}\n{"title" "b"}\n{"title": NaN}\n{"title": "c"}\n{"title": "d"', "json")
    assert refused(made) == [(2, None), (3, None), (5, None)]
    assert desk.titles() == ["a", "c"]


@pytest.mark.parametrize("data", [b"title\nx", b"\xff\xfe[\x00", b"7"])
def test_a_file_that_is_no_json_is_refused_whole(desk: Desk, data: bytes) -> None:
    task = desk.ended(desk.call("start_import", file_id=desk.put(data), form="json"))
    assert (task["state"], task["error"]["code"]) == ("failed", "not_json")


def test_empty_files_bring_nothing(desk: Desk) -> None:
    assert desk.imported("title\n")["num_added"] == 0
    for data in ("", "[]", " [ ] ", "\n"):
        assert desk.imported(data, "json")["num_added"] == 0


def test_what_is_imported_is_found_and_counted(desk: Desk) -> None:
    desk.imported("title,tags\n灯塔 of Alexandria,a;b\nx,b\n")
    found = desk.call("list_items", where={"search": "灯塔 alex", "tags": ["b"]})["items"]
    assert [one["title"] for one in found] == ["灯塔 of Alexandria"]
    assert desk.call("get_item_facts")["tags"] == [{"name": "b", "num_items": 2}, {"name": "a", "num_items": 1}]


def test_only_a_file_of_this_workspace_is_imported(desk: Desk) -> None:
    file_id = Desk(desk.parts).put(b"title\nx\n")
    with pytest.raises(ApiError) as error:
        desk.call("start_import", file_id=file_id, form="csv")
    assert error.value.code == "not_found"


def test_a_file_that_is_deleted_before_its_turn_fails_the_task(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = FileStore.open_file

    def late(files: FileStore, session_id: UUID, file_id: UUID) -> BinaryIO:
        desk.call("delete_file", file_id=str(file_id))
        return opened(files, session_id, file_id)

    file_id = desk.put(b"title\nx\n")
    monkeypatch.setattr(FileStore, "open_file", late)
    task = desk.ended(desk.call("start_import", file_id=file_id, form="csv"))
    assert (task["state"], task["error"]["code"]) == ("failed", "not_found")


@pytest.mark.parametrize(
    ("trouble", "code"), [(StoreFull("full"), "disk_full"), (StoreUnavailable("x"), "unavailable")]
)
def test_a_store_that_takes_no_more_is_told_as_such(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, trouble: Exception, code: str
) -> None:
    def fail(*_arguments: object) -> None:
        raise trouble

    file_id = desk.put(b"title\nx\n")
    with monkeypatch.context() as around:
        around.setattr(item_rows, "add", fail)
        task = desk.ended(desk.call("start_import", file_id=file_id, form="csv"))
    assert (task["state"], task["error"]["code"]) == ("failed", code)
    assert task["facts"]["made"]["num_added"] == 0
    with monkeypatch.context() as around:
        around.setattr(item_lists, "every_item", fail)
        task = desk.ended(desk.call("start_export", form="csv"))
    assert task["error"]["code"] == code


def test_few_imports_of_one_workspace_wait_at_the_same_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    held = threading.Event()

    def wait(_file: BinaryIO) -> Iterator[Any]:
        held.wait(10)
        return iter(())

    monkeypatch.setitem(item_import.READERS, "csv", wait)
    file_id = desk.put(b"title\nx\n")
    tasks = [desk.call("start_import", file_id=file_id, form="csv") for _ in range(4)]
    with pytest.raises(ApiError) as error:
        desk.call("start_import", file_id=file_id, form="csv")
    held.set()
    assert error.value.code == "too_many_tasks"
    assert {desk.ended(task)["state"] for task in tasks} == {"completed"}


def test_a_cancelled_import_keeps_what_is_in_and_says_how_much(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    in_second_batch, may_go_on, prepare, calls = threading.Event(), threading.Event(), item_rows.prepare, count(1)

    def held(rows: Any) -> Any:
        if next(calls) == 2:
            in_second_batch.set()
            may_go_on.wait(10)
        return prepare(rows)

    monkeypatch.setattr(item_rows, "prepare", held)
    task = desk.call("start_import", file_id=desk.put(b"title\n" + b"x\n" * 5000), form="csv")
    assert in_second_batch.wait(10)
    desk.call("cancel_task", task_id=task["id"])
    may_go_on.set()
    task = desk.ended(task)
    assert (task["state"], task["facts"]["made"]["num_added"]) == ("cancelled", 2000)
    assert desk.call("get_item_facts")["num_items"] == 2000


def test_progress_is_told_as_events(desk: Desk) -> None:
    task = desk.ended(desk.call("start_import", file_id=desk.put(b"title\n" + b"x\n" * 2500), form="csv"))
    assert task["progress"] == 100
    with desk.parts.database.read() as connection:
        said = connection.exec_driver_sql(
            "SELECT data FROM events WHERE kind = 'progress' AND stream_id = ? ORDER BY number",
            (task["id"].replace("-", ""),),
        )
        figures = [json.loads(row[0]) for row in said]
    assert [one["num_added"] for one in figures] == [1000, 2000, 2500]
    assert figures[-1]["percent"] == 100


def test_long_rows_come_in_smaller_batches(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes, prepare = list[int](), item_rows.prepare

    def counted(rows: Any) -> Any:
        sizes.append(len(rows))
        return prepare(rows)

    monkeypatch.setattr(item_rows, "prepare", counted)
    desk.imported("title,text\n" + f"x,{'y' * 99_999}\n" * 100)
    assert sum(sizes) == 100
    assert max(sizes) < 50


def test_the_page_hears_once_items_have_come(desk: Desk) -> None:
    desk.imported("title\nx\n")
    with desk.parts.database.read() as connection:
        said = connection.exec_driver_sql(
            "SELECT kind, data FROM events WHERE stream_id = ? ORDER BY number", (desk.session_id.hex,)
        ).all()
    assert ("items", '{"change":"created"}') in [tuple(row) for row in said]


def test_a_runner_that_lost_the_task_adds_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare, is_overtaken = item_rows.prepare, threading.Event()

    def overtaken(rows: Any) -> Any:
        with desk.parts.database.write() as write:
            write.connection.exec_driver_sql("UPDATE tasks SET fence = fence + 1, lease_ms = 0 WHERE kind = 'import'")
        is_overtaken.set()
        return prepare(rows)

    monkeypatch.setattr(item_rows, "prepare", overtaken)
    task = desk.call("start_import", file_id=desk.put(b"title\nx\n"), form="csv")
    assert is_overtaken.wait(10)
    task = desk.ended(task)
    assert (task["state"], task["error"]["code"]) == ("failed", "interrupted")
    assert desk.items() == []
