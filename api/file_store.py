"""Files as a workspace has them: room for new ones, bytes in, bytes out. For areas, tasks and the file door alike."""

import hashlib
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from loguru import logger
from sqlalchemy import Connection

from api.errors import ApiError, DiskFull, NotFound, QuotaExceeded, TooLarge
from api.file_names import media_type_of
from api.file_streams import RoomLeft, pour
from store import file_rows, upload_rows
from store.blobs import Blobs
from store.clock import now_ms
from store.database import Database, StoreFull, StoreUnavailable, Write
from store.file_rows import FileRow
from store.full_disk import telling_full
from store.parts import Part, PartFiles
from store.upload_rows import UploadRow
from tasks.journal import Journal

UPLOAD_MS = 86_400_000  # an upload nobody sends to for so long is removed


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many bytes one file may have, and all files of one workspace."""

    file_bytes: int
    session_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file to be made: whose, and under which name; `media_type` counts where the name has no ending."""

    session_id: UUID
    name: str
    media_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStore:
    """Everything that makes, finishes and opens files; one a process, built by web_mode.py."""

    database: Database
    journal: Journal
    blobs: Blobs
    parts: PartFiles
    limits: Limits

    def add_file(self, new: NewFile, write: Callable[[BinaryIO], object]) -> FileRow:
        """Make a file of what `write` writes into the binary stream that it is given; for tasks.

        Nothing is left where `write` raises. Raises QuotaExceeded, TooLarge, DiskFull, and what `write` raises.
        """
        file_id = uuid.uuid4()
        try:
            with self.parts.hold(file_id) as part, self._no_rest(part, file_id):
                pour(write, self._room_left(part, new.session_id))
                return self.finish(self._note_draft(file_id, new, part.size), part)
        except StoreFull as error:
            raise DiskFull from error

    def open_file(self, session_id: UUID, file_id: UUID) -> BinaryIO:
        """Open a file of this workspace for reading; close it. Raises NotFound."""
        with self.database.read() as connection:
            row = self.find(connection, session_id, file_id)
        return self.open_bytes(row)

    def open_bytes(self, row: FileRow, offset: int = 0) -> BinaryIO:
        """Open a file's bytes from one on. Raises NotFound where they are gone."""
        try:
            return self.blobs.open(row.sha256, offset)
        except FileNotFoundError:
            logger.error("The bytes of file {} are missing: {}", row.id, row.sha256.hex())
            raise NotFound("file") from None

    def find(self, connection: Connection, session_id: UUID, file_id: UUID) -> FileRow:
        """Return a file of this workspace that is not deleted. Raises NotFound."""
        row = file_rows.find(connection, file_id)
        if row is None or row.session_id != session_id or row.deleted_ms is not None:
            raise NotFound("file")
        return row

    def used_bytes(self, connection: Connection, session_id: UUID) -> int:
        """Return what a workspace's files have, and its uploads under way will have; deleted files make room."""
        kept, _deleted = file_rows.sizes_of_session(connection, session_id)
        return kept + upload_rows.totals_of_session(connection, session_id)[1]

    def make_room(self, write: Write, session_id: UUID, size: int) -> None:
        """See to it that a workspace may have one more file of this size; its oldest deleted files go for it.

        Raises TooLarge, QuotaExceeded.
        """
        if size > self.limits.file_bytes:
            raise TooLarge(max_bytes=self.limits.file_bytes)
        used, most = self.used_bytes(write.connection, session_id), self.limits.session_bytes
        if used + size > most:
            raise QuotaExceeded(used_bytes=used, max_bytes=most)
        deleted = file_rows.deleted_of_session(write.connection, session_id)
        surplus = used + size + sum(num_bytes for _id, num_bytes in deleted) - most
        gone = []
        for file_id, num_bytes in deleted:
            if surplus > 0:
                gone.append(file_id)
                surplus -= num_bytes
        file_rows.remove(write.connection, gone)

    def refuse_full_disk(self, size: int) -> None:
        """Raise DiskFull now where the disk has no room for so many bytes, and not when they have come half way."""
        if size > shutil.disk_usage(self.parts.folder).free:
            raise DiskFull

    def finish(self, upload: UploadRow, part: Part) -> FileRow:
        """Make a file of an upload whose bytes are all there; doing it again after it was cut short is harmless.

        The blob's row, and an upload that points to it, come before the bytes move: no sweep takes them in between.
        """
        sha256 = upload.sha256 or part.digest()
        if upload.sha256 is None:
            self._note_whole(upload, sha256)
        part.shut()
        self.blobs.keep(part.path, sha256)
        row = _file_of(upload, sha256)
        with self.database.write(row.session_id) as write:
            if not upload_rows.remove(write.connection, upload.id):
                raise NotFound("upload")
            file_rows.add(write.connection, row)
            self.tell(write, row, "created")
        return row

    def add_empty(self, write: Write, upload: UploadRow) -> None:
        """Make a file of no bytes as a part of the caller's transaction."""
        sha256, empty = hashlib.sha256().digest(), self.parts.path(upload.id)
        with telling_full():
            empty.touch(mode=0o600)
        file_rows.add_blob(write.connection, sha256, 0)
        self.blobs.keep(empty, sha256)
        row = _file_of(upload, sha256)
        file_rows.add(write.connection, row)
        self.tell(write, row, "created")

    def tell(self, write: Write, row: FileRow, change: str) -> None:
        """Tell the workspace what became of a file."""
        self.journal.append_in(write, row.session_id, [("file", {"id": str(row.id), "change": change})])

    @contextmanager
    def _no_rest(self, part: Part, file_id: UUID) -> Iterator[None]:
        try:
            yield
        except BaseException:
            with suppress(StoreUnavailable), self.database.write() as write:
                upload_rows.remove(write.connection, file_id)
            raise
        finally:
            part.remove()

    def _note_whole(self, upload: UploadRow, sha256: bytes) -> None:
        with self.database.write(upload.session_id) as write:
            file_rows.add_blob(write.connection, sha256, upload.size)
            if not upload_rows.note_whole(write.connection, upload.id, sha256):
                raise NotFound("upload")

    def _note_draft(self, file_id: UUID, new: NewFile, size: int) -> UploadRow:
        row = new_upload(new, size, file_id)
        with self.database.write(new.session_id) as write:
            self.make_room(write, new.session_id, size)
            upload_rows.add(write.connection, row)
        return row

    def _room_left(self, part: Part, session_id: UUID) -> RoomLeft:
        with self.database.read() as connection:
            used = self.used_bytes(connection, session_id)
        most = self.limits.session_bytes
        error: ApiError = QuotaExceeded(used_bytes=used, max_bytes=most)
        if self.limits.file_bytes < most - used:
            error = TooLarge(max_bytes=self.limits.file_bytes)
        return RoomLeft(part, min(most - used, self.limits.file_bytes), error)


def new_upload(new: NewFile, size: int, upload_id: UUID | None = None) -> UploadRow:
    """Return the row of an upload that begins now."""
    now = now_ms()
    return UploadRow(
        id=upload_id or uuid.uuid4(),
        session_id=new.session_id,
        name=new.name,
        media_type=media_type_of(new.name, new.media_type),
        size=size,
        created_ms=now,
        expires_ms=now + UPLOAD_MS,
    )


def _file_of(upload: UploadRow, sha256: bytes) -> FileRow:
    return FileRow(
        id=upload.id,
        session_id=upload.session_id,
        name=upload.name,
        media_type=upload.media_type,
        size=upload.size,
        sha256=sha256,
        created_ms=now_ms(),
    )
