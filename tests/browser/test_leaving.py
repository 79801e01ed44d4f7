"""Who closes the page leaves; who reloads it, loses the network or locks the phone does not. In real Chromium."""

from collections.abc import Iterator

import pytest

from tests.browser.chromium import Page
from tests.browser.conftest import Browsers
from tests.browser.cutting_proxy import CuttingProxy
from tests.conftest import PROBE
from tests.leavers import Guest
from tests.running import Server, wait_until
from tests.visitors import Visitor, new_visitor

SETTLED_S = 9.0
OFFLINE = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("leaving page")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose long work is of every kind."""
    data_dir = tmp_path_factory.mktemp("data")
    with Server(data_dir, "--plugin", str(PROBE), local_model="false", num_runners=32) as running:
        yield running


def guest_at(page: Page, server: Server, url: str) -> Guest:
    """Open the page at an address and have long work done there; the guest then looks at it from elsewhere."""
    page.open(url)
    page.wait(lambda: "ready" in page.text, "the page's own call")
    visitor = Visitor(server.url)
    visitor.session_id = page.session_id
    for cookie in page.driver.get_cookies():
        visitor.http.cookies.set(cookie["name"], cookie["value"])
    return Guest(visitor).start()


def test_closing_the_last_tab_ends_what_shall_end_and_the_rest_goes_on(browsers: Browsers, server: Server) -> None:
    page = browsers()
    guest = guest_at(page, server, server.url)
    first = page.driver.current_window_handle
    page.new_tab(page.driver.current_url)
    page.wait(lambda: "ready" in page.text, "the second tab")
    second = page.driver.current_window_handle
    page.new_tab("about:blank")
    blank = page.driver.current_window_handle
    measure = Guest(new_visitor(server.url, "a measure")).start()
    close(page, first, blank)
    measure.open_page().say_goodbye()
    wait_until(measure.ended, SETTLED_S, "the end of who left later")
    assert guest.ended() == set(), "another tab is open"
    close(page, second, blank)
    wait_until(lambda: guest.ended() == {"stay_while_here"}, SETTLED_S, "its end")
    assert guest.states()["stay_on"] == "processing"


def close(page: Page, tab: str, then: str) -> None:
    page.driver.switch_to.window(tab)
    page.driver.close()
    page.driver.switch_to.window(then)


def test_a_reload_a_lost_network_and_a_locked_phone_end_nothing(browsers: Browsers, server: Server) -> None:
    reloads, offline, locked = browsers(), browsers(), browsers(width=390)
    guests = [guest_at(page, server, server.url) for page in (reloads, offline, locked)]
    measure = Guest(new_visitor(server.url, "a measure")).start()
    offline.driver.execute_cdp_cmd("Network.enable", {})
    offline.driver.execute_cdp_cmd("Network.emulateNetworkConditions", OFFLINE)
    locked.driver.execute_cdp_cmd("Page.setWebLifecycleState", {"state": "frozen"})
    for _ in range(2):
        reloads.driver.refresh()
        reloads.wait(lambda: "ready" in reloads.text, "the page again")
    measure.open_page().say_goodbye()
    wait_until(measure.ended, SETTLED_S, "the end of who left later")
    assert [guest.ended() for guest in guests] == [set(), set(), set()]


def test_a_page_closed_where_no_network_is_ends_nothing(browsers: Browsers, server: Server) -> None:
    page = browsers()
    with CuttingProxy(server.url) as proxy:
        guest = guest_at(page, server, proxy.url)
    page.open("about:blank")  # its goodbye reaches nobody
    measure = Guest(new_visitor(server.url, "a measure")).start()
    measure.open_page().say_goodbye()
    wait_until(measure.ended, SETTLED_S, "the end of who left later")
    assert guest.ended() == set()
