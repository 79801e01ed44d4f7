"""The pool: shares browsers among sessions, one page each; opens at first use, closes when idle, heals what broke."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from loguru import logger

from engines.base import Browser, Engine, EngineError, Ground, Page, PageGone


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much a pool may hold, and for how long."""

    per_browser: int = 25  # pages
    max_browsers: int = 4
    idle_s: float = 600.0  # a page that nobody used for so long is closed
    max_age_s: float = 3_600.0  # a browser that is older opens no page any more, and ends with its last
    max_memory_mb: float = (
        4_096.0  # so does one that uses more; it loses the page that was unused for longest, one a look
    )


TRIES = 3  # browsers that end while a page is opened


class PoolFull(EngineError):
    """All places are taken by pages in use."""


@dataclass(slots=True, eq=False)
class _Held:
    """A session's place: its page once it is open; `lock` is held while an act is under way."""

    session: str
    lock: threading.Lock = field(default_factory=threading.Lock)
    page: Page | None = None
    browser: "_Running | None" = None
    num_users: int = 0  # acts under way, and those that wait for their turn
    used_s: float = field(default_factory=time.monotonic)


@dataclass(slots=True, eq=False)
class _Running:
    """A started browser."""

    browser: Browser
    started_s: float = field(default_factory=time.monotonic)
    num_pages: int = 0
    used_s: float = field(default_factory=time.monotonic)  # when a page was opened or closed last
    is_retiring: bool = False


