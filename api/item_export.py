"""What the task kind `export` does: writes items into a file of the workspace, page by page."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import TextIOWrapper
from typing import BinaryIO

from api.errors import of_store
from api.file_store import FileStore, NewFile
from api.item_csv import COLUMNS, as_csv
from api.item_json import as_json_item
from api.item_places import listing_of
from store import item_lists
from store.clock import as_time, now_ms
from store.database import Database, StoreUnavailable
from store.item_rows import ItemRow
from store.task_rows import TaskRow
from tasks.kinds import Kind
from tasks.work import Work

KIND = "export"
MAX_OPEN = 4  # of one workspace
PAGE = 200  # items in memory
TELL_EVERY = 50  # pages
MEDIA_TYPES = {"csv": "text/csv", "json": "application/json"}

Pages = Iterator[list[ItemRow]]


class Stopped(Exception):
    """The task was cancelled: no file is made."""


class Exports:
    """Writes items into files."""

    def __init__(self, database: Database, files: FileStore) -> None:
        self._database = database
        self._files = files

    @property
    def kind(self) -> Kind:
        """Return the kind to register. It may run twice: a file appears only when it is whole."""
        return Kind(name=KIND, run=self.run, may_repeat=True, may_be_retried=True, max_open=MAX_OPEN)

    def run(self, work: Work) -> None:
        """Write the items that the task names as they are at this moment.

        Raises QuotaExceeded, TooLarge, DiskFull, Unavailable.
        """
        try:
            self._write(work)
        except StoreUnavailable as error:
            raise of_store(error) from error

    def _write(self, work: Work) -> None:
        task, counted = work.task, Counted(work)
        form = str(task.arguments["form"])
        name = f"items-{as_time(now_ms()).date()}.{form}"
        new = NewFile(session_id=task.session_id, name=name, media_type=MEDIA_TYPES[form])
        file = self._files.add_file(new, lambda stream: WRITERS[form](stream, counted.read(self._pages(task))))
        facts = {**task.facts, "made": {"file_id": str(file.id), "num_items": counted.num}}
        with self._database.write(task.session_id) as write:
            work.change_in(write, facts=facts)

    def _pages(self, task: TaskRow) -> Pages:
        given = task.arguments
        listing = listing_of(task.session_id, given["where"], given["sort"])
        if listing is not None:
            with self._database.read() as connection:
                yield from item_lists.every_item(connection, replace(listing, limit=PAGE))


class Counted:
    """Hands pages on, counts their items, tells of them, and stops where the task is cancelled."""

    def __init__(self, work: Work) -> None:
        self.num = 0
        self._work = work

    def read(self, pages: Pages) -> Iterator[ItemRow]:
        """Yield the items. Raises Stopped."""
        for place, page in enumerate(pages, 1):
            if self._work.is_cancelled:
                raise Stopped
            yield from page
            self.num += len(page)
            if place % TELL_EVERY == 0:
                self._work.emit("progress", {"num_items": self.num})


def _write_csv(stream: BinaryIO, rows: Iterator[ItemRow]) -> None:
    text = TextIOWrapper(stream, "utf-8-sig", newline="")  # spreadsheets know UTF-8 by its mark
    cells = csv.writer(text)
    cells.writerow(COLUMNS)
    for row in rows:
        cells.writerow(as_csv(row))
    text.detach()


def _write_json(stream: BinaryIO, rows: Iterator[ItemRow]) -> None:
    stream.write(b"[")
    stream.writelines((b",\n" if place else b"\n") + as_json_item(row) for place, row in enumerate(rows))
    stream.write(b"\n]\n")


WRITERS: dict[str, Callable[[BinaryIO, Iterator[ItemRow]], None]] = {"csv": _write_csv, "json": _write_json}
