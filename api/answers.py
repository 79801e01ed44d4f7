"""What may be answered to a question: one of its choices, or a value of its schema's type."""

from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from api.errors import InvalidArguments

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
}


def check_answer(question: Mapping[str, Any], answer: JsonValue) -> None:
    """Raise InvalidArguments unless the answer is one that a question takes; one that says nothing takes any."""
    choices = question.get("choices")
    if isinstance(choices, list) and choices:
        if not any(_is_same(one, answer) for one in choices):
            raise InvalidArguments({"answer": f"choose one of these: {', '.join(map(str, choices))}"})
        return
    schema = question.get("schema")
    wanted = schema.get("type") if isinstance(schema, dict) else None
    if isinstance(wanted, str) and wanted in TYPES and not _is_of(TYPES[wanted], answer):
        raise InvalidArguments({"answer": f"it must be a {wanted}"})


def _is_same(choice: object, answer: object) -> bool:
    # To Python 1 and true are equal, to JSON they are not.
    return isinstance(choice, bool) == isinstance(answer, bool) and choice == answer


def _is_of(types: tuple[type, ...], answer: object) -> bool:
    return isinstance(answer, types) and (bool in types or not isinstance(answer, bool))
