"""The pool under any order of acts and faults: nobody shares a page, no bound is passed, what died is gone."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engines.base import PageGone
from engines.pool import Bounds, Pool, PoolFull
from tests.engines.test_pool import CountedEngine, ground

NUM_STORIES = 400 if os.environ.get("STUDIOLO_TEST_SCALE") == "full" else 40
PER_BROWSER, MAX_BROWSERS = 2, 2
SESSIONS = st.sampled_from(["alice", "bob", "charlie", "dora", "emil", "fritz"])
BROWSERS = st.integers(0, MAX_BROWSERS - 1)


class PoolMachine(RuleBasedStateMachine):
    """Acts stay under way across steps; each knows which page it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = CountedEngine()
        self.pool = Pool(self.engine, Bounds(per_browser=PER_BROWSER, max_browsers=MAX_BROWSERS, idle_s=0.0))
        self.acts: dict[str, tuple[Any, Any]] = {}
        self.owners: dict[int, str] = {}
        self.pages: list[Any] = []  # all there ever were, so that no id is used twice

    @rule(session=SESSIONS)
    def begin(self, session: str) -> None:
        """Begin an act, where the session has none: another would wait for it."""
        if session in self.acts:
            return
        act = self.pool.use(ground(session))
        try:
            page = act.__enter__()
        except PoolFull:
            assert len(self.acts) >= MAX_BROWSERS * PER_BROWSER or self.num_retiring()
            return
        except PageGone:
            assert self.engine.fails == []
            return
        assert page.is_open
        assert self.owners.setdefault(id(page), session) == session, "it was another's"
        self.pages.append(page)
        self.acts[session] = act, page

    @precondition(lambda self: self.acts)
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        """End an act."""
        session = data.draw(st.sampled_from(sorted(self.acts)))
        act, _page = self.acts.pop(session)
        act.__exit__(None, None, None)

    @rule(session=SESSIONS)
    def close(self, session: str) -> None:
        """Close a page, perhaps in the middle of an act."""
        self.pool.close(session)
        assert session not in self.acts or not self.acts[session][1].is_open

    @rule(number=BROWSERS)
    def kill(self, number: int) -> None:
        """Have a browser die by itself."""
        alive = [browser for browser in self.engine.started if browser.is_alive]
        if number < len(alive):
            alive[number].is_alive = False

    @rule(fails=st.lists(st.integers(0, 2), max_size=3))
    def spoil(self, fails: list[int]) -> None:
        """Have the next browsers end while they open pages."""
        self.engine.fails = fails

    @rule(number=BROWSERS)
    def grow(self, number: int) -> None:
        """Have a browser become too large."""
        alive = [browser for browser in self.engine.started if browser.is_alive]
        if number < len(alive):
            alive[number].size_mb = 10_000.0

    @rule()
    def sweep(self) -> None:
        """Look after all: what nobody uses is closed, and no page that an act uses."""
        in_use = {session: page for session, (_act, page) in self.acts.items() if page.is_open}
        assert not in_use.keys() & set(self.pool.pages_closed())
        assert all(page.is_open for page in in_use.values())
        assert not [held for session, held in self.pool._held.items() if session not in self.acts and held.page]

    @invariant()
    def no_bound_is_passed(self) -> None:
        """Count what is open."""
        alive = [browser for browser in self.engine.started if browser.is_alive]
        assert len(alive) <= MAX_BROWSERS
        assert all(browser.num_open <= PER_BROWSER for browser in alive)
        assert len(self.pool._running) <= MAX_BROWSERS
        assert all(0 <= running.num_pages <= PER_BROWSER for running in self.pool._running)

    @invariant()
    def places_are_counted_rightly(self) -> None:
        """Compare each browser's count with the places that point to it."""
        places = [held.browser for held in self.pool._held.values() if held.browser is not None]
        assert all(running.num_pages == places.count(running) for running in self.pool._running)
        assert self.pool.num_pages() == sum(browser.num_open for browser in self.engine.started)

    def num_retiring(self) -> int:
        """Return how many browsers take no page any more."""
        return sum(running.is_retiring for running in self.pool._running)

    def teardown(self) -> None:
        """End all acts: then nothing is held for anybody but open pages."""
        for act, _page in self.acts.values():
            act.__exit__(None, None, None)
        assert all(held.page is not None and not held.num_users for held in self.pool._held.values())
        self.pool.stop()
        assert not any(browser.is_alive for browser in self.engine.started)


TestPool = PoolMachine.TestCase
TestPool.settings = settings(
    max_examples=NUM_STORIES, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
pytestmark = pytest.mark.timeout(600)
