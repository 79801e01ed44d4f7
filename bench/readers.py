"""(d) Many readers of streams, beside plain server-sent events."""

import http.client
import json
import statistics
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.calls import QUIET
from bench.floor import BareStream
from bench.follow import Reader, start_readers
from bench.load import finish
from bench.process import cpu_s
from bench.report import Aim, Section, Table
from bench.source import EVERY_S, MODEL, NUM_EVENTS, FakeOpenAI, is_released
from bench.visits import Visit, call, open_visits, port_of
from bench.wire import post, text_frame
from tests.running import Server

NUM_ROUNDS = 2
NUM_PROCESSES = 2
MOST_S = {100: 6.0, 250: 9.0}
SPREAD = {100: 5, 250: 20}  # readers: over how many streams; a workspace takes 32 sockets


@dataclass(frozen=True, slots=True)
class Found:
    """One round: seconds from the first to the last event over all readers, and the server's processor seconds."""

    seconds: float
    cpu_s: float


def measure() -> Section:
    """Measure it all."""
    found: dict[tuple[str, int], list[Found]] = {}
    with TemporaryDirectory() as folder, FakeOpenAI() as models:
        settings = {**QUIET, "model_url": models.url, "model_name": MODEL, "num_runners": 32}
        for number in range(NUM_ROUNDS):
            for readers in MOST_S:
                data = Path(folder) / f"{number}-{readers}"
                with Server(data / "ours", **settings) as server:
                    found.setdefault((LIVE, readers), []).append(_by_live(server, readers))
                    found.setdefault((SSE, readers), []).append(_by_sse(server, readers))
                with BareStream(data / "peer") as peer:
                    found.setdefault((PEER, readers), []).append(_by_peer(peer, readers))
    return _section(found)


def _by_live(server: Server, num_readers: int) -> Found:
    num_streams = SPREAD[num_readers]
    visits = open_visits(server, num_streams)
    tasks = [_ask(server, visit) for visit in visits]
    frames = [text_frame(json.dumps({"subscribe": task, "after": 0})).decode("latin-1") for task in tasks]
    streams = list(zip(visits, frames, strict=True))
    chosen = [streams[place % num_streams] for place in range(num_readers)]
    return _watch(server, [Reader(visit.handshake(), frame) for visit, frame in chosen], is_released.set)


def _by_sse(server: Server, num_readers: int) -> Found:
    [visit] = open_visits(server, 1)
    asked = visit.request("get_task", {"task_id": _ask(server, visit)}, Accept="text/event-stream")
    return _watch(server, [Reader(asked)] * num_readers, is_released.set)


def _by_peer(peer: Server, num_readers: int) -> Found:
    asked = post("/api/get_task", {}, {})
    return _watch(peer, [Reader(asked)] * num_readers, lambda: urllib.request.urlopen(f"{peer.url}/start").close())


def _ask(server: Server, visit: Visit) -> str:
    is_released.clear()
    connection = http.client.HTTPConnection("127.0.0.1", port_of(server), timeout=20)
    task = call(connection, visit, "send_message", {"text": "Count."})
    connection.close()
    assert isinstance(task, dict)
    return str(task["id"])


def _watch(server: Server, readers: Sequence[Reader], release: Callable[[], None]) -> Found:
    processes = start_readers(port_of(server), readers, NUM_PROCESSES)
    before_s = cpu_s(server.pid)
    release()
    found = [one for process in processes for one in finish(process)["readings"]]
    spent_s = cpu_s(server.pid) - before_s
    for one in found:
        _check(one["numbers"])
    return Found(max(one["last_s"] for one in found) - min(one["first_s"] for one in found), spent_s)


def _check(numbers: Sequence[int]) -> None:
    """Every number came once and in order, and no event is missing."""
    assert list(numbers) == list(range(1, len(numbers) + 1)), numbers
    assert len(numbers) >= NUM_EVENTS


def _section(found: Mapping[tuple[str, int], Sequence[Found]]) -> Section:
    ideal_s = (NUM_EVENTS - 1) * EVERY_S
    rows, aims = [], []
    for (name, readers), rounds in sorted(found.items(), key=lambda one: one[0][1]):
        seconds = statistics.median([one.seconds for one in rounds])
        cells = (seconds, max(one.seconds for one in rounds), statistics.median([one.cpu_s for one in rounds]))
        rows.append((str(readers), name, *(f"{cell:.2f}" for cell in cells), f"{seconds / ideal_s:.2f}"))
        if name != PEER:
            asked, most_s = f"{readers} readers, {name}", MOST_S[readers]
            aims.append(
                Aim(asked=f"{asked}: at most {most_s:.0f} s", reached=f"{seconds:.2f} s", is_met=seconds <= most_s)
            )
    head = ("readers", "how", "s, median", "s, worst", "server's processor (s)", f"ratio to the ideal {ideal_s:.2f} s")
    return Section(title=TITLE, about=ABOUT, table=Table(head=head, rows=rows), aims=aims, why=WHY)


LIVE = f"live sockets over {SPREAD[100]} or {SPREAD[250]} streams"
SSE = "server-sent events, all on one stream"
PEER = "peer: plain server-sent events"
TITLE = "(d) Many readers of a stream"
ABOUT = f"""Streams of {NUM_EVENTS} events at {1 / EVERY_S:.0f} a second, from a model server in a process of its own
by `send_message`: each event is numbered and committed before it is shown. From the first event that any reader got
to the last that the last one got; all readers are connected before, in {NUM_PROCESSES} processes, and each is checked
to have got every number once and in order. Live sockets are spread over {SPREAD[100]} streams for 100 readers and
{SPREAD[250]} for 250. Peer: Starlette's `StreamingResponse` with a loop for each reader, which numbers and stores
nothing."""
WHY = "the one event loop writes to every reader's socket itself."
