"""A file's bytes as letters, for reading it once from its beginning."""

import io
from typing import Any, BinaryIO


def as_text(file: BinaryIO, newline: str | None = None) -> io.TextIOWrapper:
    """Return the letters of UTF-8 with or without a mark; a byte that is no UTF-8 becomes half a letter.

    The file is left open: whoever opened it asks it how far it was read.
    """
    return io.TextIOWrapper(io.BufferedReader(_Borrowed(file)), "utf-8-sig", "surrogateescape", newline)


class _Borrowed(io.RawIOBase):
    def __init__(self, file: BinaryIO) -> None:
        self._file: Any = file

    def readable(self) -> bool:
        """Tell that it is read from."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read the next bytes."""
        num: int | None = self._file.readinto(buffer)
        return num
