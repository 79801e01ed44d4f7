"""Engines under test: each browser is started once for a file, and each test has pages of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from egress.guard import Guard
from egress.policy import Policy
from engines.base import Browser, CallRefused, Engine, Ground, Page
from tests.engines.make import BROWSERS
from tests.engines.site import Site

METHODS = ("get_session", "fail")
OpenPage = Callable[..., Page]


def answer(name: str, given: list[Any]) -> Any:
    """Answer a page's call with its own words."""
    if name == "fail":
        raise CallRefused("NotFound", "There is no such thing.", code="not_found", details={"given": given})
    return [name, *given]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """The one site that the engines' pages may reach."""
    with Site() as running:
        yield running


@pytest.fixture(scope="module")
def other_site() -> Iterator[Site]:
    """Another origin, which they may reach too."""
    with Site() as running:
        yield running


@pytest.fixture(scope="module")
def guard(site: Site, other_site: Site) -> Iterator[Guard]:
    """What all pages go through."""
    with Guard(Policy.of(f"{site.address},{other_site.address}")) as running:
        yield running


@pytest.fixture(scope="module", params=sorted(BROWSERS))
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, guard: Guard) -> Engine:
    """Each engine in turn."""
    return BROWSERS[request.param](tmp_path_factory.mktemp("engines"), guard.port)


@pytest.fixture(scope="module")
def browser(engine: Engine) -> Iterator[Browser]:
    """One started browser."""
    started = engine.start()
    yield started
    started.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open pages that are closed when the test ends: `open_page("alice", answer=...)`."""
    with ExitStack() as stack:

        def opened(session: str = "alice", *, answer: Callable[[str, list[Any]], Any] = answer) -> Page:
            page = browser.open(Ground(session=session, methods=METHODS, answer=answer))
            stack.callback(page.close)
            return page

        yield opened


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """One page."""
    return open_page()
