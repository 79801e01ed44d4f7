"""Long work of a person's own class: a function declared with `@task`, which the class starts and a runner runs."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from tasks.kinds import Kind, Retry
from tasks.work import Work

Function = TypeVar("Function", bound=Callable[..., None])


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskWords:
    """How a declared task is run."""

    may_repeat: bool = False
    may_be_retried: bool = True
    retry: Retry | None = None


_DECLARED: dict[Callable[..., None], TaskWords] = {}


@overload
def task(function: Function, /) -> Function: ...
@overload
def task(
    *, may_repeat: bool = False, may_be_retried: bool = True, retry: Retry | None = None
) -> Callable[[Function], Function]: ...
def task(function: Any = None, /, **words: Any) -> Any:
    """Declare long work: a static function of `work` (see tasks.work.Work) and plain JSON arguments.

    `may_repeat`: one whose runner died is run again from the start; `retry`: when a failed one is tried again;
    `may_be_retried`: a visitor may have a failed one done anew.
    """
    if function is None:
        return lambda declared: _record(declared, TaskWords(**words))
    return _record(function, TaskWords())


def kinds_of(plugin: type) -> list[Kind]:
    """Return the kinds that a class declares, named after their functions."""
    functions = {name: inspect.unwrap(getattr(plugin, name)) for name in dir(plugin) if not name.startswith("__")}
    return [
        Kind(
            name=name,
            run=_runner_of(function),
            may_repeat=words.may_repeat,
            may_be_retried=words.may_be_retried,
            retry=words.retry,
        )
        for name, function in functions.items()
        if inspect.isfunction(function) and (words := _DECLARED.get(function)) is not None
    ]


def _record(function: Any, words: TaskWords) -> Any:
    _DECLARED[inspect.unwrap(function)] = words
    return function


def _runner_of(function: Callable[..., None]) -> Callable[[Work], None]:
    return lambda work: function(work, **work.task.arguments)
