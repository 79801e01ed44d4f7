"""Who asks, from an HTTP request: a cookie's browser or a token's program, and what rides with the call.

From the WSGI environ: Flask's own ways to headers and cookies cost a call as much as the method does.
"""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Request as FlaskRequest
from flask import Response, request
from pydantic_core import from_json

from api.api import Api
from api.caller import Caller, pick_language
from api.errors import ApiError, BadRequest, Unauthenticated, UnsupportedMediaType
from doors.cookies import parse_cookie_header, read_keys
from doors.entrance import Entrance, Request, caller_for
from doors.envelope import as_bytes, error_headers, failure, packed

MAX_KEY = 200
IDEMPOTENCY_KEY = re.compile(rf"^[!-~]{{1,{MAX_KEY}}}$")
IF_MATCH = re.compile(r'^(\*|[0-9]{1,15}|(W/)?"[0-9]{1,15}")$')
BEARER = "Bearer "

Environ = Mapping[str, Any]


def enter(entrance: Entrance, environ: Environ, door: str, is_public: bool = False) -> tuple[Api, Caller]:
    """Return the workspace's Api and the caller. Raises Unauthenticated or NotFound.

    The workspace is the token's, or the one that `X-Session-UUID` names, or at the door `rest` the browser's last. What
    is public is served without any.
    """
    word, authorization = environ.get("HTTP_X_SESSION_UUID"), environ.get("HTTP_AUTHORIZATION")
    if authorization is not None:
        api, token = entrance.open_by_token(bearer_of(authorization), word)
        return api, caller_for(api, _request_of(environ, door, token))
    keys = read_keys(parse_cookie_header(environ.get("HTTP_COOKIE", "")))
    if is_public and (word is None or keys.owner is None):
        api = entrance.open_nothing()
    else:
        is_named = word is not None or door == "rpc"
        api = entrance.open(word or "", keys) if is_named else entrance.open_last(keys)
    return api, caller_for(api, _request_of(environ, door, None))


def bearer_of(authorization: str) -> str:
    """Return the token of an Authorization header. Raises Unauthenticated for another scheme."""
    if not authorization.startswith(BEARER):
        raise Unauthenticated
    return authorization.removeprefix(BEARER).strip()


def _request_of(environ: Environ, door: str, token: UUID | None) -> Request:
    key = environ.get("HTTP_IDEMPOTENCY_KEY")
    if key is not None and not IDEMPOTENCY_KEY.fullmatch(key):
        raise BadRequest(reason=f"Idempotency-Key has 1 to {MAX_KEY} letters of ASCII, without blanks")
    return Request(
        door=door,
        language=language_of(environ),
        id=request_id_of(environ),
        address=environ["REMOTE_ADDR"],
        key=key,
        token=token,
        expected_version=_version_in(environ.get("HTTP_IF_MATCH")),
    )


def _version_in(if_match: str | None) -> int | None:
    if if_match is None or if_match == "*":
        return None
    if not IF_MATCH.fullmatch(if_match):
        raise BadRequest(reason='If-Match is the ETag of an answer, for example "3"')
    return int(if_match.removeprefix("W/").strip('"'))


def read_json(asked: FlaskRequest) -> object:
    """Return a request's JSON. Raises UnsupportedMediaType or BadRequest."""
    if asked.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        return from_json(asked.get_data(), allow_inf_nan=False)
    except ValueError as error:
        raise BadRequest(reason=f"the body is not JSON ({error})") from None


def language_of(environ: Environ) -> str:
    """Return the language a caller wishes; `X-Language` wins, since a page cannot set Accept-Language everywhere."""
    return pick_language(environ.get("HTTP_X_LANGUAGE") or environ.get("HTTP_ACCEPT_LANGUAGE", ""))


def request_id_of(environ: Environ) -> str:
    """Return this request's id, which the gate gave it."""
    return str(environ.get("studiolo.request_id", ""))


def refused(error: ApiError) -> Response:
    """Return an error as every HTTP door shows it."""
    shown = failure(error, language_of(request.environ), request_id_of(request.environ))
    response = json_response(as_bytes(shown), error.status)
    response.headers.update(error_headers(error))
    return response


def json_response(body: bytes, status: int) -> Response:
    """Return JSON that no cache keeps, packed where it is long and the caller takes that."""
    body, encoding = packed(body, request.environ.get("HTTP_ACCEPT_ENCODING", ""))
    response = Response(body, status, {"Cache-Control": "no-store"}, content_type="application/json")
    if encoding:
        response.headers["Content-Encoding"] = encoding
        response.headers["Vary"] = "Accept-Encoding"
    return response
