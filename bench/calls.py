"""(a) What a declared method costs at the door `rpc`, beside a bare Flask route on the same adapter and server."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.floor import BareFlask, GthreadFlask
from bench.load import Caller, Load
from bench.process import cpu_s
from bench.report import Aim, Section, Table, median_of, percentile, ratios_of
from bench.visits import open_visits, port_of
from bench.wire import post
from tests.running import Server

PLUGIN = Path(__file__).resolve().parent / "plugin"
QUIET = {"local_model": "false", "log_level": "WARNING"}
MOST_RATIO = 1.5
NUM_ROUNDS = 5
CALLERS = {1: 1.5, 100: 2.5}  # callers: seconds of one round
BODY = {"value": "the same words both ways"}

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Target:
    """A running server and its callers."""

    server: Server
    callers: Sequence[Caller]

    def measure(self, num_callers: int, seconds: float) -> Figures:
        """Answer what a call costs, in milliseconds."""
        before_s = cpu_s(self.server.pid)
        found = Load(port=port_of(self.server), callers=self.callers[:num_callers], seconds=seconds).run()
        assert found["num_bad"] == 0
        times_ms = found["times_ms"]
        return {
            "mean cost of a call (time / calls)": found["seconds"] * 1000 / len(times_ms),
            "p50 of a call": percentile(times_ms, 0.5),
            "p99 of a call": percentile(times_ms, 0.99),
            "server's processor time a call": (cpu_s(self.server.pid) - before_s) * 1000 / len(times_ms),
        }


def measure() -> Section:
    """Measure it all."""
    with TemporaryDirectory() as folder:
        data = Path(folder)
        with (
            Server(data / "ours", "--plugin", str(PLUGIN), **QUIET) as ours,
            BareFlask(data / "floor") as floor,
            GthreadFlask(data / "peer") as peer,
        ):
            most = max(CALLERS)
            bare = [Caller(post("/echo", BODY, {}))] * most
            visits = open_visits(ours, most, ("add_count", {}))
            own = [visit.rpc("echo", BODY) for visit in visits]
            targets = [Target(ours, own), Target(floor, bare), Target(peer, bare)]
            return _section({callers: _rounds(targets, callers) for callers in CALLERS})


def _rounds(targets: Sequence[Target], callers: int) -> list[list[Figures]]:
    for target in targets:
        target.measure(callers, 0.5)  # warm
    rounds = [[target.measure(callers, CALLERS[callers]) for target in targets] for _ in range(NUM_ROUNDS)]
    return [[one[place] for one in rounds] for place in range(len(targets))]


def _section(found: dict[int, list[list[Figures]]]) -> Section:
    rows, aims = [], []
    for callers, (ours, floor, peer) in found.items():
        of_floor, of_peer = ratios_of(ours, floor), ratios_of(ours, peer)
        floors, peers = median_of(floor), median_of(peer)
        for name, value in median_of(ours).items():
            figures = (value, floors[name], of_floor[name], peers[name], of_peer[name])
            rows.append((str(callers), name, *(f"{figure:.2f}" for figure in figures)))
        reached = of_floor["mean cost of a call (time / calls)"]
        asked = f"mean cost at {callers} caller{'s' * (callers > 1)}: at most {MOST_RATIO} times the floor's"
        aims.append(Aim(asked=asked, reached=f"{reached:.2f}", is_met=reached <= MOST_RATIO))
    head = ("callers", "what (ms)", "ours", "floor", "ratio", "peer", "ratio")
    return Section(title=TITLE, about=ABOUT, table=Table(head=head, rows=rows), aims=aims, why=WHY)


TITLE = "(a) A call by rpc against a bare Flask route"
ABOUT = """Ours: `echo` of a plugin by `POST /api/echo`: gate, cookie, workspace, validated arguments, envelope.
Floor: a bare Flask route that echoes JSON with `jsonify`, behind the same adapter, threads and uvicorn, without gate,
router or cookie. Peer: the same route under gunicorn's `gthread` worker with 64 threads. Each caller keeps one
connection; each of ours is a visitor of its own with a stored workspace."""
WHY = """a call of ours does the whole work of the floor's and besides checks host and origin, gives each request an
id and the answer its security headers, stands in the lines of its session and its browser, opens the workspace its
cookie may open, checks the arguments and wraps the answer. Profiled in one process without a network: 0.17 ms for the
floor (0.10 the adapter and its thread, 0.07 Flask), 0.26 for ours, of which the method's own way in (`call`) is 0.02.
It was 0.32: what helped was to hand calls to Flask past the router, to read headers once and cookies without
Werkzeug, lines without generators, to freeze what the collector would look through again and again, and to let
threads run for 5 ms at a turn where no call burns the processor."""
