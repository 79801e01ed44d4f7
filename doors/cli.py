"""The door `cli`: `python main.py call <method> --name value`, in this process or to a server with a token.

JSON on stdout, everything else on stderr. Options, types and help come from the declarations.
"""

import argparse
import inspect
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, Protocol
from uuid import UUID

from loguru import logger
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from api.caller import LANGUAGES
from api.errors import ApiError, UnknownMethod
from api.method import METHODS, Method, Methods
from api.plugin import load_plugin
from api.services import Services
from doors.entrance import Entrance
from doors.own import follow_own, open_any, open_own, own_caller
from sessions.own_key import own_keys
from settings import Settings, load_own_settings
from store.database import Database, StoreUnavailable
from studiolo_client import Connection, StudioloError
from tasks.states import TaskState

DONE, REFUSED, MISUSED, UNREACHABLE, NOT_COMPLETED = 0, 1, 2, 3, 4
STOPPED = 130  # as shells say it: ended by Ctrl+C
EPILOG = (
    "JSON goes to stdout, messages to stderr. Exit codes: 0 done, 1 the call was refused, 2 wrong words, 3 the server "
    "or the data folder cannot be reached, 4 the followed task did not complete."
)
Build = Callable[[Settings], "Parts"]
Errors = tuple[type[Exception], ...]


class Parts(Protocol):
    """What a call on this machine needs of the parts that web_mode.py builds."""

    @property
    def settings(self) -> Settings:
        """What was set."""

    @property
    def database(self) -> Database:
        """The store."""

    @property
    def services(self) -> Services:
        """What the areas stand on."""

    @property
    def entrance(self) -> Entrance:
        """What opens workspaces."""

    def start(self) -> None:
        """Start what runs tasks."""

    def stop(self) -> None:
        """Stop it."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How a call is made and a task followed."""

    ask: Callable[[str, Any], Any]
    follow: Callable[[str], Iterable[dict[str, Any]]]


def main(arguments: Sequence[str], build: Build, start_errors: Errors) -> int:
    """Run `main.py call`; answers the exit code."""
    unreachable: Errors = (*start_errors, StoreUnavailable)
    logger.remove()
    logger.add(sys.stderr, level="ERROR")
    try:
        plugin = _plugin_in(arguments)
        methods = METHODS.including(load_plugin(plugin)) if plugin else METHODS
        options = make_parser(methods).parse_args(arguments)
        settings = load_own_settings(**({"plugin": plugin} if plugin else {}))
        return _call(methods[options.method], options, settings, build)
    except ValueError as error:
        return _stopped(str(error), MISUSED)
    except ApiError as error:
        return _stopped(f"{error.code}: {error.message('en')}", REFUSED)
    except unreachable as error:
        return _stopped(str(error), UNREACHABLE)
    except KeyboardInterrupt:
        return STOPPED


def _call(one: Method, options: argparse.Namespace, settings: Settings, build: Build) -> int:
    given = arguments_of(one, options, sys.stdin.read)
    options.own_url = options.own_url or settings.url
    if options.own_url:
        return run(one, given, options, _remote(options, options.own_token or settings.token or ""))
    with _here(build(settings), options) as ways:
        return run(one, given, options, ways)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the words in one sentence, without the whole usage before it."""

    def error(self, message: str) -> NoReturn:
        if message.startswith("argument METHOD: invalid choice"):
            raise UnknownMethod
        raise ValueError(f"{self.prog}: {message}. See `{self.prog} --help`.")


def make_parser(methods: Methods) -> argparse.ArgumentParser:
    """Return the parser: own options, and a sub-command for each method with an option for each parameter."""
    parser = _Parser(
        prog="main.py call",
        description="Call one method: in your own workspace on this machine, or with --url on a server.",
        epilog=EPILOG,
    )
    _add_own_options(parser, frozenset(), default=None)
    names = parser.add_subparsers(dest="method", metavar="METHOD", required=True)
    for one in methods.at("cli"):
        _add_method(names, one)
    return parser


def _add_own_options(parser: argparse.ArgumentParser, taken: frozenset[str], default: Any) -> None:
    """Add what is no argument of a method; a method that has a parameter of that name keeps it."""
    own: dict[str, dict[str, Any]] = {
        "url": {"help": "address of a server, for example http://localhost:5000", "metavar": "URL"},
        "token": {"help": "a token of a workspace there; also STUDIOLO_TOKEN", "metavar": "WORD"},
        "session": {"help": "another workspace of this machine", "metavar": "UUID"},
        "plugin": {"help": "folder with a class of your own: its methods too", "metavar": "FOLDER"},
        "language": {"help": "language of messages", "choices": LANGUAGES},
        "arguments": {"help": "all arguments as one JSON object or array; - reads it from stdin", "metavar": "JSON"},
    }
    for name, words in own.items():
        if name not in taken:
            parser.add_argument(f"--{name}", default=default, dest=f"own_{name}", **words)
    if "follow" not in taken:
        parser.add_argument(
            "--follow",
            action="store_true",
            default=default,
            dest="own_follow",
            help="show a task's events as lines of JSON as they come, then the task",
        )


def _add_method(names: Any, one: Method) -> None:
    parser = names.add_parser(one.name, help=one.help, description=one.text, epilog=EPILOG)
    for parameter in one.parameters:
        words = sorted({f"--{parameter.name.replace('_', '-')}", f"--{parameter.name}"})
        parser.add_argument(*words, dest=f"given_{parameter.name}", metavar="VALUE", help=_help_of(parameter))
    _add_own_options(parser, frozenset(parameter.name for parameter in one.parameters), default=argparse.SUPPRESS)


def _help_of(parameter: inspect.Parameter) -> str:
    kind = inspect.formatannotation(parameter.annotation).replace("typing.", "").replace("%", "%%")
    empty = parameter.default is inspect.Parameter.empty
    return f"{kind}, needed" if empty else f"{kind}, unset: {json.dumps(parameter.default)}"


def arguments_of(one: Method, options: argparse.Namespace, stdin: Callable[[], str]) -> Any:
    """Return a call's arguments as plain JSON values. Raises ValueError with a sentence."""
    given = {p.name: getattr(options, f"given_{p.name}") for p in one.parameters}
    named = {name: word for name, word in given.items() if word is not None}
    whole = getattr(options, "own_arguments", None)
    if whole is not None:
        if named:
            raise ValueError("give the arguments by --arguments, or each by its own option; not both")
        return _json(stdin() if whole == "-" else whole, "--arguments")
    return {p.name: value_of(p, named[p.name]) for p in one.parameters if p.name in named}


