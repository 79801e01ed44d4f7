"""Gunicorn with four workers, plain round robin, one SQLite file: any worker answers any call, and nothing is lost."""

import random
import stat
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import psutil
import pytest
from sqlalchemy import select

from providers.fakes.openai_server import FakeOpenAI
from store.tables import messages
from tests.faults.workers import runner_of, socket_at_each_worker, worker_pids
from tests.running import ROOT, Gunicorn, Server, tries, wait_until
from tests.stored import rows
from tests.visitors import Live, Visitor, new_visitor

pytestmark = pytest.mark.xdist_group("four workers")
NUM_WORKERS = 4
NUM_CALLERS = 8
COUNTER = ROOT / "plugins" / "counter"
LEASE_S = 600  # so that no lease's renewal or end does what a word from worker to worker shall do
WORD_S = 0.008
LONG = 4_000  # words
CANCEL_S = 1.0
TAKEN_OVER_S = 2.0
AT_ONCE_S = LONG * WORD_S / 2  # of what would go on for twice as long and more


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory, fake_models: FakeOpenAI) -> Iterator[Server]:
    """Four workers on a data folder of their own."""
    data_dir = tmp_path_factory.mktemp("data") / "new"
    settings = {"plugin": COUNTER, "model_url": fake_models.url, "local_model": "false", "lease_s": LEASE_S}
    with Gunicorn(data_dir, NUM_WORKERS, **settings) as running:
        yield running


def call_once(visitor: Visitor, name: str, **arguments: Any) -> Any:
    """Call over a connection of its own, which the kernel deals to any worker."""
    response = visitor.post(name, arguments, Connection="close")
    envelope = response.json()
    assert envelope["status"] == "success", envelope
    return envelope["data"]


def begin_slow_task(four: Server, visitor: Visitor, num_words: int) -> tuple[str, int]:
    """Ask for a slow answer; return its task and the worker that runs it."""
    task = call_once(visitor, "send_message", text="Count", model=f"127.0.0.1/count:{num_words}:{WORD_S}s")
    wait_until(lambda: runner_of(four, task["id"]), what="a runner")
    pid = runner_of(four, task["id"])
    assert pid in worker_pids(four)
    return task["id"], pid


def test_four_workers_that_start_at_once_on_an_empty_folder_all_come_up(four: Server) -> None:
    wait_until(lambda: len(rows(four.data_dir, "SELECT pid FROM runners")) == NUM_WORKERS, 20, "all four")
    assert {pid for (pid,) in rows(four.data_dir, "SELECT pid FROM runners")} == worker_pids(four), (
        "a worker began again"
    )
    assert "Traceback" not in four.log
    assert len(rows(four.data_dir, "SELECT * FROM alembic_version")) == 1
    (key,) = four.data_dir.glob("secret.key*")
    assert (len(key.read_bytes()), stat.S_IMODE(key.stat().st_mode)) == (32, 0o600)


def test_every_counter_is_exact_over_any_worker(four: Server, scale: int) -> None:
    num_sessions, num_calls = (200, 50) if scale > 1 else (20, 10)
    visitors = [new_visitor(four.url, f"visitor {number}") for number in range(num_sessions)]
    calls = visitors * num_calls
    random.Random(num_calls).shuffle(calls)  # calls of one session meet each other, too
    with ThreadPoolExecutor(NUM_CALLERS) as callers:
        answers = list(callers.map(lambda visitor: (visitor.session_id, call_once(visitor, "add_count")), calls))
    for visitor in visitors:
        counts = sorted(count for session_id, count in answers if session_id == visitor.session_id)
        assert counts == list(range(1, num_calls + 1)), "two calls got the same number"
        assert call_once(visitor, "get_session_data") == {"data": {"count": num_calls}, "version": num_calls}


def test_many_calls_of_one_session_at_once_lose_nothing(four: Server, scale: int) -> None:
    visitor, num_calls = new_visitor(four.url, "busy"), 100 * scale
    with ThreadPoolExecutor(NUM_CALLERS) as callers:
        counts = list(callers.map(lambda _: call_once(visitor, "add_count"), range(num_calls)))
    assert sorted(counts) == list(range(1, num_calls + 1))


def test_patches_by_all_workers_at_once_lose_nothing(four: Server, scale: int) -> None:
    visitor, num_patches = new_visitor(four.url, "patcher"), 10 * scale

    def patch(pid: int, live: Live) -> None:
        for number in range(num_patches):
            answer = live.call("update_session_data", {"patch": {f"{pid}.{number}": number}})
            assert answer["status"] == "success", answer

    with socket_at_each_worker(four, visitor) as sockets, ThreadPoolExecutor(NUM_WORKERS) as callers:
        list(callers.map(patch, *zip(*sockets.items(), strict=True)))
        wanted = {f"{pid}.{number}": number for pid in sockets for number in range(num_patches)}
    found = call_once(visitor, "get_session_data")
    assert found == {"data": wanted, "version": NUM_WORKERS * num_patches}


