"""The pages: `/`, `/new`, `/uuid=<uuid>`, and the one 404 for whatever is not this browser's."""

import secrets
from uuid import UUID

from flask import Blueprint, Response, redirect, request, send_from_directory
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed as WrongVerb
from werkzeug.exceptions import NotFound as NoSuchFile
from werkzeug.wrappers import Response as BaseResponse

from api.caller import pick_language
from api.errors import MethodNotAllowed
from doors.asking import refused
from doors.cookies import KEY_AGE_S, KEY_COOKIE, WindowMark, proof_cookie, read_keys, surplus_proofs
from doors.entrance import Entrance
from doors.page_files import ROOT, PageMaker
from sessions.keys import PROOF_DAYS, BrowserKeys, new_key
from sessions.presence import Presence


def pages_blueprint(entrance: Entrance, maker: PageMaker, mark: WindowMark, presence: Presence) -> Blueprint:
    """Return the routes of the pages."""
    blueprint = Blueprint("pages", __name__)

    @blueprint.get("/")
    def open_last() -> BaseResponse:
        keys = read_keys(request.cookies)
        last = entrance.keeper.last_used(keys) if keys.owner else None
        return to_page(last) if last else mint(entrance, keys)

    @blueprint.get("/new")
    def open_new() -> BaseResponse:
        return mint(entrance, read_keys(request.cookies))

    @blueprint.get("/uuid=<word>")
    def open_page(word: str) -> BaseResponse:
        api = entrance.find(word, read_keys(request.cookies))
        if api is None:
            return not_found(maker)
        entrance.keeper.note_opened(api)
        presence.come_back(api.session_id)
        response = _page(maker, api.session_id, mark.is_on(request.cookies))
        set_key(response, request.cookies[KEY_COOKIE])  # each visit puts off its end
        if api.is_stored and proof_cookie(api.session_id) in request.cookies:
            response.delete_cookie(proof_cookie(api.session_id), httponly=True, samesite="Lax")
        return response

    @blueprint.get("/favicon.ico")
    def open_icon() -> BaseResponse:
        return send_from_directory(ROOT / "static", "favicon.svg", max_age=86_400)

    @blueprint.get("/<path:name>")
    def open_file(name: str) -> BaseResponse:
        if maker.plugin is None or not maker.is_public(name):
            return not_found(maker)
        try:
            return send_from_directory(maker.plugin.resolve(), name)
        except NoSuchFile:
            return not_found(maker)

    return blueprint


def not_found(maker: PageMaker) -> Response:
    """Return the one static page for whatever is foreign, unknown, malformed or expired."""
    return Response(maker.not_found, 404, mimetype="text/html", headers={"Content-Security-Policy": maker.plain_policy})


def no_such_page(maker: PageMaker, error: HTTPException) -> BaseResponse:
    """Return what an address without a route, or a wrong verb at one with it, is answered."""
    if isinstance(error, WrongVerb):
        allowed = ["POST"] if request.path.startswith("/api/") else sorted(error.valid_methods or ())
        return refused(MethodNotAllowed(allow=", ".join(allowed)))
    return not_found(maker)


def mint(entrance: Entrance, keys: BrowserKeys) -> BaseResponse:
    """Return the way to a new workspace, with what proves that this browser was given it."""
    session_id, proof = entrance.mint()
    response = to_page(session_id)
    give_keys(response, keys, session_id, proof)
    return response


def give_keys(response: BaseResponse, keys: BrowserKeys, session_id: UUID, proof: str) -> None:
    """Give a browser the cookies that open a workspace that was just minted."""
    is_secure = request.is_secure
    if keys.key is None:
        set_key(response, new_key())
    for surplus in surplus_proofs(keys):
        response.delete_cookie(proof_cookie(surplus), httponly=True, samesite="Lax")
    age_s = PROOF_DAYS * 86_400
    response.set_cookie(proof_cookie(session_id), proof, max_age=age_s, httponly=True, samesite="Lax", secure=is_secure)


def set_key(response: BaseResponse, key: str) -> None:
    """Let the browser keep a key."""
    is_secure = request.is_secure
    response.set_cookie(KEY_COOKIE, key, max_age=KEY_AGE_S, httponly=True, samesite="Lax", secure=is_secure)


def to_page(session_id: UUID) -> BaseResponse:
    """Return the way to a workspace's page."""
    response = redirect(f"/uuid={session_id}", 302)
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(maker: PageMaker, session_id: UUID, is_window: bool) -> Response:
    nonce = secrets.token_urlsafe(16)
    language = pick_language(request.headers.get("Accept-Language", ""))
    response = Response(maker.page(session_id, nonce, language, is_window), mimetype="text/html")
    response.headers["Content-Security-Policy"] = maker.policy(nonce, is_window)
    response.headers["Cache-Control"] = "no-store"
    return response
