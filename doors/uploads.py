"""A file's bytes in, by tus 1.0.0 with termination, expiration and checksum: https://tus.io/protocols/resumable-upload

Creation is the method `create_upload`. The offset is what is on disk; what came before a connection was cut, or the
server killed, is there.
"""

import asyncio
import base64
import binascii
import hashlib
from dataclasses import dataclass
from email.utils import formatdate

from starlette.types import Message

from api.errors import BadRequest, MethodNotAllowed, NotFound, RequestTimeout, TooLarge, Unavailable
from api.file_errors import UploadBusy
from api.file_uploads import Progress, Uploads
from api.numbers import whole_number
from doors.file_desk import Desk, Visit
from doors.file_errors import ChecksumMismatch, NotBytes, OtherTusVersion
from doors.stopping import Stopping
from sessions.keys import parse_uuid
from store.parts import Part

VERSION = "1.0.0"
TUS = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}
VERBS = ("HEAD", "PATCH", "DELETE", "OPTIONS")
BYTES = "application/offset+octet-stream"
CHECKSUMS = ("sha256", "sha1")
BATCH_BYTES = 1_048_576
PAUSE_S = 0.2  # a connection that is silent for so long has what came written
PATIENCE_S, LOOK_S = 10.0, 0.05
SILENCE_S = 20.0  # and for so long, is given up: it may be dead, and nobody else can go on meanwhile
LAST_S = 2.0  # so long bytes may come yet when the server is about to end


class UploadDoor:
    """Serves /files/uploads/<id>."""

    def __init__(self, desk: Desk, stopping: Stopping) -> None:
        self._desk = desk
        self._stopping = stopping
        self._uploads = Uploads(desk.files)

    async def answer(self, visit: Visit, word: str) -> None:
        """Answer one request."""
        verb = (visit.header("X_HTTP_METHOD_OVERRIDE") or visit.verb).upper()
        if verb == "OPTIONS":
            await visit.answer(204, self._abilities())
            return
        if verb not in VERBS:
            raise MethodNotAllowed(allow=", ".join(VERBS))
        if visit.header("TUS_RESUMABLE") != VERSION:
            raise OtherTusVersion
        progress = await self._desk.run(self._find, visit, word)
        work = {"HEAD": self._tell, "PATCH": self._take, "DELETE": self._cancel}[verb]
        await work(visit, progress)

    def headers_of_errors(self) -> dict[str, str]:
        """Return what goes with every refusal."""
        return {**TUS, "Tus-Version": VERSION}

    def _abilities(self) -> dict[str, str]:
        return {
            **self.headers_of_errors(),
            "Tus-Extension": "termination,expiration,checksum",
            "Tus-Max-Size": str(self._desk.files.limits.file_bytes),
            "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
        }

    def _find(self, visit: Visit, word: str) -> Progress:
        upload_id = parse_uuid(word)
        progress = self._uploads.find(upload_id) if upload_id else None
        self._desk.check_owner(visit, progress.session_id if progress else None, "upload")
        if progress is None:
            raise NotFound("upload")
        progress.refuse_expired()
        return progress

    async def _tell(self, visit: Visit, progress: Progress) -> None:
        if progress.is_whole:  # a client that reads so believes that the file is there
            await self._finish_whole(progress)
        length = {"Upload-Length": str(progress.size)}
        await visit.answer(200, {**TUS, **_place(progress, progress.offset), **length})

    async def _finish_whole(self, progress: Progress) -> None:
        """Make the file; where its last bytes came by a connection that is about to do so, wait for that."""
        until_s = asyncio.get_running_loop().time() + PATIENCE_S
        while True:
            try:
                return await self._desk.run(self._uploads.finish_whole, progress)
            except UploadBusy:
                if asyncio.get_running_loop().time() > until_s:
                    raise
                await asyncio.sleep(LOOK_S)

    async def _cancel(self, visit: Visit, progress: Progress) -> None:
        await self._desk.run(self._uploads.cancel, progress)
        await visit.answer(204, TUS)

    async def _take(self, visit: Visit, progress: Progress) -> None:
        if visit.environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != BYTES:
            raise NotBytes
        offset = _number(visit.header("UPLOAD_OFFSET"), "Upload-Offset is the number of the first byte sent")
        checksum = _checksum(visit.header("UPLOAD_CHECKSUM"))
        length = _number(visit.environ["CONTENT_LENGTH"] or "0", "Content-Length is the number of bytes sent")
        if offset + length > progress.size >= offset:
            raise TooLarge(max_bytes=progress.size - offset)
        part = await self._desk.run(self._uploads.begin, progress, offset)
        if part is None:
            await visit.answer(204, {**TUS, **_place(progress, offset)})
            return
        try:
            is_whole = await self._write(visit, progress, part, checksum)
        finally:
            await self._desk.run(part.close)  # before the answer: the next bytes may come to another worker at once
        if is_whole:
            await visit.answer(204, {**TUS, **_place(progress, part.size)})

    async def _write(self, visit: Visit, progress: Progress, part: Part, checksum: "Checksum | None") -> bool:
        """Write the body as it comes, and make the file with its last byte; False where the connection was cut."""
        if checksum is not None:
            await self._desk.run(part.begin_checked, checksum.algorithm)
        body = Body(visit, self._stopping)
        with self._stopping.waking(body.hurry):
            await self._pour(body, part, progress.size)
        if checksum is not None and body.is_cut:
            return False
        if checksum is not None and not await self._desk.run(part.end_checked, checksum.digest):
            raise ChecksumMismatch
        if part.size == progress.size:
            await self._desk.run(self._uploads.finish, progress, part)
        return not body.is_cut

    async def _pour(self, body: "Body", part: Part, size: int) -> None:
        """Write while the next bytes come. Raises TooLarge, RequestTimeout, Unavailable, StoreFull."""
        room, writing = size - part.size, None
        try:
            while data := await body.next_bytes():
                room -= len(data)
                if writing is not None:
                    await writing
                if room < 0:
                    await self._desk.run(part.drop_new)
                    raise TooLarge(max_bytes=size)
                writing = self._desk.run(part.write, data)
            if writing is not None:
                await writing
        finally:
            if writing is not None:
                await asyncio.wait([writing])  # a thread that writes must be done before the part is closed


