"""A peer of the readers: plain server-sent events, each reader with a loop of its own, nothing stored or numbered."""

import asyncio
import json
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

NUM_EVENTS = 500
EVERY_S = 0.01
_START = asyncio.Event()


async def show(_request: Request) -> Response:
    """Answer that it is here."""
    return Response("here")


async def start(_request: Request) -> Response:
    """Let all readers' streams begin now."""
    _START.set()
    return Response("begun")


async def stream(_request: Request) -> Response:
    """Send the numbers from 1 to 500 at even times, and the end."""
    return StreamingResponse(_events(), media_type="text/event-stream")


async def _events() -> AsyncIterator[str]:
    yield "event: ready\ndata: {}\n\n"
    await _START.wait()
    begun_s = asyncio.get_running_loop().time()
    for number in range(1, NUM_EVENTS + 1):
        await asyncio.sleep(max(0.0, begun_s + (number - 1) * EVERY_S - asyncio.get_running_loop().time()))
        yield f"id: {number}\nevent: text\ndata: {json.dumps({'text': f'w{number - 1} '})}\n\n"
    yield f"id: {NUM_EVENTS + 1}\nevent: end\ndata: {{}}\n\n"


app = Starlette(
    routes=[
        Route("/static/favicon.svg", show),
        Route("/start", start),
        Route("/api/get_task", stream, methods=["POST"]),
    ]
)
