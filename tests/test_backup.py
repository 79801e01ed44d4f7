"""Backups: taken under load, restored onto clean folders with equal checksums; what is altered is refused."""

import contextlib
import hashlib
import io
import json
import os
import re
import shlex
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest import mock

import pysqlite3.dbapi2 as sqlite
import pytest
import requests

import web_mode
from doors import cli, data_words
from providers.fakes.openai_server import FakeOpenAI
from store import backup, file_rows
from store.backup import make_backup
from store.backup_folder import DataPlace, manifest_of
from store.blobs import place_of
from store.database import Database
from store.drafts import MoveRefused
from store.migrate import newest
from store.restoring import restore_backup
from store.tables import blobs, files, uploads
from tests.data_words import (
    add_file,
    clean_place,
    files_in,
    fill_place,
    place_in,
    quiet,
    run_words,
    say_words,
    settings_of,
    sums_at,
)
from tests.postgres import PostgresServer
from tests.running import ROOT, Server, clean_environment, wait_until
from tests.sending import add_file as send_file
from tests.sending import get, random_bytes
from tests.store.rows import add_session
from tests.visitors import Visitor, new_visitor

SLOW = "127.0.0.1/count:100000:20"  # words, and ms between them: it runs when the backup is made

PAUSE_S = 0.01  # of a writer, so that a small machine has time for all else

pytestmark = pytest.mark.timeout(240)


class Writer:
    """A visitor who writes without pause, and what the server has acknowledged."""

    def __init__(self, url: str, number: int) -> None:
        self.visitor = new_visitor(url, f"writer {number}")
        self.token: str = self.visitor.call("create_token", "program")["token"]
        self.titles: list[str] = []
        self.files: list[tuple[dict[str, Any], bytes]] = []
        self._seed = number
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        number = 0
        while not self._stop.wait(PAUSE_S):
            number += 1
            title = f"{self._seed} {number}"
            self.visitor.call("create_item", {"title": title})
            self.titles.append(title)
            if number % 5 == 1:
                data = random_bytes(20_000 * number % 300_000, self._seed * 1_000_000 + number)
                self.files.append((send_file(self.visitor, f"{number}.bin", data), data))

    def acknowledged(self) -> tuple[list[str], list[tuple[dict[str, Any], bytes]]]:
        """Return what is safe by now."""
        return list(self.titles), list(self.files)

    def __enter__(self) -> "Writer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DataPlace]:
    """Where data is, on either database."""
    with clean_place(tmp_path / "data", on_postgres=request.param == "postgres") as made:
        yield made


@pytest.fixture
def other(tmp_path: Path, place: DataPlace) -> Iterator[DataPlace]:
    """A clean place to restore onto, on the other database."""
    with clean_place(tmp_path / "other", on_postgres=not isinstance(place.database, str)) as made:
        yield made


def test_what_was_acknowledged_before_a_backup_is_found_by_its_visitors_on_a_restored_server(
    tmp_path: Path, place: DataPlace, other: DataPlace, fake_models: FakeOpenAI, scale: int
) -> None:
    taken, models = [], {"local_model": "false", "model_url": fake_models.url, "lease_s": 2}
    with Server(place.folder, **models, **settings_of(place)) as server:
        looker = new_visitor(server.url, "looker")  # who has written nothing: a signed cookie alone opens the page
        writers = [Writer(server.url, number) for number in range(3)]
        task = writers[0].visitor.call("send_message", text="Count", model=SLOW)
        with writers[0], writers[1], writers[2]:
            for _ in range(1 + scale):
                before = [writer.acknowledged() for writer in writers]
                done = run_words(place, "backup", tmp_path / "backups")
                assert done.returncode == 0, done.stderr
                assert say_words(place, "db", "check").returncode == 0
                taken.append((Path(done.stdout.strip()), before))
                assert all(len(writer.titles) > len(had[0]) for writer, had in zip(writers, before, strict=True))
    path, before = taken[-1]
    done = run_words(other, "restore", path)
    assert done.returncode == 0, done.stderr
    assert sums_at(other.database) == manifest_of((path / "manifest.json").read_bytes()).tables
    checked = run_words(other, "db", "check", "--deep", "--json")
    assert (checked.returncode, json.loads(checked.stdout)["is_whole"]) == (0, True), checked.stdout
    with Server(other.folder, **models, **settings_of(other)) as restored:
        looker.url = restored.url
        assert looker.http.get(f"{restored.url}/uuid={looker.session_id}", timeout=20).status_code == 200
        for writer, had in zip(writers, before, strict=True):
            check_visitor(restored, writer, had)
        wait_until(lambda: writers[0].visitor.call("get_task", task["id"])["state"] == "failed", 60, "its end")
    for earlier, _before in taken[:-1]:
        subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=earlier, check=True)


