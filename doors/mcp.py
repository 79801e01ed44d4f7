"""The door `mcp`: the Model Context Protocol at `/mcp` (streamable HTTP without sessions), for callers with a token.

This file is HTTP: the token, the body, who asks. What a tool is stands in mcp_tools, which is loaded at the first
request: importing the SDK takes about a second.
"""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from pydantic_core import from_json
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.api import Api
from api.caller import Caller, pick_language
from api.errors import ApiError, MethodNotAllowed, RequestTimeout, TooManyCalls, Unauthenticated
from api.method import Method
from doors.asking import bearer_of
from doors.entrance import Entrance, Request, caller_for
from doors.envelope import as_bytes, error_headers, failure
from doors.wsgi import BODY_S, HungUp, VisitorLines, header_map, read_body
from sessions.lines import LineFull, Lines, stand_in_all
from tasks.readers import Readers

PATH = "/mcp"
GUEST = "studiolo.mcp.guest"  # where the scope carries who asks
MAX_OPEN = 256  # requests under way with one token
MAX_GREETING = 8192  # bytes of a body in which `initialize` is looked for
LABEL = "mcp-session-id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Who calls tools: the workspace, the caller, the lines to stand in, and what tells this client from another."""

    api: Api
    caller: Caller
    places: tuple[tuple[Lines, str], ...] = ()
    label: str = ""
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the tools need of their server: the declared methods of this door, the readers of tasks, the threads."""

    methods: list[Method]
    readers: Readers
    threads: ThreadPoolExecutor


class McpDoor:
    """ASGI application that serves `/mcp`."""

    def __init__(self, entrance: Entrance, readers: Readers, threads: ThreadPoolExecutor, lines: VisitorLines) -> None:
        self._entrance = entrance
        self._threads = threads
        self._lines = lines
        self._desk = Desk(methods=entrance.ground.methods.at("mcp"), readers=readers, threads=threads)
        self._num_open: Counter[UUID] = Counter()
        self._protocol = _Started()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """End what the first request started when the server ends."""
        try:
            yield
        finally:
            await self._protocol.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            await self._answer(scope, receive, send)
        except HungUp:
            return
        except LineFull:
            await _refuse(scope, send, TooManyCalls())
        except TimeoutError:
            await _refuse(scope, send, RequestTimeout())
        except ApiError as error:
            await _refuse(scope, send, error)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            raise MethodNotAllowed(allow="POST")  # a GET would wait for messages that only a session has
        guest = await self._enter(scope)
        body = await asyncio.wait_for(read_body(header_map(scope), receive), BODY_S)
        serve = await self._protocol.get(self._desk)
        greeting = _with_label(send) if not guest.label and is_greeting(body) else send
        token = guest.caller.token
        assert token is not None
        if self._num_open[token] >= MAX_OPEN:
            raise TooManyCalls
        self._num_open[token] += 1
        try:
            await serve({**scope, GUEST: guest}, _replay(body, receive, guest.hung_up), greeting)
        finally:
            self._num_open[token] -= 1
            self._num_open += Counter()  # forgets those that are at nought

    async def _enter(self, scope: Scope) -> Guest:
        headers = Headers(scope=scope)
        authorization, label = headers.get("authorization", ""), headers.get(LABEL, "")
        token, word = bearer_of(authorization), headers.get("x-session-uuid")
        places = tuple(self._lines.places((word or "") + authorization, authorization))
        async with stand_in_all(places):
            loop = asyncio.get_running_loop()
            api, token_id = await loop.run_in_executor(self._threads, self._entrance.open_by_token, token, word)
        request = Request(
            door="mcp",
            language=_language_of(headers),
            id=scope.get("studiolo.request_id", ""),
            address=(scope.get("client") or ("",))[0],
            key=None,
            token=token_id,
        )
        return Guest(api=api, caller=caller_for(api, request), places=places, label=label and f"{token_id}:{label}")


class _Started:
    """The SDK's side of the door: loaded and started once, by whoever comes first."""

    def __init__(self) -> None:
        self._starting: asyncio.Task[ASGIApp] | None = None
        self._running: AbstractAsyncContextManager[ASGIApp] | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._ending = asyncio.Event()

    async def get(self, desk: Desk) -> ASGIApp:
        """Return what serves requests."""
        if self._starting is None:
            self._starting = asyncio.create_task(self._start(desk))
        return await asyncio.shield(self._starting)

    async def stop(self) -> None:
        """End it, with the requests under way."""
        self._ending.set()
        if self._keeper is not None:
            await self._keeper

    async def _start(self, desk: Desk) -> ASGIApp:
        make = await asyncio.to_thread(_load)
        ready: asyncio.Future[ASGIApp] = asyncio.get_running_loop().create_future()
        # The SDK's task group must end in the task it began in, and a request's task does not live long enough.
        self._keeper = asyncio.create_task(self._keep(make(desk), ready))
        return await ready

    async def _keep(self, running: AbstractAsyncContextManager[ASGIApp], ready: asyncio.Future[ASGIApp]) -> None:
        async with running as serve:
            ready.set_result(serve)
            await self._ending.wait()


def _load() -> Callable[[Desk], AbstractAsyncContextManager[ASGIApp]]:
    from doors.mcp_tools import over_http

    return over_http


def is_greeting(body: bytes) -> bool:
    """Tell whether a body is the request `initialize`."""
    if len(body) > MAX_GREETING or b'"initialize"' not in body:
        return False
    try:
        message = from_json(body)
    except ValueError:
        return False
    return isinstance(message, dict) and message.get("method") == "initialize"


def _with_label(send: Send) -> Send:
    # No session stands behind it, any worker serves it: it tells which client a notice of cancelling comes from.
    async def send_with_label(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), (LABEL.encode(), uuid.uuid4().hex.encode())]
        await send(message)

    return send_with_label


def _replay(body: bytes, receive: Receive, hung_up: asyncio.Event) -> Callable[[], Awaitable[Message]]:
    unread = [body]

    async def replay() -> Message:
        if unread:
            return {"type": "http.request", "body": unread.pop(), "more_body": False}
        message = await receive()
        if message["type"] == "http.disconnect":
            hung_up.set()
        return message

    return replay


def _language_of(headers: Headers) -> str:
    return pick_language(headers.get("x-language") or headers.get("accept-language", ""))


async def _refuse(scope: Scope, send: Send, error: ApiError) -> None:
    headers = Headers(scope=scope)
    body = as_bytes(failure(error, _language_of(headers), scope.get("studiolo.request_id", "")))
    told = {"Content-Type": "application/json", "Content-Length": str(len(body)), **error_headers(error)}
    if isinstance(error, Unauthenticated):
        reason = ', error="invalid_token"' if "authorization" in headers else ""
        told["WWW-Authenticate"] = f'Bearer realm="Studiolo"{reason}'
    raw = [(name.lower().encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": error.status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
