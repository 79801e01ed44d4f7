"""Restoring a backup onto a clean data folder, and into an empty PostgreSQL where that is set.

Nothing in a backup is trusted: files are opened by names made here, each is compared with its SHA-256 while it is
copied, and the rows with the manifest's checksums. What was found right gets its names at the very end.
"""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import cast

from sqlalchemy import Connection

from store import backup_folder as backup
from store import quiet_file
from store.backup_folder import BLOBS, DATABASE, KEYS, MANIFEST, SUMS, DataPlace, Manifest, altered
from store.blobs import place_of
from store.copying import TROUBLE, copy_database, first_line, picture_of, refuse_unknown_revision
from store.drafts import RESTORE, MoveRefused, appear, draft_folder, draft_of, in_mb, make_lasting, refuse_small_disk
from store.folder import refuse_network_folder
from store.full_disk import telling_full
from store.migrate import newest, version_in
from store.pace import Pace, Tell
from store.table_sums import sum_of, tables_in

FILES = "files"
PUBLISHED = (FILES, *backup.KEY_FILES)  # in this order, and the SQLite file last
STRANGE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENXIO})
MAX_LINE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class _Backup:
    """A backup that is read: its folder, its manifest, and the SHA-256 of what is no blob."""

    folder: Path
    manifest: Manifest
    sums: dict[str, str]

    def take(self, name: str, target: Path) -> None:
        """Copy a file and compare it."""
        if backup.copy_file(self.folder / name, target)[0].hex() != self.sums.get(name):
            raise altered(name)


def restore_backup(source: Path, place: DataPlace, tell: Tell) -> Manifest:
    """Restore; where this raises, the folder is as it was. Raises MoveRefused, StoreFull, StoreUnavailable, OSError."""
    found = _read(source)
    place.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    refuse_network_folder(place.folder)
    was_cut = _was_cut(place)
    with draft_folder(place.folder / RESTORE) as draft, telling_full():
        if was_cut:
            _take_back(place.folder)
        _refuse_others(place.folder)
        with _telling_altered():
            num_bytes = (source / DATABASE).stat().st_size + found.manifest.num_blob_bytes
            refuse_small_disk(draft, num_bytes)
            _take_all(found, draft, tell)
        try:
            _publish(draft, place, tell)
        except BaseException:
            _take_back(place.folder)
            raise
    return found.manifest


def _read(source: Path) -> _Backup:
    if not (source / MANIFEST).exists():
        raise MoveRefused(
            f"{source} is no backup: it has no {MANIFEST}. Name a folder that `python main.py backup` made."
        )
    with _telling_altered():
        data = backup.read_small(source / MANIFEST)
        found = _Backup(folder=source, manifest=backup.manifest_of(data), sums=_sums_before_blobs(source))
        refuse_unknown_revision(found.manifest.revision, "This backup")
        if backup.hash_file(source / MANIFEST)[0].hex() != found.sums.get(MANIFEST):
            raise altered(MANIFEST)
    return found


def _was_cut(place: DataPlace) -> bool:
    """Tell whether an earlier restore was cut off. Raises MoveRefused where all of it had come."""
    draft = draft_of(place.folder / RESTORE)
    if draft.exists() and (place.folder / DATABASE).exists():
        shutil.rmtree(draft, ignore_errors=True)
        raise MoveRefused(f"The last restore onto {place.folder} had just ended, and is whole: nothing is left to do.")
    return draft.exists()


def _take_back(folder: Path) -> None:
    for name in (*PUBLISHED, DATABASE):
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _refuse_others(folder: Path) -> None:
    others = sorted(
        {path.name for path in folder.iterdir()} - {f".{RESTORE}.lock", f".{RESTORE}.partial", "lost+found"}
    )
    if others:
        raise MoveRefused(
            f"{folder} is not empty: it has {', '.join(others[:5])}. Stop the server and move that away, or set "
            "STUDIOLO_DATA_DIR to an empty folder."
        )


