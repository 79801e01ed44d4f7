"""Backups, made while the server works: rows from one unmoving picture, then the bytes and keys that they stand for."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pysqlite3.dbapi2 as sqlite

from store import backup_folder as backup
from store import quiet_file
from store.backup_folder import BLOBS, DATABASE, KEY_FILES, KEYS, MANIFEST, SUMS, DataPlace, Manifest
from store.blobs import place_of
from store.copying import At, copy_database, name_of, picture_of, refuse_unknown_revision, telling_trouble
from store.drafts import MoveRefused, appear, draft_folder, in_mb, make_lasting, refuse_small_disk
from store.full_disk import telling_full
from store.migrate import version_in
from store.pace import Pace, Tell
from store.table_sums import sums_of
from version import VERSION

NAME = "studiolo-backup"
ATTEMPTS = 5
SETTLE_S = 1.0  # a sweep takes a blob away a moment before it commits that its row is gone
PAGES = 2000  # of the database at a time: 8 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A backup that is whole and in its place."""

    path: Path
    manifest: Manifest


@dataclass(slots=True)
class _Taken:
    """What was taken of the blobs so far: how many, how many bytes, and which were not there or not whole."""

    num: int = 0
    num_bytes: int = 0
    missing: list[bytes] = field(default_factory=list)


def make_backup(place: DataPlace, into: Path, tell: Tell) -> Made:
    """Make a backup as a new folder in `into`; it appears whole or not at all.

    All that was committed before this is called is in it. Raises MoveRefused, StoreFull, StoreUnavailable, OSError.
    """
    with picture_of(place.database) as rows:
        refuse_unknown_revision(version_in(rows), name_of(place.database))
    into.mkdir(parents=True, exist_ok=True)
    with draft_folder(into / NAME) as draft, telling_full():
        taken = _take_rows_and_blobs(place, draft, tell)
        manifest = _write_manifest(place, draft, taken)
        make_lasting(draft)
        path = _unused_name(into)
        appear(draft, path)
    return Made(path=path, manifest=manifest)


def _take_rows_and_blobs(place: DataPlace, draft: Path, tell: Tell) -> _Taken:
    file = draft / DATABASE
    for _attempt in range(ATTEMPTS):
        file.unlink(missing_ok=True)
        tell("taking the rows")
        _take_rows(place.database, file, tell)
        taken = _take_blobs(place, draft, tell)
        _take_late_ones(place, draft, taken)
        if not _were_swept(place.database, taken.missing):
            _drop_others(draft)
            return taken
        tell("files were removed meanwhile: once more")
    raise MoveRefused("Files were removed again and again while they were being saved. Try again in a quieter moment.")


def _take_rows(database: At, file: Path, tell: Tell) -> None:
    if not isinstance(database, Path):
        copy_database(database, file, tell)
        return
    with picture_of(database) as connection:
        connection.exec_driver_sql("SELECT 1 FROM sqlite_schema").first()  # the picture is of now
        num_pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        refuse_small_disk(file.parent, num_pages * connection.exec_driver_sql("PRAGMA page_size").scalar_one())
        file.touch(mode=0o600, exist_ok=False)
        with telling_trouble(file), closing(sqlite.connect(str(file))) as target:
            source = connection.connection.driver_connection
            # The picture stays the same between the steps, since the connection is in a transaction.
            source.backup(target, pages=PAGES, progress=_telling_pages(tell))  # type: ignore[union-attr]
    quiet_file.as_one_file(file)


def _telling_pages(tell: Tell) -> Callable[[int, int, int], None]:
    pace = Pace(tell)

    def told(_status: int, left: int, total: int) -> None:
        pace.tell(lambda: f"rows: {total - left:,} of {total:,} pages")

    return told


def _take_blobs(place: DataPlace, draft: Path, tell: Tell) -> _Taken:
    with picture_of(draft / DATABASE) as rows:
        wanted = (size for sha256, size in backup.blob_rows(rows) if not _target(draft, sha256).exists())
        refuse_small_disk(draft, sum(wanted))
        taken, pace = _Taken(), Pace(tell)
        for sha256, size in backup.blob_rows(rows):
            if not _take(place.blobs, draft, (sha256, size)):
                taken.missing.append(sha256)
                continue
            taken.num, taken.num_bytes = taken.num + 1, taken.num_bytes + size
            pace.tell(lambda: f"files: {taken.num:,} ({in_mb(taken.num_bytes)})")
    return taken


