"""Files of a workspace: listed, renamed, deleted and restored, within their room; made by tasks, swept when over."""

import os
import time
from collections.abc import Iterator
from contextlib import closing
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import pysqlite3.dbapi2 as sqlite
import pytest

from api.errors import DiskFull, NotFound, QuotaExceeded, TooLarge
from api.file_errors import WrongOffset
from api.file_store import FileStore, NewFile
from api.file_sweep import FileSweep
from api.file_uploads import Uploads
from doors.own import open_own, own_caller
from sessions.own_key import own_keys
from settings import load_settings
from store import file_rows, session_rows
from store.database import StoreFull
from tests.sending import add_file, begin, send
from tests.visitors import Refusal, Visitor
from web_mode import Parts, build

MAX_BYTES = 100_000
LONG_AGO_MS = 1_000_000
NOTHING = ["", " ", ".", "..", "...", "\u2028"]
BAD_NAMES = [*NOTHING, "a/b", "..\\b", "a\0b", "a\nb", "a\x7fb", "x" * 10_000, "x" * 256, "exe\u202etxt"]
ODD_NAMES = ["x" * 255, "数" * 255, "a:b?*.txt", "~", "-rf", "😀", "a b", "%2e%2e", "con", "'\"<b>"]


class House:
    """One workspace in one process, without a server."""

    def __init__(self, folder: Path) -> None:
        settings = {"max_session_bytes": MAX_BYTES, "max_file_bytes": 60_000, "local_model": False}
        self.parts: Parts = build(load_settings(data_dir=folder, **settings))
        self.api = open_own(self.parts.entrance, own_keys(folder))
        self.files: FileStore = self.parts.services.files
        self.folder = folder / "files"
        self.call("update_session")

    def call(self, method: str, **arguments: Any) -> Any:
        return self.api.call(own_caller(self.api, "rpc"), method, arguments)

    def add(self, name: str, data: bytes) -> str:
        new = NewFile(session_id=self.api.session_id, name=name)
        return str(self.files.add_file(new, lambda out: out.write(data)).id)

    def change(self, statement: str, *values: object) -> None:
        """Change rows, as time would."""
        with closing(sqlite.connect(str(self.parts.database.at))) as connection:
            connection.execute(statement, values)
            connection.commit()

    def num_blobs(self) -> int:
        return len(list((self.folder / "blobs").glob("??/*")))

    def num_parts(self) -> int:
        return len(list((self.folder / "parts").iterdir()))

    def sweep(self, **more: float) -> None:
        FileSweep(self.files, **more).sweep()  # type: ignore[arg-type]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.parts.database.close()


def test_files_are_listed_newest_first_in_pages_and_found_by_name(alice: Visitor) -> None:
    names = [f"报告 {number}.txt" for number in range(5)]
    ids = [add_file(alice, name, name.encode())["id"] for name in names]
    first = alice.call("list_files", limit=2)
    second = alice.call("list_files", limit=2, after=first["next"])
    third = alice.call("list_files", limit=2, after=second["next"])
    listed = [one["id"] for page in (first, second, third) for one in page["items"]]
    assert listed == ids[::-1]
    assert third["next"] is None
    assert [one["name"] for one in alice.call("list_files", search="告 3")["items"]] == ["报告 3.txt"]
    assert alice.call("list_files", search="100%")["items"] == []
    assert alice.post("list_files", {"after": "x"}).status_code == 422


def test_a_deleted_file_is_gone_and_comes_back_whole(alice: Visitor) -> None:
    file = add_file(alice, "a.txt", b"abc")
    assert alice.call("delete_file", file["id"]) == file
    assert alice.call("list_files")["items"] == []
    for method in ("get_file", "delete_file"):
        assert alice.post(method, [file["id"]]).status_code == 404
    assert alice.post("update_file", [file["id"], "b"]).status_code == 404
    assert alice.call("restore_file", file["id"]) == file
    assert alice.http.get(alice.url + file["url"]).content == b"abc"


