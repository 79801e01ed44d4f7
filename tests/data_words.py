"""`python main.py backup|restore|db` for tests, and data to save."""

import atexit
import contextlib
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from doors import data_words
from store import file_rows
from store.backup_folder import DataPlace
from store.blobs import place_of
from store.copying import picture_of
from store.database import Database
from store.file_rows import FileRow
from store.table_sums import TableSum, sums_of
from store.tables import blobs, files, uploads
from tests.running import ROOT, clean_environment
from tests.store.every_table import fill
from tests.store.rows import add_session
from tests.stored import postgres_server

At = Path | str
CONTENTS = [bytes([number]) * (number * 1000) for number in range(4)]


def place_in(folder: Path, database: At | None = None) -> DataPlace:
    """Return a data folder's place."""
    return DataPlace(folder=folder, database=database or folder / "studiolo.db")


@contextmanager
def clean_place(folder: Path, *, on_postgres: bool) -> Iterator[DataPlace]:
    """Give a place where nothing is yet, on either database."""
    if not on_postgres:
        yield place_in(folder)
        return
    address = postgres_server().new_database()
    yield place_in(folder, address)
    postgres_server().drop_database(address)


def quiet(_sentence: str) -> None:
    """Say nothing."""


def run_words(place: DataPlace, *words: object, **settings: object) -> "subprocess.CompletedProcess[str]":
    """Run one of the words on a place, as a person does."""
    command = [sys.executable, str(ROOT / "main.py"), *map(str, words)]
    environment = clean_environment(place.folder, settings_of(place) | settings)
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)


def say_words(place: DataPlace, *words: object) -> "subprocess.CompletedProcess[str]":
    """Run one of the words in this process: a start costs a second."""
    out, err = io.StringIO(), io.StringIO()
    settings = mock.patch.dict(os.environ, clean_environment(place.folder, settings_of(place)), clear=True)
    with settings, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = data_words.main(said := [str(word) for word in words])
    return subprocess.CompletedProcess(said, code, out.getvalue(), err.getvalue())


def settings_of(place: DataPlace) -> dict[str, object]:
    """Return the settings that lead to a place's database."""
    return {"database_url": place.database} if isinstance(place.database, str) else {}


def sums_at(at: At) -> dict[str, TableSum]:
    """Return what every table of a database holds."""
    with picture_of(at) as rows:
        return sums_of(rows)


_filled: dict[int, Path] = {}


def fill_place(place: DataPlace, num_rows: int = 8) -> list[bytes]:
    """Make a data folder with rows in every table, keys, and files; return the files' bytes."""
    if not isinstance(place.database, Path):
        _fill(place, num_rows)
    else:
        if num_rows not in _filled:  # once in a process: migrations take most of a test's time
            made = place_in(Path(tempfile.mkdtemp(prefix="studiolo-filled-")))
            atexit.register(shutil.rmtree, made.folder)
            _fill(made, num_rows)
            _filled[num_rows] = made.folder
        shutil.copytree(_filled[num_rows], place.folder, dirs_exist_ok=True)
    return CONTENTS


def _fill(place: DataPlace, num_rows: int) -> None:
    database = Database(place.database)
    with database.write() as write:
        fill(write.connection, num_rows)
        for table in (files, uploads, blobs):
            write.connection.execute(table.delete())
    for data in CONTENTS:
        add_file(place, database, data)
    database.close()
    for name in ("secret.key", "own.key"):
        (place.folder / name).write_bytes(name.encode() * 4)


def add_file(place: DataPlace, database: Database, data: bytes) -> FileRow:
    """Add a file of a new workspace."""
    session_id, sha256 = add_session(database), hashlib.sha256(data).digest()
    row = FileRow(
        id=session_id,
        session_id=session_id,
        name="a.bin",
        media_type="application/octet-stream",
        size=len(data),
        sha256=sha256,
        created_ms=1,
    )
    path = place_of(place.blobs, sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    with database.write() as write:
        file_rows.add_blob(write.connection, sha256, len(data))
        file_rows.add(write.connection, row)
    return row


def files_in(folder: Path) -> dict[str, bytes]:
    """Return every file under a folder with its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
