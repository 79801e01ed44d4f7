"""Which of several workers serves a socket, and which runs a task."""

import signal
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from uuid import UUID

import psutil
from sqlalchemy import select

from store.tables import runners, tasks
from tests.running import Server
from tests.stored import rows
from tests.visitors import Live, Visitor


def worker_pids(server: Server) -> set[int]:
    """Return the processes of gunicorn's workers."""
    return {child.pid for child in psutil.Process(server.pid).children()}


def worker_of(server: Server, live: Live) -> int:
    """Return the process at the other end of a live socket."""
    port = live.socket.socket.getsockname()[1]
    for pid in worker_pids(server):
        open_ones = [one for one in psutil.Process(pid).net_connections("tcp") if one.status == psutil.CONN_ESTABLISHED]
        if any(one.raddr.port == port for one in open_ones):
            return pid
    raise AssertionError("no worker has this socket")


def runner_of(server: Server, task_id: str) -> int | None:
    """Return the process that took a task up, or None while nobody has."""
    held = select(runners.c.pid).join(tasks, tasks.c.runner_id == runners.c.id)
    found = rows(server.data_dir, held.where(tasks.c.id == UUID(task_id)))
    return int(found[0][0]) if found else None


@contextmanager
def asleep(pids: Iterable[int]) -> Iterator[None]:
    """Let these processes sleep meanwhile."""
    sleepers = [psutil.Process(pid) for pid in pids]
    for sleeper in sleepers:
        sleeper.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for sleeper in sleepers:
            sleeper.send_signal(signal.SIGCONT)


@contextmanager
def socket_at_each_worker(server: Server, visitor: Visitor) -> Iterator[dict[int, Live]]:
    """Give a live socket of this visitor at every worker.

    The kernel wakes whom it likes, often the same worker each time; so those that have a socket sleep until all have.
    """
    found = dict[int, Live]()
    with ExitStack() as stack:
        for _ in worker_pids(server):
            with asleep(found):
                live = stack.enter_context(visitor.live())
                found[worker_of(server, live)] = live
        assert set(found) == worker_pids(server), "some worker was dealt no socket"
        yield found
