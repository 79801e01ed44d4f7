"""Which engine this machine runs page scripts with: what was set, or the first that it has."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from engines.base import Engine, Unavailable

OFF = "STUDIOLO_ENGINE is none."
CURE_OFF = "Set STUDIOLO_ENGINE=auto."


@dataclass(frozen=True, slots=True)
class Choice:
    """An engine, or why there is none; `why` is a sentence either way."""

    engine: Engine | None
    why: str
    missing: Unavailable | None = None


def choose(word: str, engines: Sequence[Engine]) -> Choice:
    """Return what `auto`, `none` or an engine's name means here; `engines` in order of preference."""
    if word == "none":
        return Choice(None, OFF, Unavailable(OFF, CURE_OFF))
    lacking: list[Unavailable] = []
    for engine in engines:
        if word in ("auto", engine.name):
            try:
                engine.check()
            except Unavailable as error:
                lacking.append(error)
            else:
                return Choice(engine, _praise(word, engine, lacking))
    missing = lacking[0] if lacking else Unavailable(f"There is no engine called {word}.", CURE_OFF)
    return Choice(None, str(missing), missing)


class MakeEngine(Protocol):
    """An engine's class: a folder for what its browsers store, and the guard's port on loopback (None: no way out)."""

    def __call__(self, root: Path, *, has_sandbox: bool, proxy_port: int | None) -> Engine:
        """Make it; nothing is started."""


def engines_here(
    root: Path, *, has_sandbox: bool, proxy_port: int | None = None, more: Sequence[MakeEngine] = ()
) -> list[Engine]:
    """Return the engines there are, in the order of preference; a browser's library is loaded only now."""
    from engines.chrome import Chrome
    from engines.window import Window

    kinds: list[MakeEngine] = [Chrome, Window, *more]
    return [kind(root, has_sandbox=has_sandbox, proxy_port=proxy_port) for kind in kinds]


def _praise(word: str, engine: Engine, lacking: Sequence[Unavailable]) -> str:
    if word != "auto":
        return f"The engine is {engine.name}, as STUDIOLO_ENGINE says."
    if lacking:
        return f"The engine is {engine.name}, because: {lacking[0].reason}"
    return f"The engine is {engine.name}: it is the first choice, and this machine has it."
