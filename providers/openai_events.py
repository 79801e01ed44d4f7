"""Cut a byte stream into server-sent events. No I/O. Format: https://html.spec.whatwg.org/multipage/server-sent-
events.html
"""

from collections.abc import Iterator

MAX_LINE_BYTES = 16 * 1024 * 1024


class LineTooLong(ValueError):
    """A line without an end: this is no event stream."""


class EventSplitter:
    """Feed bytes as they come, cut anywhere; get each event's data as soon as it is whole. Comments are dropped."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[str] = []

    def feed(self, chunk: bytes) -> Iterator[str]:
        """Yield the data of every event that `chunk` completes."""
        lines = (self._rest + chunk).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > MAX_LINE_BYTES:
            raise LineTooLong
        for line in lines:
            yield from self._take(line.removesuffix(b"\r"))

    def end(self) -> Iterator[str]:
        """Yield an event that lacked only its empty line: some servers close right after the last one."""
        yield from self._take(self._rest)
        yield from self._take(b"")
        self._rest = b""

    def _take(self, line: bytes) -> Iterator[str]:
        if not line and self._data:
            yield "\n".join(self._data)
            self._data = []
        elif line.startswith(b"data:"):
            self._data.append(line[5:].removeprefix(b" ").decode("utf-8", "replace"))
