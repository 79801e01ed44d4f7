"""The one declaration of a method, and the one way in.

`@method` records a function and returns it unchanged; `Methods` is the registry; `call` is how every door calls.
"""

import inspect
import re
import typing
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NotRequired, Required, TypeVar, cast, overload

from loguru import logger
from pydantic import ConfigDict, JsonValue, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, to_json
from typing_extensions import TypedDict

from api.caller import Caller
from api.errors import ApiError, BadRequest, InternalError, InvalidArguments, TooManyTasks, UnknownMethod, of_store
from api.fields import fields_of
from api.numbers import MAX_WHOLE
from store.database import StoreUnavailable
from tasks.queue import QueueFull

DOORS = frozenset({"rpc", "rest", "live", "desktop", "engine", "cli", "mcp"})
MAX_HELP = 80

Function = TypeVar("Function", bound=Callable[..., Any])


class DeclarationError(Exception):
    """A method is declared wrongly; the text says where and how to mend it. Raised at import."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One declared operation: its name, help, rights, doors, and the shapes of what goes in and out."""

    name: str
    help: str
    text: str
    function: Callable[..., Any]
    parameters: tuple[inspect.Parameter, ...]
    arguments: TypeAdapter[Any]
    answer: TypeAdapter[Any]
    answer_type: Any
    doors: frozenset[str]
    rest: str | None
    needs: str | None
    is_heavy: bool
    is_public: bool
    is_secret: bool
    stream: str | None
    spread: str | None
    example: Mapping[str, JsonValue] | None
    owner: type | None = None

    @property
    def answers_task(self) -> bool:
        """Tell whether the answer is a Task, whose events a door may stream."""
        return getattr(self.answer_type, "__name__", "") == "Task"

    @property
    def spread_fields(self) -> Mapping[str, Any]:
        """The fields of the argument that `spread` names: name -> annotation."""
        return _fields_of_parameter(self.parameters, self.spread) if self.spread else {}

    @property
    def reads_only(self) -> bool:
        """Tell by its verb whether calling it twice is the same as once."""
        return self.name.split("_")[0] in {"get", "list"}


_DECLARED: dict[Callable[..., Any], Method] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    rest: str | None = None
    stream: str | None = None
    spread: str | None = None
    needs: str | None = None
    doors: frozenset[str] = DOORS
    heavy: bool = False
    public: bool = False
    secret: bool = False
    example: Mapping[str, JsonValue] | None = None


@overload
def method(function: Function, /) -> Function: ...
@overload
def method(
    *,
    rest: str | None = None,
    stream: str | None = None,
    spread: str | None = None,
    needs: str | None = None,
    doors: frozenset[str] = DOORS,
    heavy: bool = False,
    public: bool = False,
    secret: bool = False,
    example: Mapping[str, JsonValue] | None = None,
) -> Callable[[Function], Function]: ...
def method(function: Any = None, /, **words: Any) -> Any:
    """Declare a method: record it, and return the function unchanged.

    `rest` is its route, `stream` a second one that answers a Task's events at once; `spread` names the argument, an
    object, whose fields REST takes one by one: as the JSON body itself or as words of the query; `public` lets REST
    serve it to callers without a key; an answer that is `secret` is kept nowhere; `example` is a call that works in a
    new workspace.

    Raises DeclarationError for a missing docstring, an untyped or keyword-only parameter, or a private name.
    """
    if function is None:
        return lambda declared: _record(declared, _Words(**words))
    return _record(function, _Words())


def _record(function: Callable[..., Any], words: _Words) -> Callable[..., Any]:
    name, text = function.__name__, inspect.getdoc(function) or ""
    signature = inspect.signature(function, eval_str=True)
    parameters = tuple(signature.parameters.values())[1:]
    _refuse_bad_declaration(name, text, signature, words.doors)
    if words.spread is not None and not _fields_of_parameter(parameters, words.spread):
        raise DeclarationError(f"{name}: spread={words.spread!r} names no parameter that is an object with fields.")
    _DECLARED[function] = Method(
        name=name,
        help=text.splitlines()[0],
        text=text,
        function=function,
        parameters=parameters,
        arguments=_shape_of(name, parameters),
        answer=TypeAdapter(signature.return_annotation),
        answer_type=signature.return_annotation,
        doors=words.doors,
        rest=words.rest,
        needs=words.needs,
        is_heavy=words.heavy,
        is_public=words.public,
        is_secret=words.secret,
        stream=words.stream,
        spread=words.spread,
        example=words.example,
    )
    return function


def _fields_of_parameter(parameters: tuple[inspect.Parameter, ...], name: str) -> Mapping[str, Any]:
    return next((fields_of(one.annotation) for one in parameters if one.name == name), {})


def _refuse_bad_declaration(name: str, text: str, signature: inspect.Signature, doors: frozenset[str]) -> None:
    empty = inspect.Parameter.empty
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise DeclarationError(
            f"{name}: a method's name is made of small letters, digits and _, and does not begin with _."
        )
    if not text or len(text.splitlines()[0]) >= MAX_HELP:
        raise DeclarationError(f"{name}: write a docstring whose first line is a sentence under {MAX_HELP} letters.")
    if signature.return_annotation is empty:
        raise DeclarationError(f"{name}: say what it answers, for example `-> int`.")
    if doors - DOORS:
        raise DeclarationError(f"{name}: there is no door {sorted(doors - DOORS)}; there are {sorted(DOORS)}.")
    for parameter in list(signature.parameters.values())[1:]:
        if parameter.annotation is empty:
            raise DeclarationError(f"{name}: give the parameter {parameter.name} a type.")
        if parameter.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD:
            raise DeclarationError(
                f"{name}: {parameter.name} must be a plain parameter; desktop calls are by position."
            )


