"""The floor of the files: bare Starlette, which streams a body into one file and gives it out by FileResponse."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route


def files_app(path: Path) -> Starlette:
    """Return an application with one file, at /file."""

    async def show(_request: Request) -> Response:
        return Response("here")

    async def take(request: Request) -> Response:
        with path.open("wb", buffering=0) as file:
            async for piece in request.stream():
                file.write(piece)
        return Response(status_code=204)

    async def give(_request: Request) -> Response:
        return FileResponse(path)

    routes = [Route("/static/favicon.svg", show), Route("/file", take, methods=["PATCH"]), Route("/file", give)]
    return Starlette(routes=routes)
