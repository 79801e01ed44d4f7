"""The file door: the one place where bytes come in and go out; /files/uploads/<id> by tus, /files/<id> by GET.

It runs on the event loop, and on threads of its own what touches disk or database: a slow connection holds none.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from loguru import logger
from starlette.types import Receive, Scope, Send

from api.errors import ApiError, InternalError, TooManyCalls, of_store
from api.file_store import FileStore
from doors.cookies import KEY_COOKIE, parse_cookie_header
from doors.downloads import Downloads
from doors.entrance import Entrance
from doors.file_desk import Desk, Visit
from doors.stopping import Stopping
from doors.uploads import UploadDoor
from doors.wsgi import HungUp, environ, header_map
from store.database import StoreUnavailable

PATH = "/files/{place:path}"
UPLOADS = "uploads"
TIMED_OUT = 408
MAX_OPEN = 64  # transfers of one browser or token


class FileDoor:
    """ASGI application for all below /files/."""

    def __init__(self, entrance: Entrance, files: FileStore, stopping: Stopping) -> None:
        self._desk = Desk(entrance, files)
        self._uploads = UploadDoor(self._desk, stopping)
        self._downloads = Downloads(self._desk)
        self.num_open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = header_map(scope)
        asked = environ(scope, headers, b"") | {"CONTENT_LENGTH": headers.get("CONTENT_LENGTH", "")}
        visit = Visit(environ=asked, receive=receive, send=send)
        is_upload = scope["path"].split("/")[2] == UPLOADS
        try:
            with self.counted(visit):
                await self._answer(visit, scope["path"].split("/")[2:])
        except HungUp:
            return
        except ApiError as error:
            await self._refuse(visit, error, is_upload)
        except StoreUnavailable as error:
            logger.error("The file door could not reach the store: {}", error)
            await self._refuse(visit, of_store(error), is_upload)
        except Exception as error:
            logger.opt(exception=error).error("The file door broke")
            if visit.is_answered:
                raise
            await self._refuse(visit, InternalError(), is_upload)

    def close(self) -> None:
        """End its threads."""
        self._desk.close()

    @contextmanager
    def counted(self, visit: Visit) -> Iterator[None]:
        """Count a request for as long as it takes. Raises TooManyCalls."""
        key = parse_cookie_header(visit.header("COOKIE") or "").get(KEY_COOKIE, "")
        visitor = visit.header("AUTHORIZATION") or key
        if self.num_open[visitor] >= MAX_OPEN:
            raise TooManyCalls
        self.num_open[visitor] += 1
        try:
            yield
        finally:
            self.num_open[visitor] -= 1
            self.num_open += Counter()  # forgets those that are at nought

    async def _answer(self, visit: Visit, steps: list[str]) -> None:
        if steps[0] == UPLOADS:
            await self._uploads.answer(visit, "/".join(steps[1:]))
        else:
            await self._downloads.answer(visit, steps[0] if len(steps) <= 2 else "")

    async def _refuse(self, visit: Visit, error: ApiError, is_upload: bool) -> None:
        headers = self._uploads.headers_of_errors() if is_upload else {}
        if error.status == TIMED_OUT:
            headers["Connection"] = "close"  # the rest of a request that nobody waits for any more may follow
        await visit.refuse(error, headers)
