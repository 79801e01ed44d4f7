"""(n) What a neighbour feels while other workspaces run hostile scripts in the same browser."""

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.load import Load, finish
from bench.report import Aim, Section, Table, percentile
from bench.visits import open_visits, port_of
from tests.engines.served import engine_server, start, value_of, wait_for
from tests.running import Server
from tests.visitors import Visitor, new_visitor

SECONDS = 8.0
PAUSE_S = 0.02
NUM_HTTP = 4
MOST_MS = 250.0
QUIET = "nobody else"
SCRIPTS = {
    QUIET: "",
    "an endless loop": "for (;;);",
    "endless allocation": "const kept = []; for (;;) kept.push(new Uint8Array(1e7).fill(1))",
    "a thousand windows, again and again": """for (;;) {
        for (let n = 0; n < 1000; n++) window.open("about:blank");
        await new Promise((go) => setTimeout(go));
    }""",
    "a flood of calls": """for (;;)
        await Promise.allSettled(Array.from({length: 400}, () => pywebview.api.get_session()))""",
    "a flood of lines on the console": """for (;;) {
        for (let n = 0; n < 1000; n++) console.log("line", n, { n });
        await new Promise((go) => setTimeout(go));
    }""",
}
CALLING = f"""const times = [], until = Date.now() + SECONDS * 1000;
while (Date.now() < until) {{
  const begun = performance.now();
  await pywebview.api.get_session();
  times.push(performance.now() - begun);
  await new Promise((go) => setTimeout(go, {PAUSE_S * 1000}));
}}
return times"""

Times = Mapping[str, Sequence[float]]


def measure(seconds: float = SECONDS) -> Section:
    """Measure it all."""
    with TemporaryDirectory() as folder, engine_server(Path(folder), "chrome", log_level="ERROR") as server:
        neighbour = new_visitor(server.url, "the neighbour")
        value_of(neighbour, CALLING.replace("SECONDS", "0.5"))  # warm
        return _section({name: _felt(server, neighbour, source, seconds) for name, source in SCRIPTS.items()})


def _felt(server: Server, neighbour: Visitor, source: str, seconds: float) -> Times:
    is_over = threading.Event()
    hostile = _begin(server, source, seconds, is_over) if source else None
    callers = [visit.rpc("get_session", {}) for visit in open_visits(server, NUM_HTTP)]
    load = Load(port=port_of(server), callers=callers, seconds=seconds, pause_s=PAUSE_S).start()
    by_page = value_of(neighbour, CALLING.replace("SECONDS", str(seconds)), timeout_s=seconds + 60)
    by_http = finish(load)
    is_over.set()
    if hostile is not None:
        hostile.join()
    assert by_http["num_bad"] == 0
    return {"page to Python to page": by_page, "a call by HTTP": by_http["times_ms"]}


def _begin(server: Server, source: str, seconds: float, is_over: threading.Event) -> threading.Thread:
    """Have another workspace run it, again whenever it was ended; returns once it runs."""
    visitor, has_begun = new_visitor(server.url, "the hostile one"), threading.Event()
    value_of(visitor, "return 1")

    def go_on() -> None:
        while not is_over.is_set():
            task_id = start(visitor, source, timeout_s=seconds + 1)
            has_begun.set()
            wait_for(visitor, task_id)

    thread = threading.Thread(target=go_on)
    thread.start()
    assert has_begun.wait(10)
    return thread


def _section(found: Mapping[str, Times]) -> Section:
    rows, aims = [], []
    measures: dict[str, Callable[[Sequence[float]], float]] = {
        "p50": lambda ms: percentile(ms, 0.5),
        "p99": lambda ms: percentile(ms, 0.99),
        "worst": max,
    }
    for name, times in found.items():
        for road, ms in times.items():
            rows.append((name, road, str(len(ms)), *(f"{tell(ms):.1f}" for tell in measures.values())))
        worst = max(percentile(ms, 0.99) for ms in times.values())
        if name != QUIET:
            aims.append(
                Aim(asked=f"{name}: p99 under {MOST_MS:.0f} ms", reached=f"{worst:.0f} ms", is_met=worst < MOST_MS)
            )
    head = ("beside", "road", "calls", *(f"{name} (ms)" for name in measures))
    return Section(title=TITLE, about=ABOUT, table=Table(head=head, rows=rows), aims=aims, why=WHY)


TITLE = "(n) A neighbour of hostile scripts"
ABOUT = f"""One server with the engine chrome. A workspace's script calls `get_session` from its page, {NUM_HTTP}
visitors call it by HTTP, each every {PAUSE_S * 1000:.0f} ms for {SECONDS:.0f} s, while another workspace's page in the
same browser runs a hostile script, which is begun again whenever it was ended. All share the processors named above."""
WHY = """a page that burns takes one of the processors, and what floods its own calls or lines takes turns of the
interpreter of the process that holds all pages."""