def value_of(parameter: inspect.Parameter, word: str) -> Any:
    """Return a shell's word as the plain JSON value of a parameter; one that fits nothing goes on as it is.

    What takes a text gets the word itself; what does not gets the JSON in it.
    """
    shape: TypeAdapter[Any] = TypeAdapter(parameter.annotation)
    try:
        return shape.dump_python(shape.validate_strings(word), mode="json")
    except (ValidationError, ValueError):
        pass
    try:
        return from_json(word, allow_inf_nan=False)
    except ValueError:
        return word  # `call` says why it does not fit


def _json(text: str, name: str) -> Any:
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise ValueError(f"{name} is not JSON ({error})") from None


def run(one: Method, arguments: Any, options: argparse.Namespace, ways: Ways) -> int:
    """Call the method, print its answer, and follow its task where that is asked for."""
    try:
        answer = ways.ask(one.name, arguments)
        if not (options.own_follow and one.answers_task):
            _print(answer, is_long=True)
            return DONE
        for event in ways.follow(answer["id"]):
            _print(event, is_long=False)
        ended = ways.ask("get_task", {"task_id": answer["id"]})
        _print(ended, is_long=False)
        return DONE if ended["state"] == TaskState.COMPLETED else NOT_COMPLETED
    except ApiError as error:
        return _stopped(f"{error.code}: {error.message(options.own_language or 'en')}", REFUSED)
    except StudioloError as error:
        return _stopped(f"{error.code}: {error.message}", REFUSED if error.status else UNREACHABLE)


def _remote(options: argparse.Namespace, token: str) -> Ways:
    connection = Connection(options.own_url, token, language=options.own_language or "en")

    def follow(task_id: str) -> Iterable[dict[str, Any]]:
        return (dict(event) for event in connection.events(task_id))

    return Ways(lambda name, arguments: connection.call(name, arguments), follow)


@contextmanager
def _here(parts: Parts, options: argparse.Namespace) -> Iterator[Ways]:
    """Give the ways on this machine; what runs tasks is started only for one who follows."""
    if options.own_session:
        api = open_any(parts.entrance, parts.database, options.own_session)
    else:
        api = open_own(parts.entrance, own_keys(parts.settings.data_dir))

    def ask(name: str, arguments: Any) -> Any:
        return api.call(own_caller(api, "cli", options.own_language or "en"), name, arguments)

    def follow(task_id: str) -> Iterator[dict[str, Any]]:
        return follow_own(parts.database, parts.services.journal, UUID(task_id))

    if options.own_follow:
        parts.start()
    try:
        yield Ways(ask, follow)
    finally:
        if options.own_follow:
            parts.stop()
        else:
            parts.database.close()


def _print(value: Any, *, is_long: bool) -> None:
    sys.stdout.write(to_json(value, indent=2 if is_long else None, inf_nan_mode="null").decode() + "\n")
    sys.stdout.flush()


def _plugin_in(arguments: Sequence[str]) -> Path | None:
    # Its methods must be known before the other words are read.
    words = list(arguments)
    if "--plugin" in words[:-1]:
        return Path(words[words.index("--plugin") + 1])
    return next((Path(word.partition("=")[2]) for word in words if word.startswith("--plugin=")), None)


def _stopped(sentence: str, exit_code: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    return exit_code
