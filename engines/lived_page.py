"""What the pages of all engines have in common: how they run scripts, are led elsewhere, tell of it, and end."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractContextManager, suppress
from typing import Any, Generic, TypeVar

from engines.base import (
    BLANK,
    BrowserRefused,
    EngineError,
    Ground,
    NotOpened,
    PageGone,
    PageState,
    Script,
    TooSlow,
)
from engines.json_text import read_json
from engines.scripts import SHOWN, WHERE, refusal_in, value_of
from engines.urls import check_url

BETWEEN_PAGES = 40
BETWEEN_PAGES_S = 0.05
Value = TypeVar("Value")
Run = TypeVar("Run", bound=AbstractContextManager[Any])


class BetweenPages(EngineError):
    """One document is gone and the next is not there yet; nothing was run."""

    def __init__(self) -> None:
        super().__init__("the page is between two addresses")


class LivedPage(ABC, Generic[Run]):
    """See engines.base.Page. `Run` is what lasts as long as a script: it hears what that calls and says."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._gone: Future[None] = Future()
        self._run: Run | None = None
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        """See Page."""
        return not self._gone.done()

    def navigate(self, url: str, timeout_s: float = 30.0) -> None:
        """See Page."""
        check_url(url)
        try:
            self._lead_to(url, timeout_s)
            reason = refusal_in(self._read(SHOWN))
        except BrowserRefused as error:
            reason = error.message.partition("\n")[0]
        except TooSlow:
            self.close()
            raise
        if reason is not None:
            self._lead_to(BLANK, timeout_s)
            raise NotOpened(url, reason)

    def run(self, script: Script) -> Any:
        """See Page."""
        with self._begun(script) as run:
            self._run = run  # heard from here on: a page may be quick
            try:
                return value_of(self._text_of(run, script))
            except TooSlow:
                self.close()
                raise TooSlow(script.timeout_s) from None
            finally:
                self._run = None

    def state(self) -> PageState:
        """See Page."""
        return PageState(*read_json(self._read(WHERE)))

    def end(self, reason: str) -> bool:
        """Note that it is gone; False where that is known already."""
        with self._lock:
            if self._gone.done():
                return False
            self._gone.set_exception(PageGone(reason))
            return True

    @abstractmethod
    def close(self) -> None:
        """See Page."""

    @abstractmethod
    def _begun(self, script: Script) -> Run:
        """Return a new run, of which the page knows nothing yet."""

    @abstractmethod
    def _text_of(self, run: Run, script: Script) -> str:
        """Return what the script came to, as `engines.scripts.value_of` reads it. Raises TooSlow."""

    @abstractmethod
    def _lead_to(self, url: str, timeout_s: float) -> None:
        """Open an address and wait until it is loaded. Raises BrowserRefused and TooSlow."""

    @abstractmethod
    def _read(self, function: str) -> str:
        """Return the text that a function of no arguments finds in the document, unseen by the page's own scripts."""

    def _refuse_gone(self) -> None:
        if self._gone.done():
            self._gone.result()

    def _awaited(self, future: "Future[Any]", timeout_s: float) -> Any:
        """Return an answer. Raises BrowserRefused and TooSlow, and PageGone as soon as that is known."""
        both: list[Future[Any]] = [future, self._gone]
        wait(both, timeout_s, FIRST_COMPLETED)
        if not future.done() or isinstance(future.exception(), BrowserRefused):
            self._refuse_gone()
        if not future.done():
            raise TooSlow(timeout_s)
        return future.result()

    def _patiently(self, act: Callable[[], Value]) -> Value:
        """Try again for as long as the page is between two documents. Raises PageGone where that has no end."""
        for _ in range(BETWEEN_PAGES):
            with suppress(BetweenPages):
                return act()
            wait((self._gone,), BETWEEN_PAGES_S)
        raise PageGone("the page leads from one address to the next without an end")
