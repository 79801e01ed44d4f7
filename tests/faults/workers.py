"""Which of several workers serves a socket, and which runs a task."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import Any
from uuid import UUID

import psutil
import pysqlite3.dbapi2 as sqlite

from tests.running import Server
from tests.visitors import Live, Visitor

MOST_SOCKETS = 48


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
def socket_at_each_worker(server: Server, visitor: Visitor) -> Iterator[dict[int, Live]]:
    """Give a live socket of this visitor at every worker. The kernel deals them out, so some are opened in vain."""
    wanted, found = worker_pids(server), dict[int, Live]()
    with ExitStack() as stack:
        for _ in range(MOST_SOCKETS):
            live = stack.enter_context(visitor.live())
            found.setdefault(worker_of(server, live), live)
            if set(found) == wanted:
                break
        assert set(found) == wanted, "some worker was dealt no socket"
        yield found
