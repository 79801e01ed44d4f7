"""(m) Scripts in a page: our engines beside Selenium and Playwright, on the same Chromium in the same run."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from bench.engine_subjects import CHROMIUM, SHELL, Ours, Playwright, Selenium, Subject, noted, pss_mb
from bench.report import Aim, Section, Table, median_of, percentile, ratios_of

NUM_ROUNDS = 3
NUM_RUNS, NUM_CALLS, NUM_OPENED = 300, 300, 8
RATE_S = 2.0
AT_ONCE = (1, 10, 50)
OURS, PLAYWRIGHT = "ours", "Playwright"
OURS_WHOLE, PLAYWRIGHT_WHOLE, SELENIUM = "ours, whole", "Playwright, whole", "Selenium, whole"
TABS, WINDOW = "Selenium, one profile", "ours, window"
BESIDE = ((OURS, PLAYWRIGHT), (OURS_WHOLE, PLAYWRIGHT_WHOLE), (OURS_WHOLE, SELENIUM), (OURS_WHOLE, TABS))
RUN_P50, RUN_P99 = "a script's round trip, p50 (ms)", "the same, p99 (ms)"
CALL_P50, CALL_P99 = "page to Python to page, p50 (ms)", "the same in a page, p99 (ms)"
OPENED, SIZE = "pages opened a second", "memory of a page (MB)"

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class _Running:
    subject: Subject
    processes: list[psutil.Process]


def measure(num_rounds: int = NUM_ROUNDS, at_once: Sequence[int] = AT_ONCE, rate_s: float = RATE_S) -> Section:
    """Measure it all."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        running = _start(Path(folder), stack)
        sizes = {name: _size_mb(one, max(at_once)) for name, one in running.items()}
        for one in running.values():
            _figures(one.subject, (1,), 0.5)  # warm
        rounds = [
            {name: _figures(one.subject, at_once, rate_s) for name, one in running.items()} for _ in range(num_rounds)
        ]
    found = {name: [{**one[name], SIZE: sizes[name]} for one in rounds] for name in running}
    return _section(found)


def _start(folder: Path, stack: ExitStack) -> dict[str, _Running]:
    makers: dict[str, Callable[[], Subject]] = {
        OURS: lambda: Ours("chrome", folder, stack),
        PLAYWRIGHT: lambda: Playwright(SHELL, stack),
        OURS_WHOLE: lambda: Ours("chromium", folder, stack),
        PLAYWRIGHT_WHOLE: lambda: Playwright(CHROMIUM, stack),
        SELENIUM: lambda: Selenium(folder, stack, is_apart=True),
        TABS: lambda: Selenium(folder, stack, is_apart=False),
        WINDOW: lambda: Ours("window", folder, stack),
    }
    running = dict[str, _Running]()
    for name, make in makers.items():
        with noted() as processes:
            subject = make()
        running[name] = _Running(subject, processes)
    return running


def _size_mb(running: _Running, pages: int) -> float:
    """Open so many pages; returns what each but the first cost."""
    running.subject.open()
    time.sleep(1.0)  # what a browser does at its start is not of a page
    before = pss_mb(running.processes)
    for _ in range(pages - 1):
        running.subject.open()
    time.sleep(1.0)
    return (pss_mb(running.processes) - before) / max(1, pages - 1)


def _figures(subject: Subject, at_once: Sequence[int], rate_s: float) -> Figures:
    runs, calls = _run_times_ms(subject), subject.call_times_ms(NUM_CALLS)
    figures = {RUN_P50: percentile(runs, 0.5), RUN_P99: percentile(runs, 0.99)}
    if calls:
        figures |= {CALL_P50: percentile(calls, 0.5), CALL_P99: percentile(calls, 0.99)}
    rates = {_rate_of(pages): subject.num_runs(pages, rate_s) / rate_s for pages in at_once}
    return {**figures, OPENED: _opened_a_second(subject), **rates}


def _run_times_ms(subject: Subject) -> list[float]:
    if isinstance(subject, Playwright):
        return subject.run_times_ms(NUM_RUNS)
    times = []
    for _ in range(NUM_RUNS):
        begun_s = time.perf_counter()
        subject.run()
        times.append((time.perf_counter() - begun_s) * 1000)
    return times


def _opened_a_second(subject: Subject) -> float:
    begun_s = time.perf_counter()
    for _ in range(NUM_OPENED):
        subject.open()
    rate = NUM_OPENED / (time.perf_counter() - begun_s)
    for _ in range(NUM_OPENED):
        subject.close_last()
    return rate


def _rate_of(pages: int) -> str:
    return f"scripts a second, {pages} session{'s' * (pages > 1)} at once"


def _section(found: Mapping[str, Sequence[Figures]]) -> Section:
    medians = {name: median_of(rounds) for name, rounds in found.items()}
    rows, aims = [], []
    for what in medians[OURS]:
        rows.append((what, *(f"{one[what]:.2f}" if what in one else "" for one in medians.values())))
        aims += [_aim(what, ours, peer, found) for ours, peer in BESIDE if what in medians[peer]]
    head = ("what", *found)
    return Section(title=TITLE, about=ABOUT, table=Table(head=head, rows=rows), aims=aims, why=WHY)


def _aim(what: str, our_name: str, peer: str, found: Mapping[str, Sequence[Figures]]) -> Aim:
    ours = [{what: one[what]} for one in found[our_name]]
    ratio = ratios_of(ours, [{what: one[what]} for one in found[peer]])[what]
    is_met = ratio > 1 if "a second" in what else ratio < 1
    return Aim(asked=f"{what}: {our_name} ahead of {peer}", reached=f"{ratio:.2f} times", is_met=is_met)


TITLE = "(m) Scripts in a page"
ABOUT = f"""`return 1` in a blank page, again and again; a script's call of Python and its answer, as the page sees it;
pages opened (with cookies of its own, and a script in it); what each further page takes of memory (Pss over all
processes); scripts in many pages at once. {NUM_ROUNDS} rounds in turn. Peers on the same Chromium with the same flags:
`ours` and `Playwright` on the one without windows, which both take where it is installed; `whole` is the one with
windows, with which alone ChromeDriver works. Selenium: `execute_script`, a user context a page by WebDriver BiDi, and
once with tabs that share one profile; it has no calls from a page. Playwright: `evaluate`, `expose_function` and
`new_context`, by its asynchronous calls. Ours: threads that call `Page.run`. The window engine has its own Chromium,
Qt's."""
WHY = """Selenium's pages are tabs of one profile: they share cookies, storage and cache, and have no window each. A
page of ours, like Playwright's, shares nothing with the next one; on the Chromium without windows, which Studiolo takes
first, it is ahead of those tabs too."""
