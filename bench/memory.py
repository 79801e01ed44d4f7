"""(c) What an idle session costs in memory, beside a server that keeps nothing for its visitors."""

import itertools
import statistics
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.calls import PLUGIN, QUIET
from bench.floor import BareFlask
from bench.process import rss_bytes
from bench.report import Aim, Section, Table
from bench.visits import open_visits, read_pages
from tests.running import Server

NUM_SESSIONS = 1000
NUM_WARM = 300
NUM_BATCHES = 3
MOST_KB = 20.0


def measure() -> Section:
    """Measure it all."""
    with TemporaryDirectory() as folder:
        with Server(Path(folder) / "ours", "--plugin", str(PLUGIN), **QUIET) as ours:
            opened = _growth_kb(ours, lambda number: open_visits(ours, number))
            called = _growth_kb(ours, lambda number: open_visits(ours, number, ("add_count", {})))
        with BareFlask(Path(folder) / "floor") as floor:
            bare = _growth_kb(floor, lambda number: read_pages(floor, number))
    return _section({"opened the page": opened, "opened it and stored something": called, "floor: read a page": bare})


def _growth_kb(server: Server, visit: Callable[[int], object]) -> list[float]:
    visit(NUM_WARM)
    sizes = [rss_bytes(server.pid)]
    for _ in range(NUM_BATCHES):
        visit(NUM_SESSIONS)
        sizes.append(rss_bytes(server.pid))
    return [(after - before) / NUM_SESSIONS / 1024 for before, after in itertools.pairwise(sizes)]


def _section(found: dict[str, list[float]]) -> Section:
    rows = [(name, f"{statistics.median(kb):.1f}", f"{max(kb):.1f}") for name, kb in found.items()]
    most = max(statistics.median(kb) for name, kb in found.items() if not name.startswith("floor"))
    aim = Aim(asked=f"at most {MOST_KB:.0f} KB a session", reached=f"{most:.1f} KB", is_met=most <= MOST_KB)
    head = ("each visitor", "KB a session, median of batches", "KB a session, worst batch")
    return Section(title=TITLE, about=ABOUT, table=Table(head=head, rows=rows), aims=[aim], why=WHY)


TITLE = "(c) Memory of an idle session"
ABOUT = f"""Visitors with a browser of their own open the page over HTTP, {NUM_SESSIONS} in a batch after {NUM_WARM}
to warm up; all their `Api` objects stay alive in `active_sessions`. The growth of the server's resident memory over a
batch, divided by its sessions, in {NUM_BATCHES} batches one after the other. Floor: bare Flask, which keeps nothing."""
WHY = """the allocator keeps whole arenas that a batch touched."""
