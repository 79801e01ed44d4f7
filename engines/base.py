"""The contract of an engine: real browsers that run page scripts for sessions, and carry the scripts' calls back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol

MAX_VALUE = 200_000  # bytes of the JSON that a script returns: it is told as one event
MAX_LINES = 2_000  # of a run's console: an engine may leave out what comes after them
MAX_RESULT = 1_048_576  # letters of one call's JSON
BLANK = "about:blank"


class Capability(StrEnum):
    """What an engine can do besides running scripts; each has it or says that it lacks it."""

    ISOLATED = "isolated_scripts"  # a run's script is hidden from the page's own
    SCREENSHOT = "screenshot"
    PDF = "pdf"
    INPUT = "trusted_input"  # clicks and keys that a page cannot tell from a person's


class EngineError(Exception):
    """What an engine could not do."""


class Unavailable(EngineError):
    """This machine has no such engine; `cure` is the one line that installs it."""

    def __init__(self, reason: str, cure: str) -> None:
        super().__init__(f"{reason} {cure}")
        self.reason = reason
        self.cure = cure


class Lacking(EngineError):
    """The engine lacks a capability."""

    def __init__(self, engine: str, capability: Capability) -> None:
        super().__init__(f"the engine {engine} has no {capability}")
        self.engine = engine
        self.capability = capability


class NotOpened(EngineError):
    """An address could not be opened."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason


class ScriptFailed(EngineError):
    """The script threw, or is no JavaScript: the error's name, its sentence, and where."""

    def __init__(self, name: str, message: str, stack: str = "") -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message
        self.stack = stack


class TooSlow(EngineError):
    """A script or an address took longer than it may; the page is closed, as its script may go on."""

    def __init__(self, timeout_s: float) -> None:
        super().__init__(f"it took more than {timeout_s:g} s")
        self.timeout_s = timeout_s


class BrowserRefused(EngineError):
    """The browser did not do what it was told: its own word for why, and its sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class ActRefused(EngineError):
    """The browser did not take a picture, a key or a place to click."""


class PageGone(EngineError):
    """The page is no more: it was closed, its script led elsewhere, or its browser ended."""


class CallRefused(Exception):
    """What a page's call gets instead of an answer: an `Error` of this name in the page, with code and details."""

    def __init__(self, name: str, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.name = name
        self.message = message
        self.facts = facts


Level = Literal["debug", "info", "warn", "error"]


@dataclass(frozen=True, slots=True)
class ConsoleLine:
    """One line of a page's console."""

    level: Level
    text: str


# A method's name and its arguments by position, to a plain JSON value. Raises CallRefused.
Answer = Callable[[str, list[Any]], Any]
Console = Callable[[ConsoleLine], None]


def _ignore(_line: ConsoleLine) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Whose page it is, what its scripts may call, and who answers: on a thread of its own, several at once."""

    session: str
    methods: Sequence[str]
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A run: the body of an async function, which may `return` a JSON value.

    It sees `window.pywebview.api.<method>`; the page's own scripts see it too on the origins that are named here
    (`https://example.org`), while the run lasts. `console` is told each line, MAX_LINES of them or more; `answer`
    stands in for the Ground's.
    """

    source: str
    timeout_s: float = 30.0
    origins: frozenset[str] = frozenset()
    console: Console = field(default=_ignore)
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class PageState:
    """Where a page is, and how large what it shows is, in CSS pixels."""

    url: str
    title: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One act of a person: a click or move at x, y (CSS pixels), a wheel's turn by dx, dy, a text, a key's name."""

    kind: Literal["click", "move", "wheel", "text", "key"]
    x: int = 0
    y: int = 0
    dx: int = 0
    dy: int = 0
    text: str = ""


class Page(Protocol):
    """One page of one session. One act at a time; any of them may find that the page is gone (PageGone)."""

    @property
    def is_open(self) -> bool:
        """Tell whether it can still be used."""

    def navigate(self, url: str, timeout_s: float = 30.0) -> None:
        """Open an address and wait until it is loaded. Raises NotOpened and TooSlow."""

    def run(self, script: Script) -> Any:
        """Run a script in the page; answers its value. Raises ScriptFailed and TooSlow."""

    def state(self) -> PageState:
        """Return where it is."""

    def screenshot(self, quality: float = 0.6) -> bytes:
        """Return what the page shows, as a JPEG. Raises Lacking and ActRefused."""

    def pdf(self) -> bytes:
        """Return the page as a PDF. Raises Lacking."""

    def send_input(self, acts: Sequence[Input]) -> None:
        """Do what a person would. Raises Lacking and ActRefused."""

    def close(self) -> None:
        """Close it, with all that it stored; may be called again, and from another thread to stop what it does."""


class Browser(Protocol):
    """Processes that hold pages of several sessions, each apart from the others."""

    @property
    def is_alive(self) -> bool:
        """Tell whether it can still open pages."""

    def open(self, ground: Ground) -> Page:
        """Open an empty page for a session. Raises PageGone where the browser ends meanwhile."""

    def memory_mb(self) -> float:
        """Return how much memory its processes use."""

    def close(self) -> None:
        """End all its processes, and remove what they stored."""


class Engine(Protocol):
    """One kind of browser."""

    name: str
    capabilities: frozenset[Capability]

    def check(self) -> None:
        """Raise Unavailable where this machine lacks something."""

    def start(self) -> Browser:
        """Start one. Raises Unavailable."""
