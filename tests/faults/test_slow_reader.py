"""A reader that takes 1 KB a second from a task that prints 50 MB a second: the server's memory does not grow with what
it has not taken, the store does not grow with what was printed, and it is told what it skipped.
"""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from tests.conftest import PROBE
from tests.faults.slow_pipe import SlowPipe
from tests.running import Server, wait_until
from tests.visitors import Visitor, new_visitor

MB = 1_000_000
MOST_MB = 20
SLOW = 1000  # bytes a second
WARM_S = 2.0
MOST_WARM = 15
SLOW_S = 5.0
ENOUGH = 1_000_000 * MB
MOST_STORED = 60 * MB  # with the write-ahead log; several times that is printed

pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("slow reader")]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server of its own: its memory is measured."""
    with Server(tmp_path / "data", "--plugin", str(PROBE), local_model="false") as running:
        yield running


def most_memory(server: Server, for_s: float) -> int:
    """Return the most resident memory that the server has meanwhile, in bytes."""
    process, most, until = psutil.Process(server.pid), 0, time.monotonic() + for_s

    def look() -> bool:
        nonlocal most
        most = max(most, process.memory_info().rss)
        return time.monotonic() > until

    wait_until(look, for_s + 5)
    return most


def settled_memory(server: Server) -> int:
    """Return the same once it has stopped growing: on a machine that does much else a start takes longer."""
    most, now = 0, most_memory(server, WARM_S)
    for _ in range(MOST_WARM):
        if now - most < MB:
            break
        most, now = now, max(now, most_memory(server, WARM_S))
    return now


def last_number(visitor: Visitor, task: str) -> int:
    with visitor.live() as live:
        return int(live.follow(task, 1 << 50)["last"])


def stored_bytes(server: Server) -> int:
    return sum(path.stat().st_size for path in server.data_dir.glob("studiolo.db*"))


def by_socket(pipe: SlowPipe, visitor: Visitor, task: str) -> Callable[[], tuple[int, dict[str, Any]]]:
    """Follow a task by a live socket; the function reads on to the first gap and what comes with it."""
    slow = Visitor(pipe.url)
    slow.http, slow.session_id = visitor.http, visitor.session_id
    live = slow.live()
    live.send({"subscribe": task, "after": 0})

    def read_to_gap() -> tuple[int, dict[str, Any]]:
        with live:
            frame = live.until("gap", 30)
            return frame["gap"], frame["events"][0]

    return read_to_gap


def by_event_stream(pipe: SlowPipe, visitor: Visitor, task: str) -> Callable[[], tuple[int, dict[str, Any]]]:
    """Follow a task by server-sent events."""
    token = visitor.call("create_token", "slow")["token"]
    address = f"{pipe.url}/api/v1/task/{task}/events"
    response = requests.get(address, headers={"Authorization": f"Bearer {token}"}, stream=True, timeout=30)

    def read_to_gap() -> tuple[int, dict[str, Any]]:
        kind, gap, number = "", 0, 0
        for line in response.iter_lines(65_536):
            word, _, rest = line.decode().partition(": ")
            if word == "id":
                number = int(rest)
            elif word == "event":
                kind = rest
            elif word == "data" and kind == "gap":
                gap = int(json.loads(rest)["gap"])
            elif word == "data" and gap:
                response.close()
                data = json.loads(rest)
                return gap, {"number": number, "kind": kind, "data": data}
        raise AssertionError("the stream ended without a gap")

    return read_to_gap


@pytest.mark.parametrize("follow", [by_socket, by_event_stream])
def test_a_slow_reader_costs_under_20_mb_and_is_told_what_it_skipped(server: Server, follow: Any, scale: int) -> None:
    visitor = new_visitor(server.url, "alice")
    idle = most_memory(server, 0.1)
    begun = time.monotonic()
    task = visitor.call("start_printer", ENOUGH)["id"]
    alone = settled_memory(server)
    with SlowPipe(server.url) as pipe:
        pipe.bytes_a_second = SLOW
        read_to_gap = follow(pipe, visitor, task)
        beside = most_memory(server, SLOW_S * scale)
        printed, took_s = last_number(visitor, task) * 16_384, time.monotonic() - begun
        figures = f"idle {idle / MB:.1f}, alone {alone / MB:.1f}, beside a slow reader {beside / MB:.1f} MB; "
        figures += f"printed {printed / MB:.0f} MB, {printed / took_s / MB:.1f} MB/s; "
        figures += f"taken {pipe.num_bytes}, stored {stored_bytes(server) / MB:.1f} MB"
        assert pipe.num_bytes < 3 * SLOW * (SLOW_S * scale + 2)
        assert beside - alone < MOST_MB * MB, figures
        assert stored_bytes(server) < MOST_STORED < printed, figures
        pipe.bytes_a_second = None
        gap, first = read_to_gap()
    assert first["kind"] == "snapshot"
    assert first["number"] == gap + 1
    (text,) = [one["data"] for one in first["data"]["events"] if one["kind"] == "text"]
    numbers = [int(line[:11]) for line in text["text"].splitlines() if line[:11].isdigit()]
    assert (text["skipped"] + len(text["text"])) % 16_384 == 0
    assert text["skipped"] > 0
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    visitor.call("cancel_task", task)
    wait_until(lambda: visitor.call("get_task", task)["ended_at"], 10, "its end")
