"""Words of visitors that must say something."""

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

# For `Field(json_schema_extra=...)`: what `SAID` checks, as JSON schema tells it.
NOT_BLANK = {"minLength": 1, "pattern": r"\S"}


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "write something")
    return text


SAID = AfterValidator(_not_blank)
