"""A disk runs full: every door says so with 507 and a sentence, nothing is half written, and once there is room all of
it works again. The disk is a tmpfs of 64 MB that the test mounts.
"""

import hashlib
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.running import Server
from tests.sending import TUS, add_file, ask_offset, begin, code_of, random_bytes, send
from tests.stored import rows
from tests.visitors import Visitor, new_visitor

DISK_MB = 64
DATA = random_bytes(20_000_000)
SENTENCE = "The server's disk is full"
MANY = 40  # calls: more than fit into what the journal's file still holds
LONG = 400_000  # letters

pytestmark = pytest.mark.timeout(120)


@contextmanager
def mounted(folder: Path) -> Iterator[Path]:
    """Mount a small disk; without root or the right to mount, fail with what is needed."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said = done.stderr if done.returncode else ""
    except OSError as error:
        said = str(error)
    if said or not sys.platform.startswith("linux"):
        pytest.fail(f"This test mounts a tmpfs: it takes root on Linux, in a container with CAP_SYS_ADMIN. {said}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk."""
    folder = tmp_path / "disk"
    folder.mkdir()
    with mounted(folder) as found:
        yield found


@pytest.fixture
def server(disk: Path) -> Iterator[Server]:
    """A server whose data lies on the small disk."""
    with Server(disk / "data", local_model="false") as running:
        yield running


@pytest.fixture
def visitor(server: Server) -> Visitor:
    """Somebody with a workspace on it."""
    found = new_visitor(server.url, "alice")
    found.call("update_session", "Mine")
    return found


@contextmanager
def no_room(disk: Path, left: int = 0) -> Iterator[None]:
    """Let something else take the disk but for some bytes."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        while (free := os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize - left) > 0:
            try:
                file.write(b"\0" * min(free, 1_048_576))
            except OSError:
                break
    try:
        yield
    finally:
        filler.unlink()


def is_refused(answer: requests.Response) -> bool:
    """Tell whether a call was refused; if it was, it was so for the disk's sake, in a sentence."""
    if answer.ok:
        return False
    assert code_of(answer) == (507, "disk_full")
    assert answer.json()["error"]["message"].startswith(SENTENCE)
    return True


def write_until_refused(visitor: Visitor) -> int:
    """Write rows until the disk takes no more; returns how often it was done."""
    for number in range(MANY):
        if is_refused(visitor.post("update_session_data", {"patch": {"text": chr(97 + number % 26) * LONG}})):
            return number
    raise AssertionError(f"{MANY} calls found room on a full disk")


def test_an_upload_that_cannot_fit_is_refused_before_its_first_byte(visitor: Visitor) -> None:
    assert is_refused(visitor.post("create_upload", {"name": "a", "size": DISK_MB << 20}))
    assert visitor.call("get_storage")["used_bytes"] == 0


def test_an_upload_that_meets_a_full_disk_keeps_what_fitted_and_goes_on_once_there_is_room(
    disk: Path, server: Server, visitor: Visitor
) -> None:
    upload = begin(visitor, "a.bin", len(DATA))
    with no_room(disk, left=5_000_000):
        assert is_refused(send(visitor, upload, DATA))
        offset = ask_offset(visitor, upload)
        assert 0 < offset <= 5_000_000
        assert is_refused(send(visitor, upload, DATA[offset:], offset))
        part = server.data_dir / "files" / "parts" / f"{upload['id']}.part"
        assert part.stat().st_size == ask_offset(visitor, upload)
        assert rows(server.data_dir, "SELECT * FROM files") == rows(server.data_dir, "SELECT * FROM blobs") == []
    offset = ask_offset(visitor, upload)
    assert send(visitor, upload, DATA[offset:], offset).status_code == 204
    file = visitor.call("get_file", upload["id"])
    assert file["sha256"] == hashlib.sha256(DATA).hexdigest()
    assert visitor.http.get(visitor.url + file["url"]).content == DATA


def test_a_checked_upload_that_meets_a_full_disk_keeps_nothing_unchecked(disk: Path, visitor: Visitor) -> None:
    upload = begin(visitor, "a.bin", len(DATA))
    word = f"sha256 {b64encode(hashlib.sha256(DATA).digest()).decode()}"
    with no_room(disk, left=5_000_000):
        assert is_refused(send(visitor, upload, DATA, Upload_Checksum=word))
        assert ask_offset(visitor, upload) == 0
    assert send(visitor, upload, DATA, Upload_Checksum=word).status_code == 204


def test_a_file_whose_rows_find_no_room_is_made_once_there_is_some(
    disk: Path, server: Server, visitor: Visitor
) -> None:
    upload = begin(visitor, "a.bin", 1_000_000)
    send(visitor, upload, DATA[:999_999])
    with no_room(disk):
        write_until_refused(visitor)
        assert is_refused(send(visitor, upload, DATA[999_999:1_000_000], 999_999))
        head = visitor.http.head(visitor.url + upload["url"], headers=TUS)
        assert head.status_code == 507 or ask_offset(visitor, upload) < 1_000_000
        assert rows(server.data_dir, "SELECT * FROM files") == []
    offset = ask_offset(visitor, upload)
    send(visitor, upload, DATA[offset:1_000_000], offset)
    assert visitor.call("get_file", upload["id"])["sha256"] == hashlib.sha256(DATA[:1_000_000]).hexdigest()
    assert len(rows(server.data_dir, "SELECT * FROM files")) == 1
    assert list((server.data_dir / "files" / "parts").iterdir()) == []


def test_calls_that_write_are_refused_those_that_read_are_not_and_all_work_again(
    disk: Path, server: Server, visitor: Visitor
) -> None:
    file, stranger = add_file(visitor, "a.txt", b"abc"), new_visitor(server.url, "bob")
    with no_room(disk):
        num_done = write_until_refused(visitor)
        for name, arguments in (("create_token", ["x"]), ("create_upload", ["a", 0]), ("delete_file", [file["id"]])):
            assert is_refused(visitor.post(name, arguments)), name
        assert [one["id"] for one in visitor.call("list_files")["items"]] == [file["id"]]
        assert visitor.http.get(visitor.url + file["url"]).content == b"abc"
        assert stranger.call("get_session")["stored"] is False
        assert visitor.http.get(f"{visitor.url}/uuid={visitor.session_id}").status_code == 200
    assert rows(server.data_dir, "PRAGMA integrity_check") == [("ok",)]
    assert visitor.call("get_session_data")["version"] == num_done
    visitor.call("update_session_data", patch={"a": 1})
    assert visitor.call("get_session_data")["version"] == num_done + 1
    stranger.call("update_session", "Mine too")
    assert visitor.call("delete_file", file["id"]) == file
    assert " broke" not in server.log  # that the log's own file finds no room is said there too


def test_a_server_killed_on_a_full_disk_has_lost_nothing_when_it_starts_again(
    disk: Path, server: Server, visitor: Visitor
) -> None:
    file = add_file(visitor, "a.txt", b"abc")
    with no_room(disk):
        write_until_refused(visitor)
        server.kill()
    server.start()
    assert visitor.http.get(visitor.url + file["url"]).content == b"abc"
    visitor.call("update_session", "Still mine")
