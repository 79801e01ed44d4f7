"""What the editor of page scripts completes: page/src/scripts/methods.generated.ts, from the declarations."""

import inspect
import json
import re
from collections.abc import Mapping, Sequence

from api.method import Method, Methods
from doors.schemas import Schema, Schemas, first_sentence, schemas_of
from doors.typescript import HEAD, type_of

INTERFACES = """
/** A parameter of a method, or a field of a shape. */
export interface Parameter {
  name: string;
  type: string;
  isRequired: boolean;
}

/** A method that a page script may call. */
export interface Method {
  name: string;
  signature: string;
  help: string;
  parameters: readonly Parameter[];
}
"""
NAMES = re.compile(r"\b[A-Z]\w+")


def generate(methods: Methods) -> str:
    """Return the TypeScript of what page scripts may call, and of the shapes that they give."""
    declared = methods.at("engine")
    schemas = schemas_of(declared)
    shapes = {name: _fields(schemas.shapes[name]) for name in _given(declared, schemas)}
    told = "".join(_entry(_method(one, schemas)) for one in declared)
    fields = "".join(_entry(f"{name}: {_lines(parameters, 2)}") for name, parameters in shapes.items())
    return (
        f"{HEAD}{INTERFACES}\nexport const METHODS: readonly Method[] = [\n{told}];\n"
        f"\n/** The fields of what methods take, by the name of the shape. */\n"
        f"export const SHAPES: {{ readonly [name: string]: readonly Parameter[] }} = {{\n{fields}}};\n"
    )


def _method(one: Method, schemas: Schemas) -> str:
    parameters = _parameters(one, schemas)
    given = ", ".join(f"{each['name']}{'' if each['isRequired'] else '?'}: {each['type']}" for each in parameters)
    signature = f"({given}): Promise<{type_of(schemas.answers[one.name])}>"
    return (
        f"{{\n    name: {_text(one.name)},\n    signature: {_text(signature)},\n"
        f"    help: {_text(first_sentence(one.help))},\n    parameters: {_lines(parameters, 4)},\n  }}"
    )


def _parameters(one: Method, schemas: Schemas) -> list[Mapping[str, object]]:
    fields = schemas.parameters[one.name]
    return [
        _parameter(each.name, fields[each.name], is_required=each.default is inspect.Parameter.empty)
        for each in one.parameters
    ]


def _fields(shape: Schema) -> list[Mapping[str, object]]:
    required = shape.get("required", ())
    return [_parameter(name, field, is_required=name in required) for name, field in shape["properties"].items()]


def _parameter(name: str, schema: Schema, *, is_required: bool) -> Mapping[str, object]:
    return {"name": name, "type": type_of(schema), "isRequired": is_required}


def _given(declared: Sequence[Method], schemas: Schemas) -> list[str]:
    """Return the names of the shapes that methods take, and of those within them."""
    waiting = [str(each["type"]) for one in declared for each in _parameters(one, schemas)]
    found: set[str] = set()
    while waiting:
        for name in NAMES.findall(waiting.pop()):
            if name not in found and "properties" in schemas.shapes.get(name, {}):
                found.add(name)
                waiting += [str(each["type"]) for each in _fields(schemas.shapes[name])]
    return sorted(found)


def _entry(text: str) -> str:
    return f"  {text},\n"


def _lines(parameters: Sequence[Mapping[str, object]], indent: int) -> str:
    margin = " " * indent
    lines = "".join(f"{margin}  {_object(each)},\n" for each in parameters)
    return f"[\n{lines}{margin}]" if parameters else "[]"


def _object(parameter: Mapping[str, object]) -> str:
    return "{ " + ", ".join(f"{name}: {_text(value)}" for name, value in parameter.items()) + " }"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
