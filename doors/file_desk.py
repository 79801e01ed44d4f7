"""What the two halves of the file door share: who may, the threads that touch disk and database, the answers."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from starlette.types import Receive, Send

from api.errors import ApiError, NotFound
from api.file_store import FileStore
from doors.asking import enter, language_of
from doors.entrance import NOBODY, Entrance
from doors.envelope import as_bytes, error_headers, failure

NUM_THREADS = 16

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


@dataclass(slots=True, kw_only=True)
class Visit:
    """One request at this door."""

    environ: dict[str, Any]
    receive: Receive
    send: Send
    is_answered: bool = False

    @property
    def verb(self) -> str:
        """The HTTP method."""
        return str(self.environ["REQUEST_METHOD"])

    def header(self, name: str) -> str | None:
        """Return a header by its name in WSGI's words, without HTTP_."""
        return self.environ.get(f"HTTP_{name}")

    async def answer(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        """Send a whole answer."""
        has_length = status not in (204, 304) and "Content-Length" not in headers
        sized = {**headers, "Content-Length": str(len(body))} if has_length else headers
        await self.start(status, sized)
        await self.send({"type": "http.response.body", "body": b"" if self.verb == "HEAD" else body})

    async def start(self, status: int, headers: dict[str, str]) -> None:
        """Send status and headers."""
        self.is_answered = True
        raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
        await self.send({"type": "http.response.start", "status": status, "headers": raw})

    async def refuse(self, error: ApiError, headers: dict[str, str]) -> None:
        """Answer an error in the envelope of all doors."""
        request_id = self.environ["studiolo.request_id"]
        body = as_bytes(failure(error, language_of(self.environ), request_id))
        plain = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        await self.answer(error.status, plain | error_headers(error) | headers, body)


class Desk:
    """What uploads and downloads share: who may, the files, the threads."""

    def __init__(self, entrance: Entrance, files: FileStore) -> None:
        self.files = files
        self._entrance = entrance
        self._threads = ThreadPoolExecutor(NUM_THREADS, thread_name_prefix="file")

    def run(
        self, function: Callable[Given, Answer], /, *given: Given.args, **named: Given.kwargs
    ) -> "asyncio.Future[Answer]":
        """Begin a function on a thread of this door."""
        return asyncio.wrap_future(self._threads.submit(function, *given, **named))

    def check_owner(self, visit: Visit, session_id: UUID | None, what: str) -> None:
        """Raise Unauthenticated, or NotFound where the caller's key does not open this workspace, or there is none."""
        given = visit.header("X_SESSION_UUID")
        if given is not None and given != str(session_id):
            session_id = None
        asked = {**visit.environ, "HTTP_X_SESSION_UUID": str(session_id or NOBODY)}
        asked.pop("HTTP_IF_MATCH", None)  # here it is the tag of bytes, at the other doors a version
        try:
            enter(self._entrance, asked, "rest")
        except NotFound:
            raise NotFound(what) from None

    def close(self) -> None:
        """Take no more work."""
        self._threads.shutdown(wait=False, cancel_futures=True)
