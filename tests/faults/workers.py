"""Which of several workers serves a socket, and which runs a task."""

import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import Any
from uuid import UUID

import psutil
import pysqlite3.dbapi2 as sqlite

from tests.running import Server
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
    query = "SELECT runners.pid FROM tasks JOIN runners ON runners.id = tasks.runner_id WHERE tasks.id = ?"
    with closing(sqlite.connect(str(server.data_dir / "studiolo.db"))) as connection:
        row = connection.execute(query, [UUID(task_id).hex]).fetchone()
    return None if row is None else int(row[0])


def rows(server: Server, query: str) -> Sequence[tuple[Any, ...]]:
    """Return what the database holds."""
    with closing(sqlite.connect(str(server.data_dir / "studiolo.db"))) as connection:
        found: list[tuple[Any, ...]] = connection.execute(query).fetchall()
    return found


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