def test_what_becomes_of_a_file_is_told(alice: Visitor) -> None:
    file = add_file(alice, "a.txt", b"abc")
    with alice.live() as live:
        live.follow("session")
        alice.call("update_file", file["id"], "b.txt")
        alice.call("delete_file", file["id"])
        alice.call("restore_file", file["id"])
        while len(live.events) < 4:
            live.receive()
    assert [event["data"]["change"] for _stream, event in live.events if event["kind"] == "file"] == [
        "created",
        "updated",
        "deleted",
        "restored",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        ".",
        "..",
        "...",
        "a/b",
        "..\\b",
        "a\0b",
        "a\nb",
        "a\x7fb",
        "x" * 10_000,
        "x" * 256,
        "exe\u202etxt",
        "\u2028",
    ],
)
def test_a_name_that_could_mean_something_else_is_refused(alice: Visitor, name: str) -> None:
    refusal = alice.post("create_upload", {"name": name, "size": 1})
    assert (refusal.status_code, list(refusal.json()["error"]["details"]["problems"])) == (422, ["name"])


@pytest.mark.parametrize(
    "name", ["x" * 255, "数" * 255, "a:b?*.txt", "~", "-rf", "😀", "a b", "%2e%2e", "con", "'\"<b>"]
)
def test_any_other_name_is_kept_as_it_is(alice: Visitor, name: str) -> None:
    file = add_file(alice, name, b"x")
    assert file["name"] == name
    assert alice.http.get(alice.url + file["url"]).content == b"x"


@pytest.mark.parametrize("size", [-1, 1.5, "1", None, True, 1 << 64])
def test_a_size_that_is_none_is_refused(alice: Visitor, size: object) -> None:
    assert alice.post("create_upload", {"name": "a", "size": size}).status_code == 422


def test_a_file_may_be_too_large_by_itself_and_all_together(alice: Visitor) -> None:
    with pytest.raises(Refusal) as refusal:
        alice.call("create_upload", "a", (2 << 30) + 1)
    assert (refusal.value.status, refusal.value.code) == (413, "too_large")
    assert refusal.value.error["details"]["max_bytes"] == 2 << 30
    for _ in range(5):
        begin(alice, "a", 2 << 30)
    with pytest.raises(Refusal) as refusal:
        alice.call("create_upload", "a", 1)
    assert (refusal.value.status, refusal.value.code) == (413, "quota_exceeded")
    assert refusal.value.error["details"] == {"used_bytes": 10 << 30, "max_bytes": 10 << 30}
    assert alice.call("get_storage") == {"used_bytes": 10 << 30, "max_bytes": 10 << 30, "max_file_bytes": 2 << 30}


def test_the_same_bytes_count_for_each_file_and_are_stored_once(house: House) -> None:
    for name in ("a", "b"):
        house.add(name, b"x" * 1000)
    assert house.call("get_storage")["used_bytes"] == 2000
    assert house.num_blobs() == 1


def test_deleted_files_give_way_to_new_ones_the_oldest_first_and_only_as_many_as_needed(house: House) -> None:
    files = [house.add(name, name.encode() * 30_000) for name in "abc"]
    for place, file_id in enumerate(files):
        house.call("delete_file", file_id=file_id)
        house.change("UPDATE files SET deleted_ms = ? WHERE id = ?", place + LONG_AGO_MS, UUID(file_id).hex)
    assert house.call("get_storage")["used_bytes"] == 0
    house.add("d", b"d" * 30_000)
    with pytest.raises(NotFound):
        house.call("restore_file", file_id=files[0])
    house.call("restore_file", file_id=files[1])
    house.call("restore_file", file_id=files[2])
    with pytest.raises(QuotaExceeded):
        house.call("create_upload", name="e", size=10_001)


def test_a_workspace_has_so_many_uploads_at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.files.MAX_UPLOADS", 3)
    for _ in range(3):
        house.call("create_upload", name="a", size=1)
    with pytest.raises(Exception, match="at most 3 uploads"):
        house.call("create_upload", name="a", size=1)


