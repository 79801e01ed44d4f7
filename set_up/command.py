"""Run other programs quietly, and say what went wrong when one fails."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NUM_LINES_SHOWN = (10, 20)  # first and last: npm begins with its reason, uv and compilers end with it


class SetUpError(Exception):
    """A step failed; the text says what to do next."""


def command(
    words: Sequence[str | Path], hint: str, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> None:
    """Run a program quietly; its last lines and the hint are the error when it fails."""
    ended = subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if ended.returncode:
        program = " ".join([Path(words[0]).name, *map(str, words[1:4])])
        raise SetUpError(f"`{program} ...` ended with code {ended.returncode}.\n{shortened(ended.stdout)}\n{hint}")


def shortened(output: str) -> str:
    lines = [line for line in output.splitlines() if line.strip()]
    first, last = NUM_LINES_SHOWN
    return "\n".join(lines if len(lines) <= first + last else [*lines[:first], "...", *lines[-last:]])


def say(line: str) -> None:
    print(f"[set-up] {line}", flush=True)
