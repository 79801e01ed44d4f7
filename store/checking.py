"""Whether data is whole: what a database says of itself, and whether rows, files and indexes tell the same."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Table, and_, func, or_, select, text

from store import backup_folder as backup
from store.backup_folder import DataPlace
from store.blobs import place_of
from store.copying import name_of, picture_of, refuse_unknown_revision
from store.migrate import newest, version_in
from store.tables import events, items, streams

MAX_NAMED = 20  # of one kind of fault


@dataclass(slots=True, kw_only=True)
class Check:
    """One thing that was looked at: how many there are, and a sentence for each of the first faults."""

    name: str
    num: int = 0
    num_faults: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, fault: str) -> None:
        """Note a fault."""
        self.num_faults += 1
        if len(self.faults) < MAX_NAMED:
            self.faults.append(fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found in a database."""

    database: str
    revision: str
    checks: list[Check]

    @property
    def is_whole(self) -> bool:
        """Whether there is no fault."""
        return not any(check.num_faults for check in self.checks)


def check_data(place: DataPlace, *, is_deep: bool) -> Report:
    """Look at everything; a server may go on meanwhile. `is_deep` reads the bytes of all files, too.

    Raises MoveRefused and StoreUnavailable where there is nothing to look at.
    """
    with picture_of(place.database) as rows:
        revision = version_in(rows)
        refuse_unknown_revision(revision, name_of(place.database))
        checks = [_revision(str(revision)), *(_own_checks(rows) if rows.dialect.name == "sqlite" else ())]
        if revision == newest():
            checks += [_streams(rows), _words(rows)]
    if revision == newest():
        checks.append(_blobs(place, is_deep=is_deep))
    return Report(database=name_of(place.database), revision=str(revision), checks=checks)


def _revision(found: str) -> Check:
    check = Check(name="revision", num=1)
    if found != newest():
        check.add(f"stands at {found}, and this version of Studiolo at {newest()}: run `python main.py db upgrade`")
    return check


def _own_checks(rows: Connection) -> Iterator[Check]:
    check = Check(name="pages", num=rows.exec_driver_sql("PRAGMA page_count").scalar_one())
    for (fault,) in rows.exec_driver_sql("PRAGMA integrity_check"):
        if fault != "ok":
            check.add(str(fault))
    yield check
    check = Check(name="references")
    for table, key, wanted, _number in rows.exec_driver_sql("PRAGMA foreign_key_check"):
        check.add(f"{table} {key} points to a row of {wanted} that is not there")
    yield check


def _streams(rows: Connection) -> Check:
    check = Check(name="streams", num=_count(rows, streams))
    there = func.count(events.c.number)
    first, last = func.min(events.c.number), func.max(events.c.number)
    joined = streams.outerjoin(events, events.c.stream_id == streams.c.id)
    is_whole = and_(first == streams.c.folded + 1, last == streams.c.last, there == streams.c.last - streams.c.folded)
    is_empty = and_(there == 0, streams.c.last == streams.c.folded)
    query = select(streams.c.id, there, streams.c.folded, streams.c.last).select_from(joined).group_by(*streams.c)
    for stream_id, num, folded, end in rows.execute(query.having(~or_(is_whole, is_empty))):
        check.add(f"{stream_id} has {num} events between {folded + 1} and {end}: there are holes")
    return check


def _words(rows: Connection) -> Check:
    check = Check(name="words of items", num=_count(rows, items))
    key = "rowid" if rows.dialect.name == "sqlite" else "key"
    index, own = f"SELECT {key} FROM item_words", "SELECT key FROM items"  # noqa: S608 — ours
    for (number,) in rows.execute(text(f"{own} EXCEPT {index}")):
        check.add(f"item {number} is not in the index of words, and is not found by them")
    for (number,) in rows.execute(text(f"{index} EXCEPT {own}")):
        check.add(f"the index of words has item {number}, which is not there")
    return check


def _blobs(place: DataPlace, *, is_deep: bool) -> Check:
    check, faults = Check(name="bytes of files"), list[tuple[bytes, int, str]]()
    with picture_of(place.database) as rows:
        for sha256, size in backup.blob_rows(rows):
            check.num += 1
            if fault := _fault_of(place_of(place.blobs, sha256), (sha256, size), is_deep=is_deep):
                faults.append((sha256, size, fault))
    with picture_of(place.database) as rows:  # anew: what was removed meanwhile is no fault
        for sha256, size, fault in faults:
            if backup.is_used(rows, sha256) and not _has_part(backup.parts_of(rows, place, sha256), size):
                check.add(f"{sha256.hex()} {fault}")
    return check


def _fault_of(path: Path, blob: tuple[bytes, int], *, is_deep: bool) -> str | None:
    try:
        if (size := path.stat().st_size) != blob[1]:
            return f"has {size:,} bytes, and not {blob[1]:,}"
        return "has other bytes than were sent" if is_deep and backup.hash_file(path) != blob else None
    except FileNotFoundError:
        return "is missing"


def _has_part(parts: Iterable[Path], size: int) -> bool:
    """Tell whether an upload's bytes are all there, though they are no blob yet."""
    return any(part.is_file() and part.stat().st_size == size for part in parts)


def _count(rows: Connection, table: Table) -> int:
    return rows.execute(select(func.count()).select_from(table)).scalar_one()