class Body:
    """A request's body in large batches."""

    def __init__(self, visit: Visit, stopping: Stopping) -> None:
        self._receive = visit.receive
        self._stopping = stopping
        self._patience: asyncio.Timeout | None = None
        self._is_over = False
        self.is_cut = False

    def hurry(self) -> None:
        """Wait for the next bytes not much longer: the server is about to end."""
        if self._patience is not None and (until_s := self._patience.when()) is not None:
            self._patience.reschedule(min(until_s, asyncio.get_running_loop().time() + LAST_S))

    async def next_bytes(self) -> bytes:
        """Return what came, about a megabyte where it comes fast; nothing at the end.

        Raises RequestTimeout, and Unavailable where the server does not wait for the rest.

        In one piece: the thread that hashes and writes them waits for the interpreter's lock at each.
        """
        pieces: list[bytes] = []
        size = 0
        while size < BATCH_BYTES and not self._is_over:
            if self._stopping.age_s > LAST_S and not pieces:
                raise Unavailable
            try:
                message = await self._next_message(PAUSE_S if pieces else SILENCE_S)
            except TimeoutError:
                if pieces:
                    break
                raise (Unavailable if self._stopping.has_begun else RequestTimeout) from None
            self._take(message, pieces)
            size = sum(map(len, pieces))
        return b"".join(pieces)

    async def _next_message(self, patience_s: float) -> Message:
        try:
            async with asyncio.timeout(patience_s) as self._patience:
                return await self._receive()
        finally:
            self._patience = None

    def _take(self, message: Message, pieces: list[bytes]) -> None:
        if message["type"] == "http.disconnect":
            self._is_over = self.is_cut = True
            return
        if message.get("body"):
            pieces.append(message["body"])
        self._is_over = not message.get("more_body", False)


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a request's bytes must hash to."""

    algorithm: str
    digest: bytes


def _checksum(header: str | None) -> Checksum | None:
    if header is None:
        return None
    algorithm, _, word = header.partition(" ")
    try:
        digest = base64.b64decode(word, validate=True)
    except binascii.Error:
        digest = b""
    if algorithm not in CHECKSUMS or len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise BadRequest(reason=f"Upload-Checksum is one of {', '.join(CHECKSUMS)}, a blank, and the digest in base64")
    return Checksum(algorithm, digest)


def _number(word: str | None, meaning: str) -> int:
    try:
        return whole_number(word or "")
    except ValueError:
        raise BadRequest(reason=meaning) from None


def _place(progress: Progress, offset: int) -> dict[str, str]:
    found = {"Upload-Offset": str(offset)}
    if progress.row is not None and offset < progress.size:
        found["Upload-Expires"] = formatdate(progress.row.expires_ms / 1000, usegmt=True)
    return found