def _take(folder: Path, draft: Path, blob: tuple[bytes, int]) -> bool:
    """Copy a blob unless it is here already; False where it is not there or not whole."""
    target = _target(draft, blob[0])
    return target.exists() or _take_file(place_of(folder, blob[0]), target, blob)


def _take_file(source: Path, target: Path, blob: tuple[bytes, int]) -> bool:
    try:
        if backup.copy_file(source, target) == blob:
            return True
    except FileNotFoundError:
        return False
    target.unlink()
    return False


def _take_late_ones(place: DataPlace, draft: Path, taken: _Taken) -> None:
    """Look again for what was not there: its upload may have ended, or may lie there whole with nobody to end it."""
    if not taken.missing:
        return
    time.sleep(SETTLE_S)
    with picture_of(draft / DATABASE) as rows:
        for sha256, size in list(backup.blob_rows(rows)):
            if sha256 in taken.missing:
                places = (place_of(place.blobs, sha256), *backup.parts_of(rows, place, sha256))
                if any(_take_file(one, _target(draft, sha256), (sha256, size)) for one in places):
                    taken.missing.remove(sha256)
                    taken.num, taken.num_bytes = taken.num + 1, taken.num_bytes + size


def _were_swept(database: At, missing: Sequence[bytes]) -> bool:
    """Tell whether nothing points to some of these any more: then the rows that were taken are too old."""
    if not missing:
        return False
    with picture_of(database) as rows:
        return not all(backup.is_used(rows, sha256) for sha256 in missing)


def _drop_others(draft: Path) -> None:
    """Remove the blobs of which an earlier attempt's rows told, and these do not."""
    with picture_of(draft / DATABASE) as rows:
        wanted = {backup.blob_name(sha256) for sha256, _size in backup.blob_rows(rows)}
    for path in (draft / BLOBS).glob("*/*"):
        if path.relative_to(draft).as_posix() not in wanted:
            path.unlink()


def _write_manifest(place: DataPlace, draft: Path, taken: _Taken) -> Manifest:
    keys = list(_take_keys(place.folder, draft))
    with picture_of(draft / DATABASE) as rows:
        revision = version_in(rows)
        assert revision is not None
        manifest = Manifest(
            format=backup.FORMAT,
            studiolo=VERSION,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            database="sqlite" if isinstance(place.database, Path) else "postgresql",
            revision=revision,
            tables=sums_of(rows),
            num_blobs=taken.num,
            num_blob_bytes=taken.num_bytes,
            missing=sorted(sha256.hex() for sha256 in taken.missing),
            keys=[name for name, _sha256 in keys],
        )
        lines = [(backup.write_private(draft / MANIFEST, manifest.to_json()), MANIFEST)]
        lines.append((backup.hash_file(draft / DATABASE)[0], DATABASE))
        lines += [(sha256, f"{KEYS}/{name}") for name, sha256 in keys]
        missing = set(taken.missing)
        kept = ((one, backup.blob_name(one)) for one, _size in backup.blob_rows(rows) if one not in missing)
        _write_sums(draft, lines, kept)
    return manifest


def _write_sums(draft: Path, *groups: Iterable[tuple[bytes, str]]) -> None:
    with backup.new_file(draft / SUMS) as file:
        for group in groups:
            file.writelines(backup.sum_line(*line) for line in group)


def _take_keys(folder: Path, draft: Path) -> Iterator[tuple[str, bytes]]:
    for name in KEY_FILES:
        try:
            data = backup.read_small(folder / name)
        except FileNotFoundError:
            continue
        yield name, backup.write_private(draft / KEYS / name, data)


def _target(draft: Path, sha256: bytes) -> Path:
    return draft / backup.blob_name(sha256)


def _unused_name(into: Path) -> Path:
    name = f"{NAME}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    names = (into / (name if number == 1 else f"{name}-{number}") for number in range(1, 10_000))
    return next(path for path in names if not path.exists())
