"""What the task kind `import` does: adds the items of a file, a thousand a transaction, and reports what it refuses."""

import csv
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from io import TextIOWrapper
from itertools import islice
from tempfile import TemporaryFile
from typing import Any, BinaryIO
from uuid import UUID

from loguru import logger
from pydantic import TypeAdapter, ValidationError

from api.errors import ApiError, of_store
from api.file_store import FileStore, NewFile
from api.item_csv import Found, Refusal, guarded, read_csv
from api.item_json import read_json_items
from api.item_shapes import ItemIn
from store import item_rows, task_rows
from store.clock import now_ms
from store.database import Database, StoreUnavailable, Write
from store.full_disk import telling_full
from store.item_rows import ItemRow
from store.task_rows import TaskRow
from tasks.journal import Entry, Journal
from tasks.kinds import Ending, Kind
from tasks.work import Work

KIND = "import"
MAX_OPEN = 4  # of one workspace
BATCH = 1000
BATCH_BYTES = 4_194_304  # of the file: a thousand long rows are too much at once
MAX_SHOWN = 100  # refused rows in the task itself; where there are more, all of them are in a file
MAX_COLUMN = 100  # letters of its name
TELL_EVERY_S = 2.0
READERS: dict[str, Callable[[BinaryIO], Iterator[Found]]] = {"csv": read_csv, "json": read_json_items}
_SHAPE = TypeAdapter(ItemIn)


class Imports:
    """Adds items from files."""

    def __init__(self, database: Database, journal: Journal, files: FileStore) -> None:
        self._database = database
        self._journal = journal
        self._files = files

    @property
    def kind(self) -> Kind:
        """Return the kind to register. It may not run twice: what is in already would be in twice."""
        return Kind(name=KIND, run=self.run, on_end=_on_end, max_open=MAX_OPEN)

    def run(self, work: Work) -> None:
        """Add the items of the task's file. What is in stays, however it ends.

        Raises BadHeader, NotJson, NotFound, DiskFull, Unavailable.
        """
        try:
            with (
                telling_full(),
                closing(self._files.open_file(work.task.session_id, UUID(work.task.arguments["file_id"]))) as file,
                closing(Refusals()) as refusals,
            ):
                self._add_all(work, file, refusals)
        except StoreUnavailable as error:
            raise of_store(error) from error

    def _add_all(self, work: Work, file: BinaryIO, refusals: "Refusals") -> None:
        task = work.task
        size = max(1, file.seek(0, 2))
        file.seek(0)
        rows, batch = READERS[task.arguments["form"]](file), Batches(self._database, self._journal, work)
        while not work.is_cancelled and (found := list(_next_of(rows, file))):
            items = [row for one in found if (row := _row_of(task.session_id, one, refusals)) is not None]
            batch.add(items, refusals, round(100 * file.tell() / size))
        report_id = self._report(task, refusals)
        if report_id is not None:
            batch.note(refusals, report_id)

    def _report(self, task: TaskRow, refusals: "Refusals") -> UUID | None:
        if refusals.num <= MAX_SHOWN:
            return None
        new = NewFile(session_id=task.session_id, name="refused rows.csv", media_type="text/csv")
        try:
            return self._files.add_file(new, refusals.copy_to).id
        except ApiError as error:  # what is imported is no less so for that
            logger.warning("The report of an import could not be kept: {} ({})", error, task.id)
            return None


class Refusals:
    """Rows that were refused: the first ones at hand, all of them in a file without a name."""

    def __init__(self) -> None:
        self.num = 0
        self.shown: list[dict[str, Any]] = []
        self._file = TemporaryFile()  # noqa: SIM115 — close() does
        self._text = TextIOWrapper(self._file, "utf-8-sig", newline="")
        self._rows = csv.writer(self._text)
        self._rows.writerow(("row", "column", "why"))

    def add(self, refusal: Refusal) -> None:
        """Note one."""
        self.num += 1
        column = refusal.column and refusal.column[:MAX_COLUMN]
        if len(self.shown) < MAX_SHOWN:
            self.shown.append({"row": refusal.row, "column": column, "why": refusal.why})
        self._rows.writerow((refusal.row, guarded(column or ""), guarded(refusal.why)))

    def copy_to(self, file: BinaryIO) -> None:
        """Write all of them as CSV."""
        self._text.flush()
        self._file.seek(0)
        shutil.copyfileobj(self._file, file)

    def close(self) -> None:
        """Forget them."""
        self._text.close()


class Batches:
    """Writes batch after batch, each with the task's figures in one transaction: they say what is in after a crash."""

    def __init__(self, database: Database, journal: Journal, work: Work) -> None:
        self._database = database
        self._journal = journal
        self._work = work
        self._task = work.task
        self._num_added = 0
        self._told_s = 0.0

    def add(self, rows: Sequence[ItemRow], refusals: Refusals, percent: int) -> None:
        """Add items. Raises FenceLost where another runner ended the task in this one's name."""
        prepared = item_rows.prepare(rows)
        with self._database.write(self._task.session_id) as write:
            self._num_added += len(rows)
            self._write_figures(write, self._made(refusals), percent)
            item_rows.add(write.connection, prepared)
            if rows and time.monotonic() - self._told_s > TELL_EVERY_S:
                self._told_s = time.monotonic()
                self._journal.append_in(write, self._task.session_id, [("items", {"change": "created"})])

    def note(self, refusals: Refusals, report_id: UUID) -> None:
        """Note the file that has all refused rows."""
        with self._database.write(self._task.session_id) as write:
            self._write_figures(write, {**self._made(refusals), "report_file_id": str(report_id)}, 100)

    def _made(self, refusals: Refusals) -> dict[str, Any]:
        figures = {"num_added": self._num_added, "num_refused": refusals.num}
        return {**figures, "refused": refusals.shown, "report_file_id": None}

    def _write_figures(self, write: Write, made: dict[str, Any], percent: int) -> None:
        facts = {**self._task.facts, "made": made}
        self._work.change_in(write, facts=facts, progress=percent)
        figures = {name: made[name] for name in ("num_added", "num_refused")}
        self._journal.append_in(write, self._task.id, [("progress", {**figures, "percent": percent})])


def _next_of(rows: Iterator[Found], file: BinaryIO) -> Iterator[Found]:
    begun = file.tell()
    for found in islice(rows, BATCH):
        yield found
        if file.tell() - begun > BATCH_BYTES:
            return


def _row_of(session_id: UUID, found: Found, refusals: Refusals) -> ItemRow | None:
    if isinstance(found, Refusal):
        refusals.add(found)
        return None
    number, fields = found
    try:
        item = _SHAPE.validate_python(fields)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        column = ".".join(str(step) for step in problem["loc"]) or None
        refusals.add(Refusal(number, column, problem["msg"]))
        return None
    now = now_ms()
    return ItemRow(id=uuid.uuid4(), session_id=session_id, created_ms=now, updated_ms=now, **item.__dict__)


def _on_end(write: Write, task: TaskRow, _ending: Ending) -> Sequence[Entry]:
    now = task_rows.find(write.connection, task.id)
    has_added = now is not None and now.facts.get("made", {}).get("num_added")
    return [("items", {"change": "created"})] if has_added else []
