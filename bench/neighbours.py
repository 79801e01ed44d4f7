"""(e) What everyone else feels while one visitor burns the processor, or has calls that block."""

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.calls import PLUGIN, QUIET
from bench.load import Load, finish
from bench.report import Aim, Section, Table, percentile
from bench.visits import open_visits, port_of
from tests.running import Server
from tests.visitors import new_visitor

TROUBLE_S = 10.0
LOAD_S = 9.0
PAUSE_S = 0.05
WARM_S = 1.0
NUM_OTHERS = 10  # at each door
MOST_MS = 250.0

Times = Mapping[str, Sequence[float]]


def measure() -> Section:
    """Measure it all."""
    troubles: dict[str, Callable[[Server], list[threading.Thread]]] = {
        "nobody else": lambda _server: [],
        "ten sleeping calls of one visitor": lambda server: _trouble(server, "sleep_for", 10),
        "one burning call": lambda server: _trouble(server, "burn_for", 1),
        "eight burning calls of one visitor": lambda server: _trouble(server, "burn_for", 8),
    }
    found: dict[str, Times] = {}
    with TemporaryDirectory() as folder:
        for number, (name, begin) in enumerate(troubles.items()):
            with Server(Path(folder) / str(number), "--plugin", str(PLUGIN), **QUIET) as server:
                found[name] = _felt(server, begin)
    return _section(found)


def _felt(server: Server, begin: Callable[[Server], list[threading.Thread]]) -> Times:
    others = open_visits(server, 2 * NUM_OTHERS, ("add_count", {}))
    doors = {"rpc": [one.rpc("add_count", {}) for one in others[:NUM_OTHERS]]}
    doors["live"] = [one.live("add_count", {}) for one in others[NUM_OTHERS:]]
    for callers in doors.values():
        Load(port=port_of(server), callers=callers, seconds=WARM_S).run()
    threads = begin(server)
    loads = {
        door: Load(port=port_of(server), callers=callers, seconds=LOAD_S, pause_s=PAUSE_S)
        for door, callers in doors.items()
    }
    processes = {door: load.start() for door, load in loads.items()}
    found = {door: finish(process) for door, process in processes.items()}
    for thread in threads:
        thread.join()
    assert all(one["num_bad"] == 0 for one in found.values())
    return {door: one["times_ms"] for door, one in found.items()}


def _trouble(server: Server, method: str, number: int) -> list[threading.Thread]:
    visitor = new_visitor(server.url, "the one with trouble")
    threads = [threading.Thread(target=visitor.call, args=(method, TROUBLE_S)) for _ in range(number)]
    for thread in threads:
        thread.start()
    return threads


def _section(found: Mapping[str, Times]) -> Section:
    rows, aims = [], []
    for name, times in found.items():
        for door, ms in times.items():
            quiet = percentile(found["nobody else"][door], 0.99)
            p99 = percentile(ms, 0.99)
            cells = (percentile(ms, 0.5), p99, max(ms), p99 / quiet)
            rows.append((name, door, str(len(ms)), *(f"{cell:.1f}" for cell in cells)))
        worst = max(percentile(ms, 0.99) for ms in times.values())
        if name != "nobody else":
            aims.append(
                Aim(asked=f"{name}: p99 under {MOST_MS:.0f} ms", reached=f"{worst:.0f} ms", is_met=worst < MOST_MS)
            )
    head = ("beside", "door", "calls", "p50 (ms)", "p99 (ms)", "worst (ms)", "p99, times that beside nobody")
    return Section(title=TITLE, about=ABOUT, table=Table(head=head, rows=rows), aims=aims, why=WHY)


TITLE = "(e) One visitor's trouble"
ABOUT = f"""{NUM_OTHERS} visitors by rpc and {NUM_OTHERS} by live sockets each call `add_count`, which stores, every
{PAUSE_S * 1000:.0f} ms for {LOAD_S:.0f} s, while one other visitor's calls burn the processor in a pure Python loop,
or block, for {TROUBLE_S:.0f} s. One server process."""
WHY = """a stored call gives the interpreter up at every statement, lock and change of thread, and each time waits
behind the turns of all burning threads. A turn is 5 ms while nobody burns and 0.05 ms as long as a call does; shorter
ones changed nothing more, because the system's own scheduler then sets the pace: on a machine that is busy with other
things the wait grows with its load. What is known to burn belongs in a child process."""
