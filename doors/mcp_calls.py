"""Calls of the door `mcp`: on the server's threads, behind the visitor's lines, until they end or are cancelled.

How a client cancels differs: on stdio and since 2026-07-28 the SDK ends the handler; before that, over HTTP, a notice
comes as a request of its own, which is matched by the client's label. A lost connection of such a client says nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import anyio
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp_types import CancelledNotificationParams
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from api.errors import ApiError
from doors.mcp import Guest
from sessions.lines import LineFull, Turn, stand_in_all

Context = ServerRequestContext[Any, Any]
Answer = TypeVar("Answer")


class Cancelled(Exception):
    """The client wants no answer any more."""


class Calls:
    """The calls under way, and how each is ended before its time."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self._under_way: set[asyncio.Task[Any]] = set()
        self._scopes: dict[tuple[str, str], anyio.CancelScope] = {}

    async def run(self, guest: Guest, function: Callable[[], Answer]) -> Answer:
        """Run a function on a thread when the guest's turn comes. Raises LineFull."""
        return await self.wait(self.begin(guest, function))

    def begin(self, guest: Guest, function: Callable[[], Answer]) -> "asyncio.Task[Answer]":
        """Begin to run a function; it keeps its place in line until its thread ends, whoever still waits for it."""
        return self._spawn(self._stand_and_run(stand_in_all(guest.places), function))

    async def wait(self, begun: "asyncio.Task[Answer]") -> Answer:
        """Wait for what was begun."""
        return await asyncio.shield(begun)

    @asynccontextmanager
    async def called_off(
        self, context: Context, guest: Guest, begun: "asyncio.Task[Any] | None"
    ) -> AsyncIterator[None]:
        """Cancel the task that was begun where its client cancels the request."""
        try:
            yield
        except asyncio.CancelledError:
            if begun is not None and self._means_cancel(context, guest):
                self._spawn(self._call_off(guest, begun))
            raise

    @asynccontextmanager
    async def cancellable(self, context: Context, guest: Guest) -> AsyncIterator[None]:
        """Let a notice of cancelling end what runs inside. Raises Cancelled."""
        key = (guest.label, str(context.request_id))
        with anyio.CancelScope() as scope:
            if guest.label:
                self._scopes[key] = scope
            try:
                yield
            finally:
                self._scopes.pop(key, None)
        if scope.cancelled_caught:
            raise Cancelled

    def hear_cancels(self, server: Server[Any], guest_of: Callable[[Context], Guest]) -> None:
        """Have notices of cancelling heard that come as requests of their own."""

        async def cancel(context: Context, params: CancelledNotificationParams) -> None:
            scope = self._scopes.get((guest_of(context).label, str(params.request_id)))
            if scope is not None:
                scope.cancel()

        server.add_notification_handler("notifications/cancelled", CancelledNotificationParams, cancel)

    async def finish(self) -> None:
        """Wait for the calls that still run."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _means_cancel(self, context: Context, guest: Guest) -> bool:
        scope = self._scopes.get((guest.label, str(context.request_id)))
        if scope is not None and scope.cancel_called:
            return True
        if context.request is None:
            return True
        return guest.hung_up.is_set() and context.protocol_version in MODERN_PROTOCOL_VERSIONS

    async def _call_off(self, guest: Guest, begun: "asyncio.Task[Any]") -> None:
        with suppress(ApiError, LineFull):
            task = await begun
            await self.run(guest, lambda: guest.api.call(guest.caller, "cancel_task", {"task_id": task["id"]}))

    async def _stand_and_run(self, turn: Turn, function: Callable[[], Answer]) -> Answer:
        async with turn:
            return await asyncio.get_running_loop().run_in_executor(self._threads, function)

    def _spawn(self, work: Coroutine[Any, Any, Answer]) -> "asyncio.Task[Answer]":
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # read, so that one nobody waits for any more is no complaint
