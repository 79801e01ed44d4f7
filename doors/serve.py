"""The whole server under uvicorn, and how it ends."""

import asyncio
import signal
import socket
import sys
import time
from collections.abc import Sequence
from types import FrameType
from typing import Any

import uvicorn
from loguru import logger
from starlette.types import ASGIApp

from doors.newcomers import turn_away
from doors.stopping import STATE, Stopping
from settings import Settings

BACKLOG = 2048
DEAF_MS = 45_000
MAX_FILES = 65_536
GRACE_S = 10  # how long calls under way are waited for
MAX_FRAME = 2_097_152  # bytes; the live door measures letters
COMING_S = 0.05  # how long connections that are half made may take to come in
LINGER_S = 2.0  # NOTE: longer than a proxy keeps an idle connection, see keepalive_timeout in deploy/nginx.conf
LOOK_S = 0.02
HOW: dict[str, Any] = {
    "ws": "websockets-sansio",
    "ws_max_size": MAX_FRAME,
    "ws_ping_interval": None,  # the door has a heartbeat of its own
    "ws_per_message_deflate": False,
    "server_header": False,
    "timeout_graceful_shutdown": GRACE_S,
}


class GracefulServer(uvicorn.Server):
    """A server whose end loses nothing, so that a proxy can lead every visitor to another one.

    Told to end, it takes no new connection, closes what only waits (live sockets, streams of events), answers what is
    under way, and keeps a proxy's idle connections open for a moment: what comes over them meanwhile is answered, too,
    with `Connection: close`. Told twice, it ends at once.
    """

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal."""
        if self.should_exit:
            sig = signal.SIGINT  # the second one, to uvicorn
            self._stopping().hurry()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End in good order."""
        self._stopping().begin()
        await self._stop_listening(sockets or [])
        await self._linger()
        await super().shutdown(sockets)

    async def _stop_listening(self, sockets: Sequence[socket.socket]) -> None:
        for one in sockets:
            self._turn_away(one)
        await asyncio.sleep(COMING_S)
        for server in self.servers:
            server.close()
        for one in sockets:
            one.close()

    def _turn_away(self, listener: socket.socket) -> None:
        turn_away(listener)

    async def _linger(self) -> None:
        for connection in list(self.server_state.connections):
            if _is_idle(connection) and not _is_proxied(connection):
                connection.shutdown()  # its browser knows by itself that it may ask again
        begun_s, grace_s = time.monotonic(), self.config.timeout_graceful_shutdown or 0
        while not self.force_exit:
            age_s, connections = time.monotonic() - begun_s, self.server_state.connections
            # Live sockets are closed by their door, behind the answers to their last calls.
            sockets_end = age_s < grace_s and not all(map(_is_http, connections))
            proxies_end = age_s < min(grace_s, LINGER_S) and any(map(_is_idle, connections))
            if not sockets_end and not proxies_end:
                return
            await asyncio.sleep(LOOK_S)

    def _stopping(self) -> Stopping:
        found = self.lifespan.state.get(STATE)
        return found if isinstance(found, Stopping) else Stopping()


def serve(app: ASGIApp, listener: socket.socket) -> None:
    """Serve until a signal comes."""
    _Announced(_config(app)).run(sockets=[listener])


def server_for(app: ASGIApp, grace_s: int = GRACE_S) -> uvicorn.Server:
    """Return the server; told to end, it waits `grace_s` for what is under way."""
    return GracefulServer(_config(app, timeout_graceful_shutdown=grace_s))


def listen(settings: Settings) -> socket.socket:
    """Take the port; who comes from now on waits there. Raises OSError with a sentence."""
    listener = take_port(settings)
    listener.listen(BACKLOG)
    return listener


def take_port(settings: Settings) -> socket.socket:
    """Take the port, where nobody is let wait until the server is ready. Raises OSError with a sentence."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # ends a connection whose other side takes nothing any more
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAF_MS)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        reason = f"port {settings.port} on {settings.host} cannot be taken ({error.strerror}). Set STUDIOLO_PORT."
        raise OSError(reason) from None
    return listener


class _Announced(GracefulServer):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or []:
            host, port = listener.getsockname()[:2]
            shown = "localhost" if host == "127.0.0.1" else f"[{host}]" if ":" in host else host
            sys.stderr.write(f"Studiolo is at http://{shown}:{port}\n")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        logger.info("Studiolo ends when what is under way has ended; tell it again, and it ends at once.")
        await super().shutdown(sockets)


def _config(app: ASGIApp, **more: Any) -> uvicorn.Config:
    _take_many_files()
    how: dict[str, Any] = {"log_config": None, "access_log": False, "backlog": BACKLOG, **HOW, **more}
    return uvicorn.Config(app, **how)


def _is_http(connection: Any) -> bool:
    return hasattr(connection, "timeout_keep_alive_task")


def _is_idle(connection: Any) -> bool:
    """Tell whether a connection waits for its next request."""
    return _is_http(connection) and (connection.cycle is None or bool(connection.cycle.response_complete))


def _is_proxied(connection: Any) -> bool:
    headers = connection.scope["headers"] if connection.scope else ()
    return any(name == b"x-forwarded-for" for name, _value in headers)


def _take_many_files() -> None:
    """Allow as many open connections as the system lets this process have; often only 1,024 are given at first."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wished = MAX_FILES if hard == resource.RLIM_INFINITY else min(MAX_FILES, hard)
    if soft < wished:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wished, hard))
