"""The whole server under uvicorn."""

import socket
import sys

import uvicorn
from starlette.types import ASGIApp

from settings import Settings

BACKLOG = 2048
DEAF_MS = 45_000
MAX_FILES = 65_536
GRACE_S = 5
MAX_FRAME = 2_097_152  # bytes; the live door measures letters


def serve(app: ASGIApp, listener: socket.socket) -> None:
    """Serve until a signal comes."""
    host, port = listener.getsockname()[:2]
    shown = "localhost" if host == "127.0.0.1" else f"[{host}]" if ":" in host else host
    sys.stderr.write(f"Studiolo is at http://{shown}:{port}\n")
    server_for(app).run(sockets=[listener])


def server_for(app: ASGIApp, grace_s: int = GRACE_S) -> uvicorn.Server:
    """Return the server; told to end, it waits `grace_s` for what is under way."""
    _take_many_files()
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="websockets-sansio",
        ws_max_size=MAX_FRAME,
        ws_ping_interval=None,  # the door has a heartbeat of its own
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=grace_s,
    )
    return uvicorn.Server(config)


def listen(settings: Settings) -> socket.socket:
    """Take the port. Raises OSError with a sentence."""
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
    listener.listen(BACKLOG)
    return listener


def _take_many_files() -> None:
    """Allow as many open connections as the system lets this process have; often only 1,024 are given at first."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wished = MAX_FILES if hard == resource.RLIM_INFINITY else min(MAX_FILES, hard)
    if soft < wished:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wished, hard))
