"""One connection, with as little of what passes held in memory as the kernel allows."""

import asyncio
import socket
import struct
import sys
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

PIECE_BYTES = 65_536

_RESET = struct.pack("HH" if sys.platform == "win32" else "ii", 1, 0)


class Gone(Exception):
    """The other end hung up before it was done."""


class Line:
    """A connection's two directions. `spoke` tells whether anything was sent; `last_s`, by the loop's clock, when
    bytes last passed.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A send then ends when the kernel has it all: what a slow reader leaves lying does not pile up here.
        writer.transport.set_write_buffer_limits(0)
        self.reader = reader
        self._writer = writer
        self.spoke = False
        self.last_s = asyncio.get_running_loop().time()

    async def read(self, max_bytes: int = PIECE_BYTES) -> bytes:
        """Return what has come, at least a byte; nothing at the end."""
        piece = await self.reader.read(max_bytes)
        self._note_life()
        return piece

    async def send(self, piece: bytes) -> None:
        """Send, and wait until the kernel has taken it."""
        self.spoke = True
        self._writer.write(piece)
        await self._writer.drain()
        self._note_life()

    def end_sending(self) -> None:
        """Say that no more comes; the other direction stays open."""
        self._writer.write_eof()

    async def end(self, linger_s: float) -> None:
        """Hang up once the other end has, too, or after `linger_s`; what still comes is thrown away."""
        # Hanging up on bytes that were not read resets the connection, and takes an answer on its way with it.
        with suppress(OSError):
            self.end_sending()
            async with asyncio.timeout(linger_s):
                while await self.reader.read(PIECE_BYTES):
                    pass
        self.close()

    def close(self) -> None:
        """Hang up; what the kernel has taken still goes out."""
        self._writer.close()

    def drop(self) -> None:
        """Hang up at once by a reset, so that the other end takes nothing unfinished for whole. Does nothing to a line
        that was closed.
        """
        if self._writer.is_closing():
            return
        with suppress(OSError):
            self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._writer.transport.abort()

    def _note_life(self) -> None:
        self.last_s = asyncio.get_running_loop().time()


async def first_of(*works: Coroutine[Any, Any, None]) -> None:
    """Run all until one ends; its end, or its error, is the answer. Of several the first named counts."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        next(task for task in tasks if task in done).result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until_idle(idle_s: float, *lines: Line) -> None:
    """Raise TimeoutError once nothing has passed on any of the lines for `idle_s`."""
    while True:
        left_s = max(line.last_s for line in lines) + idle_s - asyncio.get_running_loop().time()
        if left_s <= 0:
            raise TimeoutError
        await asyncio.sleep(left_s)