def check_visitor(server: Server, writer: Writer, had: tuple[list[str], list[tuple[dict[str, Any], bytes]]]) -> None:
    titles, files = had
    visitor = writer.visitor
    visitor.url = server.url
    assert set(titles) <= set(all_titles(visitor))
    for file, data in files:
        assert get(visitor, file).content == data
    session = requests.get(
        f"{server.url}/api/v1/session", headers={"Authorization": f"Bearer {writer.token}"}, timeout=20
    )
    assert session.json()["data"]["id"] == visitor.session_id
    visitor.call("create_item", {"title": "it goes on"})


def all_titles(visitor: Visitor) -> list[str]:
    titles: list[str] = []
    after = None
    while True:
        page = visitor.call("list_items", sort="-updated", limit=200, after=after)
        titles += [item["title"] for item in page["items"]]
        after = page["next"]
        if after is None:
            return titles


def test_a_backup_comes_back_on_the_other_database_with_equal_checksums(
    tmp_path: Path, place: DataPlace, other: DataPlace
) -> None:
    contents = fill_place(place)
    sums = sums_at(place.database)
    made = make_backup(place, tmp_path / "backups", quiet)
    assert made.manifest.tables == sums
    assert restore_backup(made.path, other, quiet) == made.manifest
    assert sums_at(other.database) == sums_at(place.database) == sums
    for data in contents:
        assert place_of(other.blobs, hashlib.sha256(data).digest()).read_bytes() == data
    names = {"secret.key", "own.key", "files"} | ({"studiolo.db"} if isinstance(other.database, Path) else set())
    assert {path.name for path in other.folder.iterdir()} == names
    assert (other.folder / "own.key").read_bytes() == (place.folder / "own.key").read_bytes()


def test_a_backup_is_private_and_never_written_over(tmp_path: Path) -> None:
    place = place_in(tmp_path / "data")
    fill_place(place)
    paths = {make_backup(place, tmp_path / "backups", quiet).path for _ in range(3)}
    assert len(paths) == 3
    assert set((tmp_path / "backups").iterdir()) == paths
    for path in (one for folder in paths for one in (folder, *folder.rglob("*"))):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_the_persons_own_workspace_opens_after_a_restore(tmp_path: Path) -> None:
    place, other = place_in(tmp_path / "data"), place_in(tmp_path / "other")
    call_here(place, "update_session", "--title", "My desk")
    path = say_words(place, "backup", tmp_path / "backups", "--quiet").stdout.strip()
    assert say_words(other, "restore", path, "--quiet").stderr.startswith("restored what was saved at")
    assert json.loads(call_here(other, "get_session"))["title"] == "My desk"


def call_here(place: DataPlace, *words: str) -> str:
    said, settings = io.StringIO(), clean_environment(place.folder, {"local_model": "false"})
    with mock.patch.dict(os.environ, settings, clear=True), contextlib.redirect_stdout(said):
        assert cli.main(words, web_mode.build, web_mode.START_ERRORS) == cli.DONE
    return said.getvalue()


