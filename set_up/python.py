"""The Python side: a virtual environment, the installer uv, and exactly the pinned packages."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from set_up import system
from set_up.command import command
from set_up.page import machine_node
from set_up.pip import uv_configuration
from set_up.step import Step, digest_of, read_stamp

if TYPE_CHECKING:
    from pathlib import Path

    from set_up.place import Place

EXTRAS = {"desktop": ("desktop",), "dev": ("dev", "desktop")}  # tests open real windows
INDEX_HINT = "Can this machine reach PyPI (or the index in your pip configuration)?"


def venv_step(place: Place) -> Step:
    # A virtual environment holds its own path and its Python's version: moved or of another version, it is made anew.
    digest = f"{sys.version_info.major}.{sys.version_info.minor} {place.venv}"
    may_adopt = not read_stamp(place, "python")
    return Step("python", "Python environment", digest, (place.python,), lambda: make_venv(place, may_adopt=may_adopt))


def make_venv(place: Place, *, may_adopt: bool) -> None:
    """Make the environment anew, unless somebody's own one lies there and works."""
    if may_adopt and is_sound(place):
        return
    if not importlib.util.find_spec("ensurepip"):
        system.install_venv_support()
    if place.venv.exists():
        shutil.rmtree(place.venv)
    base = getattr(sys, "_base_executable", "") or sys.executable
    command([base, "-m", "venv", place.venv], "Is the disk full, or the folder not yours to write?")


def is_sound(place: Place) -> bool:
    """Tell whether the environment runs, has pip, and is of the Python that runs this."""
    program = "import pip, sys; print(sys.version_info[:2] == " + repr(tuple(sys.version_info[:2])) + ")"
    try:
        answer = subprocess.run([place.python, "-c", program], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.stdout.strip() == "True"


def uv_step(place: Place) -> Step:
    def work() -> None:
        words: list[str | Path] = [
            place.python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--require-hashes",
            "--no-deps",
            "-r",
            pins,
        ]
        command(words, INDEX_HINT)

    pins = place.root / "requirements-uv.txt"
    return Step("uv", "Installer (uv)", digest_of([pins]), (place.uv,), work)


def packages_step(place: Place, extras: frozenset[str]) -> Step:
    """Install exactly the pinned packages, in one go: `uv pip sync` removes whatever its files do not name."""
    files = [place.root / name for name in ("requirements.txt", "requirements-uv.txt", "requirements-model.txt")]
    # Once added, an extra stays: else `make run` and `make test` would undo each other's work.
    kept = [name for name in EXTRAS if name in extras or (place.stamps / name).exists()]
    files += [
        place.root / f"requirements-{name}.txt" for name in sorted({part for one in kept for part in EXTRAS[one]})
    ]
    if machine_node() is None:
        files.append(place.root / "requirements-node.txt")

    def work() -> None:
        configured, environment = uv_configuration(place)
        words: list[str | Path] = [place.uv, "pip", "sync", "--quiet", "--require-hashes", "--python", place.python]
        # uv compiles nothing by itself: the first start would, and where Python may write nothing each start would.
        command([*words, "--compile-bytecode", *configured, *files], INDEX_HINT, environment)
        for name in extras:
            (place.stamps / name).touch()

    return Step("packages", "Python packages and the local model", digest_of(files), (place.python,), work)
