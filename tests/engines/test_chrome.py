"""What is Chrome's alone: how many processes a page costs, and a crash between two runs."""

import shutil
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from selenium.webdriver.common.selenium_manager import SeleniumManager

from egress.guard import Guard
from engines.base import Engine, PageGone, Script, Unavailable
from engines.chrome import Chrome, ChromeBrowser
from tests.engines.conftest import OpenPage
from tests.engines.make import ENGINES
from tests.faults.test_kill_engine import used_s
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


def one_that_burns(browser: ChromeBrowser) -> psutil.Process:
    """Return the process of a page that uses half a second of the processor from now on."""
    before = {process.pid: used_s(process) for process in pages_of(browser)}
    found = list[psutil.Process]()

    def one_burns() -> bool:
        found[:] = [one for one in pages_of(browser) if used_s(one) - before.get(one.pid, used_s(one)) > 0.5]
        return bool(found)

    wait_until(one_burns, 30, "a page that burns")
    return found[0]


def test_a_page_costs_one_process(browser: ChromeBrowser, open_page: OpenPage) -> None:
    for number in range(6):
        assert open_page(str(number)).run(Script(source="return 1")) == 1
    wait_until(lambda: len(pages_of(browser)) <= 6 + SPARE, 20, "the end of processes that nobody needs")


def test_a_page_that_crashes_between_two_runs_is_gone_and_its_neighbour_is_not(
    browser: ChromeBrowser, open_page: OpenPage
) -> None:
    neighbour = open_page("bob")
    page = open_page("alice")
    page.run(Script(source="setTimeout(() => { for (;;); }, 50)"))
    one_that_burns(browser).kill()
    wait_until(lambda: not page.is_open, 10, "the end of the page")
    with pytest.raises(PageGone, match="crashed"):
        page.run(Script(source="return 1"))
    assert neighbour.run(Script(source="return 1")) == 1


def test_what_a_browsers_processes_share_counts_once(browser: ChromeBrowser, open_page: OpenPage) -> None:
    for number in range(4):
        open_page(str(number))
    resident = sum(process.memory_info().rss for process in browser._folder.processes()) / 1_048_576
    assert 100 < browser.memory_mb() < resident / 2


def test_a_chrome_that_no_path_leads_to_is_found_where_selenium_knows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(_manager: SeleniumManager, words: list[str]) -> dict[str, str]:
        assert "--offline" in words, "nothing is downloaded"
        return {"browser_path": "/opt/strange/chrome"}

    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(SeleniumManager, "binary_paths", look_up)
    Chrome(tmp_path, has_sandbox=False).check()
    with pytest.raises(Unavailable, match="/opt/strange/chrome"):
        Chrome(tmp_path, has_sandbox=False).start()


def test_a_machine_without_a_chrome_is_told_what_installs_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def find_none(_manager: SeleniumManager, _words: list[str]) -> dict[str, str]:
        raise RuntimeError("no words for it")

    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(SeleniumManager, "binary_paths", find_none)
    with pytest.raises(Unavailable, match="apt-get install chromium"):
        Chrome(tmp_path, has_sandbox=False).check()
