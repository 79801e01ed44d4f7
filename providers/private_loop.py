"""Run an asynchronous source in the caller's own thread, so that another thread can end it wherever it waits."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Generic, TypeVar

from providers.base import Stop

T = TypeVar("T")


def iterate(source: Callable[[], AsyncIterator[T]], stop: Stop) -> Iterator[T]:
    """Yield what `source()` yields; end at once, without an error, when `stop` is set.

    The source lives in one asyncio task of a private loop and is finished (cancelled if need be) before this ends. It
    runs only while the caller waits for the next item, so a slow caller slows the source.
    """
    if stop.is_set():
        return
    loop = asyncio.new_event_loop()
    try:
        yield from _Run(loop, source, stop).items()
    finally:
        # Not asyncio.Runner: it waits for the threads of the loop, and one may sit in a slow look-up of a host name.
        loop.close()


class _Run(Generic[T]):
    def __init__(self, loop: asyncio.AbstractEventLoop, source: Callable[[], AsyncIterator[T]], stop: Stop) -> None:
        self._loop = loop
        self._stop = stop
        self._items: deque[T] = deque()
        self._came = asyncio.Event()
        self._task = loop.create_task(self._fill(source))
        self._task.add_done_callback(lambda _: self._came.set())

    async def _fill(self, source: Callable[[], AsyncIterator[T]]) -> None:
        async for item in source():
            self._items.append(item)
            self._came.set()

    def items(self) -> Iterator[T]:
        forget = self._stop.on_set(self._cancel_from_any_thread)
        try:
            yield from self._until_done()
        finally:
            forget()
            self._finish()

    def _until_done(self) -> Iterator[T]:
        while not self._stop.is_set():
            if self._items:
                yield self._items.popleft()
            elif self._task.done():
                self._task.result()
                return
            else:
                self._loop.run_until_complete(self._came.wait())
                self._came.clear()

    def _cancel_from_any_thread(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: there is nothing left to cancel
            self._loop.call_soon_threadsafe(self._task.cancel)

    def _finish(self) -> None:
        self._task.cancel()
        self._loop.run_until_complete(asyncio.gather(self._task, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