def _shape_of(name: str, parameters: tuple[inspect.Parameter, ...]) -> TypeAdapter[Any]:
    empty = inspect.Parameter.empty
    fields = {p.name: Required[p.annotation] if p.default is empty else NotRequired[p.annotation] for p in parameters}
    title = "".join(word.title() for word in name.split("_")) + "Arguments"
    shape = cast(Any, TypedDict)(title, fields)
    shape.__pydantic_config__ = ConfigDict(strict=True, extra="forbid")
    return TypeAdapter(shape)


class Methods(Mapping[str, Method]):
    """The registry: name -> Method. The only place where a visitor's word is looked up."""

    def __init__(self, methods: Mapping[str, Method] | None = None) -> None:
        self._methods = dict(methods or {})

    def __getitem__(self, name: str) -> Method:
        return self._methods[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._methods)

    def __len__(self) -> int:
        return len(self._methods)

    def add(self, area: type) -> None:
        """Register the methods that a class declares. Raises DeclarationError for a name used twice."""
        for declared in declared_by(area):
            if declared.name in self._methods:
                raise DeclarationError(f"{declared.name}: the name is taken. Choose another one in {area.__name__}.")
            self._methods[declared.name] = declared

    def including(self, area: type) -> "Methods":
        """Return a registry that has the methods of one more class."""
        both = Methods(self._methods)
        both.add(area)
        return both

    def at(self, door: str) -> list[Method]:
        """Return the methods that one door serves, by name."""
        return sorted((one for one in self._methods.values() if door in one.doors), key=lambda one: one.name)


METHODS = Methods()


def declared_by(area: type) -> list[Method]:
    """Return the methods declared in a class and its bases, bound to that class."""
    functions = {
        name: getattr(area, name) for name in dir(area) if inspect.isfunction(inspect.getattr_static(area, name))
    }
    found = [_DECLARED[function] for function in functions.values() if function in _DECLARED]
    return [Method(**{**{f: getattr(one, f) for f in one.__dataclass_fields__}, "owner": area}) for one in found]


class Room(typing.Protocol):
    """What `call` needs of an area's object: a place in which one call runs."""

    def running(self) -> AbstractContextManager[None]:
        """Open before the call and closed after it, also when it raises."""
        ...

    def once(self, declared: Method, given: Mapping[str, Any], work: Callable[[], Any]) -> Any:
        """Do a call that has an idempotency key, or answer what it answered before."""
        ...


def call(declared: Method | None, make_area: Callable[[type, Caller], Room], caller: Caller, arguments: object) -> Any:
    """Call a method for a caller and return its answer as plain JSON values: the only way in, from every door.

    `declared`: what the registry has under the visitor's word, None where it has nothing.
    `arguments`: a dict by name or a list by position, of plain JSON values.
    Raises ApiError: UnknownMethod, InvalidArguments, what the method raises, InternalError for a defect (logged).
    """
    if declared is None or caller.door not in declared.doors or declared.owner is None:
        raise UnknownMethod
    given = bind(declared, arguments)
    try:
        area = make_area(declared.owner, caller)
        if caller.idempotency_key is None or declared.reads_only:
            return _run(declared, area, given)
        return area.once(declared, given, lambda: _run(declared, area, given))
    except ApiError:
        raise
    except QueueFull as error:
        raise TooManyTasks(limit=error.limit, place=error.place, retry_after=error.retry_after) from None
    except StoreUnavailable as error:
        logger.error("{} could not reach the store: {} (request {})", declared.name, error, caller.request_id)
        raise of_store(error) from error
    except Exception as error:
        logger.opt(exception=error).error("{} broke (request {})", declared.name, caller.request_id)
        raise InternalError from error


def _run(declared: Method, area: Room, given: Mapping[str, Any]) -> Any:
    with area.running():
        answer = declared.function(area, **given)
    return declared.answer.dump_python(answer, mode="json")


def bind(declared: Method, arguments: object) -> dict[str, Any]:
    """Return validated arguments by name. Raises InvalidArguments, which says which one and why."""
    try:
        return cast(dict[str, Any], declared.arguments.validate_json(to_json(_whole(_named(declared, arguments)))))
    except PydanticSerializationError as error:
        raise BadRequest(reason=str(error)) from error
    except ValidationError as error:
        raise InvalidArguments({_place(one["loc"]): one["msg"] for one in error.errors(include_url=False)}) from None


def _whole(given: dict[str, Any]) -> dict[str, Any]:
    # JSON has one kind of number: 30.0 is as whole as 30. What stands deeper is the visitor's data and stays as it is.
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() and abs(value) <= MAX_WHOLE else value
        for name, value in given.items()
    }


def _named(declared: Method, arguments: object) -> dict[str, Any]:
    if isinstance(arguments, dict):
        return arguments
    if not isinstance(arguments, list):
        raise BadRequest(reason="arguments are an object (by name) or an array (by position)")
    if len(arguments) > len(declared.parameters):
        extra = f"takes at most {len(declared.parameters)} arguments, {len(arguments)} were given"
        raise InvalidArguments({declared.name: extra})
    return {parameter.name: value for parameter, value in zip(declared.parameters, arguments, strict=False)}


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(step) for step in location) or "arguments"