def test_a_disk_that_is_full_is_told_before_the_first_byte(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: type("Usage", (), {"free": 10}))
    with pytest.raises(DiskFull):
        house.call("create_upload", name="a", size=11)
    house.call("create_upload", name="a", size=10)


def test_a_task_makes_a_file_from_a_stream_and_reads_it_again(house: House) -> None:
    def write(out: BinaryIO) -> None:
        text = TextIOWrapper(out, encoding="utf-8", newline="")
        for number in range(1000):
            text.write(f"{number},行\r\n")
        text.flush()

    row = house.files.add_file(NewFile(session_id=house.api.session_id, name="行.csv"), write)
    assert house.call("get_file", file_id=str(row.id))["media_type"] == "text/csv"
    with house.files.open_file(house.api.session_id, row.id) as file:
        assert file.read().decode().splitlines()[999] == "999,行"
    with pytest.raises(NotFound):
        house.files.open_file(UUID(int=1), row.id)
    assert house.num_parts() == 0


@pytest.mark.parametrize(("num", "error"), [(60_001, TooLarge), (45_000, QuotaExceeded)])
def test_a_task_that_writes_too_much_leaves_nothing(house: House, num: int, error: type[Exception]) -> None:
    if error is QuotaExceeded:
        house.add("first", b"x" * 60_000)
    with pytest.raises(error):
        house.add("second", os.urandom(num))
    assert (house.num_parts(), house.num_blobs()) == (0, int(error is QuotaExceeded))
    assert len(house.call("list_files")["items"]) == house.num_blobs()


def test_a_task_that_breaks_in_mid_file_leaves_nothing(house: House) -> None:
    def write(out: BinaryIO) -> None:
        out.write(b"x" * 10)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        house.files.add_file(NewFile(session_id=house.api.session_id, name="a"), write)
    assert (house.num_parts(), house.num_blobs(), house.call("get_storage")["used_bytes"]) == (0, 0, 0)


def test_a_task_that_meets_a_full_disk_leaves_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object) -> None:
        raise StoreFull

    monkeypatch.setattr(type(house.files.blobs), "keep", full)
    with pytest.raises(DiskFull):
        house.add("a", b"x" * 10)
    assert (house.num_parts(), house.num_blobs(), house.call("get_storage")["used_bytes"]) == (0, 0, 0)
    monkeypatch.undo()
    house.add("a", b"x" * 10)


def test_the_sweep_takes_files_deleted_for_long_and_leaves_all_others(house: House) -> None:
    old, young, kept = (house.add(name, name.encode()) for name in ("old", "young", "kept"))
    for file_id in (old, young):
        house.call("delete_file", file_id=file_id)
    house.change("UPDATE files SET deleted_ms = ? WHERE id = ?", LONG_AGO_MS, UUID(old).hex)
    house.sweep()
    with pytest.raises(NotFound):
        house.call("restore_file", file_id=old)
    house.call("restore_file", file_id=young)
    assert house.call("get_file", file_id=kept)
    assert house.num_blobs() == 2
    assert list((house.folder / "blobs" / "removed").iterdir()) == []


def test_a_blob_stays_while_any_file_of_any_workspace_points_to_it(house: House) -> None:
    files = [house.add(name, b"the same") for name in "ab"]
    for left, file_id in ((1, files[0]), (0, files[1])):
        house.call("delete_file", file_id=file_id)
        house.sweep(kept_ms=-1000)
        assert house.num_blobs() == left


def test_an_expired_workspace_takes_its_files_and_uploads_along(house: House) -> None:
    house.add("a", b"abc")
    upload = UUID(house.call("create_upload", name="b", size=10)["id"])
    with house.files.parts.hold(upload) as part:
        part.write(b"abc")
    with house.parts.database.write() as write:
        session_rows.touch(write.connection, house.api.session_id, -1)
    long_ago = time.time() - 7200
    os.utime(house.files.parts.path(upload), (long_ago, long_ago))
    assert house.parts.sweeper.sweep() == 1
    assert (house.num_parts(), house.num_blobs()) == (0, 0)


