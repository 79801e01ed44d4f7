"""Gunicorn's worker for Studiolo: `gunicorn -k doors.gunicorn_worker.Worker -w 4 "web_mode:create_asgi()"`."""

import socket
from typing import Any, ClassVar

from uvicorn_worker import UvicornWorker

from doors.serve import HOW, GracefulServer

BOOT_ERROR = 3  # gunicorn then gives up instead of starting others: Arbiter.WORKER_BOOT_ERROR


class _Shared(GracefulServer):
    def _turn_away(self, listener: socket.socket) -> None:
        """Let them come: the other workers listen at the same socket, and go on where only this one is replaced."""


class Worker(UvicornWorker):  # type: ignore[misc]  # it has no types
    """Serves and ends as `python main.py web` does."""

    CONFIG_KWARGS: ClassVar[dict[str, Any]] = {"loop": "auto", "http": "auto", **HOW}

    async def _serve(self) -> None:
        self.config.app = self.wsgi
        self._install_sigquit_handler()
        server = _Shared(self.config)
        await server.serve(sockets=self.sockets)
        if not server.started:
            raise SystemExit(BOOT_ERROR)
