"""Static files: what Vite names by its content is kept for a year, the rest is asked for again; packed at the build."""

import os
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from doors.page_files import ROOT

FOREVER = "public, max-age=31536000, immutable"
PACKED = (("br", ".br"), ("gzip", ".gz"))  # the best first


class StaticDoor(StaticFiles):
    """Serves static/, each file as the build packed it where the caller takes that."""

    def __init__(self) -> None:
        super().__init__(directory=ROOT / "static")

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Return a file with its caching rule."""
        encoding, packed = _packed(Path(full_path), Headers(scope=scope).get("accept-encoding", ""))
        facts = packed.stat() if encoding else stat_result
        response = super().file_response(packed, facts, scope, status_code)
        if encoding and response.status_code == 200:
            response.headers["Content-Type"] = FileResponse(full_path).headers["content-type"]
            response.headers["Content-Encoding"] = encoding
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = FOREVER if "assets" in Path(full_path).parts else "no-cache"
        return response


class ServiceWorkerDoor:
    """Serves the page's service worker at the root, where it may act for every page."""

    PATH = ROOT / "static" / "app" / "service-worker.js"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = {"Cache-Control": "no-cache"}
        found = self.PATH.is_file()
        response = FileResponse(self.PATH, headers=headers) if found else Response(status_code=404)
        await response(scope, receive, send)


def _packed(path: Path, taken: str) -> tuple[str, Path]:
    words = {word.split(";")[0].strip() for word in taken.split(",") if not word.replace(" ", "").endswith(";q=0")}
    for encoding, ending in PACKED:
        packed = path.with_name(path.name + ending)
        if encoding in words and packed.is_file():
            return encoding, packed
    return "", path
