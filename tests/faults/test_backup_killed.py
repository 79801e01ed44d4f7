"""A backup, a restore and a copy are killed with -9 in the middle: nothing half is taken for whole, the next try works.

Each is stopped just before the step that is named, and killed there. A full disk ends them in one sentence.
"""

import errno
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import pytest

import web_mode
from settings import load_settings
from store import backup_folder
from store.backup import make_backup
from store.backup_folder import DataPlace
from store.drafts import HalfRestored, MoveRefused, draft_folder
from tests.data_words import clean_place, files_in, fill_place, place_in, quiet, say_words, settings_of, sums_at
from tests.running import clean_environment
from tests.store.rows import another_process, end, said

if TYPE_CHECKING:
    import subprocess

    from tests.postgres import PostgresServer

At = Path | str
KillBefore = Callable[..., None]

# Starts a process for each line it reads: words on a place, stopped before the call of a function of a module, that of
# this number. What takes a second to load is loaded once.
STARTER = """
import importlib, json, os, sys
from doors import data_words
import store.postgres, alembic.command

for line in sys.stdin:
    module, name, number, settings, words = json.loads(line)
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        print("ended", flush=True)
        continue
    os.environ.update(settings)
    module = importlib.import_module(module)
    real, left = getattr(module, name), [number]

    def stop(*arguments, **named):
        left[0] -= 1
        if left[0] == 0:
            print(os.getpid(), flush=True)
            os.read(0, 1)
        return real(*arguments, **named)

    setattr(module, name, stop)
    data_words.main(words)
    os._exit(1)
"""


@pytest.fixture(scope="module")
def starter() -> Iterator["subprocess.Popen[str]"]:
    """What starts processes that stop in the middle."""
    process = another_process(STARTER)
    yield process
    end(process)


@pytest.fixture
def kill_before(starter: "subprocess.Popen[str]") -> KillBefore:
    """What runs words on a place and kills them before a step: `store.module.function number`."""

    def kill(step: str, place: DataPlace, *words: object) -> None:
        where, _, number = step.partition(" ")
        module, _, name = where.rpartition(".")
        settings = clean_environment(place.folder, settings_of(place))
        assert starter.stdin is not None
        line = json.dumps([module, name, int(number or 1), settings, list(map(str, words))])
        starter.stdin.write(f"{line}\n")
        starter.stdin.flush()
        pid = said(starter)
        assert pid.isdecimal(), f"it was not stopped: {pid}"
        os.kill(int(pid), signal.SIGKILL)
        assert said(starter) == "ended"

    return kill


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DataPlace]:
    """A clean place on either database."""
    with clean_place(tmp_path / "data", on_postgres=request.param == "postgres") as made:
        yield made


