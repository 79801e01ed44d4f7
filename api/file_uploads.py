"""Uploads under way, as the file door needs them: how far each is, who may write to it, and what its last byte does."""

from contextlib import ExitStack
from dataclasses import dataclass
from uuid import UUID

from api.errors import NotFound
from api.file_errors import UploadBusy, UploadExpired, WrongOffset
from api.file_store import UPLOAD_MS, FileStore
from store import file_rows, upload_rows
from store.clock import now_ms
from store.parts import Part, PartBusy
from store.upload_rows import UploadRow

PUT_OFF_MS = 3_600_000  # an upload's end is moved once it would be moved by so much


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an upload is; without a row it is a file by now."""

    id: UUID
    session_id: UUID
    size: int
    offset: int
    row: UploadRow | None

    def refuse_expired(self) -> None:
        """Raise UploadExpired where its time is over."""
        if self.row is not None and self.row.expires_ms <= now_ms():
            raise UploadExpired

    @property
    def is_whole(self) -> bool:
        """Tell whether all bytes are there, but not yet the file."""
        return self.row is not None and self.offset == self.size


class Uploads:
    """Uploads of all workspaces; the door has looked whose they are."""

    def __init__(self, files: FileStore) -> None:
        self._files = files

    def find(self, upload_id: UUID) -> Progress | None:
        """Return how far an upload of any workspace is, also one that became a file; else None."""
        num_here = self._files.parts.size(upload_id)  # before the row, which says so before the part is taken away
        with self._files.database.read() as connection:
            row = upload_rows.find(connection, upload_id)
            file = None if row else file_rows.find(connection, upload_id)
        if row is not None:
            offset = row.size if row.sha256 else num_here
            return Progress(id=row.id, session_id=row.session_id, size=row.size, offset=offset, row=row)
        if file is None or file.deleted_ms is not None:
            return None
        return Progress(id=file.id, session_id=file.session_id, size=file.size, offset=file.size, row=None)

    def begin(self, progress: Progress, offset: int) -> Part | None:
        """Return the part to write to from an offset on, or None where all bytes are there; close it.

        Raises WrongOffset, UploadBusy, UploadExpired, NotFound.
        """
        part, now = self._hold(progress)
        with ExitStack() as held:
            held.push(part)
            if now.offset != offset:
                raise WrongOffset(offset=now.offset)
            if now.is_whole:
                self.finish(now, part)
            if now.row is None or now.is_whole:
                return None
            self._put_off(now.row)
            held.pop_all()
        return part

    def finish(self, progress: Progress, part: Part) -> None:
        """Make the file, all bytes of which are in the part. Raises StoreUnavailable; then it can be done again."""
        assert progress.row is not None
        self._files.finish(progress.row, part)

    def finish_whole(self, progress: Progress) -> None:
        """Make the file of an upload that was cut short after its last byte. Raises UploadBusy, StoreUnavailable."""
        part, now = self._hold(progress)
        with part:
            if now.is_whole:
                self.finish(now, part)

    def cancel(self, progress: Progress) -> None:
        """End an upload and drop its bytes. Raises UploadBusy, and NotFound for one that is a file."""
        part, now = self._hold(progress)
        with part:
            if now.row is None:
                raise NotFound("upload")
            with self._files.database.write(now.row.session_id) as write:
                upload_rows.remove(write.connection, now.id)
            part.remove()

    def _hold(self, progress: Progress) -> tuple[Part, Progress]:
        """Return the part under its lock, and how far the upload is now that nobody else writes it."""
        try:
            part = self._files.parts.hold(progress.id)
        except PartBusy:
            raise UploadBusy from None
        try:
            now = self.find(progress.id)
            if now is None:
                raise NotFound("upload")
            now.refuse_expired()
        except BaseException:
            part.close()
            raise
        return part, now

    def _put_off(self, row: UploadRow) -> None:
        expires_ms = now_ms() + UPLOAD_MS
        if expires_ms - row.expires_ms >= PUT_OFF_MS:
            with self._files.database.write(row.session_id) as write:
                upload_rows.put_off(write.connection, row.id, expires_ms)