def test_the_sweep_takes_uploads_whose_time_is_over_but_none_that_is_being_sent(house: House) -> None:
    uploads = [UUID(house.call("create_upload", name="a", size=10)["id"]) for _ in range(3)]
    for upload in uploads:
        with house.files.parts.hold(upload) as part:
            part.write(b"abc")
    house.change("UPDATE uploads SET expires_ms = 1 WHERE id != ?", uploads[2].hex)
    with house.files.parts.hold(uploads[0]):
        house.sweep()
    assert {UUID(path.stem) for path in (house.folder / "parts").iterdir()} == {uploads[0], uploads[2]}
    house.sweep()
    assert house.num_parts() == 1


def test_parts_without_a_row_go_once_they_are_old(house: House) -> None:
    lost, young, busy = UUID(int=1), UUID(int=2), UUID(int=3)
    known = UUID(house.call("create_upload", name="a", size=10)["id"])
    for part_id in (lost, young, busy, known):
        with house.files.parts.hold(part_id) as part:
            part.write(b"abc")
        if part_id is not young:
            os.utime(house.files.parts.path(part_id), (1, 1))
    with house.files.parts.hold(busy):
        house.sweep()
    assert {UUID(path.stem) for path in (house.folder / "parts").iterdir()} == {young, busy, known}


@pytest.mark.parametrize("is_before", [True, False])
def test_bytes_that_an_upload_is_about_to_become_are_not_swept_away(
    house: House, monkeypatch: pytest.MonkeyPatch, is_before: bool
) -> None:
    house.call("delete_file", file_id=house.add("old", b"the same"))
    house.change("UPDATE files SET deleted_ms = ?", LONG_AGO_MS)
    keep = type(house.files.blobs).keep

    def keep_beside_a_sweep(*given: Any) -> None:
        if is_before:
            house.sweep()
        keep(*given)
        house.sweep()

    monkeypatch.setattr(type(house.files.blobs), "keep", keep_beside_a_sweep)
    new = house.add("new", b"the same")
    with house.files.open_file(house.api.session_id, UUID(new)) as file:
        assert file.read() == b"the same"


def test_a_sweep_that_was_rolled_back_harms_no_later_file(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.call("delete_file", file_id=house.add("old", b"the same"))
    remove = type(house.files.blobs).remove

    def remove_and_break(*given: Any) -> None:
        remove(*given)
        raise ZeroDivisionError

    monkeypatch.setattr(type(house.files.blobs), "remove", remove_and_break)
    with pytest.raises(ZeroDivisionError):
        house.sweep(kept_ms=-1000)
    monkeypatch.undo()
    with house.parts.database.read() as connection:
        assert len(file_rows.unused_blobs(connection, 10)) == 1
    new = house.add("new", b"the same")
    with house.files.open_file(house.api.session_id, UUID(new)) as file:
        assert file.read() == b"the same"


def test_an_upload_is_no_file_of_another_workspace(alice: Visitor, bob: Visitor) -> None:
    upload = begin(alice, "a", 3)
    assert send(bob, upload, b"abc").status_code == 404
    assert bob.call("get_storage")["used_bytes"] == 0
    assert bob.post("get_file", [upload["id"]]).status_code == 404


def test_who_looked_before_another_had_sent_it_all_is_told_how_far_it_is(house: House) -> None:
    uploads = Uploads(house.files)
    upload_id = UUID(house.call("create_upload", name="a", size=3)["id"])
    seen = uploads.find(upload_id)
    assert seen is not None
    part = uploads.begin(seen, 0)
    assert part is not None
    with part:
        part.write(b"abc")
        uploads.finish(seen, part)
    with pytest.raises(WrongOffset) as error:
        uploads.begin(seen, 0)
    assert error.value.facts == {"offset": 3}
    uploads.finish_whole(seen)
    assert house.call("get_file", file_id=str(upload_id))["size"] == 3
    assert house.num_parts() == 0
