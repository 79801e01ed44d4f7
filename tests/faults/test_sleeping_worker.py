"""A worker that sleeps through its lease: another goes on, and what the sleeper writes late is refused by the fence."""

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from sqlalchemy import func, select, text

from store.backend import say
from store.database import Database
from tests.conftest import PROBE
from tests.faults.outside import Outside
from tests.running import Server, Worker, wait_until
from tests.stored import database_of, rows
from tests.visitors import new_visitor

LEASE_S = 2
OLD_S = 0.2
OLD = f"datname = current_database() AND clock_timestamp() - xact_start > interval '{OLD_S} s'"
pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Server]:
    """A server that runs no tasks itself."""
    with Server(tmp_path, "--plugin", str(PROBE), local_model="false", num_runners=0, lease_s=LEASE_S) as running:
        yield running


def worker_of(web: Server) -> Worker:
    """Return a worker, not yet started, that ends soon when it is told."""
    return Worker(web.data_dir, "--plugin", str(PROBE), local_model="false", lease_s=LEASE_S, drain_s=1)


def pid_of_holder(web: Server) -> int | None:
    found = rows(
        web.data_dir, "SELECT pid FROM runners JOIN tasks ON runners.id = runner_id WHERE state = 'processing'"
    )
    return int(found[0][0]) if found else None


def put_to_sleep(web: Server, pid: int | None) -> psutil.Process:
    """Stop a process at a moment when it is in no transaction: others would wait for its locks, on SQLite all."""
    sleeper = psutil.Process(pid)
    with database_of(web.data_dir) as database:
        for _ in range(100):
            sleeper.send_signal(signal.SIGSTOP)
            if is_free(database):
                return sleeper
            sleeper.send_signal(signal.SIGCONT)
            time.sleep(0.1)
    raise AssertionError("it was in mid write each time")


def is_free(database: Database) -> bool:
    return _can_write(database) if database.backend.is_serial else not _has_old_transactions(database)


def _can_write(database: Database) -> bool:
    with database.engine.connect() as connection:
        say(connection, "PRAGMA busy_timeout=1000")
        try:
            say(connection, "BEGIN IMMEDIATE")
        except database.backend.trouble:
            return False
        say(connection, "ROLLBACK")
    return True


def _has_old_transactions(database: Database) -> bool:
    time.sleep(2 * OLD_S)
    old = select(func.count()).select_from(text("pg_stat_activity")).where(text(OLD))
    with database.engine.connect() as connection:
        return bool(connection.scalar(old))


def test_the_late_write_of_a_sleeper_is_refused(web: Server) -> None:
    visitor = new_visitor(web.url, "alice")
    with ExitStack() as stack:
        workers = [stack.enter_context(worker_of(web)) for _ in range(2)]
        task = visitor.call("start_count", 300, 0.02)
        wait_until(lambda: pid_of_holder(web) is not None, 10, "a holder")
        sleeper = put_to_sleep(web, pid_of_holder(web))
        asleep, awake = sorted(workers, key=lambda worker: worker.pid != sleeper.pid)
        try:
            wait_until(lambda: pid_of_holder(web) == awake.pid, 30, "the other worker")
        finally:
            sleeper.send_signal(signal.SIGCONT)
        wait_until(lambda: visitor.call("get_task", task["id"])["ended_at"], 30, "its end")
        wait_until(lambda: "taken over by another runner" in asleep.log, 10, "the sleeper's loss")
        with visitor.live() as live:
            live.follow(task["id"])
            events = live.events_until_end(task["id"])
    assert [event["number"] for event in events] == list(range(1, len(events) + 1))
    assert [event["kind"] for event in events].count("end") == 1
    said = [int(event["data"]["text"]) for event in events if event["kind"] == "text"]
    begun_again = len(said) - 300
    assert said[begun_again:] == list(range(1, 301)), "nothing of the sleeper's stands among the other's words"
    assert said[:begun_again] == list(range(1, begun_again + 1))


def test_a_sleeper_has_no_second_effect(web: Server) -> None:
    visitor = new_visitor(web.url, "alice")
    with Outside() as outside, ExitStack() as stack:
        held: list[int] = []
        outside.before_answer = lambda _name: held.append(pid_of_holder(web) or 0)
        for _ in range(2):
            stack.enter_context(worker_of(web))
        task = visitor.call("start_order", outside.url, "once", 4)
        wait_until(lambda: held, 10, "the order")
        sleeper = put_to_sleep(web, held[0])
        try:
            wait_until(lambda: visitor.call("get_task", task["id"])["ended_at"], 30, "its end by the other")
        finally:
            sleeper.send_signal(signal.SIGCONT)
        assert outside.orders == {"once": 1}
        assert visitor.call("get_task", task["id"])["state"] in {"completed", "failed"}
