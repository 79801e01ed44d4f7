"""What is Chrome's alone: how many processes a page costs, and a crash between two runs."""

from contextlib import suppress

import psutil
import pytest

from egress.guard import Guard
from engines.base import Engine, Script
from engines.chrome import ChromeBrowser
from tests.engines.conftest import OpenPage
from tests.engines.make import ENGINES
from tests.running import wait_until

pytestmark = pytest.mark.timeout(120)
SPARE = 4  # the first window's own, and those that Chrome keeps ready for whoever comes next


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, guard: Guard) -> Engine:
    """Chrome."""
    return ENGINES["chrome"](tmp_path_factory.mktemp("engines"), guard.port)


def pages_of(browser: ChromeBrowser) -> list[psutil.Process]:
    """Return the processes that hold pages."""
    found = list[psutil.Process]()
    for process in browser._folder.processes():
        with suppress(psutil.NoSuchProcess):
            found += [process] if "--type=renderer" in process.cmdline() else []
    return found


def test_a_page_costs_one_process(browser: ChromeBrowser, open_page: OpenPage) -> None:
    for number in range(6):
        assert open_page(str(number)).run(Script(source="return 1")) == 1
    wait_until(lambda: len(pages_of(browser)) <= 6 + SPARE, 20, "the end of processes that nobody needs")


def test_what_a_browsers_processes_share_counts_once(browser: ChromeBrowser, open_page: OpenPage) -> None:
    for number in range(4):
        open_page(str(number))
    resident = sum(process.memory_info().rss for process in browser._folder.processes()) / 1_048_576
    assert 100 < browser.memory_mb() < resident / 2
