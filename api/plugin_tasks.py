"""Long work of a person's own class: a function declared with `@task`, which the class starts and a runner runs."""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar, overload

from tasks.kinds import Kind, OnLeave, Retry
from tasks.work import Work

Function = TypeVar("Function", bound=Callable[..., None])


_DECLARED: dict[Callable[..., None], dict[str, Any]] = {}  # function -> fields of its Kind


@overload
def task(function: Function, /) -> Function: ...
@overload
def task(
    *,
    may_repeat: bool = False,
    may_be_retried: bool = True,
    retry: Retry | None = None,
    on_leave: OnLeave = "finish",
) -> Callable[[Function], Function]: ...
def task(function: Any = None, /, **words: Any) -> Any:
    """Declare long work: a static function of `work` (see tasks.work.Work) and plain JSON arguments.

    `may_repeat`: one whose runner died is run again from the start; `retry`: when a failed one is tried again;
    `may_be_retried`: a visitor may have a failed one done anew; `on_leave`: when its visitor leaves it goes on
    ("finish"), ends ("cancel"), or ends after so many seconds without them (a number).
    """
    if function is None:
        return lambda declared: _record(declared, words)
    return _record(function, {})


def kinds_of(plugin: type) -> list[Kind]:
    """Return the kinds that a class declares, named after their functions."""
    functions = {name: inspect.getattr_static(plugin, name) for name in dir(plugin)}
    declared = {name: inspect.unwrap(one) for name, one in functions.items() if inspect.isroutine(one)}
    return [
        Kind(name=name, run=_runner_of(function), **{"may_be_retried": True, **_DECLARED[function]})
        for name, function in declared.items()
        if function in _DECLARED
    ]


def _record(function: Any, words: dict[str, Any]) -> Any:
    _DECLARED[inspect.unwrap(function)] = words
    return function


def _runner_of(function: Callable[..., None]) -> Callable[[Work], None]:
    return lambda work: function(work, **work.task.arguments)