def test_a_file_that_is_swept_while_it_is_saved_has_the_rows_taken_once_more(
    tmp_path: Path, place: DataPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_place(place)
    database = Database(place.database)
    swept, kept = add_file(place, database, b"swept" * 1000), add_file(place, database, b"kept" * 1000)
    take = backup._take_blobs

    def sweep_first(*arguments: Any) -> Any:
        with database.write() as write:
            write.connection.execute(files.delete().where(files.c.id == swept.id))
            write.connection.execute(blobs.delete().where(blobs.c.sha256 == swept.sha256))
        place_of(place.blobs, swept.sha256).unlink(missing_ok=True)
        return take(*arguments)

    monkeypatch.setattr(backup, "_take_blobs", sweep_first)
    monkeypatch.setattr(backup, "SETTLE_S", 0.01)
    made = make_backup(place, tmp_path / "backups", quiet)
    database.close()
    assert made.manifest.missing == []
    assert made.manifest.tables == sums_at(place.database)
    assert not (made.path / "blobs" / swept.sha256.hex()[:2] / swept.sha256.hex()[2:]).exists()
    assert (made.path / "blobs" / kept.sha256.hex()[:2] / kept.sha256.hex()[2:]).exists()


def test_bytes_that_are_missing_or_altered_before_are_told_and_the_rest_is_saved(tmp_path: Path) -> None:
    place, other = place_in(tmp_path / "data"), place_in(tmp_path / "other")
    contents = fill_place(place)
    lost, altered = (place_of(place.blobs, hashlib.sha256(data).digest()) for data in contents[1:3])
    lost.unlink()
    altered.write_bytes(b"x" * len(contents[2]))
    done = say_words(place, "backup", tmp_path / "backups")
    assert (done.returncode, done.stderr.count("2 files were missing or altered")) == (4, 1)
    done = say_words(other, "restore", done.stdout.strip())
    assert (done.returncode, done.stderr.count("bytes of 2 files were missing")) == (0, 1)
    assert place_of(other.blobs, hashlib.sha256(contents[3]).digest()).read_bytes() == contents[3]
    checked = say_words(place, "db", "check")
    assert (checked.returncode, checked.stdout.count("is missing")) == (1, 1)
    checked = say_words(place, "db", "check", "--deep")
    assert (checked.returncode, checked.stdout.count("other bytes than were sent")) == (1, 1)


def test_an_upload_whose_bytes_lie_whole_and_are_no_blob_yet_is_saved(tmp_path: Path) -> None:
    place, data = place_in(tmp_path / "data"), b"late" * 1000
    database = Database(place.database)
    session_id, sha256 = add_session(database), hashlib.sha256(data).digest()
    with database.write() as write:
        file_rows.add_blob(write.connection, sha256, len(data))
        row = {"id": session_id, "session_id": session_id, "name": "a", "media_type": "b", "size": len(data)}
        row |= {"sha256": sha256, "created_ms": 1, "expires_ms": 2}
        write.connection.execute(uploads.insert().values(row))
    database.close()
    place.part(session_id).parent.mkdir(parents=True)
    place.part(session_id).write_bytes(data)
    assert say_words(place, "db", "check", "--deep").returncode == 0
    made = make_backup(place, tmp_path / "backups", quiet)
    assert (made.manifest.missing, made.manifest.num_blob_bytes) == ([], len(data))


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup."""
    folder = tmp_path_factory.mktemp("saved")
    fill_place(place_in(folder / "data"))
    return make_backup(place_in(folder / "data"), folder / "backups", quiet).path


def copied(saved: Path, tmp_path: Path) -> Path:
    subprocess.run(["cp", "-r", str(saved), str(tmp_path / "backup")], check=True)
    return tmp_path / "backup"


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes() or b"x")
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] or b"x")


def remove(path: Path) -> None:
    path.unlink()


def link(path: Path) -> None:
    path.rename(path.with_suffix(".away"))
    path.symlink_to(path.with_suffix(".away"))


DAMAGES = {"flip": flip, "cut": cut, "remove": remove, "link": link}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_backup_with_any_file_altered_is_refused_and_nothing_is_left(
    saved: Path, tmp_path: Path, damage: str
) -> None:
    for name in files_in(saved):
        path = copied(saved, tmp_path)
        DAMAGES[damage](path / name)
        with pytest.raises(MoveRefused, match=r"was cut short or altered|is no backup"):
            restore_backup(path, place_in(tmp_path / "other"), quiet)
        assert not (tmp_path / "other").exists() or list((tmp_path / "other").iterdir()) == []
        subprocess.run(["rm", "-r", str(path)], check=True)


def forge(path: Path, **changes: Any) -> None:
    """Alter a backup's manifest as somebody would who knows how it is made."""
    manifest = json.loads((path / "manifest.json").read_bytes()) | changes
    (path / "manifest.json").write_text(json.dumps(manifest))
    lines = (path / "SHA256SUMS").read_text().splitlines(keepends=True)
    for number, name in enumerate(["manifest.json", "studiolo.db"]):
        lines[number] = f"{hashlib.sha256((path / name).read_bytes()).hexdigest()}  {name}\n"
    (path / "SHA256SUMS").write_text("".join(lines))


FORGED: list[tuple[dict[str, Any], str]] = [
    ({"revision": "9999_later"}, "newer Studiolo"),
    ({"revision": "../../0001"}, "newer Studiolo"),
    ({"revision": "0001_first_tables"}, "studiolo.db in this backup is not what was saved"),
    ({"format": 2}, "format 2"),
    ({"keys": ["../../secret.key"]}, "manifest.json in this backup"),
    ({"keys": ["secret.key", "own.key", "own.key"]}, "there|altered"),
    ({"tables": {}}, "studiolo.db in this backup"),
    ({"missing": ["00"], "num_blobs": 0}, "SHA256SUMS in this backup"),
]


@pytest.mark.parametrize(("changes", "sentence"), FORGED)
def test_a_forged_manifest_is_refused(saved: Path, tmp_path: Path, changes: dict[str, Any], sentence: str) -> None:
    path = copied(saved, tmp_path)
    forge(path, **changes)
    with pytest.raises(MoveRefused, match=sentence):
        restore_backup(path, place_in(tmp_path / "other"), quiet)
    assert not (tmp_path / "other").exists() or list((tmp_path / "other").iterdir()) == []


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER more AFTER INSERT ON sessions BEGIN DELETE FROM items; END",
        "UPDATE blobs SET sha256 = '../../../../etc/passwd' WHERE size = 1000",
        "UPDATE files SET sha256 = x'00' WHERE size = 1000",
        "UPDATE sessions SET title = 'other'",
        "UPDATE alembic_version SET version_num = '0002_pins_and_figures'",
        "DROP TABLE streams",
    ],
)
def test_forged_rows_are_refused(saved: Path, tmp_path: Path, statement: str) -> None:
    path = copied(saved, tmp_path)
    with closing(sqlite.connect(str(path / "studiolo.db"))) as connection:
        connection.execute(statement)
        connection.commit()
    forge(path)
    with pytest.raises(MoveRefused, match="in this backup is not what was saved"):
        restore_backup(path, place_in(tmp_path / "other"), quiet)
    assert list((tmp_path / "other").iterdir()) == []


