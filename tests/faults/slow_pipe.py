"""A proxy on loopback for one connection at a time, whose way back takes so few bytes a second as asked."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

SMALL = 4096  # of the system's own buffer: what lies there costs the server nothing, and hides how slow the reader is
PIECE = 65_536


class SlowPipe:
    """`with SlowPipe(server.url) as pipe: ...`; `bytes_a_second` may change at any time, None is as fast as can be."""

    def __init__(self, target: str) -> None:
        self.bytes_a_second: int | None = None
        self.num_bytes = 0
        parts = urlsplit(target)
        self._target = str(parts.hostname), int(parts.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="slow-pipe", daemon=True)

    @property
    def url(self) -> str:
        """The address to use in place of the target's."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for end in [self._listener, *self._ends]:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._thread.join(5)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.socket()
                far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
                far.connect(self._target)
                self._ends += [near, far]
                for way in ((self._there, near, far), (self._back, far, near)):
                    threading.Thread(target=way[0], args=way[1:], daemon=True).start()

    def _there(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while piece := near.recv(PIECE):
                far.sendall(piece)

    def _back(self, far: socket.socket, near: socket.socket) -> None:
        with suppress(OSError):
            while not self._stop.is_set():
                rate = self.bytes_a_second
                piece = far.recv(PIECE if rate is None else max(1, rate // 10))
                if not piece:
                    return
                near.sendall(piece)
                self.num_bytes += len(piece)
                if rate is not None:
                    self._stop.wait(len(piece) / rate)
