"""What an engine is made of, killed in mid script: a typed error, others go on, it heals, nothing is left over."""

import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil
import pytest

from tests.engines.make import ENGINES
from tests.engines.served import (
    all_ended,
    engine_server,
    host_of,
    start,
    started_by,
    tree_of,
    value_of,
    wait_for,
    wait_until_running,
)
from tests.running import Server, wait_until
from tests.visitors import new_visitor

SOON_S = 5.0
FOR_EVER = "console.log('running'); await new Promise(() => {})"
BURNING = "console.log('burning'); await new Promise((go) => setTimeout(go, 100)); for (;;);"
pytestmark = pytest.mark.timeout(240)


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine in turn."""
    return str(request.param)


@pytest.fixture
def server(tmp_path: Path, engine: str) -> Iterator[Server]:
    """A server that runs page scripts."""
    with engine_server(tmp_path, engine) as running:
        yield running


def test_every_process_that_ends_is_told_and_replaced(server: Server) -> None:
    alice = new_visitor(server.url, "alice")
    num = len(started_by(server)) if value_of(alice, "return 1") else 0
    assert num == 1, "the browser, or the helper"
    for place in range(num):
        task_id = start(alice, FOR_EVER, timeout_s=120)
        wait_until_running(alice, task_id)
        before = started_by(server)
        psutil.Process(before[place][0]).send_signal(signal.SIGKILL)
        task = wait_for(alice, task_id, SOON_S)
        assert (task["state"], task["error"]["code"]) == ("failed", "page_gone")
        assert value_of(alice, "return 1 + 1") == 2
        wait_until(partial(all_ended, before), SOON_S, "the end of what was started")


def test_the_process_that_holds_the_pages_is_replaced_and_leaves_nothing(server: Server) -> None:
    alice, bob = new_visitor(server.url, "alice"), new_visitor(server.url, "bob")
    task_id = start(alice, FOR_EVER, timeout_s=120)
    wait_until_running(alice, task_id)
    host = host_of(server)
    below = tree_of(server)
    host.send_signal(signal.SIGKILL)
    task = wait_for(alice, task_id, SOON_S)
    assert (task["state"], task["error"]["code"]) == ("failed", "interrupted")
    wait_until(lambda: all_ended(below), SOON_S, "the end of all that it had started")
    assert not alice.call("get_page")["is_open"]
    assert [value_of(visitor, "return 1 + 1") for visitor in (alice, bob)] == [2, 2]
    assert host_of(server).pid != host.pid
    assert len(list((server.data_dir / "engine").glob("on-*/*/"))) == 1


def test_a_page_whose_process_is_killed_is_alone_in_it(server: Server, engine: str) -> None:
    alice, bob = new_visitor(server.url, "alice"), new_visitor(server.url, "bob")
    for visitor in (alice, bob):
        value_of(visitor, "return 1")
    burning = start(alice, BURNING, timeout_s=120)
    wait_until_running(alice, burning)
    waiting = start(bob, "console.log('waiting'); await new Promise((go) => setTimeout(go, 4000)); return 'went on'")
    wait_until_running(bob, waiting)
    burning_page(server).send_signal(signal.SIGKILL)
    task = wait_for(alice, burning, SOON_S)
    assert (task["state"], task["error"]["code"]) == ("failed", "page_gone")
    assert wait_for(bob, waiting)["state"] == "completed"
    assert value_of(alice, "return 1 + 1") == 2


def burning_page(server: Server) -> psutil.Process:
    """Return the page's process that burns: the one that has used a second of the processor since now."""
    others = {host_of(server).pid, *(pid for pid, _moment in started_by(server))}
    pages = [one for one in psutil.Process(server.pid).children(recursive=True) if one.pid not in others]
    before = {page.pid: used_s(page) for page in pages}
    found = list[psutil.Process]()

    def one_burns() -> bool:
        found[:] = [page for page in pages if used_s(page) - before[page.pid] > 1]
        return bool(found)

    wait_until(one_burns, 60, "a page that burns")
    return found[0]


def used_s(process: psutil.Process) -> float:
    """Return how much of the processor a process has used, in seconds."""
    with suppress(psutil.NoSuchProcess):
        return float(process.cpu_times().user)
    return 0.0


@pytest.mark.parametrize("end", [Server.stop, Server.kill], ids=["stopped", "killed"])
def test_a_server_that_ends_leaves_nothing_running(server: Server, end: Callable[[Server], None]) -> None:
    alice = new_visitor(server.url, "alice")
    wait_until_running(alice, start(alice, FOR_EVER, timeout_s=120))
    below = tree_of(server)
    assert len(below) > 3
    end(server)
    wait_until(lambda: all_ended(below), 2 * SOON_S, "the end of all that it had started")


def test_what_a_crash_of_everything_left_is_ended_by_the_next_start(server: Server) -> None:
    alice = new_visitor(server.url, "alice")
    value_of(alice, "return 1")
    below = tree_of(server)
    host = host_of(server)
    host.suspend()  # it cannot clean up after its server, as where all are killed at once
    psutil.Process(server.pid).kill()
    host.kill()
    server.kill()
    server.start()
    assert value_of(alice, "return 1 + 1") == 2
    wait_until(lambda: all_ended(below), SOON_S, "the end of what was left")
