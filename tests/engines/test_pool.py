"""The pool: pages by session, bounded, closed when idle, healed when their browser ends. Browsers of these tests are
made of nothing but counts."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import patch

import pytest

from engines.base import Ground, PageGone
from engines.pool import Bounds, Pool, PoolFull
from tests.running import wait_until


class CountedPage:
    def __init__(self, browser: "CountedBrowser") -> None:
        self.browser = browser
        self.is_closed = False

    @property
    def is_open(self) -> bool:
        return self.browser.is_alive and not self.is_closed

    def close(self) -> None:
        self.is_closed = True


class CountedBrowser:
    def __init__(self) -> None:
        self.is_alive = True
        self.size_mb = 100.0
        self.pages: list[CountedPage] = []
        self.fails = 0

    def open(self, _ground: Ground) -> Any:
        if self.fails:
            self.fails -= 1
            raise PageGone("it is just ending")
        self.pages.append(CountedPage(self))
        return self.pages[-1]

    def memory_mb(self) -> float:
        return self.size_mb

    def close(self) -> None:
        self.is_alive = False

    @property
    def num_open(self) -> int:
        return sum(page.is_open for page in self.pages)


class CountedEngine:
    name = "counted"
    capabilities = frozenset[Any]()

    def __init__(self) -> None:
        self.started: list[CountedBrowser] = []
        self.fails: list[int] = []

    def check(self) -> None:
        pass

    def start(self) -> Any:
        browser = CountedBrowser()
        browser.fails = self.fails.pop(0) if self.fails else 0
        self.started.append(browser)
        return browser


@pytest.fixture
def engine() -> CountedEngine:
    return CountedEngine()


MakePool = Callable[..., Pool]


@pytest.fixture
def make_pool(engine: CountedEngine) -> MakePool:
    def make(**bounds: Any) -> Pool:
        return Pool(engine, Bounds(**bounds))

    return make


def ground(session: str) -> Ground:
    return Ground(session=session, methods=(), answer=lambda *_: None)


def use(pool: Pool, session: str) -> Any:
    with pool.use(ground(session)) as page:
        return page


def test_a_session_keeps_its_page_and_shares_it_with_nobody(make_pool: MakePool) -> None:
    pool = make_pool()
    alice, bob = use(pool, "alice"), use(pool, "bob")
    assert alice is not bob
    assert use(pool, "alice") is alice
    assert pool.num_pages() == 2


def test_browsers_are_started_as_they_fill(make_pool: MakePool, engine: CountedEngine) -> None:
    pool = make_pool(per_browser=2, max_browsers=3)
    for number in range(5):
        use(pool, str(number))
    assert sorted(browser.num_open for browser in engine.started) == [1, 2, 2]


def test_where_all_is_full_the_page_that_was_unused_longest_makes_room(
    make_pool: MakePool, engine: CountedEngine
) -> None:
    pool = make_pool(per_browser=2, max_browsers=1)
    first, second = use(pool, "first"), use(pool, "second")
    use(pool, "first")
    use(pool, "third")
    assert (first.is_open, second.is_open) == (True, False)
    assert [browser.num_open for browser in engine.started] == [2]


def test_pages_in_use_are_not_taken_away(make_pool: MakePool) -> None:
    pool = make_pool(per_browser=1, max_browsers=1)
    with pool.use(ground("alice")) as page:
        with pytest.raises(PoolFull):
            use(pool, "bob")
        assert page.is_open
    assert use(pool, "bob").is_open


def test_acts_of_one_session_come_one_after_the_other(make_pool: MakePool) -> None:
    pool, inside, may_end = make_pool(), threading.Event(), threading.Event()
    order: list[str] = []

    def first() -> None:
        with pool.use(ground("alice")):
            inside.set()
            may_end.wait(10)
            order.append("first")

    def second() -> None:
        with pool.use(ground("alice")):
            order.append("second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert inside.wait(10)
    threads[1].start()
    use(pool, "bob")  # another session does not wait
    may_end.set()
    for thread in threads:
        thread.join(10)
    assert order == ["first", "second"]


def test_a_browser_that_ended_is_replaced(make_pool: MakePool, engine: CountedEngine) -> None:
    pool = make_pool()
    use(pool, "alice")
    engine.started[0].is_alive = False
    assert use(pool, "alice").is_open
    assert [browser.is_alive for browser in engine.started] == [False, True]
    assert pool.num_pages() == 1


def test_a_browser_that_is_just_ending_is_given_up_for_another(make_pool: MakePool, engine: CountedEngine) -> None:
    engine.fails = [1, 1]
    assert use(make_pool(), "alice").is_open
    assert len(engine.started) == 3


def test_browsers_that_end_each_time_are_told(make_pool: MakePool, engine: CountedEngine) -> None:
    engine.fails = [9, 9, 9, 9]
    with pytest.raises(PageGone):
        use(make_pool(), "alice")
    assert len(engine.started) == 3


def test_idle_pages_are_closed_and_told(make_pool: MakePool) -> None:
    pool = make_pool(idle_s=0.05)
    page = use(pool, "alice")
    with pool.use(ground("bob")) as busy:
        assert busy.is_open
        wait_until(lambda: pool.pages_closed() == ["alice"])
        assert (page.is_open, busy.is_open) == (False, True)
    assert pool.num_pages() == 1


@pytest.mark.parametrize("bounds", [{"max_age_s": 0.0}, {"max_memory_mb": 50.0}])
def test_a_browser_that_is_old_or_large_ends_once_nobody_uses_it(
    make_pool: MakePool, engine: CountedEngine, bounds: dict[str, float]
) -> None:
    pool = make_pool(**bounds)
    with pool.use(ground("alice")) as page:
        pool.pages_closed()
        assert page.is_open, "an act under way goes on"
        assert engine.started[0].is_alive
        use(pool, "bob")
        assert len(engine.started) == 2, "it opens no page any more"
    page.close()
    use(pool, "alice")
    pool.pages_closed()
    assert not engine.started[0].is_alive


def test_the_pages_of_an_old_browser_go_on(make_pool: MakePool) -> None:
    pool = make_pool(max_age_s=0.0)
    page = use(pool, "alice")
    assert pool.pages_closed() == []
    assert use(pool, "alice") is page


def test_a_large_browser_loses_the_page_that_was_unused_longest_one_a_look(
    make_pool: MakePool, engine: CountedEngine
) -> None:
    pool = make_pool(max_memory_mb=150.0)
    pages = [use(pool, name) for name in ("alice", "bob", "carol")]
    use(pool, "alice")
    assert pool.pages_closed() == []
    engine.started[0].size_mb = 151.0
    assert pool.pages_closed() == ["bob"]
    engine.started[0].size_mb = 149.0
    assert pool.pages_closed() == []
    assert [page.is_open for page in pages] == [True, False, True]


def test_pages_of_other_browsers_than_the_large_one_stay(make_pool: MakePool, engine: CountedEngine) -> None:
    pool = make_pool(max_memory_mb=150.0, per_browser=1, max_browsers=2)
    use(pool, "alice")
    use(pool, "bob")
    engine.started[1].size_mb = 151.0
    assert pool.pages_closed() == ["bob"]


def test_whose_page_made_room_is_told_unless_they_have_another_by_then(make_pool: MakePool) -> None:
    pool = make_pool(per_browser=1, max_browsers=1)
    for name in ("alice", "bob", "alice"):
        use(pool, name)
    assert pool.pages_closed() == ["bob"]


def test_a_browser_without_pages_ends_when_it_was_not_used_for_long(make_pool: MakePool, engine: CountedEngine) -> None:
    pool = make_pool(idle_s=0.1)
    use(pool, "alice").close()
    use(pool, "alice")
    pool.pages_closed()
    assert engine.started[0].is_alive
    wait_until(lambda: [pool.pages_closed(), engine.started[0].is_alive][1] is False, what="the browser's end")


def test_an_open_page_is_looked_at_beside_what_uses_it(make_pool: MakePool) -> None:
    pool = make_pool()
    assert pool.look("alice") is None
    with pool.use(ground("alice")) as page:
        assert pool.look("alice") is page
        page.close()
        assert pool.look("alice") is None


def test_who_needs_a_browser_does_not_wait_for_the_end_of_another(make_pool: MakePool, engine: CountedEngine) -> None:
    pool = make_pool()
    use(pool, "alice")
    may_end, is_ending = threading.Event(), threading.Event()

    def end_slowly() -> None:
        is_ending.set()
        may_end.wait(20)

    engine.started[0].is_alive = False
    with ThreadPoolExecutor(2) as threads, patch.object(engine.started[0], "close", end_slowly):
        looking = threads.submit(pool.pages_closed)
        try:
            assert is_ending.wait(10)
            assert threads.submit(use, pool, "bob").result(10).is_open
        finally:
            may_end.set()
        looking.result(10)


def test_a_page_is_closed_in_the_middle_of_an_act(make_pool: MakePool) -> None:
    pool = make_pool()
    with pool.use(ground("alice")) as page:
        assert pool.close("alice")
        assert not page.is_open
    assert not pool.close("alice")
    assert not pool.close("nobody")
    assert use(pool, "alice") is not page


def test_a_stopped_pool_has_ended_its_browsers_and_opens_no_page(make_pool: MakePool, engine: CountedEngine) -> None:
    pool = make_pool()
    use(pool, "alice")
    pool.stop()
    assert [browser.is_alive for browser in engine.started] == [False]
    with pytest.raises(PageGone):
        use(pool, "alice")


def test_sessions_without_a_page_are_forgotten(make_pool: MakePool) -> None:
    pool = make_pool(idle_s=0.0)
    for number in range(50):
        use(pool, str(number)).close()
        use(pool, str(number))
    pool.pages_closed()
    assert pool._held == {}


def test_many_sessions_at_once_have_a_page_each(make_pool: MakePool, engine: CountedEngine) -> None:
    pool = make_pool(per_browser=25, max_browsers=8)
    found: dict[str, Any] = {}
    threads = [
        threading.Thread(target=lambda name=str(number): found.update({name: use(pool, name)})) for number in range(200)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len({id(page) for page in found.values()}) == 200
    assert [browser.num_open for browser in engine.started] == [25] * 8
