"""What runs scripts in the same Chromium: our engines, Selenium and Playwright, each by the same few words."""

import asyncio
import itertools
import shutil
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

import psutil
from playwright.async_api import Page as PlaywrightPage
from playwright.async_api import async_playwright
from selenium.webdriver import Chrome as Driver
from selenium.webdriver import ChromeOptions
from selenium.webdriver.chrome.service import Service

from engines.base import Ground, Page, Script
from engines.chrome import SHELLS
from engines.chrome_flags import FLAGS, SIZE
from tests.engines.make import BROWSERS, IS_ROOT

CHROMIUM, SHELL = (shutil.which(name) or name for name in ("chromium", SHELLS[0]))
CHROMEDRIVER = shutil.which("chromedriver") or "chromedriver"
# How it is told what to do, how it begins, and what each of its pages may open.
OURS_ALONE = ("--remote-debugging-pipe", "--no-startup-window", "--block-new-web-contents")
PEERS_FLAGS = [
    *(flag for flag in FLAGS if flag not in OURS_ALONE),
    f"--window-size={SIZE[0]},{SIZE[1]}",
    *(["--no-sandbox"] if IS_ROOT else []),
]
CALLS = """const times = [];
for (let n = 0; n < NUM; n++) {
  const begun = performance.now();
  if (await CALL(n) !== n) throw new Error("another answer");
  times.push(performance.now() - begun);
}
return times"""
Value = TypeVar("Value")


class Subject(Protocol):
    """A browser with pages, each of a session of its own where that is known."""

    def open(self) -> None:
        """Open one more page, and run a script in it."""

    def close_last(self) -> None:
        """Close the page that was opened last."""

    def run(self) -> None:
        """Run a script in the first page."""

    def call_times_ms(self, num: int) -> list[float]:
        """Call Python from the first page, again and again; empty where there is no such call."""

    def num_runs(self, pages: int, seconds: float) -> int:
        """Run scripts in so many pages at once for so long; returns how many."""


class Ours:
    """An engine of ours, by its name in `BROWSERS`."""

    def __init__(self, name: str, folder: Path, stack: ExitStack) -> None:
        self._browser = BROWSERS[name](folder, None).start()
        stack.callback(self._browser.close)
        self._pages: list[Page] = []

    def open(self) -> None:
        """See Subject."""
        ground = Ground(session=str(len(self._pages)), methods=("echo",), answer=lambda _name, given: given[0])
        self._pages.append(self._browser.open(ground))
        _run(self._pages[-1])

    def close_last(self) -> None:
        """See Subject."""
        self._pages.pop().close()

    def run(self) -> None:
        """See Subject."""
        _run(self._pages[0])

    def call_times_ms(self, num: int) -> list[float]:
        """See Subject."""
        source = CALLS.replace("NUM", str(num)).replace("CALL", "pywebview.api.echo")
        times: list[float] = self._pages[0].run(Script(source=source))
        return times

    def num_runs(self, pages: int, seconds: float) -> int:
        """See Subject."""
        until = time.perf_counter() + seconds

        def go_on(page: Page) -> int:
            num = 0
            while time.perf_counter() < until:
                _run(page)
                num += 1
            return num

        with ThreadPoolExecutor(pages) as threads:
            return sum(threads.map(go_on, self._pages[:pages]))


