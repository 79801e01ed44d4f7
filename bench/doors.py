"""(h) What each door adds to `call()` itself: one caller, one connection, the same method that stores nothing."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.calls import BODY, PLUGIN, QUIET
from bench.load import Caller, Load
from bench.report import Section, Table, median_of, percentile, ratios_of
from bench.visits import open_visits, port_of
from bench.wire import post
from doors.own import open_any, own_caller
from settings import load_settings
from tests.running import ROOT, Server, clean_environment
from tests.visitors import Visitor
from web_mode import build

NUM_ROUNDS = 5
SECONDS = 1.0
NUM_SHELL_CALLS = 3
FLOOR = "call() in the same process"

Figures = dict[str, float]


def measure() -> Section:
    """Measure it all."""
    with TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with Server(data, "--plugin", str(PLUGIN), **QUIET) as server:
            visit, *_ = open_visits(server, 1, ("add_count", {}))
            token = _token_of(server, visit.session_id, visit.cookies)
            ways = {
                FLOOR: _in_process(data, visit.session_id),
                "live: one WebSocket": _loaded(server, visit.live("echo", BODY)),
                "rpc: POST /api/echo": _loaded(server, visit.rpc("echo", BODY)),
                "rest: POST /api/v1/echo, with a token": _loaded(server, _rest(token)),
                "mcp: tools/call at /mcp, with a token": _loaded(server, _mcp(token)),
                "cli: python main.py call echo, a process each": _shell(data, visit.session_id),
            }
            for measured in ways.values():
                measured()  # warm
            rounds = [{name: measured() for name, measured in ways.items()} for _ in range(NUM_ROUNDS)]
    return _section(rounds)


def _section(rounds: Sequence[dict[str, float]]) -> Section:
    found = median_of(rounds)
    floors = [dict.fromkeys(found, one[FLOOR]) for one in rounds]
    ratios = ratios_of(rounds, floors)
    rows = [(name, f"{ms:.3f}", f"{ms - found[FLOOR]:.3f}", f"{ratios[name]:.1f}") for name, ms in found.items()]
    return Section(title=TITLE, about=ABOUT, table=Table(head=HEAD, rows=rows), aims=[])


def _in_process(data: Path, session_id: str) -> Callable[[], float]:
    parts = build(load_settings(data_dir=data, plugin=PLUGIN, local_model=False))
    api = open_any(parts.entrance, parts.database, session_id)

    def measured() -> float:
        times_ms, until_s = [], time.perf_counter() + SECONDS
        while time.perf_counter() < until_s:
            begun_s = time.perf_counter()
            api.call(own_caller(api, "rpc"), "echo", BODY)
            times_ms.append((time.perf_counter() - begun_s) * 1000)
        return percentile(times_ms, 0.5)

    return measured


def _loaded(server: Server, caller: Caller) -> Callable[[], float]:
    def measured() -> float:
        found = Load(port=port_of(server), callers=[caller], seconds=SECONDS).run()
        assert found["num_bad"] == 0, caller.call
        return percentile(found["times_ms"], 0.5)

    return measured


def _rest(token: str) -> Caller:
    return Caller(post("/api/v1/echo", BODY, {"Authorization": f"Bearer {token}"}))


def _mcp(token: str) -> Caller:
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "echo", "arguments": BODY}}
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}
    return Caller(post("/mcp", asked, headers))


def _shell(data: Path, session_id: str) -> Callable[[], float]:
    command = [sys.executable, "main.py", "call", "--plugin", str(PLUGIN), "--session", session_id]
    command += ["echo", "--arguments", json.dumps(BODY)]
    environment = clean_environment(data, {"local_model": "false"})

    def measured() -> float:
        times_ms = []
        for _ in range(NUM_SHELL_CALLS):
            begun_s = time.perf_counter()
            subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
            times_ms.append((time.perf_counter() - begun_s) * 1000)
        return percentile(times_ms, 0.5)

    return measured


def _token_of(server: Server, session_id: str, cookies: str) -> str:
    visitor = Visitor(server.url)
    visitor.session_id = session_id
    return str(visitor.post("create_token", {"name": "bench"}, Cookie=cookies).json()["data"]["token"])


TITLE = "(h) What each door adds to a call"
HEAD = ("door", "p50 of a call (ms)", "added (ms)", "times call()")
ABOUT = f"""`echo` of a plugin, which stores nothing, by one caller that asks again once answered, over one connection
that stays open (the shell: a process a call). Floor: `Api.call` in a process of its own, without a door: look-up,
validation, the method, plain JSON values. Medians of {NUM_ROUNDS} rounds of each door's p50."""
