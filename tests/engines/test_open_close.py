"""Pages and browsers that are opened and closed again and again leave nothing: no process, file, descriptor, thread or
memory."""

import gc
import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from egress.guard import Guard
from engines.base import Browser, Engine, Ground, Script
from tests.engines.make import ENGINES
from tests.engines.site import Site
from tests.running import tries, wait_until

pytestmark = pytest.mark.timeout(900)
GROWTH = 1.05
LEFT_MB = {"chrome": 0.0, "window": 0.05}  # of each page: Qt's helper keeps something
OWN_FILES = 60  # that a browser writes for itself in its first minute
SPARE = 2  # processes that a browser has ready, or not, for the page to come
LOOK_UPS = "egress-look-up"  # the guard's own threads, a bounded number that are made as they are needed
LEAVE = """document.cookie = "a=b; max-age=1000"; localStorage.a = "b".repeat(1000); await caches.open("a")"""


@dataclass(frozen=True, slots=True)
class Held:
    """What this process holds now."""

    children: int
    descriptors: int
    threads: int
    files: int
    memory_mb: float


@pytest.fixture(scope="module", params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, root: Path, guard: Guard) -> Engine:
    """Each engine in turn."""
    return ENGINES[request.param](root, guard.port)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The engines' folder."""
    return tmp_path_factory.mktemp("engines")


def held(root: Path) -> Held:
    """Count it, once what ends by itself has ended."""
    gc.collect()
    this = psutil.Process()
    return Held(
        children=len(this.children(recursive=True)),
        descriptors=len(list(Path(f"/proc/{os.getpid()}/fd").iterdir())),
        threads=sum(not thread.name.startswith(LOOK_UPS) for thread in threading.enumerate()),
        files=len(list(root.rglob("*"))),
        memory_mb=this.memory_full_info().uss / 1_048_576,
    )


def open_and_close(browser: Browser, site: Site, num: int) -> None:
    """Open pages one after the other; each stores something, calls, and is closed."""
    for number in range(num):
        page = browser.open(Ground(session=str(number), methods=("get_session",), answer=lambda *_: 1))
        assert page.run(Script(source="return await pywebview.api.get_session()")) == 1
        page.navigate(f"{site.url}/cookies")
        page.run(Script(source=LEAVE))
        page.close()


def test_browsers_that_come_and_go_leave_nothing(engine: Engine, root: Path, site: Site, scale: int) -> None:
    def cycle() -> None:
        browser = engine.start()
        try:
            open_and_close(browser, site, 50 if scale > 1 else 2)
        finally:
            browser.close()

    def growth() -> float:
        before = held(root)
        for _ in range(20 if scale > 1 else 1):
            cycle()
        wait_until(lambda: held(root).threads <= before.threads, 20, "the end of its threads")
        after = held(root)
        assert (after.children, after.files, after.threads) == (before.children, 0, before.threads)
        assert after.descriptors <= before.descriptors
        return after.memory_mb / before.memory_mb

    cycle()  # what is loaded once, is loaded now
    # Beside other tests' servers, which live in this process, one cycle says little: a leak is there each time.
    found = tries(growth, GROWTH, 1 if scale > 1 else 4)
    assert found[-1] < GROWTH, found


def test_pages_that_come_and_go_leave_their_browser_as_it_was(
    engine: Engine, root: Path, site: Site, scale: int
) -> None:
    browser, num = engine.start(), 500 if scale > 1 else 6
    try:
        open_and_close(browser, site, num // 2)
        before, before_mb = held(root), own_mb()
        open_and_close(browser, site, num)
        wait_until(lambda: held(root).children <= before.children + SPARE, 30, "the end of its pages' processes")
        wait_until(lambda: own_mb() <= before_mb * GROWTH + num * LEFT_MB[engine.name], 30, "its size")
        after = held(root)
    finally:
        browser.close()
    assert (after.descriptors, after.threads) == (before.descriptors, before.threads)
    assert after.files <= before.files + OWN_FILES
    assert after.memory_mb <= before.memory_mb * GROWTH


def own_mb() -> float:
    """Return the memory of all that this process has started, without what they share with each other."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            total += process.memory_full_info().uss / 1_048_576
    return total
