"""OpenAPI 3.1 of the REST door, from the declarations: https://spec.openapis.org/oas/v3.1.1.html."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from api.caller import LANGUAGES
from api.errors import ErrorBody
from api.method import Method, Methods
from api.numbers import MAX_WHOLE
from doors.asking import IDEMPOTENCY_KEY, IF_MATCH
from doors.cookies import KEY_COOKIE
from doors.event_shapes import SHAPES, event_schemas, event_stream
from doors.openapi_errors import error_references, error_responses
from doors.routes import EVENTS, PREFIX, Route, routes_of
from version import VERSION

VERSION_OF_OPENAPI = "3.1.1"

_KEYS: list[dict[str, list[str]]] = [{"token": []}, {"browser": []}]
_TEXT = """Every method of this server, by REST. Answers and errors come in one envelope.

A program sends a token, which a browser makes by `create_token`: `Authorization: Bearer ...`. A browser that opened a
page of this server is known by its cookie, and means the workspace it used last unless `X-Session-UUID` names another.

What takes long answers a Task at once (202). Its events come at `GET /task/{task_id}/events`, or as the answer itself
where the request says `Accept: text/event-stream`."""

Schema = dict[str, Any]


def openapi(methods: Methods) -> Schema:
    """Return the document; nothing but the declarations goes into it."""
    routes, shapes = routes_of(methods), Shapes(methods.at("rest"))
    paths: dict[str, Schema] = {}
    for route in sorted(routes, key=lambda one: (one.path, one.verb)):
        paths.setdefault(route.path, {})[route.verb.lower()] = _operation(route, shapes)
    paths[EVENTS] = {"get": _events()}
    return {
        "openapi": VERSION_OF_OPENAPI,
        "info": {"title": "Studiolo", "version": VERSION, "summary": "A workspace of one's own.", "description": _TEXT},
        "servers": [{"url": PREFIX, "description": "This server"}],
        "tags": _tags(routes),
        "security": _KEYS,
        "paths": dict(sorted(paths.items())),
        "components": _components(shapes),
    }


class Shapes:
    """The JSON schemas of what goes in and out of methods."""

    def __init__(self, declared: Sequence[Method]) -> None:
        asked: list[tuple[str, Any, TypeAdapter[Any]]] = [("error", "serialization", TypeAdapter(ErrorBody))]
        for one in declared:
            asked += [(f"{one.name}.in", "validation", one.arguments), (f"{one.name}.out", "serialization", one.answer)]
        found, rest = TypeAdapter.json_schemas(asked, ref_template=SHAPES + "{model}")
        self._found = {key: schema for (key, _mode), schema in found.items()}
        self.shared: dict[str, Schema] = dict(rest.get("$defs", {}))
        self._arguments = {one.name: self._taken(self._found[f"{one.name}.in"]) for one in declared}

    def arguments(self, route: Route) -> dict[str, Schema]:
        """Return the schema of each argument, with its default and without pydantic's titles.

        Where the query has the fields of one, they are among them.
        """
        fields = self._arguments[route.method.name].get("properties", {})
        found = {one.name: _with_default(fields[one.name], one.default) for one in route.method.parameters}
        if route.spread is None or route.takes_body:
            return found
        spread = self._resolved(_without_null(found[route.spread]))["properties"]
        return found | {name: _with_default(schema, None) for name, schema in spread.items()}

    def required_fields(self, route: Route) -> list[str]:
        """Return which fields of the spread argument there must be."""
        found = self.arguments(route).get(route.spread or "", {})
        return list(self._resolved(_without_null(found)).get("required", []))

    def answer(self, declared: Method) -> Schema:
        """Return the schema of what a method answers."""
        return self._found[f"{declared.name}.out"]

    def has_version(self, declared: Method) -> bool:
        """Tell whether the answer carries a version, which is its ETag."""
        answer = self.answer(declared)
        return "version" in self._resolved(answer).get("properties", {}) and _is_whole(self._resolved(answer))

    def _resolved(self, schema: Schema) -> Schema:
        return self.shared.get(str(schema.get("$ref", "")).removeprefix(SHAPES), schema)

    def _taken(self, schema: Schema) -> Schema:
        return self.shared.pop(str(schema["$ref"]).removeprefix(SHAPES)) if "$ref" in schema else schema


def _is_whole(schema: Schema) -> bool:
    return bool(schema["properties"]["version"].get("type") == "integer")


def _with_default(schema: Schema, default: object) -> Schema:
    plain = {name: value for name, value in schema.items() if name != "title"}
    is_told = default is not inspect.Parameter.empty and default is not None
    return {**plain, "default": default} if is_told and isinstance(default, str | int | float | bool) else plain


def _tags(routes: Sequence[Route]) -> list[Schema]:
    areas = {_tag(route.method): inspect.getdoc(route.method.owner) or "" for route in routes}
    return [{"name": name, "description": (text.splitlines() or [name])[0]} for name, text in sorted(areas.items())]


def _tag(declared: Method) -> str:
    return declared.owner.__name__.removesuffix("Area") if declared.owner else "Methods"


def _operation(route: Route, shapes: Shapes) -> Schema:
    declared, arguments = route.method, shapes.arguments(route)
    has_version = shapes.has_version(declared)
    found: Schema = {
        "operationId": declared.name + ("_stream" if route.streams else ""),
        "tags": [_tag(declared)],
        "summary": declared.help,
        "description": declared.text,
        "parameters": [*_places(route, arguments, shapes.required_fields(route)), *_headers(route, has_version)],
        "responses": {
            **_answers(route, shapes.answer(declared), has_version),
            **error_references(route.takes_body, has_version and route.verb != "GET"),
        },
    }
    if route.takes_body:
        found["requestBody"] = _body(route, arguments)
    return found | ({"security": []} if declared.is_public else {})


def _places(route: Route, arguments: Mapping[str, Schema], fields: Sequence[str]) -> Iterator[Schema]:
    example, required = _example(route), {*_required(route), *fields}
    for name in (*route.places, *route.query):
        where = "path" if name in route.places else "query"
        found: Schema = {"name": name, "in": where, "schema": _without_null(arguments[name])}
        found["required"] = name in required
        if name in example:
            found["example"] = example[name]
        yield found


def _example(route: Route) -> dict[str, Any]:
    given: dict[str, Any] = dict(route.method.example or {})
    return {**given, **given.pop(route.spread)} if route.spread in given and not route.takes_body else given


def _required(route: Route) -> set[str]:
    return {one.name for one in route.method.parameters if one.default is inspect.Parameter.empty}


def _without_null(schema: Schema) -> Schema:
    """A word of a path or a query is never null: what is left out is."""
    kinds = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    if len(kinds) == len(schema.get("anyOf", [])):
        return schema
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**kinds[0], **rest} if len(kinds) == 1 else {**rest, "anyOf": kinds}


def _headers(route: Route, has_version: bool) -> Iterator[Schema]:
    if not route.method.is_public:
        yield _parameter("SessionUUID")
    yield _parameter("Language")
    if not route.method.reads_only:
        yield _parameter("IdempotencyKey")
    if has_version:
        yield _parameter("IfNoneMatch" if route.verb == "GET" else "IfMatch")


def _parameter(name: str) -> Schema:
    return {"$ref": f"#/components/parameters/{name}"}


def _body(route: Route, arguments: Mapping[str, Schema]) -> Schema:
    if route.spread is not None:
        media: Schema = {"schema": arguments[route.spread]}
        if route.spread in _example(route):
            media["example"] = _example(route)[route.spread]
        return {"required": True, "content": {"application/json": media}}
    taken = [one for one in route.method.parameters if one.name not in route.places]
    required = [one.name for one in taken if one.default is inspect.Parameter.empty]
    schema: Schema = {
        "type": "object",
        "properties": {one.name: arguments[one.name] for one in taken},
        "additionalProperties": False,
    }
    media = {"schema": schema | ({"required": required} if required else {})}
    example = {name: value for name, value in (route.method.example or {}).items() if name not in route.places}
    if example or not required:
        media["example"] = example
    return {"required": bool(required), "content": {"application/json": media}}


def _answers(route: Route, data: Schema, has_version: bool) -> Schema:
    if route.streams:
        return {"200": {"$ref": "#/components/responses/EventStream"}}
    if route.begins_work:
        headers = {"Location": {"$ref": "#/components/headers/Location"}}
        begun = _answer("The task, just begun; its events where they are accepted.", data, headers)
        return {"202": begun | {"content": begun["content"] | event_stream()}}
    headers = {"ETag": {"$ref": "#/components/headers/ETag"}} if has_version else {}
    found: Schema = {"200": _answer("The answer.", data, headers)}
    if has_version and route.verb == "GET":
        found["304"] = {"description": "It still has the version that `If-None-Match` names.", "headers": headers}
    return found


def _answer(text: str, data: Schema, headers: Schema) -> Schema:
    envelope: Schema = {
        "type": "object",
        "required": ["status", "data", "message"],
        "properties": {"status": {"const": "success"}, "data": data, "message": {"type": "string"}},
        "additionalProperties": False,
    }
    return {
        "description": text,
        "headers": {"X-Request-ID": {"$ref": "#/components/headers/RequestId"}, **headers},
        "content": {"application/json": {"schema": envelope}},
    }


def _events() -> Schema:
    whole = {"type": "integer", "minimum": 0, "maximum": MAX_WHOLE}
    return {
        "operationId": "follow_task",
        "tags": ["Tasks"],
        "summary": "Follow a task's events, from its first or after the last one seen.",
        "description": "The stream begins with the task as it stands, and ends with the task.",
        "parameters": [
            {"name": "task_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}},
            {
                "name": "after",
                "in": "query",
                "description": "The last number seen, where no header can be sent.",
                "schema": whole,
            },
            _parameter("SessionUUID"),
            _parameter("Language"),
            _parameter("LastEventID"),
        ],
        "responses": {"200": {"$ref": "#/components/responses/EventStream"}, **error_references(False, False)},
    }


def _components(shapes: Shapes) -> Schema:
    return {
        "schemas": {**shapes.shared, "ErrorEnvelope": _error_envelope(), **event_schemas()},
        "responses": {"EventStream": _stream_of_events(), **error_responses()},
        "parameters": _shared_parameters(),
        "headers": _shared_headers(),
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": "A token of `create_token`."},
            "browser": {
                "type": "apiKey",
                "in": "cookie",
                "name": KEY_COOKIE,
                "description": "A browser's key, which it is given when it opens a page of this server.",
            },
        },
    }


def _stream_of_events() -> Schema:
    headers = {"X-Request-ID": {"$ref": "#/components/headers/RequestId"}}
    return {"description": "The task's events, as they come.", "headers": headers, "content": event_stream()}


def _error_envelope() -> Schema:
    body = {
        "allOf": [{"$ref": SHAPES + "ErrorBody"}],
        "required": ["request_id"],
        "properties": {"request_id": {"type": "string", "description": "The log has it under this word."}},
    }
    return {
        "type": "object",
        "required": ["status", "error"],
        "properties": {"status": {"const": "error"}, "error": body},
        "additionalProperties": False,
    }


def _shared_parameters() -> Schema:
    whole = {"type": "integer", "minimum": 0, "maximum": MAX_WHOLE}
    key = {"type": "string", "minLength": 1, "pattern": IDEMPOTENCY_KEY.pattern}
    language = f"Of error messages and notes: {' or '.join(LANGUAGES)}; it wins over Accept-Language."
    return {
        "SessionUUID": _header(
            "X-Session-UUID",
            "The workspace that is meant; without it a token's own, or the one that the browser used last.",
            {"type": "string", "format": "uuid"},
        ),
        "Language": _header("X-Language", language, {"type": "string"}),
        "IdempotencyKey": _header(
            "Idempotency-Key", "The same key again, within a day, does nothing twice: it answers as the first did.", key
        ),
        "IfMatch": _header(
            "If-Match",
            "The ETag of the version to change; 412 where it has another by now.",
            {"type": "string", "pattern": IF_MATCH.pattern},
        ),
        "IfNoneMatch": _header("If-None-Match", "The ETag that you have; 304 if it is the same.", {"type": "string"}),
        "LastEventID": _header("Last-Event-ID", "The last number seen: events after it come.", whole),
    }


def _header(name: str, text: str, schema: Schema) -> Schema:
    return {"name": name, "in": "header", "description": text, "schema": schema}


def _shared_headers() -> Schema:
    return {
        "RequestId": {"description": "This request's word in the log.", "schema": {"type": "string"}},
        "ETag": {
            "description": "The version.",
            "required": True,
            "schema": {"type": "string"},
        },
        "Location": {"description": "The task's address.", "required": True, "schema": {"type": "string"}},
    }
