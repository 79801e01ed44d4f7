"""Make everything Studiolo needs inside this folder: what `python main.py setup` runs.

Standard library only: it runs before anything is installed, on Linux, macOS and Windows. Each step is stamped with a
hash of what went into it, so a second run does only what has changed, and mostly nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

from set_up import system
from set_up.command import SetUpError, say
from set_up.page import find_node, modules_step, page_step, run_npm
from set_up.place import Place
from set_up.python import EXTRAS, packages_step, uv_step, venv_step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from set_up.step import Step

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)


def main(arguments: Sequence[str]) -> int:
    """Set up as the words say; answers the exit code."""
    options = parse(arguments)
    try:
        if sys.version_info < OLDEST_PYTHON:
            raise SetUpError("Studiolo needs Python 3.11 or newer: install it and run this again with `python3.11`.")
        return run(Place(ROOT), options)
    except SetUpError as error:
        print(f"Set-up stopped: {error}", file=sys.stderr)
        return 1


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python main.py setup", description="Make everything Studiolo needs.")
    parser.add_argument("--desktop", action="store_true", help="also the desktop window; kept from then on")
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need; kept from then on")
    parser.add_argument("--system", action="store_true", help="also the programs of the system that tests need")
    parser.add_argument("--check", action="store_true", help="change nothing; say what is not made yet and exit 1")
    parser.add_argument("--npm", nargs=argparse.REMAINDER, help="then run npm in page/ with the words that follow")
    return parser.parse_args(arguments)


def run(place: Place, options: argparse.Namespace) -> int:
    if options.check:
        return check(place, extras_of(options))
    started = time.monotonic()
    with only_one(place):
        if options.system:
            system.ensure(system.PACKAGES)
        num_done = make(place, extras_of(options))
    if num_done:
        say(f"everything is set up ({time.monotonic() - started:.1f} s)")
    return run_npm(place, options.npm) if options.npm else 0


def extras_of(options: argparse.Namespace) -> frozenset[str]:
    """Return which packages are wanted beside those that serve the page."""
    return frozenset(name for name in EXTRAS if getattr(options, name))


def make(place: Place, extras: frozenset[str]) -> int:
    """Do every step that is not done; answers how many were."""
    num_done = 0
    for step in steps(place, extras):
        if not step.is_done(place):
            step.do(place)
            num_done += 1
    return num_done


def check(place: Place, extras: frozenset[str]) -> int:
    stale = [step.title for step in steps(place, extras) if not step.is_done(place)]
    for title in stale:
        say(f"not made yet: {title} (`python main.py setup` makes it)")
    return 1 if stale else 0


def steps(place: Place, extras: frozenset[str]) -> Iterator[Step]:
    """Yield the steps in order; a later one may look at what an earlier one made."""
    yield venv_step(place)
    yield uv_step(place)
    yield packages_step(place, extras)
    node = find_node(place)
    yield modules_step(place, node)
    yield page_step(place, node)


@contextlib.contextmanager
def only_one(place: Place) -> Iterator[None]:
    """Let one set-up at a time work in this folder; another waits for it."""
    with (place.root / ".set-up.lock").open("w") as held:
        lock(held)
        yield


def lock(held: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(held.fileno(), msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(held, fcntl.LOCK_EX)