def _take_all(found: _Backup, draft: Path, tell: Tell) -> None:
    tell("taking the rows")
    found.take(DATABASE, draft / DATABASE)
    _check_rows(draft / DATABASE, found.manifest)
    _take_blobs(found, draft, tell)
    for name in found.manifest.keys:
        found.take(f"{KEYS}/{name}", draft / name)
    if found.manifest.revision != newest():
        tell(f"bringing the rows from {found.manifest.revision} to {newest()}")
        quiet_file.bring_up(draft / DATABASE)
    _refuse_triggers(draft)


def _check_rows(file: Path, manifest: Manifest) -> None:
    with picture_of(file) as rows:
        is_sound = rows.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        has_loose_ends = rows.exec_driver_sql("PRAGMA foreign_key_check").first() is not None
        if not is_sound or has_loose_ends or version_in(rows) != manifest.revision:
            raise altered(DATABASE)
        for table, columns in tables_in(rows):
            wanted = manifest.tables[table.name]
            names = tuple(column.name for column in columns)
            if names == wanted.columns and sum_of(rows, columns) != wanted:  # else other columns of an older version
                raise altered(DATABASE)


def _refuse_triggers(draft: Path) -> None:
    """Refuse what would run by itself and is not ours; whatever else a database holds is only ever read."""
    with quiet_file.making(draft / "new.db") as new, picture_of(draft / DATABASE) as rows:
        if not _triggers(rows) <= _triggers(new):
            raise altered(DATABASE)
    (draft / "new.db").unlink()


def _triggers(connection: Connection) -> set[tuple[str, str]]:
    query = "SELECT name, sql FROM sqlite_schema WHERE type IN ('trigger', 'view')"
    return {(name, words) for name, words in connection.exec_driver_sql(query)}


def _take_blobs(found: _Backup, draft: Path, tell: Tell) -> None:
    missing, folder = set(found.manifest.missing), draft / FILES / BLOBS
    num = num_bytes = 0
    pace = Pace(tell)
    with picture_of(draft / DATABASE) as rows, _sum_lines(found.folder) as lines:
        for _ in found.sums:
            lines.readline(MAX_LINE)
        for sha256, size in backup.blob_rows(rows):
            if sha256.hex() in missing:
                continue
            name = backup.blob_name(sha256)
            if lines.readline(MAX_LINE) != backup.sum_line(sha256, name):
                raise altered(SUMS)
            if backup.copy_file(found.folder / name, place_of(folder, sha256)) != (sha256, size):
                raise altered(name)
            num, num_bytes = num + 1, num_bytes + size
            pace.tell(partial(_progress, num, found.manifest.num_blobs, num_bytes))
        if lines.read(1) or (num, num_bytes) != (found.manifest.num_blobs, found.manifest.num_blob_bytes):
            raise altered(SUMS)


def _progress(num: int, total: int, num_bytes: int) -> str:
    return f"files: {num:,} of {total:,} ({in_mb(num_bytes)})"


def _sums_before_blobs(folder: Path) -> dict[str, str]:
    sums: dict[str, str] = {}
    with _sum_lines(folder) as lines:
        while line := lines.readline(MAX_LINE):
            sha256, _, name = line.decode().rstrip("\n").partition("  ")
            if name.startswith(f"{BLOBS}/"):
                break
            sums[name] = sha256
    return sums


@contextmanager
def _sum_lines(folder: Path) -> Iterator[BufferedReader]:
    with backup.opened(folder / SUMS) as file:
        yield BufferedReader(cast("BufferedReader", file))


def _publish(draft: Path, place: DataPlace, tell: Tell) -> None:
    make_lasting(draft)

    def publish(*names: str) -> None:
        for name in names:
            if (draft / name).exists():
                appear(draft / name, place.folder / name)

    if isinstance(place.database, Path):
        publish(*PUBLISHED, DATABASE)
    else:
        copy_database(draft / DATABASE, place.database, tell, before_commit=lambda: publish(*PUBLISHED))


@contextmanager
def _telling_altered() -> Iterator[None]:
    try:
        yield
    except TROUBLE as error:
        raise MoveRefused(f"{altered(DATABASE)} ({first_line(error)})") from error
    except (ValueError, TypeError, LookupError, ArithmeticError) as error:
        raise altered(DATABASE) from error
    except OSError as error:
        if error.errno in STRANGE or isinstance(error, IsADirectoryError):
            raise altered(Path(str(error.filename or DATABASE)).name) from error
        raise
