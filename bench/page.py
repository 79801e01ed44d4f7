"""(b) Page to Python to page in real Chromium, beside a bare page that fetches from bare Flask."""

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from bench.calls import QUIET
from bench.floor import BareFlask, GthreadFlask
from bench.process import cpu_s
from bench.report import Aim, Section, Table, median_of, percentile, ratios_of
from tests.browser.chromium import FLAGS
from tests.running import ROOT, Server, wait_until

COUNTER = ROOT / "plugins" / "counter"
NUM_ROUNDS = 4
TABS = {1: 2.0, 20: 3.0}  # tabs: seconds of one round
LEAD_S = 1.5  # to tell every tab when to begin
# Tabs in the background are to be as quick as the one in front, or twenty would measure Chromium's thrift.
AWAKE = (
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
)
CLICK = """
const [begin, seconds] = arguments, times = [];
const button = document.getElementById("add"), shown = document.getElementById("count");
const until = begin + seconds * 1000;
let from = 0;
const click = () => { from = performance.now(); button.click(); };
const seen = new MutationObserver(() => {
  times.push(performance.now() - from);
  if (Date.now() < until) return click();
  seen.disconnect();
  window.measured = times;
});
window.measured = null;
seen.observe(shown, { childList: true, characterData: true, subtree: true });
setTimeout(click, begin - Date.now());
"""

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Target:
    """A server and a browser with tabs of its page."""

    server: Server
    driver: Chrome
    path: str

    def open_tabs(self, number: int) -> None:
        """Open tabs until there are so many, each with a page of its own."""
        while len(self.driver.window_handles) < number:
            self.driver.switch_to.new_window("tab")
            self.driver.get(self.server.url + self.path)

    def measure(self, seconds: float) -> Figures:
        """Click in every tab for so long, again as soon as the answer is shown; milliseconds but for the clicks."""
        handles = self.driver.window_handles
        begin_ms = (time.time() + LEAD_S * (len(handles) > 1) + 0.1) * 1000
        before_s = cpu_s(self.server.pid)
        for handle in handles:
            self._run_in(handle, CLICK, begin_ms, seconds)
        times = [one for handle in handles for one in self._times_of(handle)]
        spent_s = cpu_s(self.server.pid) - before_s
        return {
            "p50 of a click (ms)": percentile(times, 0.5),
            "p99 of a click (ms)": percentile(times, 0.99),
            "clicks a second": len(times) / seconds,
            "server's processor time a click (ms)": spent_s * 1000 / len(times),
        }

    def _times_of(self, handle: str) -> list[float]:
        wait_until(lambda: self._run_in(handle, "return window.measured !== null"), 30, "the end of the clicks")
        times = self._run_in(handle, "return window.measured")
        assert isinstance(times, list)
        return times

    def _run_in(self, handle: str, script: str, *given: object) -> object:
        self.driver.switch_to.window(handle)
        found: object = self.driver.execute_script(script, *given)
        return found


def measure() -> Section:
    """Measure it all."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        data = Path(folder)
        servers = [
            (Server(data / "ours", "--plugin", str(COUNTER), **QUIET), "/new"),
            (BareFlask(data / "floor"), "/"),
            (GthreadFlask(data / "peer"), "/"),
        ]
        targets: list[Target] = []
        for server, path in servers:
            driver = stack.enter_context(_browser(data / f"browser-{len(targets)}"))
            target = Target(stack.enter_context(server), driver, path)
            driver.get(target.server.url + path)
            targets.append(target)
        return _section({tabs: _rounds(targets, tabs) for tabs in TABS})


def _rounds(targets: Sequence[Target], tabs: int) -> list[list[Figures]]:
    for target in targets:
        target.open_tabs(tabs)
    for target in targets:
        target.measure(1.0)  # warm
    rounds = [[target.measure(TABS[tabs]) for target in targets] for _ in range(NUM_ROUNDS)]
    return [[one[place] for one in rounds] for place in range(len(targets))]


@contextmanager
def _browser(profile: Path) -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    for flag in (*FLAGS, *AWAKE, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    driver = Chrome(options, Service(shutil.which("chromedriver") or "chromedriver"))
    try:
        yield driver
    finally:
        driver.quit()


def _section(found: Mapping[int, Sequence[Sequence[Figures]]]) -> Section:
    rows, aims = [], []
    for tabs, (ours, floor, peer) in found.items():
        of_floor, of_peer = ratios_of(ours, floor), ratios_of(ours, peer)
        floors, peers = median_of(floor), median_of(peer)
        for name, value in median_of(ours).items():
            figures = (value, floors[name], of_floor[name], peers[name], of_peer[name])
            rows.append((str(tabs), name, *(f"{figure:.2f}" for figure in figures)))
            is_met = of_floor[name] > 1 if name == "clicks a second" else of_floor[name] < 1
            aims.append(
                Aim(
                    asked=f"{tabs} tab{'s' * (tabs > 1)}: better {name}",
                    reached=f"{of_floor[name]:.2f} times",
                    is_met=is_met,
                )
            )
    head = ("tabs", "what", "ours", "floor", "ratio", "peer", "ratio")
    return Section(title=TITLE, about=ABOUT, table=Table(head=head, rows=rows), aims=aims, why=WHY)


TITLE = "(b) Page to Python to page"
ABOUT = """A click on the counter's button until the new count stands on the page, in headless Chromium; the next click
follows at once. Ours: `plugins/counter`, every count stored; each tab has a workspace of its own. Floor: a bare page
that fetches from a bare Flask route, on our adapter and server, and stores nothing. Peer: the same page and route under
gunicorn's `gthread` worker. All tabs of one server are in one browser; Chromium shares the processors with the server.
"""
WHY = """each of our clicks reads the workspace's data and commits an update of it and a numbered event for its other
tabs: four statements in two transactions, about 0.3 ms of processor time, as much as the whole floor, which stores
nothing. Tried: the same statements given straight to SQLite's driver, past SQLAlchemy, take 0.17 ms; they were left
in SQLAlchemy, because PostgreSQL is to be served from the same lines."""
