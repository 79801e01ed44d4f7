"""Words of visitors that must say something."""

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

# What Python, ECMAScript or Rust take for a blank: they differ over a few letters, and a schema is read by any of them.
BLANKS = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
# For `Field(json_schema_extra=...)`: what `SAID` checks, as JSON schema tells it.
NOT_BLANK = {"minLength": 1, "pattern": r"[^\s\u001c-\u001f\u0085\ufeff]"}


def trimmed(text: str) -> str:
    """Return a text without the blanks at its ends."""
    return text.strip(BLANKS)


def _not_blank(text: str) -> str:
    if not trimmed(text):
        raise PydanticCustomError("blank", "write something")
    return text


SAID = AfterValidator(_not_blank)
