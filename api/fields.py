"""The fields of a shape that a method takes: a pydantic model or a TypedDict, also where it may be None."""

from collections.abc import Mapping
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from typing_extensions import is_typeddict


def fields_of(annotation: Any) -> Mapping[str, Any]:
    """Return field name -> annotation; empty for what has no fields."""
    shape = plain(annotation)
    if is_typeddict(shape):
        return get_type_hints(shape, include_extras=True)
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        return {name: Annotated[one.annotation, one] for name, one in shape.model_fields.items()}
    return {}


def element_of(annotation: Any) -> Any:
    """Return the annotation of a list's elements, or None for what is no list."""
    shape = plain(annotation)
    return get_args(shape)[0] if get_origin(shape) is list else None


def plain(annotation: Any) -> Any:
    """Return an annotation without Annotated, and without None beside one other kind."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    kinds = [one for one in get_args(annotation) if one is not type(None)]
    return plain(kinds[0]) if type(None) in get_args(annotation) and len(kinds) == 1 else annotation
