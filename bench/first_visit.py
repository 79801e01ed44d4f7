"""(g) The first visit on a slow phone, beside a bare page that needs no script."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from bench.calls import QUIET
from bench.floor import BareFlask
from bench.report import Aim, Section, Table, median_of, ratios_of
from tests.browser.chromium import Page, chromium
from tests.running import ROOT, Server, wait_until

NUM_ROUNDS = 5
PATIENCE_S = 60.0
# Lighthouse's slow phone: https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md
CPU_SLOWDOWN = 4
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
PHONE = (390, 844)
MOST_SCRIPT_KB = 170.0
MOST_PAINT_MS = 1800.0  # "good" by https://web.dev/articles/fcp
MOST_INPUT_MS = 3800.0  # "fast" by https://developer.chrome.com/docs/lighthouse/performance/interactive

PAINT, INPUT, BYTES, REQUESTS = "first contentful paint (ms)", "usable input (ms)", "kB over the network", "requests"
WATCH = """
window.usableAt = null;
const look = () => {
  const field = document.querySelector("textarea:enabled, #add");
  if (field && field.getBoundingClientRect().height > 0) window.usableAt = performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
PAINTED = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
LOADED = """
const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
const first = all.filter((entry) => entry.startTime <= window.usableAt);
return [first.reduce((sum, entry) => sum + entry.transferSize, 0), first.length];
"""

AT_WORK = """
const done = arguments[0], isOurs = window.STUDIOLO !== undefined;
navigator.serviceWorker.getRegistration().then((found) => done(!isOurs || Boolean(found && found.active)));
"""

Figures = dict[str, float]


def measure() -> Section:
    """Measure it all."""
    with (
        TemporaryDirectory() as folder,
        Server(Path(folder) / "ours", **QUIET) as ours,
        BareFlask(Path(folder) / "floor") as floor,
    ):
        rounds = [(*_visits(ours.url), *_visits(floor.url)) for _ in range(NUM_ROUNDS)]
        scripts_kb = _script_kb(ours.url)
    first, second, bare, _again = ([one[place] for one in rounds] for place in range(4))
    return _section(scripts_kb, first, second, bare)


def _visits(url: str) -> tuple[Figures, Figures]:
    with _slow_phone() as page:
        first = _visit(page, url)
        _wait_for_worker(page)
        return first, _visit(page, url)


@contextmanager
def _slow_phone() -> Iterator[Page]:
    with chromium(*PHONE) as page:
        page.resize(*PHONE)
        page.driver.execute_cdp_cmd("Network.enable", {})
        page.driver.execute_cdp_cmd("Network.emulateNetworkConditions", NETWORK)
        page.driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
        page.before_each_document(WATCH)
        yield page


def _visit(page: Page, url: str) -> Figures:
    page.open(url)
    run = page.driver.execute_script
    wait_until(lambda: run("return window.usableAt") is not None and run(PAINTED) is not None, PATIENCE_S, "the page")
    num_bytes, num_requests = run(LOADED)
    return {
        PAINT: run(PAINTED),
        INPUT: run("return window.usableAt"),
        BYTES: num_bytes / 1000,
        REQUESTS: num_requests,
    }


def _wait_for_worker(page: Page) -> None:
    wait_until(lambda: page.driver.execute_async_script(AT_WORK), PATIENCE_S, "the service worker")


def _script_kb(url: str) -> float:
    page = requests.Session().get(url, timeout=PATIENCE_S).text
    addresses = re.findall(r'<(?:script[^>]* src|link rel="modulepreload" href)="/([^"]+)"', page)
    return sum(_packed_size(ROOT / address) for address in addresses) / 1000


def _packed_size(path: Path) -> int:
    packed = path.with_name(path.name + ".gz")
    return (packed if packed.is_file() else path).stat().st_size


def _section(
    scripts_kb: float, first: Sequence[Figures], second: Sequence[Figures], bare: Sequence[Figures]
) -> Section:
    ours, again, floor, ratio = median_of(first), median_of(second), median_of(bare), ratios_of(first, bare)
    rows = [
        (name, f"{ours[name]:.0f}", f"{again[name]:.0f}", f"{floor[name]:.0f}", f"{ratio[name]:.1f}") for name in ours
    ]
    rows.append(("scripts of the chat page by gzip (kB)", f"{scripts_kb:.1f}", "", "", ""))
    aims = [
        _aim("scripts of the chat page", scripts_kb, MOST_SCRIPT_KB, "kB"),
        _aim("first contentful paint", ours[PAINT], MOST_PAINT_MS, "ms"),
        _aim("usable input", ours[INPUT], MOST_INPUT_MS, "ms"),
    ]
    table = Table(head=("what", "first visit", "second visit", "floor", "first to floor"), rows=rows)
    return Section(title=TITLE, about=ABOUT, table=table, aims=aims, why=WHY)


def _aim(what: str, reached: float, most: float, unit: str) -> Aim:
    return Aim(asked=f"{what} under {most:.0f} {unit}", reached=f"{reached:.0f} {unit}", is_met=reached < most)


TITLE = "(g) First visit on a slow phone"
ABOUT = f"""Headless Chromium as a phone of {PHONE[0]} x {PHONE[1]}, its processor slowed {CPU_SLOWDOWN} times, its
network cut to 1.6 Mbit/s with 150 ms a request (Lighthouse's slow phone), from `/` on, so the way to the new workspace
counts. The first contentful paint is the page's mark, which is shown where the page itself takes longer than a moment.
Usable input is the moment the message field stands on the page and takes letters; bytes and requests are those
until then. The second visit has the service worker. Floor: a bare page with one button and no file beside it.
{NUM_ROUNDS} rounds, each with browsers of their own."""
WHY = "React, the live connection's client and the texts must come and run before the field is there."
