"""Runs Flask behind ASGI: each request's body is read first, the call runs on one of the server's threads, behind the
visitor's own lines, and its whole answer is sent at once. A reader that hangs up never blocks a thread.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from starlette.types import Receive, Scope, Send

from api.caller import pick_language
from api.errors import ApiError, RequestTimeout, TooLarge, TooManyCalls
from doors.cookies import KEY_COOKIE, parse_cookie_header
from doors.envelope import as_bytes, error_headers, failure
from sessions.lines import LineFull, Lines, stand_in_all

MAX_BODY = 1_048_576
CALLS = "/api/"
BODY_S = 30.0  # how long a body may take to come
HANDED_OVER = "studiolo.handed_over"  # a Flask view leaves here what shall stream on after its answer

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Stream = Callable[[Send], Awaitable[None]]


class HungUp(Exception):
    """The visitor went away before the request was whole."""


@dataclass(slots=True)
class Answer:
    """What Flask answered."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    stream: Stream | None


@dataclass(frozen=True, slots=True)
class VisitorLines:
    """The lines a call stands in: its session's and its browser's."""

    by_session: Lines
    by_browser: Lines

    def places(self, session: str, browser: str) -> list[tuple[Lines, str]]:
        """Return the lines for a call; one without any key will be refused anyhow, or asks whether the server is well.

        The session's comes first, so that calls which wait in it hold no place of the browser's other workspaces.
        """
        return [(self.by_session, session), (self.by_browser, browser)] if browser else []


class FlaskDoor:
    """The ASGI application around a WSGI one."""

    def __init__(self, app: Wsgi, threads: ThreadPoolExecutor, lines: VisitorLines) -> None:
        self._app = app
        self._threads = threads
        self._lines = lines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # there is one socket, at /live
            return
        headers = header_map(scope)
        try:
            body = await asyncio.wait_for(read_body(headers, receive), BODY_S)
            async with stand_in_all(self._places(scope, headers)):
                answer = await self._run(environ(scope, headers, body))
        except HungUp:
            return
        except TimeoutError:
            answer = _refused(scope, headers, RequestTimeout())
        except LineFull:
            answer = _refused(scope, headers, TooManyCalls())
        except ApiError as error:
            answer = _refused(scope, headers, error)
        await _send(answer, send)

    def _places(self, scope: Scope, headers: dict[str, str]) -> list[tuple[Lines, str]]:
        if not scope["path"].startswith(CALLS):
            return []
        browser = parse_cookie_header(headers.get("HTTP_COOKIE", "")).get(KEY_COOKIE, "")
        visitor = headers.get("HTTP_AUTHORIZATION", "") or browser
        return self._lines.places(headers.get("HTTP_X_SESSION_UUID", "") + visitor, visitor)

    async def _run(self, request: dict[str, Any]) -> Answer:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, call_wsgi, self._app, request)


def call_wsgi(app: Wsgi, request: dict[str, Any]) -> Answer:
    """Run one request through a WSGI application."""
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
        started[:] = [int(status[:3]), [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]]

    parts = app(request, start_response)
    try:
        body = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    return Answer(started[0], started[1], body, request.get(HANDED_OVER))


def environ(scope: Scope, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """Return a request as PEP 3333 has it."""
    server, client = scope.get("server") or ("localhost", 80), scope.get("client") or ("", 0)
    return {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": "HTTP/" + scope["http_version"],
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "studiolo.request_id": scope.get("studiolo.request_id", ""),
        **headers,
        "CONTENT_LENGTH": str(len(body)),
    }


def header_map(scope: Scope) -> dict[str, str]:
    """Return a request's headers as PEP 3333 names them."""
    found: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if "_" in name:
            continue  # X_Session_UUID must not pass for X-Session-UUID
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = "HTTP_" + key
        joint = "; " if key == "HTTP_COOKIE" else ","
        found[key] = found[key] + joint + value if key in found else value
    return found


async def read_body(headers: dict[str, str], receive: Receive) -> bytes:
    """Return a request's whole body. Raises TooLarge, or HungUp where the visitor went away."""
    if int(headers.get("CONTENT_LENGTH") or 0) > MAX_BODY:
        raise TooLarge(max_bytes=MAX_BODY)
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HungUp
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY:
            raise TooLarge(max_bytes=MAX_BODY)
        if not message.get("more_body", False):
            return b"".join(parts)


def _refused(scope: Scope, headers: dict[str, str], error: ApiError) -> Answer:
    language = pick_language(headers.get("HTTP_ACCEPT_LANGUAGE", ""))
    body = as_bytes(failure(error, language, scope.get("studiolo.request_id", "")))
    extra = [(name.lower().encode(), value.encode()) for name, value in error_headers(error).items()]
    own = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    return Answer(error.status, own + extra, body, None)


async def _send(answer: Answer, send: Send) -> None:
    if answer.stream is not None:
        await answer.stream(send)
        return
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})
