"""The shapes of a task's events on a wire: what the papers say of them."""

from typing import Any

SHAPES = "#/components/schemas/"
_ID = {"type": "string", "pattern": "^[0-9]+$", "description": "The event's number."}
_STATES = {"$ref": SHAPES + "TaskState"}
_TEXT = {
    "type": "object",
    "required": ["text"],
    "properties": {
        "text": {"type": "string", "description": "The next letters; joined, they are the whole."},
        "skipped": {"type": "integer", "description": "In a snapshot: bytes before the text that are gone."},
    },
}
_FOLDED = {
    "type": "object",
    "required": ["kind", "data", "at_ms"],
    "properties": {"kind": {"type": "string"}, "data": {"type": "object"}, "at_ms": {"type": "integer"}},
}
_ERROR = {
    "type": ["object", "null"],
    "required": ["code", "details"],
    "properties": {"code": {"type": "string"}, "details": {"type": "object"}},
    "description": "Null unless the task failed. Its sentence, in your language, is in `GET /task/{task_id}`.",
}
EVENTS: dict[str, dict[str, Any]] = {
    "task": {"$ref": SHAPES + "Task"},
    "state": {"type": "object", "required": ["state"], "properties": {"state": _STATES}},
    "text": _TEXT,
    "thinking": _TEXT,
    "usage": {"type": "object", "description": "What it took, as the model server counts."},
    "gap": {"type": "object", "required": ["gap"], "properties": {"gap": {"type": "integer", "minimum": 1}}},
    "snapshot": {
        "type": "object",
        "required": ["events"],
        "properties": {"events": {"type": "array", "items": _FOLDED}},
    },
    "end": {"type": "object", "required": ["state", "error"], "properties": {"state": _STATES, "error": _ERROR}},
}
_MEANINGS = {
    "task": "the task as it stands now; always the first, without an id",
    "state": "the task's new state",
    "text": "the next letters of the answer",
    "thinking": "the next letters of what a model that reasons says to itself",
    "usage": "what it took",
    "gap": "events up to this number are gone: a snapshot follows, or read the state by a call",
    "snapshot": "takes the place of all that came before it: forget that, and take its `events` for it",
    "end": "how it ended; always the last",
}
TEXT = "\n".join(
    [
        "Server-Sent Events. Each has a name (`event:`) and JSON (`data:`); all but `task` and `gap` a number (`id:`).",
        "After a break, go on at `GET /task/{task_id}/events` with the last number seen as `Last-Event-ID`.",
        "A comment line every 15 s keeps the line open. A task may have events of its own kinds too.",
        "",
        "| event | meaning | data |",
        "|---|---|---|",
        *(f"| `{kind}` | {meaning} | `Event{kind.title()}` |" for kind, meaning in _MEANINGS.items()),
    ]
)


def event_schemas() -> dict[str, dict[str, Any]]:
    """Return the shape of an event, and those of each kind's data, for `components.schemas`."""
    data = {_name(kind): schema for kind, schema in EVENTS.items()}
    others = {"properties": {"event": {"not": {"enum": list(EVENTS)}}, "data": _json_of({})}}
    kinds = [
        {"properties": {"event": {"const": kind}, "data": _json_of({"$ref": f"{SHAPES}{_name(kind)}"})}}
        for kind in EVENTS
    ]
    event = {
        "type": "object",
        "description": TEXT,
        "required": ["event", "data"],
        "properties": {"event": {"type": "string"}, "data": {"type": "string"}, "id": _ID},
        "oneOf": [*kinds, others],
    }
    return {"Event": event, **data}


def event_stream() -> dict[str, Any]:
    """Return the body that is a stream of a task's events; in OpenAPI 3.1 the schema is that of each event."""
    return {"text/event-stream": {"schema": {"$ref": SHAPES + "Event"}}}


def _name(kind: str) -> str:
    return f"Event{kind.title()}"


def _json_of(schema: dict[str, Any]) -> dict[str, Any]:
    return {"contentMediaType": "application/json", "contentSchema": schema}
