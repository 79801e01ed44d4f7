"""A proxy on loopback that passes bytes on and, when asked to, cuts all its connections every few seconds."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class CuttingProxy:
    """`with CuttingProxy(server.url) as proxy, proxy.cutting(every_s=3): ...`; `num_cut`: how many so far."""

    def __init__(self, target: str) -> None:
        self.num_cut = 0
        self._host, self._target_port = str(urlsplit(target).hostname), int(urlsplit(target).port or 80)
        self._port = 0
        self._open: set[asyncio.WriteTransport] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="cutting-proxy", daemon=True)

    @property
    def url(self) -> str:
        """The address to use in place of the target's."""
        return f"http://127.0.0.1:{self._port}"

    @contextmanager
    def cutting(self, every_s: float) -> Iterator[None]:
        """Cut all connections each `every_s` seconds until the block ends."""
        cutter = asyncio.run_coroutine_threadsafe(self._cut_again_and_again(every_s), self._loop)
        try:
            yield
        finally:
            cutter.cancel()

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(5)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            far_reader, far_writer = await asyncio.open_connection(self._host, self._target_port)
            ends = {writer.transport, far_writer.transport}
            self._open |= ends
            await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))
            self._open -= ends

    async def _cut_again_and_again(self, every_s: float) -> None:
        while True:
            await asyncio.sleep(every_s)
            self._cut()

    def _cut(self) -> None:
        # `abort` drops what is still on its way, as a network does that is gone.
        for transport in self._open:
            transport.abort()
        self.num_cut += len(self._open) // 2
        self._open = set()

    async def _end(self) -> None:
        self._server.close()
        self._cut()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    writer.close()