def test_a_folder_that_is_not_clean_is_left_alone(saved: Path, tmp_path: Path) -> None:
    with closing(Database(tmp_path / "data" / "studiolo.db")):
        done = say_words(place_in(tmp_path / "data"), "restore", saved)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{tmp_path / 'data'} is not empty: it has ")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(MoveRefused, match=r"it has letter\.txt"):
        restore_backup(saved, place_in(tmp_path / "mine"), quiet)
    assert files_in(tmp_path / "mine") == {"letter.txt": b"dear"}


def test_a_postgres_that_is_not_empty_is_left_alone(saved: Path, tmp_path: Path, postgres: PostgresServer) -> None:
    other = place_in(tmp_path / "other", postgres.new_database())
    database = Database(other.database)
    add_session(database)
    database.close()
    sums = sums_at(other.database)
    with pytest.raises(MoveRefused, match="is not empty: its table sessions has rows"):
        restore_backup(saved, other, quiet)
    assert (sums_at(other.database), list(other.folder.iterdir())) == (sums, [])


def test_a_backup_of_an_older_revision_is_brought_to_the_newest(
    tmp_path: Path, request: pytest.FixtureRequest, postgres: PostgresServer
) -> None:
    place = place_in(tmp_path / "data")
    old_database(place.database, "0007_files")
    made = make_backup(place, tmp_path / "backups", quiet)
    assert (made.manifest.revision, made.manifest.tables["tasks"].rows) == ("0007_files", 1)
    assert "steps" not in made.manifest.tables["tasks"].columns
    for other in (place_in(tmp_path / "other"), place_in(tmp_path / "more", postgres.new_database())):
        said: list[str] = []
        restore_backup(made.path, other, said.append)
        assert f"bringing the rows from 0007_files to {newest()}" in said
        assert sums_at(other.database)["tasks"].rows == 1
        assert say_words(other, "db", "check").returncode == 0
    assert say_words(place, "db", "check").returncode == 1
    assert say_words(place, "db", "upgrade").stdout.endswith(f"was brought from 0007_files to {newest()}\n")
    assert say_words(place, "db", "check").returncode == 0
    assert say_words(place, "db", "upgrade").stdout.endswith(f"stands at {newest()}: nothing was to be done\n")