def test_a_stale_version_is_refused_by_every_worker_and_none_is_overwritten(four: Server, scale: int) -> None:
    visitor, num_rounds = new_visitor(four.url, "careful"), 5 * scale

    def count_up(live: Live) -> None:
        for _ in range(num_rounds):
            answer: dict[str, Any] = {"status": "not asked yet"}
            while answer["status"] != "success":
                seen = live.call("get_session_data", {})["data"]
                patch = {"sum": seen["data"].get("sum", 0) + 1}
                answer = live.call("update_session_data", {"patch": patch, "if_version": seen["version"]})
                assert answer["status"] == "success" or answer["error"]["code"] == "conflict"

    with socket_at_each_worker(four, visitor) as sockets, ThreadPoolExecutor(NUM_WORKERS) as callers:
        list(callers.map(count_up, sockets.values()))
    assert call_once(visitor, "get_session_data")["data"] == {"sum": NUM_WORKERS * num_rounds}


def test_readers_at_every_worker_get_every_event_once_and_in_order(four: Server) -> None:
    visitor = new_visitor(four.url, "reader")
    with socket_at_each_worker(four, visitor) as sockets:
        task_id, runner = begin_slow_task(four, visitor, 120)
        assert len(set(sockets) - {runner}) == NUM_WORKERS - 1, "these sockets are at other workers than the runner"
        for live in sockets.values():
            live.follow(task_id)
        for live in sockets.values():
            events = live.events_until_end(task_id)
            assert [event["number"] for event in events] == list(range(1, len(events) + 1))
            text = "".join(event["data"]["text"] for event in events if event["kind"] == "text")
            assert text == "".join(f"w{number} " for number in range(120))


def follow_text(live: Live, task_id: str) -> None:
    """Follow the task until its first words are there."""
    live.follow(task_id)
    while not any(stream == task_id and event["kind"] == "text" for stream, event in live.events):
        live.receive()


def test_a_cancel_at_another_worker_than_the_runner_ends_the_work_within_a_second(
    four: Server, fake_models: FakeOpenAI
) -> None:
    visitor = new_visitor(four.url, "canceller")

    def cancel_s() -> float:
        with socket_at_each_worker(four, visitor) as sockets:
            task_id, runner = begin_slow_task(four, visitor, LONG)
            other = next(live for pid, live in sockets.items() if pid != runner)
            follow_text(other, task_id)
            asked, begun = fake_models.chats[-1], time.monotonic()
            assert other.call("cancel_task", {"task_id": task_id})["status"] == "success"
            events = other.events_until_end(task_id)
            fake_models.wait_for(lambda: asked.ended_at is not None, AT_ONCE_S)
            found = time.monotonic() - begun
        assert found < AT_ONCE_S
        assert events[-1]["data"]["state"] == "cancelled"
        written = select(messages.c.state, messages.c.text).where(messages.c.task_id == UUID(task_id))
        (message,) = rows(four.data_dir, written)
        text = "".join(event["data"]["text"] for event in events if event["kind"] == "text")
        assert message == ("stopped", text)
        assert 0 < text.count(" ") < LONG
        return found

    waits = tries(cancel_s, CANCEL_S)
    assert waits[-1] < CANCEL_S, waits


def test_a_worker_that_is_killed_leaves_its_tasks_to_the_others(four: Server) -> None:
    visitor = new_visitor(four.url, "survivor")

    def end_s() -> float:
        with socket_at_each_worker(four, visitor) as sockets:
            task_id, runner = begin_slow_task(four, visitor, LONG)
            other = next(live for pid, live in sockets.items() if pid != runner)
            follow_text(other, task_id)
            psutil.Process(runner).kill()
            begun = time.monotonic()
            events = other.events_until_end(task_id)
            found = time.monotonic() - begun
        assert found < AT_ONCE_S
        assert events[-1]["data"]["error"]["code"] == "interrupted"
        assert [event["number"] for event in events] == list(range(1, len(events) + 1))
        wait_until(lambda: len(worker_pids(four)) == NUM_WORKERS, 20, "its successor")
        return found

    ends = tries(end_s, TAKEN_OVER_S)
    assert ends[-1] < TAKEN_OVER_S, ends
    assert call_once(visitor, "add_count") == 1
