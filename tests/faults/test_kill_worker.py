"""Workers killed with -9 at random moments: no task is lost, each effect on the outside world is had at most once."""

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROBE
from tests.faults.outside import Outside
from tests.running import Server, Worker, wait_until
from tests.stored import rows
from tests.visitors import Visitor, new_visitor

LEASE_S = 2
SWEEP_S = 2
TASKS_A_VISITOR = 10
LIFE_S = (0.2, 2.5)  # of a worker
END_S = 120  # and more with the scale

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Server]:
    """A server that runs no tasks itself."""
    with Server(tmp_path, "--plugin", str(PROBE), local_model="false", num_runners=0, lease_s=LEASE_S) as running:
        yield running


@pytest.fixture
def worker(web: Server) -> Iterator[Worker]:
    """A worker beside it."""
    running = worker_of(web)
    with running:
        yield running


@pytest.fixture
def outside() -> Iterator[Outside]:
    """The outside world."""
    with Outside() as running:
        yield running


def worker_of(web: Server) -> Worker:
    return Worker(web.data_dir, "--plugin", str(PROBE), local_model="false", lease_s=LEASE_S)


def all_tasks(visitors: list[Visitor]) -> list[dict[str, Any]]:
    return [task for visitor in visitors for task in visitor.call("list_tasks", limit=200)["items"]]


def have_ended(visitors: list[Visitor]) -> bool:
    return all(task["ended_at"] for task in all_tasks(visitors))


def test_no_task_is_lost_and_no_effect_is_had_twice(web: Server, worker: Worker, outside: Outside, scale: int) -> None:
    dice, num_visitors = random.Random(7), 2 * scale
    visitors = [new_visitor(web.url, f"visitor {number}") for number in range(num_visitors)]
    shot: set[str] = set()

    def kill_between_answer_and_commit(name: str) -> None:
        if name not in shot and dice.random() < 0.3:
            shot.add(name)
            with suppress(ProcessLookupError):
                os.kill(worker.pid, signal.SIGKILL)

    outside.after_answer = kill_between_answer_and_commit
    for visitor in visitors:
        for place in range(TASKS_A_VISITOR // 2):
            visitor.call("start_order", outside.url, f"{visitor.name}, order {place}", place % 2)
            visitor.call("start_count", 20, 0.005)
    dies_at_s = time.monotonic() + dice.uniform(*LIFE_S)

    def is_over() -> bool:
        nonlocal dies_at_s
        assert worker.process is not None
        if time.monotonic() > dies_at_s and worker.process.poll() is None:
            worker.kill()
        if worker.process.poll() is not None:
            worker.start()
            dies_at_s = time.monotonic() + dice.uniform(*LIFE_S)
        return have_ended(visitors)

    wait_until(is_over, END_S + 30 * scale, "the end of every task")
    tasks = all_tasks(visitors)
    assert len(tasks) == TASKS_A_VISITOR * len(visitors)
    assert {task["state"] for task in tasks if task["kind"] == "count"} == {"completed"}
    assert max(outside.orders.values()) == 1
    ordered = [task for task in tasks if task["kind"] == "ordering"]
    assert {task["error"]["code"] for task in ordered if task["state"] != "completed"} <= {"interrupted"}
    assert sum(task["state"] == "completed" for task in ordered) <= sum(outside.orders.values())
    assert shot, "no worker was killed between an answer and its commit"
    assert len([task for task in ordered if task["state"] == "failed"]) >= 1


def test_a_task_whose_worker_was_killed_is_taken_up_again_soon(web: Server, worker: Worker) -> None:
    visitor = new_visitor(web.url, "alice")
    task = visitor.call("start_count", 10_000, 0.01)
    wait_until(lambda: visitor.call("get_task", task["id"])["state"] == "processing", 10, "a worker")
    other = worker_of(web).start()
    try:
        worker.kill()
        query = (
            "SELECT count(*) FROM tasks JOIN runners ON runners.id = runner_id WHERE state = 'processing' AND pid = "
        )
        wait_until(lambda: rows(web.data_dir, query + str(other.pid)) == [(1,)], SWEEP_S + LEASE_S, "the other worker")
        visitor.call("cancel_task", task["id"])
        wait_until(lambda: visitor.call("get_task", task["id"])["state"] == "cancelled", 5, "its end")
    finally:
        other.stop()


def test_a_restart_of_the_server_does_not_touch_running_work(web: Server, worker: Worker) -> None:
    visitor = new_visitor(web.url, "alice")
    task = visitor.call("start_count", 150, 0.02)
    wait_until(lambda: visitor.call("get_task", task["id"])["state"] == "processing", 10, "a worker")
    web.kill()
    web.start()
    wait_until(lambda: visitor.call("get_task", task["id"])["ended_at"], 20, "its end")
    with visitor.live() as live:
        live.follow(task["id"])
        events = live.events_until_end(task["id"])
    said = "".join(event["data"]["text"] for event in events if event["kind"] == "text")
    assert said == "".join(f"{number} " for number in range(1, 151))
    assert [event["data"]["state"] for event in events if event["kind"] == "state"] == ["pending", "processing"]


def test_a_worker_told_to_end_lets_its_tasks_end_and_leaves_the_others(web: Server, worker: Worker) -> None:
    visitor = new_visitor(web.url, "alice")
    running = [visitor.call("start_count", 100, 0.02) for _ in range(3)]
    wait_until(lambda: len(states_of(visitor, running) & {"pending"}) == 0, 10, "the worker")
    worker.stop()
    assert states_of(visitor, running) == {"completed"}
    assert "Traceback" not in worker.log
    late = visitor.call("start_count", 1)
    assert states_of(visitor, [late]) == {"pending"}
    worker.start()
    wait_until(lambda: states_of(visitor, [late]) == {"completed"}, 10, "the next worker")


def states_of(visitor: Visitor, tasks: list[dict[str, Any]]) -> set[str]:
    return {visitor.call("get_task", task["id"])["state"] for task in tasks}


def test_a_question_outlives_its_worker_and_its_server(web: Server, worker: Worker) -> None:
    visitor = new_visitor(web.url, "alice")
    task = visitor.call("start_question", "Really?")
    wait_until(lambda: states_of(visitor, [task]) == {"waiting"}, 10, "the question")
    for one in (worker, web):
        one.kill()
        one.start()
    assert visitor.call("get_task", task["id"])["question"]["facts"]["text"] == "Really?"
    visitor.call("answer_task", task["id"], "yes")
    wait_until(lambda: states_of(visitor, [task]) == {"completed"}, 10, "its end")
