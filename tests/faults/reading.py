"""A reader that outlives its sockets: it goes on after the last number it saw, and forgets nothing it was shown."""

import time
from collections.abc import Sequence
from typing import Any

from websockets.exceptions import ConnectionClosed

from tests.visitors import Live, Visitor

Event = dict[str, Any]
PATIENCE_S = 20.0


class Reading:
    """What one reader was shown of some streams, over any number of sockets."""

    def __init__(self, visitor: Visitor, streams: Sequence[str]) -> None:
        self._visitor = visitor
        self.events: dict[str, list[Event]] = {stream: [] for stream in streams}

    def until_cut(self) -> None:
        """Read until the server is gone."""
        with self._open() as live:
            try:
                while True:
                    self._take(live)
            except ConnectionClosed:
                return

    def until_text(self) -> None:
        """Read until the first words of any stream."""
        with self._open() as live:
            while not any(map(self.text, self.events)):
                self._take(live)

    def until_ended(self) -> None:
        """Read until the last event of every stream."""
        deadline = time.monotonic() + PATIENCE_S
        with self._open() as live:
            while not all(self.has_ended(stream) for stream in self.events):
                assert time.monotonic() < deadline, f"some of these never ended: {self.lasts()}"
                self._take(live)

    def has_ended(self, stream: str) -> bool:
        """Tell whether a stream's end was seen."""
        return bool(self.events[stream]) and self.events[stream][-1]["kind"] == "end"

    def numbers(self, stream: str) -> list[int]:
        """Return the numbers shown, in the order they came."""
        return [event["number"] for event in self.events[stream]]

    def text(self, stream: str) -> str:
        """Return the words shown."""
        return "".join(event["data"]["text"] for event in self.events[stream] if event["kind"] == "text")

    def lasts(self) -> dict[str, int]:
        """Return the last number seen of each stream."""
        return {stream: events[-1]["number"] if events else 0 for stream, events in self.events.items()}

    def _open(self) -> Live:
        live = self._visitor.live()
        for stream, last in self.lasts().items():
            live.send({"subscribe": stream, "after": last})
        return live

    def _take(self, live: Live) -> None:
        frame = live.receive(PATIENCE_S)
        assert "refused" not in frame, frame
        if "stream" in frame:
            assert "gap" not in frame, frame
            self.events[frame["stream"]] += frame["events"]
