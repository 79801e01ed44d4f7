"""The declaration: what it records, and what it refuses at import."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

import web_mode  # noqa: F401 — registers the areas
from api.errors import BadRequest, InvalidArguments
from api.method import METHODS, DeclarationError, Methods, bind, declared_by, method

VERBS = frozenset(
    """list get create update delete open close start cancel retry answer send run generate upload watch login logout
    register restore replace""".split()  # noqa: SIM905 — as DESIGN lists them, and what docs/decisions.md adds
)


class Sound:
    """A class with one method."""

    @method
    def get_thing(self, thing_id: UUID, note: str = "", tags: list[str] | None = None) -> dict[str, str]:
        """Return one thing.

        More words.
        """
        return {"id": str(thing_id), "note": note + "".join(tags or [])}

    def not_declared(self) -> None:
        """Stay inside."""


def test_a_declared_function_is_returned_unchanged() -> None:
    thing = uuid4()
    assert Sound().get_thing(thing, "n") == {"id": str(thing), "note": "n"}


def test_only_declared_functions_are_methods() -> None:
    assert [one.name for one in declared_by(Sound)] == ["get_thing"]


def test_the_help_is_the_docstrings_first_line() -> None:
    assert declared_by(Sound)[0].help == "Return one thing."


def test_arguments_are_checked_and_made_into_their_types() -> None:
    declared, thing = declared_by(Sound)[0], uuid4()
    assert bind(declared, [str(thing), "n"]) == {"thing_id": thing, "note": "n"}
    assert bind(declared, {"thing_id": str(thing), "tags": ["a"]}) == {"thing_id": thing, "tags": ["a"]}


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [([], "thing_id"), ({"thing_id": 1}, "thing_id"), (["x"] * 4, "get_thing"), ({"self": 1, "thing_id": "x"}, "self")],
)
def test_arguments_that_do_not_fit_say_which_one(arguments: Any, wrong: str) -> None:
    with pytest.raises(InvalidArguments) as refused:
        bind(declared_by(Sound)[0], arguments)
    problems = refused.value.facts["problems"]
    assert isinstance(problems, dict)
    assert wrong in problems


@pytest.mark.parametrize("arguments", [None, 1, "text", True])
def test_arguments_come_as_an_object_or_an_array(arguments: Any) -> None:
    with pytest.raises(BadRequest):
        bind(declared_by(Sound)[0], arguments)


def test_a_name_used_twice_is_refused() -> None:
    with pytest.raises(DeclarationError, match="taken"):
        Methods().including(Sound).including(Sound)


def no_docstring(self: object) -> int:
    return 1


def untyped(self, x) -> int:  # type: ignore[no-untyped-def]
    """Return."""
    return int(x)


def keyword_only(self: object, *, x: int) -> int:
    """Return."""
    return x


def no_answer(self: object):  # type: ignore[no-untyped-def]
    """Return."""


def _private(self: object) -> int:
    """Return."""
    return 1


def long_help(self: object) -> int:
    """Return a number that is described by a sentence which goes on and on until nobody can read it."""
    return 1


@pytest.mark.parametrize("bad", [no_docstring, untyped, keyword_only, no_answer, _private, long_help])
def test_a_bad_declaration_is_refused_with_the_cure(bad: Callable[..., Any]) -> None:
    with pytest.raises(DeclarationError, match=bad.__name__):
        method(bad)


def test_an_unknown_door_is_refused() -> None:
    with pytest.raises(DeclarationError, match="window"):
        method(doors=frozenset({"window"}))(Sound.not_declared)


@pytest.mark.parametrize("name", sorted(METHODS))
def test_each_method_is_named_by_a_verb_and_has_a_sentence(name: str) -> None:
    assert name.split("_", maxsplit=1)[0] in VERBS
    assert METHODS[name].help[0].isupper()
    assert METHODS[name].needs or METHODS[name].is_public
    assert METHODS[name].rest
