"""What pywebview is given to call: one function for each declared method of the door `desktop`, and nothing else.

pywebview looks a page's word up by `getattr`, step by step along its dots, unless it is the name of a function it was
given. So it is given functions by name, and no object to walk on.
"""

from collections.abc import Callable, Iterable
from typing import Any

from pydantic_core import from_json, to_json

from api.errors import ApiError
from api.method import Methods

Answer = Callable[[str, list[Any]], Any]
Exposed = Callable[..., Any]


def facade_names(methods: Methods) -> list[str]:
    """Return what a window's page may call, by name."""
    return [one.name for one in methods.at("desktop")]


def functions_of(names: Iterable[str], answer: Answer) -> list[Exposed]:
    """Return a function a name; each hands its positional arguments on to `answer`."""
    return [_function(name, answer) for name in names]


def plain(value: Any) -> Any:
    """Return a value as it would come out of an envelope: pywebview's own JSON may hold NaN, which no page can read."""
    return from_json(to_json(value, inf_nan_mode="null"))


def named(error: ApiError, language: str) -> Exception:
    """Return an exception called as our error is, with its sentence.

    pywebview shows a page nothing but name, sentence and traceback; code and details ride as the traceback's last line.
    """
    body = error.body(language)
    kind = type(type(error).__name__, (Exception,), {})
    shown: Exception = kind(body.message)
    shown.add_note(to_json(body).decode())
    return shown


def _function(name: str, answer: Answer) -> Exposed:
    def exposed(*given: Any) -> Any:
        return answer(name, list(given))

    exposed.__name__ = name
    return exposed
