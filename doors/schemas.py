"""The JSON schemas of the declarations: what the generators of types, clients and papers share."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from api.method import Method

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schemas:
    """The shapes that methods share by name, and each method's answer and parameters, which refer to them by `$ref`."""

    shapes: dict[str, Schema]
    answers: dict[str, Schema]
    parameters: dict[str, dict[str, Schema]]


def schemas_of(declared: Sequence[Method]) -> Schemas:
    """Return the schemas of methods."""
    asked: list[tuple[str, Any, TypeAdapter[Any]]] = []
    for one in declared:
        asked += [(f"{one.name}.in", "validation", one.arguments), (f"{one.name}.out", "serialization", one.answer)]
    found, shared = TypeAdapter.json_schemas(asked, ref_template="{model}")
    named = {shape_name(name): schema for name, schema in shared.get("$defs", {}).items()}
    ins = {str(schema["$ref"]) for (key, _mode), schema in found.items() if key.endswith(".in") and "$ref" in schema}
    return Schemas(
        shapes={name: schema for name, schema in sorted(named.items()) if name not in ins and name != "JsonValue"},
        answers={key.removesuffix(".out"): schema for (key, mode), schema in found.items() if mode == "serialization"},
        parameters={one.name: _parameters(one) for one in declared},
    )


def shape_name(reference: str) -> str:
    """Return the plain name of a shape from its `$ref` or its key."""
    return re.sub(r"\W", "", reference.rsplit("/", 1)[-1])


def first_sentence(text: str) -> str:
    """Return a docstring's first paragraph on one line."""
    return " ".join(text.split("\n\n", maxsplit=1)[0].split())


def _parameters(one: Method) -> dict[str, Schema]:
    found: dict[str, Schema] = one.arguments.json_schema(ref_template="{model}").get("properties", {})
    return found
