"""A page's console as text: what Chrome tells of each value is a RemoteObject.

https://chromedevtools.github.io/devtools-protocol/tot/Runtime/#type-RemoteObject
"""

import re
from typing import Any

from engines.base import ConsoleLine
from engines.scripts import line_of

SILENT = frozenset({"clear", "endGroup", "profile", "profileEnd"})
LEVELS = {"warning": "warn", "error": "error", "assert": "error", "debug": "debug"}
_PLACE = re.compile(r"%[sdifoOc%]")  # https://console.spec.whatwg.org/#formatter


def line_of_call(facts: dict[str, Any]) -> ConsoleLine | None:
    """Return the line of a call of the console; None for those that write nothing."""
    if facts["type"] in SILENT:
        return None
    return line_of(LEVELS.get(facts["type"], "info"), _text_of(facts["args"]))


def line_of_error(facts: dict[str, Any]) -> ConsoleLine:
    """Return the line of an error that nobody caught."""
    details = facts["exceptionDetails"]
    thrown = details.get("exception", {})
    told = thrown.get("description") or f"{details['text']} {shown(thrown) if thrown else ''}".rstrip()
    return line_of("error", told)


def shown(value: dict[str, Any]) -> str:
    """Return a value as a person reads it."""
    if value["type"] == "string":
        return str(value["value"])
    if value.get("subtype") == "null" or value["type"] == "undefined":
        return str(value.get("subtype", "undefined"))
    if value["type"] == "object" and "preview" in value and value.get("subtype") not in _BY_DESCRIPTION:
        return _shown_preview(value["preview"])
    if "unserializableValue" in value:
        return str(value["unserializableValue"])
    if value["type"] == "boolean":
        return "true" if value["value"] else "false"
    return str(value.get("description", value.get("value", value["type"])))


_BY_DESCRIPTION = frozenset({"error", "date", "regexp", "node", "proxy", "promise"})


def _text_of(values: list[dict[str, Any]]) -> str:
    if values and values[0]["type"] == "string" and "%" in values[0]["value"]:
        rest = iter(values[1:])
        first = _PLACE.sub(lambda found: _filled(found.group(), rest), values[0]["value"])
        return " ".join([first, *map(shown, rest)])
    return " ".join(map(shown, values))


def _filled(place: str, rest: Any) -> str:
    if place == "%%":
        return "%"
    value = next(rest, None)
    if value is None:
        return place
    return "" if place == "%c" else shown(value)


def _shown_preview(preview: dict[str, Any]) -> str:
    is_list = preview.get("subtype") in ("array", "typedarray")
    if "entries" in preview:
        parts = [_shown_entry(one) for one in preview["entries"]]
    else:
        parts = [_shown_part(one, is_list) for one in preview["properties"]]
    inside = ", ".join([*parts, *(["…"] if preview["overflow"] else [])])
    name = preview.get("description", "Object")
    if is_list:
        return f"[{inside}]"
    return f"{{{inside}}}" if name == "Object" else f"{name} {{{inside}}}"


def _shown_part(part: dict[str, Any], is_list: bool) -> str:
    value = part.get("value", "")
    text = f'"{value}"' if part["type"] == "string" else str(value)
    return text if is_list and part["name"].isdigit() else f"{part['name']}: {text}"


def _shown_entry(entry: dict[str, Any]) -> str:
    value = _shown_whole(entry["value"])
    return f"{_shown_whole(entry['key'])} => {value}" if "key" in entry else value


def _shown_whole(preview: dict[str, Any]) -> str:
    text = str(preview.get("description", ""))
    return f'"{text}"' if preview["type"] == "string" else text
