"""The gate before every door: only this server's own host names, only its own pages; gives each request its id."""

import asyncio
import re
import uuid
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.caller import pick_language
from api.errors import ApiError, ForeignOrigin, MisdirectedRequest, Unavailable
from doors.envelope import as_bytes, error_headers, failure
from doors.stopping import Stopping

OWN_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.-]{8,64}")
_ASKED = frozenset({b"host", b"origin", b"x-request-id", b"accept-language"})
_GIVEN = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)


class Gate:
    """ASGI middleware: 421 for a foreign Host, 403 for a foreign Origin, security headers and `X-Request-ID` on all.

    Once the server is about to end, its answers say `Connection: close`, and what it breaks off is answered 503.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str], stopping: Stopping) -> None:
        self._app = app
        self._names = names | OWN_NAMES
        self._stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = _asked_headers(scope)
        scope["studiolo.request_id"] = request_id = pick_request_id(headers)
        language = pick_language(headers.get("accept-language", ""))
        dressed = _Dressed(send, request_id, self._stopping)
        error = refusal(headers, self._names)
        if error is not None:
            await _refuse(scope, dressed, error, language)
            return
        try:
            await self._app(scope, receive, dressed)
        except asyncio.CancelledError:
            if dressed.is_answered or scope["type"] != "http" or not self._stopping.has_begun:
                raise
            await _refuse(scope, dressed, Unavailable(), language)


def refusal(headers: Mapping[str, str], names: frozenset[str]) -> ApiError | None:
    """Return why a request may not come in, or None. A caller that is no browser sends no Origin."""
    host = headers.get("host", "").lower()
    if "*" not in names and _name_of(host) not in names:
        return MisdirectedRequest()
    origin = headers.get("origin")
    if origin is not None and not (host and _place_of(origin) == host):
        return ForeignOrigin()
    return None


def pick_request_id(headers: Mapping[str, str]) -> str:
    """Return the caller's own request id where it has the shape of one, else a new one."""
    wish = headers.get("x-request-id", "")
    return wish if _REQUEST_ID.fullmatch(wish) else uuid.uuid4().hex


def _asked_headers(scope: Scope) -> dict[str, str]:
    # Backwards, so that of a header that came twice the first one counts, as it does everywhere else.
    found = ((name, value) for name, value in reversed(scope["headers"]) if name in _ASKED)
    return {name.decode(): value.decode("latin-1") for name, value in found}


def _place_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _name_of(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host


class _Dressed:
    """Sends an answer with the headers that all have."""

    __slots__ = ("_send", "_request_id", "_stopping", "is_answered")

    def __init__(self, send: Send, request_id: str, stopping: Stopping) -> None:
        self._send = send
        self._request_id = request_id
        self._stopping = stopping
        self.is_answered = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.is_answered = True
            headers = [one for one in message.get("headers", ()) if one[0] != b"x-request-id"]
            there = {name for name, _value in headers}
            headers += [one for one in _GIVEN if one[0] not in there]
            if self._stopping.has_begun and b"connection" not in there:
                headers.append((b"connection", b"close"))
            message["headers"] = [*headers, (b"x-request-id", self._request_id.encode())]
        await self._send(message)


async def _refuse(scope: Scope, send: Send, error: ApiError, language: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4403})
        return
    body = as_bytes(failure(error, language, scope["studiolo.request_id"]))
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in error_headers(error).items()]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