class Selenium:
    """Selenium: a tab a page, of a user context each where they are to be `apart`; one command after the other."""

    def __init__(self, folder: Path, stack: ExitStack, *, is_apart: bool) -> None:
        options = ChromeOptions()
        options.binary_location = CHROMIUM
        options.enable_bidi = True
        for flag in (*PEERS_FLAGS, f"--user-data-dir={folder / f'selenium {is_apart}'}"):
            options.add_argument(flag)
        self._driver = Driver(options, Service(CHROMEDRIVER))
        stack.callback(self._driver.quit)
        self._is_apart = is_apart
        self._pages: list[tuple[str, str]] = []  # a tab, and its user context

    def open(self) -> None:
        """See Subject."""
        driver = self._driver
        context = driver.browser.create_user_context() if self._is_apart else "default"
        self._pages.append((driver.browsing_context.create(type="tab", user_context=context), context))
        driver.switch_to.window(self._pages[-1][0])
        self.run()

    def close_last(self) -> None:
        """See Subject."""
        page, context = self._pages.pop()
        if self._is_apart:
            self._driver.browser.remove_user_context(context)
        else:
            self._driver.browsing_context.close(page)
        self._driver.switch_to.window(self._pages[-1][0])

    def run(self) -> None:
        """See Subject."""
        assert self._driver.execute_script("return 1") == 1

    def call_times_ms(self, num: int) -> list[float]:  # noqa: ARG002 - it has no calls from a page
        """See Subject."""
        return []

    def num_runs(self, pages: int, seconds: float) -> int:
        """See Subject."""
        handles = itertools.cycle([page for page, _context in self._pages[:pages]])
        until, num = time.perf_counter() + seconds, 0
        while time.perf_counter() < until:
            if pages > 1:
                self._driver.switch_to.window(next(handles))
            self.run()
            num += 1
        return num


class Playwright:
    """Playwright, by its asynchronous calls; a context a page."""

    def __init__(self, binary: str, stack: ExitStack) -> None:
        self._binary = binary
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._pages: list[PlaywrightPage] = []
        stack.callback(self._stop)
        self._do(self._start())

    def open(self) -> None:
        """See Subject."""
        self._do(self._open())

    def close_last(self) -> None:
        """See Subject."""
        self._do(self._pages.pop().context.close())

    def run(self) -> None:
        """See Subject."""
        assert self._do(self._pages[0].evaluate("() => 1")) == 1

    def run_times_ms(self, num: int) -> list[float]:
        """Run a script so often, without a change of thread for each."""
        return self._do(self._run_times_ms(num))

    def call_times_ms(self, num: int) -> list[float]:
        """See Subject."""
        source = CALLS.replace("NUM", str(num)).replace("CALL", "window.echo")
        times: list[float] = self._do(self._pages[0].evaluate(f"async () => {{{source}}}"))
        return times

    def num_runs(self, pages: int, seconds: float) -> int:
        """See Subject."""
        return self._do(self._num_runs(pages, seconds))

    async def _start(self) -> None:
        self._held = await async_playwright().start()
        self._browser = await self._held.chromium.launch(executable_path=self._binary, args=PEERS_FLAGS)

    async def _open(self) -> None:
        context = await self._browser.new_context()
        page = await context.new_page()
        self._pages.append(page)
        if len(self._pages) == 1:
            await page.expose_function("echo", lambda value: value)
        await page.evaluate("() => 1")

    async def _run_times_ms(self, num: int) -> list[float]:
        times = []
        for _ in range(num):
            begun_s = time.perf_counter()
            assert await self._pages[0].evaluate("() => 1") == 1
            times.append((time.perf_counter() - begun_s) * 1000)
        return times

    async def _num_runs(self, pages: int, seconds: float) -> int:
        until = time.perf_counter() + seconds

        async def go_on(page: PlaywrightPage) -> int:
            num = 0
            while time.perf_counter() < until:
                await page.evaluate("() => 1")
                num += 1
            return num

        return sum(await asyncio.gather(*(go_on(page) for page in self._pages[:pages])))

    async def _end(self) -> None:
        await self._browser.close()
        await self._held.stop()

    def _stop(self) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, Value]) -> Value:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(120)


@contextmanager
def noted() -> Iterator[list[psutil.Process]]:
    """Note which processes are started within."""
    before = set(psutil.Process().children())
    found = list[psutil.Process]()
    yield found
    found += [one for one in psutil.Process().children() if one not in before]


def pss_mb(started: list[psutil.Process]) -> float:
    """Return the memory of processes and all below them, each page of it once (proc(5), smaps_rollup: Pss)."""
    total = 0.0
    for one in started:
        for process in (one, *one.children(recursive=True)):
            with suppress(psutil.Error):
                total += float(process.memory_full_info().pss) / 1_048_576
    return total


def _run(page: Page) -> None:
    assert page.run(Script(source="return 1")) == 1
