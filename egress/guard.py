"""A forward proxy on loopback that lets out only what the policy allows.

Whatever loads pages is told to use it for everything. Each request, and so each redirect, is checked by itself; the
connection goes to an address that was checked, whatever the name says a moment later.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Self

from loguru import logger

from egress.addresses import Address
from egress.exchange import Bounds, Exchange
from egress.line import Line
from egress.policy import Policy, Refused, Resolve
from egress.system import is_this_machine, system_resolve
from egress.targets import Target

_MAX_LOOK_UPS = 32
_START_S = 10


class Guard:
    """The proxy, in a thread of its own. `on_refused` hears each reason in that thread, and must not block it."""

    def __init__(
        self,
        policy: Policy,
        resolve: Resolve = system_resolve,
        bounds: Bounds | None = None,
        on_refused: Callable[[str], None] | None = None,
    ) -> None:
        self.port = 0
        self.num_passed = 0
        self.num_refused = 0
        self._policy = policy
        self._resolve = resolve
        self._bounds = bounds or Bounds()
        self._on_refused = on_refused
        self._open: set[asyncio.Task[None]] = set()
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The address that a browser or a client takes as its proxy."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Listen on a free port of loopback."""
        self._look_ups = ThreadPoolExecutor(_MAX_LOOK_UPS, "egress-look-up")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="egress-guard", daemon=True)
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(_START_S)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Hang up on everybody and end the thread. A look-up that the system has not answered ends when it does."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        thread.join()
        self._loop.close()
        self._look_ups.shutdown(wait=False, cancel_futures=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def _listen(self) -> None:
        limit = self._bounds.max_head_bytes
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0, limit=limit, backlog=512)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _hang_up(self) -> None:
        if self.port:
            self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        # What was aborted is closed in the loop's next round.
        await asyncio.sleep(0)

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Not a coroutine: of one that is cancelled asyncio would say in the log that it broke.
        task = self._loop.create_task(self._attend(Line(reader, writer), len(self._open)))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _attend(self, client: Line, num_others: int) -> None:
        try:
            await self._serve(client, num_others)
        except Exception as error:  # noqa: BLE001 - an edge: one connection must not end the others
            logger.opt(exception=error).error("A connection through the egress guard broke")
        finally:
            client.drop()

    async def _serve(self, client: Line, num_others: int) -> None:
        exchange = Exchange(client, self._judge, self._bounds)
        if num_others < self._bounds.max_connections:
            await exchange.serve()
        elif num_others < 2 * self._bounds.max_connections:
            await exchange.answer(503, "Too many connections are open: try again in a moment.")

    async def _judge(self, target: Target) -> list[Address]:
        loop = asyncio.get_running_loop()
        try:
            addresses = await loop.run_in_executor(self._look_ups, self._check, target)
        except Refused as refused:
            self._note_refused(refused.reason)
            raise
        self.num_passed += 1
        return addresses

    def _check(self, target: Target) -> list[Address]:
        addresses = self._policy.check(*target, self._resolve)
        if target.port == self.port and any(is_this_machine(address) for address in addresses):
            raise Refused(f"{target} is the guard itself: take it out of STUDIOLO_EGRESS.")
        return addresses

    def _note_refused(self, reason: str) -> None:
        self.num_refused += 1
        logger.info("Egress refused: {}", reason)
        if self._on_refused is not None:
            self._on_refused(reason)
