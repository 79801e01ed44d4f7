"""Files of this workspace: what there is, and the addresses where their bytes go in and out."""

import re
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from api.area import Area
from api.errors import Forbidden, InvalidArguments, NotFound
from api.file_names import FileName, address_of, media_type_of
from api.file_store import NewFile, new_upload
from api.method import method
from api.numbers import MAX_WHOLE, Whole
from store import file_rows, upload_rows
from store.clock import as_time, now_ms
from store.database import Write
from store.file_rows import FileListing, FileRow
from store.upload_rows import UploadRow

MAX_LISTED = 200
MAX_SEARCH = 200
MAX_UPLOADS = 1000  # of one workspace at the same time
UPLOADS = "/files/uploads"
PLACE = re.compile(r"^[0-9]{1,15}\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
LAST = (MAX_WHOLE, UUID(int=(1 << 128) - 1))


class File(BaseModel):
    """A file. Its bytes are had at `url`, with `?download=1` as an attachment; `sha256` is hexadecimal."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    created_at: datetime
    url: str


class FileList(BaseModel):
    """Files, newest first; pass `next` as `after` for older ones."""

    items: list[File]
    next: str | None


class Upload(BaseModel):
    """A file whose bytes are to be sent to `url` by tus 1.0; with the last one the file exists, under the same id.

    `offset` tells how many have come; one that nobody sends to is gone at `expires_at`.
    """

    id: UUID
    url: str
    size: int
    offset: int
    expires_at: datetime


class Storage(BaseModel):
    """How many bytes this workspace's files have, its uploads under way included, and how many they may have."""

    used_bytes: int
    max_bytes: int
    max_file_bytes: int


class Files(Area):
    """The area of files."""

    @method(rest="GET /files", needs="files:read", example={})
    def list_files(
        self,
        search: Annotated[str, Field(max_length=MAX_SEARCH)] | None = None,
        after: Annotated[str, Field(json_schema_extra={"pattern": PLACE.pattern})] | None = None,
        limit: int = 50,
    ) -> FileList:
        """List files, newest first; `search` looks into names."""
        limit, words, place = min(max(limit, 1), MAX_LISTED), (search or "").strip(), _place(after)
        listing = FileListing(session_id=self._caller.session_id, words=words, after=place, limit=limit + 1)
        with self._services.database.read() as connection:
            rows = file_rows.list_of_session(connection, listing)
        more = f"{rows[limit - 1].created_ms}.{rows[limit - 1].id}" if len(rows) > limit else None
        return FileList(items=[file_of(row) for row in rows[:limit]], next=more)

    @method(rest="GET /files/{file_id}", needs="files:read")
    def get_file(self, file_id: UUID) -> File:
        """Return what is known of a file; its bytes are at its `url`."""
        with self._services.database.read() as connection:
            return file_of(self._services.files.find(connection, self._caller.session_id, file_id))

    @method(rest="POST /uploads", needs="files:write", example={"name": "notes.txt", "size": 12})
    def create_upload(
        self, name: FileName, size: Whole, media_type: Annotated[str, Field(max_length=200)] | None = None
    ) -> Upload:
        """Begin a file of `size` bytes; send them to the answer's `url` by tus 1.0.

        The media type follows from the name; `media_type` counts where it has no ending. Raises `quota_exceeded`
        where the workspace's files would be too large with it, `too_large` where it is so by itself, and `disk_full`.
        """
        files, session_id = self._services.files, self._caller.session_id
        files.refuse_full_disk(size)
        row = new_upload(NewFile(session_id=session_id, name=name, media_type=media_type), size)
        with self._write() as write:
            self._store_session(write)
            files.make_room(write, session_id, size)
            self._add_upload(write, row)
        return _upload_of(row)

    @method(rest="PATCH /files/{file_id}", needs="files:write")
    def update_file(self, file_id: UUID, name: FileName) -> File:
        """Rename a file; its media type follows the new name."""
        with self._write() as write:
            row = self._services.files.find(write.connection, self._caller.session_id, file_id)
            kind = media_type_of(name, row.media_type)
            return self._change(write, row, "updated", name=name, media_type=kind)

    @method(rest="DELETE /files/{file_id}", needs="files:write")
    def delete_file(self, file_id: UUID) -> File:
        """Delete a file; `restore_file` brings it back.

        It can be brought back for 30 days, or until the workspace needs its room for new files.
        """
        with self._write() as write:
            row = self._services.files.find(write.connection, self._caller.session_id, file_id)
            return self._change(write, row, "deleted", deleted_ms=now_ms())

    @method(rest="POST /trash/files/{file_id}/restore", needs="files:write")
    def restore_file(self, file_id: UUID) -> File:
        """Bring a deleted file back."""
        with self._write() as write:
            row = file_rows.find(write.connection, file_id)
            if row is None or row.session_id != self._caller.session_id:
                raise NotFound("file")
            return self._change(write, row, "restored", deleted_ms=None)

    @method(rest="GET /storage", needs="files:read", example={})
    def get_storage(self) -> Storage:
        """Return how much room the files of this workspace take, and may take."""
        files = self._services.files
        with self._services.database.read() as connection:
            used = files.used_bytes(connection, self._caller.session_id)
        return Storage(used_bytes=used, max_bytes=files.limits.session_bytes, max_file_bytes=files.limits.file_bytes)

    def _add_upload(self, write: Write, row: UploadRow) -> None:
        if upload_rows.totals_of_session(write.connection, row.session_id)[0] >= MAX_UPLOADS:
            raise Forbidden(reason=f"a workspace has at most {MAX_UPLOADS} uploads under way; finish one first")
        if row.size == 0:  # no byte will come that could end it
            self._services.files.add_empty(write, row)
        else:
            upload_rows.add(write.connection, row)

    def _change(self, write: Write, row: FileRow, change: str, **changes: object) -> File:
        file_rows.change(write.connection, row.id, **changes)
        self._services.files.tell(write, row, change)
        changed = file_rows.find(write.connection, row.id)
        assert changed is not None
        return file_of(changed)


def file_of(row: FileRow) -> File:
    """Return a row as a visitor sees it."""
    return File(
        id=row.id,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256.hex(),
        created_at=as_time(row.created_ms),
        url=address_of(row.id, row.name),
    )


def _upload_of(row: UploadRow) -> Upload:
    return Upload(id=row.id, url=f"{UPLOADS}/{row.id}", size=row.size, offset=0, expires_at=as_time(row.expires_ms))


def _place(after: str | None) -> tuple[int, UUID]:
    if after is None:
        return LAST
    if not PLACE.fullmatch(after):
        raise InvalidArguments({"after": "pass the `next` of the page before"})
    moment, file_id = after.split(".")
    return int(moment), UUID(file_id)
