"""The door `cli`: `python main.py call <method> --name value`, in this process or to a server with a token.

JSON on stdout, everything else on stderr. Options, types and help come from the declarations.
"""

import argparse
import inspect
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

from loguru import logger
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from api.caller import LANGUAGES
from api.errors import ApiError, UnknownMethod
from api.fields import element_of
from api.method import METHODS, Method, Methods
from api.plugin import load_plugin
from doors.own import Build, Errors, OwnParts, follow_own, open_chosen, own_caller
from settings import Settings, load_own_settings
from store.database import StoreUnavailable
from studiolo_client import Connection, StudioloError
from tasks.states import TaskState

DONE, REFUSED, MISUSED, UNREACHABLE, NOT_COMPLETED = 0, 1, 2, 3, 4
STOPPED = 130  # as shells say it: ended by Ctrl+C
EPILOG = (
    "JSON goes to stdout, messages to stderr. Exit codes: 0 done, 1 the call was refused, 2 wrong words, 3 the server "
    "or the data folder cannot be reached, 4 the followed task did not complete."
)


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
        "key": {"help": "idempotency key: the same again within a day does nothing twice", "metavar": "KEY"},
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
    taken = options_of(one)
    for parameter in taken:
        words = sorted({f"--{parameter.name.replace('_', '-')}", f"--{parameter.name}"})
        how: dict[str, Any] = {"action": "append"} if element_of(parameter.annotation) else {}
        parser.add_argument(*words, dest=f"given_{parameter.name}", metavar="VALUE", help=_help_of(parameter), **how)
    _add_own_options(parser, frozenset(parameter.name for parameter in taken), default=argparse.SUPPRESS)


def options_of(one: Method) -> list[inspect.Parameter]:
    """Return what a method takes as options: its parameters, and the fields of the one that is spread."""
    names = {parameter.name for parameter in one.parameters}
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    fields = {name: annotation for name, annotation in one.spread_fields.items() if name not in names}
    spread = [inspect.Parameter(name, kind, default=None, annotation=shape) for name, shape in fields.items()]
    return [*one.parameters, *spread]


def _help_of(parameter: inspect.Parameter) -> str:
    kind = inspect.formatannotation(parameter.annotation).replace("typing.", "").replace("%", "%%")
    empty = parameter.default is inspect.Parameter.empty
    return f"{kind}, needed" if empty else f"{kind}, unset: {json.dumps(parameter.default)}"


def arguments_of(one: Method, options: argparse.Namespace, stdin: Callable[[], str]) -> Any:
    """Return a call's arguments as plain JSON values. Raises ValueError with a sentence."""
    taken = {parameter.name: parameter for parameter in options_of(one)}
    words = {name: getattr(options, f"given_{name}") for name in taken}
    named = {name: word for name, word in words.items() if word is not None}
    whole = getattr(options, "own_arguments", None)
    if whole is not None:
        if named:
            raise ValueError("give the arguments by --arguments, or each by its own option; not both")
        return _json(stdin() if whole == "-" else whole, "--arguments")
    values = {name: value_of(taken[name].annotation, word) for name, word in named.items()}
    if one.spread is None:
        return values
    own = {parameter.name for parameter in one.parameters}
    fields = {name: value for name, value in values.items() if name not in own}
    named = {name: value for name, value in values.items() if name in own}
    whole = named.get(one.spread, {})
    return named | {one.spread: {**whole, **fields} if isinstance(whole, dict) else whole}


def value_of(annotation: Any, word: str | list[str]) -> Any:
    """Return a shell's word as the plain JSON value of a parameter; one that fits nothing goes on as it is.

    What takes a text gets the word itself; what does not gets the JSON in it. A list gets each of its words, or a JSON
    array.
    """
    if isinstance(word, list):
        element = element_of(annotation)
        whole = _array(word)
        return [value_of(element, one) for one in word] if whole is None else whole
    shape: TypeAdapter[Any] = TypeAdapter(annotation)
    try:
        return shape.dump_python(shape.validate_strings(word), mode="json")
    except (ValidationError, ValueError):
        pass
    try:
        return from_json(word, allow_inf_nan=False)
    except ValueError:
        return word  # `call` says why it does not fit


def _array(words: list[str]) -> list[Any] | None:
    try:
        found = from_json(words[0], allow_inf_nan=False) if len(words) == 1 else None
    except ValueError:
        return None
    return found if isinstance(found, list) else None


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

    return Ways(lambda name, arguments: connection.call(name, arguments, _key_for(name, options)), follow)


@contextmanager
def _here(parts: OwnParts, options: argparse.Namespace) -> Iterator[Ways]:
    """Give the ways on this machine; what runs tasks is started only for one who follows."""
    api = open_chosen(parts, options.own_session)

    def ask(name: str, arguments: Any) -> Any:
        caller = own_caller(api, "cli", options.own_language or "en", _key_for(name, options))
        return api.call(caller, name, arguments)

    if not options.own_follow:
        with closing(parts.database):
            yield Ways(ask, lambda _task_id: ())
        return
    with _late_interrupt() as is_over:
        parts.start()
        try:
            yield Ways(ask, lambda word: follow_own(parts.database, parts.services.journal, UUID(word), is_over))
        finally:
            parts.stop()


@contextmanager
def _late_interrupt() -> Iterator[Callable[[], bool]]:
    """Have Ctrl-C noted and not raised wherever it comes: it might leave a lock taken that our threads wait for.

    Who asks twice does not want to wait.
    """
    asked: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    if before == signal.SIG_IGN or threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return

    def note(number: int, _frame: object) -> None:
        asked.append(number)
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


def _key_for(name: str, options: argparse.Namespace) -> str | None:
    # The task that is followed is read under no key.
    return options.own_key if name == options.method else None


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
