"""The door `rest`: the declared routes under /api/v1. Arguments stand in path, query and JSON body; answers in the
envelope; a Task's events come as Server-Sent Events where the caller accepts them.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request
from pydantic import TypeAdapter, ValidationError
from starlette.types import Message, Send
from werkzeug.exceptions import MethodNotAllowed as WrongVerb
from werkzeug.exceptions import NotFound as NoRoute
from werkzeug.routing import Map, RequestRedirect, Rule

from api.caller import Caller
from api.errors import ApiError, BadRequest, Conflict, InvalidArguments, MethodNotAllowed, UnknownMethod
from api.fields import element_of
from api.numbers import whole_number
from doors.asking import enter, json_response, read_json, refused
from doors.entrance import Entrance
from doors.envelope import as_bytes, success
from doors.events import EventStreams
from doors.routes import CHANGED, EVENTS, PREFIX, Route, routes_of
from doors.rpc import VERBS
from doors.wsgi import HANDED_OVER, Stream

EVENT_STREAM = "text/event-stream"


def rest_blueprint(entrance: Entrance, streams: EventStreams) -> Blueprint:
    """Return the routes of this door."""
    blueprint = Blueprint("rest", __name__)
    door = RestDoor(entrance, streams)

    @blueprint.route(f"{PREFIX}/<path:path>", methods=VERBS, provide_automatic_options=False)
    def call_route(path: str) -> Response:
        try:
            return door.answer(path)
        except Conflict as error:
            response = refused(error)
            response.status_code = CHANGED if "If-Match" in request.headers else error.status
            return response
        except ApiError as error:
            return refused(error)

    return blueprint


class RestDoor:
    """Finds a request's route, calls its method, and answers as HTTP has it."""

    def __init__(self, entrance: Entrance, streams: EventStreams) -> None:
        self._entrance = entrance
        self._streams = streams
        routes = routes_of(entrance.ground.methods)
        self._taken = {route.method.name: _Taken(route) for route in routes}
        rules = [Rule(route.rule, methods=[route.verb], endpoint=route) for route in routes]
        events = Rule(PREFIX + EVENTS.replace("{", "<").replace("}", ">"), methods=["GET"], endpoint=None)
        self._rules = Map([*rules, events], merge_slashes=False).bind("")

    def answer(self, path: str) -> Response:
        """Answer the request under way."""
        route, places = self._match(path)
        if route is None:
            return self._follow(places["task_id"])
        api, caller = enter(self._entrance, request.environ, "rest", route.method.is_public)
        data = api.call(caller, route.method.name, self._arguments(route, places))
        if route.streams or (route.begins_work and EVENT_STREAM in request.headers.get("Accept", "")):
            return self._stream(caller, data, 0, is_accepted=route.begins_work and not route.streams)
        return _response(route, data)

    def _match(self, path: str) -> tuple[Route | None, Mapping[str, str]]:
        try:
            return self._rules.match(f"{PREFIX}/{path}", request.method)
        except WrongVerb as error:
            raise MethodNotAllowed(allow=", ".join(sorted(error.valid_methods or ()))) from None
        except (NoRoute, RequestRedirect):
            raise UnknownMethod from None

    def _arguments(self, route: Route, places: Mapping[str, str]) -> dict[str, Any]:
        words: dict[str, Any] = {name: [place] for name, place in places.items()}
        words |= {name: values for name, values in request.args.lists() if name not in places}
        taken, given = self._taken[route.method.name], _body() if route.takes_body else {}
        if lost := [name for name in request.args if route.takes_body and name not in taken.shapes]:
            raise InvalidArguments(dict.fromkeys(lost, "send it in the JSON body, not in the query"))
        if twice := places.keys() & (request.args.keys() | (given.keys() if not route.spread else set())):
            raise InvalidArguments(dict.fromkeys(twice, "it stands in the path already"))
        read = _read(taken.shapes, words)
        if route.spread is None:
            return given | read
        if route.takes_body:
            return {route.spread: given} | read
        fields = {name: read.pop(name) for name in taken.fields & read.keys()}
        return {route.spread: fields} | read

    def _follow(self, word: str) -> Response:
        api, caller = enter(self._entrance, request.environ, "rest")
        after = _after()
        task = api.call(caller, "get_task", {"task_id": word})
        return self._stream(caller, task, after)

    def _stream(self, caller: Caller, task: dict[str, Any], after: int, *, is_accepted: bool = False) -> Response:
        stream = self._streams.of_task(caller, UUID(task["id"]), task, after)
        request.environ[HANDED_OVER] = _accepted(stream, _address_of(task)) if is_accepted else stream
        return Response()


