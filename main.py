"""Start Studiolo: `python main.py <word>`. Only the standard library is loaded until a word is chosen."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent


def main(arguments: Sequence[str]) -> int:
    """Run one word; returns the exit code."""
    if not arguments or arguments[0].partition("=")[0] in ("--attach", "--plugin"):
        return _window(arguments)
    word, rest = arguments[0], arguments[1:]
    runs = {
        "setup": _set_up,
        "web": _web,
        "model": _model,
        "types": _types,
        "call": _call,
        "completion": _completion,
        "mcp": _mcp,
        "worker": _worker,
        "engine": _engine,
        "engine-window": _engine_window,
    }
    if word in ("backup", "restore", "db"):
        return _data(arguments)
    if word in runs:
        return runs[word](rest)
    print(_HELP)
    return 0 if word in ("-h", "--help") else 2


_HELP = """Studiolo: a workspace of one's own for everyone who opens the page.

  python main.py         open the page in a window; --plugin FOLDER, or --attach URL for a Studiolo elsewhere
  python main.py setup   make everything it needs inside this folder; --desktop: the window, too
  python main.py web     serve the page (STUDIOLO_HOST, STUDIOLO_PORT), --plugin FOLDER for a class of your own
  python main.py call    call a method from the shell: `call --help`, `call <method> --help`
  python main.py mcp     serve the Model Context Protocol on stdio (at /mcp the server does, too)
  python main.py worker  take up tasks in a process of its own, beside the server (there: STUDIOLO_NUM_RUNNERS=0)
  python main.py backup  save all data as a folder while the server works; `restore FOLDER` brings it back
  python main.py db      upgrade, check, or copy the database: `db --help`
  python main.py engine  (started by the others) the browsers that run page scripts
  python main.py types   write what is generated from the declarations; --check says whether it is fresh
  python main.py model   (started by the others) the small model on this machine
"""


def _window(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="main.py", description="Open the page in a window.")
    parser.add_argument("--attach", metavar="URL", help="address of a Studiolo to open instead of one's own")
    parser.add_argument("--plugin", type=Path, help="folder with api.py and index.html of your own")
    given = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value is not None}
    _go_into_own_python()
    from window_mode import run

    return run(given)


def _set_up(arguments: Sequence[str]) -> int:
    from set_up import main as set_up

    return set_up(arguments)


def _web(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="main.py web", description="Serve the page.")
    parser.add_argument("--host", help="address to listen on")
    parser.add_argument("--port", type=int, help="port to listen on; 0 takes a free one")
    parser.add_argument("--plugin", type=Path, help="folder with api.py and index.html of your own")
    given = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value is not None}
    _go_into_own_python()
    return _serve(given)


def _serve(given: dict[str, object]) -> int:
    from doors.serve import serve, take_port
    from settings import load_settings
    from web_mode import START_ERRORS, create_asgi

    try:
        settings = load_settings(**given)
        listener = take_port(settings)
        app = create_asgi(settings)
    except START_ERRORS as error:
        print(f"Studiolo does not start: {error}", file=sys.stderr)
        return 1
    serve(app, listener)
    return 0


def _worker(arguments: Sequence[str]) -> int:
    def run(settings: Any) -> None:
        from web_mode import run_worker

        run_worker(settings)

    return _beside("worker", "Take up tasks in a process of its own.", arguments, run)


def _engine(arguments: Sequence[str]) -> int:
    def run(settings: Any) -> None:
        from engine_mode import run_engine

        run_engine(settings)

    return _beside("engine", "Hold the pages that run scripts.", arguments, run)


def _beside(word: str, about: str, arguments: Sequence[str], run: Callable[[Any], None]) -> int:
    """Run a process that works beside a server."""
    parser = argparse.ArgumentParser(prog=f"main.py {word}", description=about)
    parser.add_argument("--plugin", type=Path, help="folder with api.py and index.html of your own")
    given = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value is not None}
    _go_into_own_python()
    from settings import load_settings
    from web_mode import START_ERRORS

    try:
        run(load_settings(**given))
    except START_ERRORS as error:
        print(f"The {word} does not start: {error}", file=sys.stderr)
        return 1
    return 0


def _engine_window(arguments: Sequence[str]) -> int:
    from engines.window_main import main as hold_windows

    return hold_windows(arguments)


def _model(arguments: Sequence[str]) -> int:
    from providers.local_model import main as model

    model(list(arguments))
    return 0


def _types(arguments: Sequence[str]) -> int:
    _go_into_own_python()
    import web_mode  # noqa: F401 — registers the areas
    from api.method import METHODS
    from doors.generated import main as types

    return types(arguments, METHODS)


def _call(arguments: Sequence[str]) -> int:
    _go_into_own_python()
    from doors.cli import main as call
    from web_mode import START_ERRORS, build

    return call(arguments, build, START_ERRORS)


def _mcp(arguments: Sequence[str]) -> int:
    _go_into_own_python()
    from doors.mcp_stdio import main as mcp
    from web_mode import START_ERRORS, build

    return mcp(arguments, build, START_ERRORS)


def _data(arguments: Sequence[str]) -> int:
    _go_into_own_python()
    from doors.data_words import main as data

    return data(arguments)


def _completion(_arguments: Sequence[str]) -> int:
    _go_into_own_python()
    import web_mode  # noqa: F401 — registers the areas
    from api.method import METHODS
    from doors.completion import main as completion

    return completion(METHODS)


def _go_into_own_python() -> None:
    """Go on in the Python that `setup` made, where this one has not the packages."""
    if getattr(sys, "frozen", False) or sys.prefix != sys.base_prefix:
        return
    own = ROOT / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not own.exists():
        sys.exit("Studiolo is not set up yet. Run `python main.py setup` first.")
    os.execv(own, [str(own), *sys.argv])  # noqa: S606 — a path of our own, no shell


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
