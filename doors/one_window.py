"""One window a data folder: a second start asks the first to come to the front, and ends."""

import contextlib
import hmac
import secrets
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO

from starlette.types import ASGIApp, Receive, Scope, Send

from settings import write_private_once

PATIENCE_S = 3.0


class OneWindow:
    """The lock of one window, and the address at which it is asked to come to the front. `close` lets go."""

    def __init__(self, folder: Path, name: str = "window") -> None:
        self._lock_file = folder / f"{name}.lock"
        self._address_file = folder / f"{name}.address"
        self._word = secrets.token_urlsafe(32)
        self._held: IO[str] | None = None

    def take(self) -> bool:
        """Be the one; False where another process is. It ends with the process."""
        self._lock_file.parent.mkdir(parents=True, exist_ok=True)
        held = self._lock_file.open("a", encoding="utf-8")
        try:
            _lock(held)
        except OSError:
            held.close()
            return False
        self._held = held
        return True

    def close(self) -> None:
        """Let another be the one."""
        if self._held is not None:
            self._held.close()

    def listen_at(self, port: int) -> None:
        """Say where the window is asked to come to the front."""
        self._address_file.unlink(missing_ok=True)
        write_private_once(self._address_file, f"http://127.0.0.1:{port}/front/{self._word}".encode())

    def knock(self) -> bool:
        """Ask the one that is there to come to the front; tells whether it does."""
        with contextlib.suppress(OSError, ValueError):
            address = self._address_file.read_text(encoding="ascii")
            with urllib.request.urlopen(address, timeout=PATIENCE_S) as answer:  # noqa: S310 — our own file
                return bool(answer.status == 204)
        return False

    def answering(self, app: ASGIApp, come: Callable[[], None]) -> ASGIApp:
        """Return `app`, which also hears a knock."""
        path = f"/front/{self._word}".encode()

        async def heard(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or not hmac.compare_digest(scope["path"].encode(), path):
                await app(scope, receive, send)
                return
            come()
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        return heard


def _lock(held: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
