"""A file's bytes out: GET and HEAD with ranges (RFC 9110; of HEAD, ranges are ignored) and conditions."""

import asyncio
from collections.abc import Mapping
from typing import Any, BinaryIO
from urllib.parse import parse_qs

from loguru import logger

from api.errors import MethodNotAllowed, NotFound
from doors.file_desk import Desk, Visit
from doors.file_errors import OutOfRange
from doors.file_headers import Span, headers_of, is_known, span_of
from sessions.keys import parse_uuid
from store import file_rows
from store.file_rows import FileRow

CHUNK_BYTES = 1_048_576


class Downloads:
    """Serves /files/<id>, whatever name stands behind it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def answer(self, visit: Visit, word: str) -> None:
        """Answer one request."""
        if visit.verb not in ("GET", "HEAD"):
            raise MethodNotAllowed(allow="GET, HEAD")
        row = await self._desk.run(self._find, visit, word)
        headers = headers_of(row, _is_download(visit.environ))
        if is_known(row, visit.environ):
            await visit.answer(304, headers)
            return
        try:
            span = span_of(row, visit.environ) if visit.verb == "GET" else None
        except OutOfRange as error:
            await visit.refuse(error, {"Content-Range": f"bytes */{row.size}"})
            return
        if visit.verb == "HEAD":
            await visit.answer(200, {**headers, "Content-Length": str(row.size)})
        else:
            await self._send(visit, row, headers, span)

    def _find(self, visit: Visit, word: str) -> FileRow:
        file_id = parse_uuid(word)
        with self._desk.files.database.read() as connection:
            row = file_rows.find(connection, file_id) if file_id else None
        if row is not None and row.deleted_ms is not None:
            row = None
        self._desk.check_owner(visit, row.session_id if row else None, "file")
        if row is None:
            raise NotFound("file")
        return row

    async def _send(self, visit: Visit, row: FileRow, headers: Mapping[str, str], span: Span | None) -> None:
        start, end = span or (0, row.size)
        file = await self._desk.run(self._desk.files.open_bytes, row, start)
        try:
            sized = {**headers, "Content-Length": str(end - start)}
            if span is None:
                await visit.start(200, sized)
            else:
                await visit.start(206, {**sized, "Content-Range": f"bytes {start}-{end - 1}/{row.size}"})
            await self._pour(visit, file, end - start)
        finally:
            file.close()

    async def _pour(self, visit: Visit, file: BinaryIO, num: int) -> None:
        """Send `num` bytes; the next ones are read while the last ones are sent."""
        hung_up = asyncio.ensure_future(_until_hung_up(visit))
        reading = self._desk.run(file.read, min(num, CHUNK_BYTES))
        try:
            while not hung_up.done():
                data = await reading
                num -= len(data)
                if not data and num:
                    logger.error("A file ended {} bytes before its time.", num)
                    return
                if num:
                    reading = self._desk.run(file.read, min(num, CHUNK_BYTES))
                await visit.send({"type": "http.response.body", "body": data, "more_body": num > 0})
                if not num:
                    return
        finally:
            hung_up.cancel()
            await asyncio.wait([reading])


async def _until_hung_up(visit: Visit) -> None:
    while (await visit.receive())["type"] != "http.disconnect":
        pass


def _is_download(environ: Mapping[str, Any]) -> bool:
    return "1" in parse_qs(environ["QUERY_STRING"]).get("download", [])
