"""The door `rpc`: `POST /api/<method>` with JSON arguments; the envelope, or for a Task the stream of its events."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Request, Response, request
from pydantic_core import from_json

from api.caller import Caller, pick_language
from api.errors import ApiError, BadRequest, MethodNotAllowed, UnsupportedMediaType
from doors.cookies import parse_cookie_header, read_keys
from doors.entrance import Entrance, caller_for
from doors.entrance import Request as Asked
from doors.envelope import as_bytes, error_headers, failure, success
from doors.events import EventStreams
from doors.wsgi import HANDED_OVER

MAX_KEY = 200
VERBS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def rpc_blueprint(entrance: Entrance, streams: EventStreams) -> Blueprint:
    """Return the routes of this door."""
    blueprint = Blueprint("rpc", __name__)

    @blueprint.route("/api/<path:name>", methods=VERBS, provide_automatic_options=False)
    def call_method(name: str) -> Response:
        try:
            return _answer(entrance, streams, name)
        except ApiError as error:
            return refused(error)

    return blueprint


def _answer(entrance: Entrance, streams: EventStreams, name: str) -> Response:
    if request.method != "POST":
        raise MethodNotAllowed(allow="POST")
    # From the environ: Flask's own ways to headers and cookies cost a call as much as the method does.
    environ = request.environ
    keys = read_keys(parse_cookie_header(environ.get("HTTP_COOKIE", "")))
    api = entrance.open(environ.get("HTTP_X_SESSION_UUID", ""), keys)
    caller = caller_for(api, _asked(environ))
    data = api.call(caller, name, read_json(request))
    if "text/event-stream" in environ.get("HTTP_ACCEPT", "") and entrance.ground.methods[name].answers_task:
        return _stream(streams, caller, data)
    return json_response(as_bytes(success(data)), 200)


def _asked(environ: Mapping[str, Any]) -> Asked:
    key = environ.get("HTTP_IDEMPOTENCY_KEY")
    if key is not None and not 0 < len(key) <= MAX_KEY:
        raise BadRequest(reason=f"Idempotency-Key has 1 to {MAX_KEY} letters")
    words = {"language": _language_in(environ), "id": _request_id_in(environ), "address": environ["REMOTE_ADDR"]}
    return Asked(door="rpc", key=key, **words)


def _stream(streams: EventStreams, caller: Caller, task: dict[str, Any]) -> Response:
    request.environ[HANDED_OVER] = streams.of_task(UUID(task["id"]), task, caller.request_id)
    return Response()


def read_json(asked: Request) -> object:
    """Return a request's JSON. Raises UnsupportedMediaType or BadRequest."""
    if asked.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        return from_json(asked.get_data(), allow_inf_nan=False)
    except ValueError as error:
        raise BadRequest(reason=f"the body is not JSON ({error})") from None


def language_of(asked: Request) -> str:
    """Return the language a caller wishes; `X-Language` wins, since a page cannot set Accept-Language everywhere."""
    return _language_in(asked.environ)


def request_id() -> str:
    """Return this request's id, which the gate gave it."""
    return _request_id_in(request.environ)


def refused(error: ApiError) -> Response:
    """Return an error as every HTTP door shows it."""
    response = json_response(as_bytes(failure(error, language_of(request), request_id())), error.status)
    response.headers.update(error_headers(error))
    return response


def json_response(body: bytes, status: int) -> Response:
    """Return JSON that no cache keeps."""
    return Response(body, status, {"Cache-Control": "no-store"}, content_type="application/json")


def _language_in(environ: Mapping[str, Any]) -> str:
    return pick_language(environ.get("HTTP_X_LANGUAGE") or environ.get("HTTP_ACCEPT_LANGUAGE", ""))


def _request_id_in(environ: Mapping[str, Any]) -> str:
    return str(environ.get("studiolo.request_id", ""))
