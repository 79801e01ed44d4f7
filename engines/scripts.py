"""What a script becomes in a page, for every engine: the function that is run there, and what comes back as text."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic_core import to_json

from egress.sign import SIGN
from engines.base import MAX_VALUE, ConsoleLine, Level, ScriptFailed
from engines.json_text import read_json
from engines.urls import MAX_URL

BRIDGE = Path(__file__).with_name("bridge.js").read_text(encoding="utf-8").rstrip().rstrip(";")
MAX_LINE = 8_192
_ERROR = ("name", "message", "stack")
LEVELS: dict[str, Level] = {"debug": "debug", "info": "info", "warn": "warn", "warning": "warn", "error": "error"}
# Read out of a page, for where it is and for whether the guard stands in its place.
WHERE = (
    f"() => JSON.stringify([location.href.slice(0, {MAX_URL}), document.title.slice(0, 1000), innerWidth, innerHeight])"
)
SHOWN = '() => (document.contentType === "text/plain" ? document.documentElement.textContent.slice(0, 1000) : "")'
# The script stands on the first line, so that its errors tell its own lines.
_BODY = """async (send) => {{ {first} const run = async () => {{{source}
}};
  const told = (error) => ({{
    name: String(error?.name ?? "Error"),
    message: String(error?.message ?? error),
    stack: String(error?.stack ?? ""),
  }});
  try {{
    const text = JSON.stringify({{ value: (await run()) ?? null }});
    if (new TextEncoder().encode(text).length > {longest})
      throw new RangeError("The result is longer than {longest} bytes of JSON: write it into items or files instead.");
    return text;
  }} catch (error) {{
    return JSON.stringify({{ error: told(error) }});
  }}
}}"""


def body_of(source: str, methods: Sequence[str]) -> str:
    """Return an async function of `send` that answers JSON: `{value}`, or `{error: {name, message, stack}}`.

    Without a `send` it has no methods.
    """
    names = to_json(list(methods)).decode()
    first = f"if (send) ({_on_one_line(BRIDGE)})(send, {names});"
    return _BODY.format(first=first, source=source, longest=MAX_VALUE)


def body_again(source: str) -> str:
    """Return the same where a run before it has left the methods; answers nothing, and runs nothing, where none has."""
    return _BODY.format(first='if (!window.pywebview?._begin?.()) return "";', source=source, longest=MAX_VALUE)


def meant(origins: Iterable[str]) -> str:
    """Return the condition under which a document is one of these origins' own, not a frame in another's page."""
    return f"window === window.top && {to_json(sorted(origins)).decode()}.includes(location.origin)"


def exposing(methods: Sequence[str]) -> str:
    """Return a function of `send` that gives a page's own scripts the methods."""
    names, ready = to_json(list(methods)).decode(), 'window.dispatchEvent(new CustomEvent("pywebviewready"))'
    return f"(send) => {{ ({BRIDGE})(send, {names}); {ready}; }}"


def value_of(text: str) -> Any:
    """Return what a run answered. Raises ScriptFailed."""
    try:
        answer = read_json(text)
        failure = ScriptFailed(*(str(answer["error"][name]) for name in _ERROR)) if "error" in answer else None
        value = None if failure else answer["value"]
    except (ValueError, LookupError, TypeError):
        raise ScriptFailed("Error", "The script has changed what its result is told with.") from None
    if failure is not None:
        raise failure
    if len(text.encode("utf-8", "replace")) > MAX_VALUE:  # NOTE: its page says so first, where the script lets it
        raise ScriptFailed("RangeError", f"The result is longer than {MAX_VALUE} bytes of JSON.")
    return value


def refusal_in(text: str) -> str | None:
    """Return why the guard refused a page, where it did: its own words stand there instead."""
    return text.removeprefix(SIGN).strip() if text.startswith(SIGN) else None


def line_of(level: str, text: str) -> ConsoleLine:
    """Return a line of a console, cut where it is too long."""
    shown = text if len(text) <= MAX_LINE else f"{text[:MAX_LINE]}…"
    return ConsoleLine(LEVELS.get(level, "info"), shown)


def _on_one_line(code: str) -> str:
    lines = (line.strip() for line in code.splitlines())
    return " ".join(line for line in lines if not line.startswith("//"))
