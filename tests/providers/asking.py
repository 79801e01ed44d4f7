"""Ask a model server, and stop it: the few lines that many tests share."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import TYPE_CHECKING

from providers.base import Ask, ModelServer, Piece, ProviderError, Stop, Turn

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "4f9c1e77a3b24d5e9a6d-of-the-test"


def ask_for(model: str, text: str = "Tell me a story.") -> Ask:
    return Ask(model=model, turns=(Turn(role="user", text=text),))


def reply(server: ModelServer, model: str, text: str = "Tell me a story.") -> list[Piece]:
    return list(server.stream_reply(ask_for(model, text), Stop()))


def text_of(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if piece.kind == "text")


def usage_of(pieces: list[Piece]) -> dict[str, object]:
    """The facts of the one usage piece, which is the last."""
    assert [piece.kind for piece in pieces].count("usage") == 1
    assert pieces[-1].kind == "usage"
    return dict(pieces[-1].facts)


def failure(server: ModelServer, model: str) -> tuple[str, ProviderError]:
    """The text that came before an answer failed, and the error."""
    said = ""
    try:
        for piece in server.stream_reply(ask_for(model), Stop()):
            said += piece.text
    except ProviderError as error:
        return said, error
    raise AssertionError(f"{model} answered {said!r} without an error")


class Listener:
    """Listens to a reply in a thread of its own, so that a test can stop it."""

    def __init__(self, server: ModelServer, ask: Ask) -> None:
        self.stop = Stop()
        self.pieces: list[Piece] = []
        self.error: ProviderError | None = None
        self.ended_at: float | None = None
        self._heard = threading.Condition()
        self._thread = threading.Thread(target=self._listen, args=(server, ask), daemon=True)
        self._thread.start()

    def _listen(self, server: ModelServer, ask: Ask) -> None:
        try:
            for piece in server.stream_reply(ask, self.stop):
                self._note(partial(self.pieces.append, piece))
        except ProviderError as error:
            self.error = error
        self.ended_at = time.monotonic()
        self._note(lambda: None)

    def _note(self, change: Callable[[], None]) -> None:
        with self._heard:
            change()
            self._heard.notify_all()

    def wait_for_pieces(self, num: int, timeout_s: float = 5) -> None:
        with self._heard:
            assert self._heard.wait_for(lambda: len(self.pieces) >= num or self.ended_at, timeout_s)
        assert len(self.pieces) >= num, self.error

    def wait(self, timeout_s: float = 5) -> None:
        self._thread.join(timeout_s)
        assert not self._thread.is_alive()

    def stop_and_time(self) -> float:
        """Set the stop; answer after how many seconds the reply had ended."""
        begun = time.monotonic()
        self.stop.set()
        self.wait()
        assert self.ended_at is not None
        return self.ended_at - begun
