"""The binary stream that a task writes a new file into."""

import io
from collections.abc import Callable
from typing import BinaryIO

from store.parts import Part

BUFFER_BYTES = 1_048_576


class RoomLeft(io.RawIOBase):
    """Writes into a part; one byte more than there is room for raises the error given."""

    def __init__(self, part: Part, most: int, error: Exception) -> None:
        self._part = part
        self._most = most
        self._error = error
        self.is_over = False

    def writable(self) -> bool:
        """Tell that it takes bytes."""
        return True

    def write(self, data: "memoryview | bytes") -> int:  # type: ignore[override]
        """Append bytes; what comes after the end, when buffers are thrown away, is dropped."""
        if self.is_over:
            return len(data)
        if self._part.size + len(data) > self._most:
            raise self._error
        self._part.write(data)
        return len(data)


def pour(write: Callable[[BinaryIO], object], room: RoomLeft) -> None:
    """Have `write` write into a buffer before the room left; returns when all of it is there."""
    stream: BinaryIO = io.BufferedWriter(room, BUFFER_BYTES)  # type: ignore[type-var]
    try:
        write(stream)
        if not stream.closed:  # a text wrapper around it may have closed it
            stream.flush()
    finally:
        room.is_over = True