def old_database(at: Path | str, revision: str) -> None:
    """Make a SQLite file as an older version of Studiolo left it, with a task."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine

    assert isinstance(at, Path)
    at.parent.mkdir()
    config = Config()
    config.set_main_option("script_location", "store/migrations")
    engine = create_engine(f"sqlite:///{at}", module=sqlite)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        session = f"INSERT INTO sessions VALUES ('{7:032x}', x'01', 'old', '{{}}', 1, 1, 1, 1)"
        connection.exec_driver_sql(session)
        names = "id, session_id, kind, state, arguments, facts, priority, run_after_ms, attempts, fence, cancel_asked"
        values = f"'{7:032x}', '{7:032x}', 'k', 'completed', '{{}}', '{{}}', 5, 0, 1, 1, 0"
        connection.exec_driver_sql(f"INSERT INTO tasks ({names}, created_ms) VALUES ({values}, 1)")
    engine.dispose()


def test_a_check_tells_what_is_wrong(tmp_path: Path, place: DataPlace) -> None:
    database = Database(place.database)
    session_id = add_session(database)
    with database.write() as write:
        say = write.connection.exec_driver_sql
        say("UPDATE streams SET last = 3")
        name = f"'{session_id.hex}'"
        values = f"7, {name}, {name}, 1, 1, 1, 't', 't', '[]', '{{}}', 't', ' t '"
        say(
            "INSERT INTO items (key, id, session_id, version, created_ms, updated_ms, title, title_order, tags, "
            f"attributes, text, words) VALUES ({values})"
        )
    database.close()
    done = say_words(place, "db", "check")
    assert done.returncode == 1
    assert f"{session_id} has 0 events between 1 and 3: there are holes" in done.stdout
    assert "item 7 is not in the index of words" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["backup", "--no"], 2, "unrecognized arguments: --no. See"),
        (["restore"], 2, "the following arguments are required: FOLDER"),
        (["db"], 2, "the following arguments are required: WORD"),
        (["db", "copy"], 2, "the following arguments are required: --to"),
        (["backup"], 1, "There is no database at"),
        (["db", "check"], 1, "There is no database at"),
        (["restore", "nowhere"], 1, "nowhere is no backup: it has no manifest.json"),
        (["db", "copy", "--to", "postgresql://me:secret@127.0.0.1:1/x", "--from", "CHANGELOG.md"], 3, "not a database"),
    ],
)
def test_wrong_words_and_places_are_told_in_one_sentence(
    tmp_path: Path, words: list[str], code: int, sentence: str
) -> None:
    done = say_words(place_in(tmp_path / "data"), *words)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1), done.stderr
    assert sentence in done.stderr
    assert "secret" not in done.stderr


def test_a_database_in_use_is_copied_only_if_that_is_said(tmp_path: Path, place: DataPlace) -> None:
    fill_place(place)
    database = Database(place.database)
    with database.read():
        done = say_words(place, "db", "copy", "--to", tmp_path / "copy.db")
        assert (done.returncode, "is used by a server or worker" in done.stderr) == (1, True)
        done = say_words(place, "db", "copy", "--to", tmp_path / "copy.db", "--anyway", "--quiet")
        assert (done.returncode, done.stderr) == (0, "")
    database.close()
    assert sums_at(tmp_path / "copy.db") == sums_at(place.database)


def test_the_guides_words_are_known() -> None:
    guide = (ROOT / "docs/guide/backup.md").read_text(encoding="utf-8")
    lines = re.findall(r"python main\.py ((?:backup|restore|db)\b[^\n#`]*)", guide)
    assert len(lines) == 6
    for line in lines:
        data_words.make_parser().parse_args(shlex.split(line))
