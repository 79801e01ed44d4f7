"""The door `rpc`: `POST /api/<method>` with JSON arguments; the envelope, or for a Task the stream of its events."""

from uuid import UUID

from flask import Blueprint, Response, request

from api.errors import ApiError, MethodNotAllowed
from doors.asking import enter, json_response, read_json, refused
from doors.entrance import Entrance
from doors.envelope import as_bytes, success
from doors.events import EventStreams
from doors.wsgi import HANDED_OVER

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
    environ = request.environ
    api, caller = enter(entrance, environ, "rpc")
    data = api.call(caller, name, read_json(request))
    if "text/event-stream" in environ.get("HTTP_ACCEPT", "") and entrance.ground.methods[name].answers_task:
        environ[HANDED_OVER] = streams.of_task(caller, UUID(data["id"]), data)
        return Response()
    return json_response(as_bytes(success(data)), 200)
