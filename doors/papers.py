"""The papers of the REST door: `/openapi.json`, and two readers of it, `/docs` (Swagger UI) and `/redoc`."""

import json
import secrets
from dataclasses import dataclass
from functools import cache

from flask import Blueprint, Response, request
from jinja2 import Environment, FileSystemLoader, select_autoescape

from doors.asking import json_response
from doors.cookies import read_keys
from doors.entrance import Entrance
from doors.envelope import as_bytes
from doors.openapi import openapi
from doors.page_files import MANIFEST, ROOT, PageNotBuilt
from doors.pages import give_keys

_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; img-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A page that shows the document: its template, its files under their names in the build, its own policy."""

    template: str
    files: tuple[str, ...]
    policy: str


# NOTE: page/papers.plugin.ts names the files.
SWAGGER = Reader(
    template="docs.html", files=("papers/swagger-ui.js", "papers/swagger-ui.css"), policy=_POLICY + "style-src 'self'"
)
# Redoc makes style elements that take no nonce, and searches in a worker that it makes of a text.
REDOC = Reader(
    template="redoc.html",
    files=("papers/redoc.js",),
    policy=_POLICY + "style-src 'self' 'unsafe-inline'; worker-src blob:",
)


def papers_blueprint(entrance: Entrance) -> Blueprint:
    """Return the routes of the papers."""
    blueprint = Blueprint("papers", __name__)
    docs, redoc = _Pages(SWAGGER), _Pages(REDOC)

    @cache
    def document() -> bytes:
        return as_bytes(openapi(entrance.ground.methods))

    @blueprint.get("/openapi.json")
    def open_document() -> Response:
        return json_response(document(), 200)

    @blueprint.get("/docs")
    def open_docs() -> Response:
        return _let_in(entrance, docs.make())

    @blueprint.get("/redoc")
    def open_redoc() -> Response:
        return redoc.make()

    return blueprint


class _Pages:
    """Makes the pages of one reader; its files are found once, at the start."""

    def __init__(self, reader: Reader) -> None:
        jinja = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=select_autoescape())
        self._template = jinja.get_template(reader.template)
        self._addresses = [_address_of(name) for name in reader.files]
        self._policy = reader.policy

    def make(self) -> Response:
        """Return a page with a nonce of its own."""
        nonce = secrets.token_urlsafe(16)
        script, *styles = self._addresses
        response = Response(self._template.render(nonce=nonce, script=script, styles=styles), mimetype="text/html")
        response.headers["Content-Security-Policy"] = self._policy.format(nonce=nonce)
        response.headers["Cache-Control"] = "no-store"
        return response


def _address_of(name: str) -> str:
    found = json.loads(MANIFEST.read_text(encoding="utf-8")).get(name) if MANIFEST.is_file() else None
    if found is None:
        raise PageNotBuilt("The page is not built, or not with all of it. Run `python main.py setup`, or `make page`.")
    return f"/static/app/{found['file']}"


def _let_in(entrance: Entrance, response: Response) -> Response:
    """Give a browser that has no workspace one, as `/` does, so that its calls are answered."""
    keys = read_keys(request.cookies)
    if not (keys.owner and entrance.keeper.last_used(keys)):
        give_keys(response, keys, *entrance.mint())
    return response
