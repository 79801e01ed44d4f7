"""The whole server under uvicorn."""

import socket
import sys

import uvicorn
from starlette.types import ASGIApp

from settings import Settings

BACKLOG = 2048
GRACE_S = 5
MAX_FRAME = 2_097_152  # bytes; the live door measures letters


def serve(app: ASGIApp, listener: socket.socket) -> None:
    """Serve until a signal comes."""
    host, port = listener.getsockname()[:2]
    sys.stderr.write(f"Studiolo is at http://{'localhost' if host == '127.0.0.1' else host}:{port}\n")
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="websockets-sansio",
        ws_max_size=MAX_FRAME,
        ws_ping_interval=None,  # the door has a heartbeat of its own
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    uvicorn.Server(config).run(sockets=[listener])


def listen(settings: Settings) -> socket.socket:
    """Take the port. Raises OSError with a sentence."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        reason = f"port {settings.port} on {settings.host} cannot be taken ({error.strerror}). Set STUDIOLO_PORT."
        raise OSError(reason) from None
    listener.listen(BACKLOG)
    return listener
