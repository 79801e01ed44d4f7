"""What nobody needs any more goes: files deleted for 30 days, uploads nobody goes on with, bytes without a row."""

from uuid import UUID

from loguru import logger

from api.file_store import FileStore
from store import file_rows, upload_rows
from store.clock import now_ms
from store.parts import PartBusy

KEPT_MS = 30 * 86_400_000
YOUNG_S = 3600.0  # a part that was written so lately may belong to a task that has no row for it yet
BATCH = 200


class FileSweep:
    """Sweeps; any number of processes may do so at the same time."""

    def __init__(self, files: FileStore, kept_ms: int = KEPT_MS, young_s: float = YOUNG_S) -> None:
        self._files = files
        self._kept_ms = kept_ms
        self._young_s = young_s

    def sweep(self) -> None:
        """Remove what there is to remove."""
        with self._files.database.write() as write:
            file_rows.remove_deleted_before(write.connection, now_ms() - self._kept_ms)
        self._remove_uploads()
        self._remove_parts()
        self._remove_blobs()

    def _remove_uploads(self) -> None:
        with self._files.database.read() as connection:
            expired = upload_rows.expired(connection, BATCH)
        for upload_id in expired:
            try:
                with self._files.parts.hold(upload_id) as part, self._files.database.write() as write:
                    if upload_rows.remove_expired(write.connection, upload_id):
                        write.after_commit(part.remove)
            except PartBusy:
                logger.info("Upload {} is past its end and still being sent; it is left alone.", upload_id)

    def _remove_parts(self) -> None:
        for part_id in self._files.parts.unused(self._young_s):
            if self._is_known(part_id):
                continue
            try:
                with self._files.parts.hold(part_id) as part:
                    if not self._is_known(part_id):  # a task may just have finished it
                        part.remove()
            except PartBusy:
                continue

    def _is_known(self, part_id: UUID) -> bool:
        with self._files.database.read() as connection:
            return upload_rows.find(connection, part_id) is not None

    def _remove_blobs(self) -> None:
        with self._files.database.read() as connection:
            unused = file_rows.unused_blobs(connection, BATCH)
        for sha256, seen_ms in unused:
            with self._files.database.write() as write:
                if file_rows.remove_unused_blob(write.connection, sha256, seen_ms):
                    self._files.blobs.remove(sha256)
        self._files.blobs.clear()
