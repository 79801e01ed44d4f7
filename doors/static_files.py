"""Static files: what Vite names by its content is kept for a year, the rest is asked for again."""

import os
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from doors.page_files import ROOT

FOREVER = "public, max-age=31536000, immutable"


class StaticDoor(StaticFiles):
    """Serves static/."""

    def __init__(self) -> None:
        super().__init__(directory=ROOT / "static")

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Return a file with its caching rule."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        is_named_by_content = "assets" in Path(full_path).parts
        response.headers["Cache-Control"] = FOREVER if is_named_by_content else "no-cache"
        return response