class _Words:
    """Reads the words of one argument: one word, or as many as come where it is a list."""

    def __init__(self, annotation: Any) -> None:
        element = element_of(annotation)
        self._is_list = element is not None
        self._shape: TypeAdapter[Any] = TypeAdapter(element if self._is_list else annotation)

    def read(self, words: list[str]) -> Any:
        """Return the value. Raises ValidationError, or ValueError for a word too many."""
        if self._is_list:
            return [self._shape.validate_strings(word) for word in words]
        if len(words) > 1:
            raise ValueError("it came more than once")
        return self._shape.validate_strings(words[0])


class _Taken:
    """What one route takes as words: the shape of each, and which are fields of the spread argument."""

    def __init__(self, route: Route) -> None:
        self.fields = frozenset() if route.takes_body else frozenset(route.method.spread_fields)
        annotations = {parameter.name: parameter.annotation for parameter in route.method.parameters}
        annotations |= {name: route.method.spread_fields[name] for name in self.fields}
        self.shapes = {name: _Words(annotations[name]) for name in (*route.places, *route.query)}


def _read(shapes: Mapping[str, _Words], words: Mapping[str, list[str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, values in words.items():
        if name not in shapes:
            found[name] = values[0]  # `call` says that there is no such argument
            continue
        try:
            found[name] = shapes[name].read(values)
        except ValidationError as error:
            problems[name] = error.errors(include_url=False)[0]["msg"]
        except ValueError as error:
            problems[name] = str(error)
    if problems:
        raise InvalidArguments(problems)
    return found


def _address_of(task: dict[str, Any]) -> str:
    return f"{PREFIX}/task/{task['id']}"


def _accepted(stream: Stream, location: str) -> Stream:
    """Let a stream begin with 202 and the task's address, as the task itself would be answered."""

    async def accepted(send: Send) -> None:
        async def send_accepted(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["status"] = 202
                message["headers"] = [*message["headers"], (b"location", location.encode())]
            await send(message)

        await stream(send_accepted)

    return accepted


def _body() -> dict[str, Any]:
    if not request.get_data():
        return {}
    body = read_json(request)
    if not isinstance(body, dict):
        raise BadRequest(reason="the body is a JSON object: arguments by name")
    return body


def _after() -> int:
    """Return the last number that the reader saw; the header wins, since a browser sends it by itself after a break."""
    if strange := request.args.keys() - {"after"}:
        raise InvalidArguments(dict.fromkeys(strange, "there is no such argument"))
    given = {"after": request.args.getlist("after"), "Last-Event-ID": request.headers.getlist("Last-Event-ID")}
    try:
        numbers = [whole_number(word) for words in given.values() for word in words]
    except ValueError:
        raise InvalidArguments(dict.fromkeys(given, "it is the last number seen, 0 or more")) from None
    if len(given["after"]) > 1:
        raise InvalidArguments({"after": "it came more than once"})
    return numbers[-1] if numbers else 0


def _response(route: Route, data: Any) -> Response:
    response = json_response(as_bytes(success(data)), 202 if route.begins_work else 200)
    if route.begins_work:
        response.headers["Location"] = _address_of(data)
    if isinstance(data, dict) and isinstance(data.get("version"), int):
        tag = f'"{data["version"]}"'
        response.headers["ETag"] = tag
        if route.verb == "GET" and request.if_none_match.contains_weak(str(data["version"])):
            response.status_code, response.data = 304, b""
    return response
