"""Parts and blobs: bytes on their way, and bytes that stay."""

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from store import parts as parts_module
from store.blobs import Blobs, FolderBlobs
from store.database import StoreFull
from store.file_places import FilePlaces
from store.parts import PartBusy, PartFiles
from store.session_lock import SessionLocks
from tests.store.rows import another_process, end, said

DATA = os.urandom(300_000)
SHA256 = hashlib.sha256(DATA).digest()

WRITER = """
import sys
from pathlib import Path
from uuid import UUID
from store.parts import PartFiles
from store.file_places import FilePlaces
from store.session_lock import SessionLocks
folder = Path(sys.argv[1])
part = PartFiles(folder / "parts", SessionLocks(FilePlaces(folder / "lock"))).hold(UUID(sys.argv[2]))
part.write(b"a" * 1000)
if sys.argv[3] == "checked":
    part.begin_checked("sha256")
    part.write(b"b" * 1000)
print("written", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def locks(tmp_path: Path) -> Iterator[SessionLocks]:
    made = SessionLocks(FilePlaces(tmp_path / "lock"))
    yield made
    made.close()


@pytest.fixture
def parts(tmp_path: Path, locks: SessionLocks) -> PartFiles:
    return PartFiles(tmp_path / "parts", locks)


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return FolderBlobs(tmp_path / "blobs")


def written(parts: PartFiles, *pieces: bytes) -> UUID:
    part_id = uuid4()
    with parts.hold(part_id) as part:
        for piece in pieces:
            part.write(piece)
    return part_id


def test_a_part_tells_its_size_and_sha256_however_its_bytes_came(parts: PartFiles) -> None:
    part_id = written(parts, DATA[:7], DATA[7:100_000])
    assert parts.size(part_id) == 100_000
    with parts.hold(part_id) as part:
        assert part.size == 100_000
        part.write(DATA[100_000:])
        assert (part.size, part.digest()) == (len(DATA), SHA256)


@pytest.mark.parametrize("known", [0, 7, 100_000])
def test_a_hash_that_another_process_has_lost_is_taken_from_the_bytes(
    parts: PartFiles, locks: SessionLocks, known: int
) -> None:
    part_id = written(parts, DATA[:known])
    with PartFiles(parts.folder, locks).hold(part_id) as part:
        part.write(DATA[known:])
    with parts.hold(part_id) as part:
        assert part.digest() == SHA256


def test_the_hash_runs_along_from_one_request_to_the_next(parts: PartFiles) -> None:
    part_id = written(parts, DATA[:1000])
    with parts.hold(part_id) as part:
        part.write(DATA[1000:2000])
    assert parts._running[part_id].size == 2000


def test_a_part_has_one_writer(parts: PartFiles) -> None:
    part_id = uuid4()
    with parts.hold(part_id):
        with pytest.raises(PartBusy):
            parts.hold(part_id)
        parts.hold(uuid4()).close()
    parts.hold(part_id).close()


def test_a_part_may_be_closed_by_another_thread(parts: PartFiles) -> None:
    part_id = uuid4()
    part = parts.hold(part_id)
    thread = threading.Thread(target=part.close)
    thread.start()
    thread.join(5)
    parts.hold(part_id).close()


@pytest.mark.parametrize("word", ["plain", "checked"])
def test_what_a_killed_process_wrote_is_there_save_what_was_still_to_be_checked(
    parts: PartFiles, tmp_path: Path, word: str
) -> None:
    part_id = uuid4()
    process = another_process(WRITER, tmp_path, part_id, word)
    assert said(process) == "written"
    with pytest.raises(PartBusy):
        parts.hold(part_id)
    assert parts.size(part_id) == 1000
    end(process)
    with parts.hold(part_id) as part:
        assert part.size == 1000
        part.write(b"c")
        assert part.digest() == hashlib.sha256(b"a" * 1000 + b"c").digest()
    assert parts.size(part_id) == 1001


@pytest.mark.parametrize("is_right", [True, False])
def test_checked_bytes_count_only_when_they_were_right(parts: PartFiles, is_right: bool) -> None:
    part_id = written(parts, DATA[:1000])
    with parts.hold(part_id) as part:
        part.begin_checked("sha1")
        part.write(DATA[1000:2000])
        assert parts.size(part_id) == 1000
        wanted = hashlib.sha1(DATA[1000:2000] if is_right else b"").digest()
        assert part.end_checked(wanted) is is_right
    assert parts.size(part_id) == (2000 if is_right else 1000)
    with parts.hold(part_id) as part:
        part.write(DATA[part.size :])
        assert part.digest() == SHA256


def test_checked_bytes_that_nobody_came_to_check_are_dropped(parts: PartFiles) -> None:
    part_id = written(parts, DATA[:1000])
    with parts.hold(part_id) as part:
        part.begin_checked("sha256")
        part.write(b"wrong")
    assert parts.size(part_id) == 1000
    with parts.hold(part_id) as part:
        part.write(DATA[1000:])
        assert part.digest() == SHA256
    assert [path.name for path in parts.folder.iterdir()] == [f"{part_id}.part"]


def test_only_so_many_hashes_are_kept(parts: PartFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_module, "MAX_RUNNING", 3)
    for _ in range(5):
        written(parts, b"x")
    assert len(parts._running) == 3


def test_parts_that_nobody_wrote_to_for_long_are_told(parts: PartFiles) -> None:
    old, _young = written(parts, b"x"), written(parts, b"x")
    long_ago = time.time() - 100
    os.utime(parts.path(old), (long_ago, long_ago))
    (parts.folder / "what is this").touch()
    assert list(parts.unused(50)) == [old]
    with parts.hold(old) as part:
        part.remove()
    assert list(parts.unused(50)) == []


def test_a_disk_without_room_is_the_stores_own_error_and_what_fitted_is_kept(parts: PartFiles) -> None:
    part_id = uuid4()
    with Path("/dev/full").open("r+b", buffering=0) as full, parts.hold(part_id) as part:
        part.write(b"fits")
        kept, part._file = part._file, full
        with pytest.raises(StoreFull):
            part.write(b"does not")
        part._file = kept
        assert (part.size, part.digest()) == (4, hashlib.sha256(b"fits").digest())


def test_the_same_bytes_are_kept_once(parts: PartFiles, blobs: Blobs) -> None:
    for _ in range(2):
        blobs.keep(parts.path(written(parts, DATA)), SHA256)
    assert list(parts.folder.iterdir()) == []
    path = blobs.path(SHA256)
    assert path is not None
    assert path.read_bytes() == DATA


def test_keeping_again_after_a_kill_is_harmless_but_bytes_that_are_nowhere_are_missed(
    parts: PartFiles, blobs: Blobs
) -> None:
    path = parts.path(written(parts, DATA))
    blobs.keep(path, SHA256)
    blobs.keep(path, SHA256)
    with pytest.raises(FileNotFoundError):
        blobs.keep(path, b"\0" * 32)


def test_a_blob_is_read_from_any_byte_on(parts: PartFiles, blobs: Blobs) -> None:
    blobs.keep(parts.path(written(parts, DATA)), SHA256)
    with blobs.open(SHA256, 299_990) as file:
        assert file.read() == DATA[299_990:]
    with pytest.raises(FileNotFoundError):
        blobs.open(b"\0" * 32)


def test_a_removed_blob_is_gone_at_once_and_readers_finish(parts: PartFiles, blobs: Blobs, tmp_path: Path) -> None:
    blobs.keep(parts.path(written(parts, DATA)), SHA256)
    with blobs.open(SHA256) as file:
        blobs.remove(SHA256)
        with pytest.raises(FileNotFoundError):
            blobs.open(SHA256)
        blobs.clear()
        assert file.read() == DATA
    blobs.remove(SHA256)
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []


def test_a_blob_that_lost_bytes_is_mended_by_the_next_upload_of_the_same(parts: PartFiles, blobs: Blobs) -> None:
    blobs.keep(parts.path(written(parts, DATA)), SHA256)
    path = blobs.path(SHA256)
    assert path is not None
    os.truncate(path, 10)
    blobs.keep(parts.path(written(parts, DATA)), SHA256)
    assert path.read_bytes() == DATA
