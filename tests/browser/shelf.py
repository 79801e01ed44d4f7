"""Browsers that serve one test after another: starting one takes longer than most of what is done in it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any, Self

from selenium.common.exceptions import WebDriverException

from tests.browser.chromium import SCRIPT_S, Page, chromium

MAX_FREE = 3  # the others end
Words = tuple[tuple[str, Any], ...]


class Shelf:
    """Lends browsers, each of which its reader finds as a new person has it."""

    def __init__(self) -> None:
        self._free: list[tuple[Words, Page, ExitStack]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _words, _page, end in self._free:
            end.close()

    @contextmanager
    def lend(self, **words: Any) -> Iterator[Page]:
        """Lend one that was started with these words for `chromium`."""
        wished = tuple(sorted(words.items()))
        page, end = self._taken(wished) or _started(words)
        try:
            yield page
        finally:
            if _renew(page):
                self._free.append((wished, page, end))
            else:
                end.close()
            if len(self._free) > MAX_FREE:
                self._free.pop(0)[-1].close()

    def _taken(self, wished: Words) -> tuple[Page, ExitStack] | None:
        for place, (words, page, end) in enumerate(self._free):
            if words == wished:
                del self._free[place]
                return page, end
        return None


def _started(words: dict[str, Any]) -> tuple[Page, ExitStack]:
    with ExitStack() as opened:
        page = opened.enter_context(chromium(**words))
        return page, opened.pop_all()


def _renew(page: Page) -> bool:
    """Leave nothing of whoever had it: no tab, no cookie, nothing stored. False where it does not work any more."""
    driver = page.driver
    try:
        old = driver.window_handles
        driver.switch_to.new_window("tab")
        blank = driver.current_window_handle
        for handle in old:
            driver.switch_to.window(handle)
            driver.close()
        driver.switch_to.window(blank)
        for origin in page.origins:
            driver.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "default"})
        driver.set_script_timeout(SCRIPT_S)
        driver.get_log("browser")  # type: ignore[no-untyped-call]
    except WebDriverException:
        return False
    page.origins.clear()
    return True
