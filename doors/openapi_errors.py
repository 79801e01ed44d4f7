"""The errors in OpenAPI's words: one shared answer for each HTTP status, with the codes it can carry."""

import re
from collections import defaultdict
from typing import Any

from api.errors import ERRORS, ApiError, InvalidArguments
from doors.envelope import failure
from doors.routes import CHANGED

WITH_BODY = 415
REQUEST_ID = "4f1c2a9e7b6d4c0f8a3e5d7b9c1f2e04"
# Facts that fill the sentences of the examples.
_FACTS: dict[str, Any] = {
    "reason": "the body is not JSON",
    "version": 3,
    "max_bytes": 1_048_576,
    "limit": 16,
    "server": "local",
    "allow": "GET, HEAD, PATCH",
}
_HEADERS: dict[int, dict[str, Any]] = {
    405: {"Allow": {"description": "The verbs of this address.", "required": True, "schema": {"type": "string"}}},
    429: {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}}},
    503: {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}}},
}


def error_responses() -> dict[str, dict[str, Any]]:
    """Return the shared answers by name, for `components.responses`."""
    return {name_of(status): _response(status, kinds) for status, kinds in sorted(_by_status().items())}


def error_references(takes_body: bool, has_condition: bool) -> dict[str, dict[str, str]]:
    """Return what an operation says of its errors: any of them, save those that its request cannot meet."""
    absent = (set() if takes_body else {WITH_BODY}) | (set() if has_condition else {CHANGED})
    statuses = sorted(set(_by_status()) - absent)
    return {str(status): {"$ref": f"#/components/responses/{name_of(status)}"} for status in statuses}


def name_of(status: int) -> str:
    """Return the name of the shared answer of a status."""
    return f"Error{status}"


def _by_status() -> dict[int, list[type[ApiError]]]:
    found: defaultdict[int, list[type[ApiError]]] = defaultdict(list)
    for kind in ERRORS.values():
        if kind.en and kind.of_calls:
            found[kind.status].append(kind)
    found[CHANGED] = [ERRORS["conflict"]]
    return found


def _response(status: int, kinds: list[type[ApiError]]) -> dict[str, Any]:
    codes = {"properties": {"error": {"properties": {"code": {"enum": [kind.code for kind in kinds]}}}}}
    return {
        "description": " ".join(f"`{kind.code}`: {_meaning(kind)}" for kind in kinds),
        "headers": {"X-Request-ID": {"$ref": "#/components/headers/RequestId"}, **_HEADERS.get(status, {})},
        "content": {
            "application/json": {
                "schema": {"allOf": [{"$ref": "#/components/schemas/ErrorEnvelope"}, codes]},
                "examples": {kind.code: {"value": failure(_example(kind), "en", REQUEST_ID)} for kind in kinds},
            }
        },
    }


def _meaning(kind: type[ApiError]) -> str:
    return (kind.__doc__ or "").strip().splitlines()[0]


def _example(kind: type[ApiError]) -> ApiError:
    if issubclass(kind, InvalidArguments):
        return kind({"days": "Input should be greater than or equal to 1"})
    named = re.findall(r"\{(\w+)\}", kind.en)
    return kind(**{name: _FACTS[name] for name in named if name in _FACTS})
