"""A page's goodbye: `POST /leave/<workspace>/<page>`, which a browser sends by itself while it closes the page."""

import re
from uuid import UUID

from flask import Blueprint, Response, request

from doors.cookies import read_keys
from doors.entrance import Entrance
from sessions.presence import Presence

_PAGE = re.compile(r"[0-9a-f]{32}")


def leaving_blueprint(entrance: Entrance, presence: Presence) -> Blueprint:
    """Return the one route of goodbyes. It answers nothing: nobody is there any more to read it."""
    blueprint = Blueprint("leaving", __name__)

    @blueprint.post("/leave/<word>/<page>")
    def leave(word: str, page: str) -> Response:
        page_id, api = page_of(page), entrance.find(word, read_keys(request.cookies))
        if page_id is not None and api is not None:
            presence.leave(api.session_id, page_id)
        return Response(status=204)

    return blueprint


def page_of(word: str) -> UUID | None:
    """Return the page that a word names, or None."""
    return UUID(word) if _PAGE.fullmatch(word) else None