class Pool:
    """Pages by session. Any thread may use it; acts of one session come one after the other."""

    def __init__(self, engine: Engine, bounds: Bounds | None = None) -> None:
        self.engine = engine
        self._bounds = bounds or Bounds()
        self._held: dict[str, _Held] = {}
        self._running: list[_Running] = []
        self._lock = threading.Lock()
        self._starting = threading.Lock()
        self._closed: list[str] = []
        self._is_stopped = False

    @contextmanager
    def use(self, ground: Ground) -> Iterator[Page]:
        """Give a session's page for one act; a new one where it has none. Raises PoolFull, PageGone, Unavailable."""
        held = self._enter(ground.session)
        try:
            with held.lock:
                yield self._page(held, ground)
        finally:
            held.used_s = time.monotonic()
            self._forget_if_gone(held)
            self._leave(held)

    def look(self, session: str) -> Page | None:
        """Return a session's open page for what needs no turn of its own: pictures, and what a person does; or None."""
        held = self._held.get(session)
        page = None if held is None else held.page
        if held is None or page is None or not page.is_open:
            return None
        held.used_s = time.monotonic()
        return page

    def close(self, session: str) -> bool:
        """Close a session's page, also in the middle of an act; tells whether it had one."""
        held = self._held.get(session)
        page = None if held is None else held.page
        if page is None or not page.is_open:
            return False
        page.close()
        return True

    def num_pages(self) -> int:
        """Return how many pages are open."""
        return sum(1 for held in list(self._held.values()) if held.page is not None and held.page.is_open)

    def pages_closed(self) -> list[str]:
        """Close what was idle for too long, and end browsers that are old, large or empty.

        Returns whose pages were closed by the pool since the last time.
        """
        for held in [held for held in list(self._held.values()) if self._is_idle(held)]:
            self._close_idle(held)
        for running in list(self._running):
            self._look_at(running)
        with self._lock:
            closed, self._closed = self._closed, []
        return [session for session in closed if self.look(session) is None]

    def stop(self) -> None:
        """End everything; what is under way is told."""
        self._is_stopped = True
        with self._starting, self._lock:
            running, self._running = self._running, []
            self._held.clear()
        for one in running:
            one.browser.close()

    def _enter(self, session: str) -> _Held:
        with self._lock:
            held = self._held.setdefault(session, _Held(session))
            held.num_users += 1
            return held

    def _leave(self, held: _Held) -> None:
        with self._lock:
            held.num_users -= 1
            self._drop_place(held)

    def _drop_place(self, held: _Held) -> None:
        """Forget a session that has no page and wants none, so that there are only as many as pages."""
        if not held.num_users and held.page is None and self._held.get(held.session) is held:
            del self._held[held.session]

    def _page(self, held: _Held, ground: Ground) -> Page:
        if held.page is not None and held.page.is_open:
            return held.page
        for _ in range(TRIES - 1):
            with suppress(PageGone):  # the browser was just ending: another takes its place
                return self._opened(held, ground)
        return self._opened(held, ground)

    def _opened(self, held: _Held, ground: Ground) -> Page:
        self._let_go(held)
        held.browser = running = self._place()
        try:
            held.page = running.browser.open(ground)
        except BaseException as error:
            running.is_retiring = running.is_retiring or isinstance(error, PageGone)
            self._let_go(held)
            raise
        return held.page

    def _place(self) -> _Running:
        """Return a browser with room, where a place is kept. Raises PoolFull."""
        with self._changing() as over:
            self._drop_dead(over)
            found = self._with_room()
            if found is None and len(self._running) < self._bounds.max_browsers:
                found = self._start()
            if found is None and self._close_longest_unused():
                found = self._with_room()
            if found is None:
                raise PoolFull("all pages are in use")
            with self._lock:
                self._count(found, 1)
            return found

    @contextmanager
    def _changing(self) -> Iterator[list[_Running]]:
        """Hold the list of browsers; what is put into the one that is given ends once others may go on."""
        over: list[_Running] = []
        try:
            with self._starting:
                yield over
        finally:
            for one in over:
                one.browser.close()

    def _with_room(self) -> _Running | None:
        fits = (one for one in self._running if self._has_room(one))
        return min(fits, key=lambda one: one.num_pages, default=None)

    def _has_room(self, one: _Running) -> bool:
        return one.browser.is_alive and not one.is_retiring and one.num_pages < self._bounds.per_browser

    def _start(self) -> _Running:
        if self._is_stopped:
            raise PageGone("the engine is ending")
        made = _Running(self.engine.start())
        self._running.append(made)
        logger.info("A browser of the engine {} was started; there are {}.", self.engine.name, len(self._running))
        return made

    def _close_longest_unused(self, running: _Running | None = None) -> bool:
        """Close the page that was unused for longest, of one browser or of all; tells whether there was one."""
        held = [one for one in list(self._held.values()) if one.page and running in (None, one.browser)]
        return any(self._close_idle(one) for one in sorted(held, key=lambda one: one.used_s))

    def _close_idle(self, held: _Held) -> bool:
        """Close a page that no act uses; tells whether it did."""
        if not held.lock.acquire(blocking=False):
            return False
        try:
            page = held.page
            if page is None:
                return False
            page.close()
            with self._lock:
                self._closed.append(held.session)
            self._forget_if_gone(held)
            return True
        finally:
            held.lock.release()

    def _forget_if_gone(self, held: _Held) -> None:
        if held.page is None or not held.page.is_open:
            self._let_go(held)

    def _let_go(self, held: _Held) -> None:
        with self._lock:
            if held.browser is not None:
                self._count(held.browser, -1)
            held.page = held.browser = None
            self._drop_place(held)

    def _count(self, running: _Running, change: int) -> None:
        running.num_pages += change
        running.used_s = time.monotonic()

    def _is_idle(self, one: _Held | _Running) -> bool:
        return time.monotonic() - one.used_s > self._bounds.idle_s

    def _look_at(self, running: _Running) -> None:
        is_old = time.monotonic() - running.started_s > self._bounds.max_age_s
        is_large = running.browser.memory_mb() > self._bounds.max_memory_mb
        running.is_retiring = running.is_retiring or is_old or is_large
        if is_large:
            self._close_longest_unused(running)
        with self._changing() as over:
            is_over = not running.num_pages and (running.is_retiring or self._is_idle(running))
            if running in self._running and (is_over or not running.browser.is_alive):
                self._running.remove(running)
                over.append(running)

    def _drop_dead(self, over: list[_Running]) -> None:
        dead = [one for one in self._running if not one.browser.is_alive]
        self._running = [one for one in self._running if one not in dead]
        over += dead