@pytest.fixture(params=["sqlite", "postgres"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> At:
    """A place to copy to."""
    if request.param == "sqlite":
        return tmp_path / "copy.db"
    postgres: PostgresServer = request.getfixturevalue("postgres")
    return postgres.new_database()


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A backup of a place with SQLite."""
    fill_place(place_in(tmp_path / "first"), 4)
    return make_backup(place_in(tmp_path / "first"), tmp_path / "saved", quiet).path


@pytest.mark.parametrize(
    "step",
    [
        "store.backup_folder.copy_file 3",
        "store.backup.appear",
    ],
)
def test_a_backup_killed_in_the_middle_is_not_there_and_the_next_one_is(
    tmp_path: Path, place: DataPlace, step: str, kill_before: KillBefore
) -> None:
    fill_place(place, 4)
    before, sums = files_in(place.folder / "files"), sums_at(place.database)
    kill_before(step, place, "backup", tmp_path / "backups")
    assert [path.name for path in (tmp_path / "backups").iterdir() if not path.name.startswith(".")] == []
    assert (files_in(place.folder / "files"), sums_at(place.database)) == (before, sums)
    made = make_backup(place, tmp_path / "backups", quiet)
    assert made.manifest.tables == sums
    assert list((tmp_path / "backups").iterdir()) == [made.path]


@pytest.mark.parametrize(
    "step",
    [
        "store.backup_folder.copy_file 3",
        "store.restoring.appear 1",
        "store.restoring.appear 3",
    ],
)
def test_a_restore_killed_in_the_middle_is_not_served_and_the_next_one_is_whole(
    place: DataPlace, step: str, saved: Path, kill_before: KillBefore
) -> None:
    tmp_path = place.folder.parent
    kept = files_in(saved)
    kill_before(step, place, "restore", saved)
    assert not (place.folder / "studiolo.db").exists()
    with pytest.raises(HalfRestored, match=r"was cut off: wait, or run `python main.py restore` once more"):
        web_mode.build(load_settings(data_dir=place.folder, local_model=False))
    assert say_words(place, "backup", tmp_path / "more").stderr.startswith("A restore onto")
    done = say_words(place, "restore", saved)
    assert done.returncode == 0, done.stderr
    assert sums_at(place.database) == sums_at(tmp_path / "first" / "studiolo.db")
    assert files_in(place.folder / "files") == files_in(tmp_path / "first" / "files")
    assert not any(path.name.startswith(".") for path in place.folder.iterdir())
    assert files_in(saved) == kept


def test_a_restore_killed_after_its_last_step_is_whole(tmp_path: Path, saved: Path, kill_before: KillBefore) -> None:
    place = place_in(tmp_path / "data")
    kill_before("shutil.rmtree", place, "restore", saved)
    done = say_words(place, "restore", saved)
    assert (done.returncode, "had just ended, and is whole" in done.stderr) == (1, True)
    assert sums_at(place.database) == sums_at(tmp_path / "first" / "studiolo.db")


@pytest.mark.parametrize("step", ["store.copying.rows_of 6", "store.copying._compare"])
def test_a_copy_killed_in_the_middle_leaves_the_source_as_it_was_and_the_target_empty(
    place: DataPlace, target: At, step: str, kill_before: KillBefore
) -> None:
    fill_place(place, 4)
    sums = sums_at(place.database)
    kill_before(step, place, "db", "copy", "--to", target)
    assert sums_at(place.database) == sums
    if isinstance(target, Path):
        assert not target.exists()
    else:
        assert {one.rows for one in sums_at(target).values()} == {0}
    done = say_words(place, "db", "copy", "--to", target)
    assert done.returncode == 0, done.stderr
    assert sums_at(target) == sums


class FullDisk:
    """A file on a disk that has room for so many bytes more."""

    left = 3000

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, data: bytes) -> int:
        FullDisk.left -= len(data)
        if FullDisk.left < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self._file.write(data)

    def __enter__(self) -> "FullDisk":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


@pytest.mark.parametrize("word", ["backup", "restore"])
def test_a_disk_that_fills_up_in_the_middle_is_told_in_one_sentence_and_nothing_is_left(
    tmp_path: Path, saved: Path, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_file = backup_folder.new_file
    monkeypatch.setattr(backup_folder, "new_file", lambda path: FullDisk(new_file(path)))
    monkeypatch.setattr(FullDisk, "left", (saved / "studiolo.db").stat().st_size + 3000 if word == "restore" else 3000)
    place = place_in(tmp_path / ("data" if word == "restore" else "first"))
    done = say_words(place, word, saved if word == "restore" else tmp_path / "backups", "--quiet")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("There is no room: ")
    assert list((tmp_path / ("data" if word == "restore" else "backups")).iterdir()) == []


def test_a_disk_too_small_is_told_before_anything_is_written(
    tmp_path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(10_000, 9_000, 1_000))
    done = say_words(place_in(tmp_path / "data"), "restore", saved, "--quiet")
    assert (done.returncode, "has room for 0.0 MB" in done.stderr) == (1, True)
    assert list((tmp_path / "data").iterdir()) == []


def test_two_at_once_do_not_mix(tmp_path: Path, saved: Path) -> None:
    place = place_in(tmp_path / "first")
    for name in ("backups", "data"):
        (tmp_path / name).mkdir()
    with (
        draft_folder(tmp_path / "backups" / "studiolo-backup"),
        pytest.raises(MoveRefused, match="Another backup, restore or copy writes to"),
    ):
        make_backup(place, tmp_path / "backups", quiet)
    with draft_folder(tmp_path / "data" / "restore"):
        done = say_words(place_in(tmp_path / "data"), "restore", saved)
    assert (done.returncode, "Another backup, restore or copy" in done.stderr) == (1, True)
