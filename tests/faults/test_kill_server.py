"""The server is killed with -9 at random moments in mid stream: nothing is lost, nothing is repeated, all ends."""

import os
import random
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
from sqlalchemy import select

from providers.fakes.openai_server import FakeOpenAI
from store.tables import events
from store.tables import tasks as task_table
from tests.faults.reading import Reading
from tests.running import Server, wait_until
from tests.stored import rows
from tests.visitors import Visitor, new_visitor

NUM_WORDS = 150
WHOLE = "".join(f"w{number} " for number in range(NUM_WORDS))
SLOW = f"127.0.0.1/count:{NUM_WORDS}:6"
LOCAL = "local/smollm2-135m"
MOST_S = 2.0  # from the restart to the end of what was cut
LEASE_S = 600  # what was cut ends since its process is gone, long before
Task = dict[str, Any]


def ask(visitor: Visitor, num: int, model: str = SLOW) -> list[Task]:
    return [visitor.call("send_message", text=f"Count, number {place}", model=model) for place in range(num)]


def answer_of(visitor: Visitor, task: Task) -> dict[str, Any]:
    page = visitor.call("get_conversation", conversation_id=task["facts"]["conversation_id"])
    (found,) = [one for one in page["messages"] if one["id"] == task["facts"]["message_id"]]
    assert isinstance(found, dict)
    return found


def journal(server: Server, stream: str) -> list[tuple[int, str, dict[str, Any]]]:
    """Return a stream's events as the database holds them."""
    query = select(events.c.number, events.c.kind, events.c.data).where(events.c.stream_id == UUID(stream))
    return [(number, kind, data) for number, kind, data in rows(server.data_dir, query.order_by(events.c.number))]


def states(server: Server, tasks: Sequence[Task]) -> dict[str, str]:
    """Return the tasks' states as the database holds them: they can be read while no server runs."""
    stored = {str(row[0]): row[1] for row in rows(server.data_dir, select(task_table.c.id, task_table.c.state))}
    return {task["id"]: stored[task["id"]] for task in tasks}


def kill_in_mid_stream(server: Server, reading: Reading, after_s: float) -> None:
    reading.until_text()
    killer = threading.Timer(after_s, server.kill)
    killer.start()
    reading.until_cut()
    killer.join()


def wait_for_cut_ones(visitor: Visitor, cut: Sequence[Task]) -> float:
    """Return how long they took to end, in seconds."""
    begun = time.monotonic()
    wait_until(lambda: all(answer_of(visitor, task)["state"] == "interrupted" for task in cut), what="their end")
    return time.monotonic() - begun


def check_reading(server: Server, reading: Reading) -> None:
    for stream in reading.events:
        stored = journal(server, stream)
        assert [number for number, _kind, _data in stored] == list(range(1, len(stored) + 1))
        shown = [(event["number"], event["kind"], event["data"]) for event in reading.events[stream]]
        assert shown == stored, "what was shown is not what is stored, each event once"


def check_message(visitor: Visitor, reading: Reading, task: Task, was: str) -> None:
    message, ended = answer_of(visitor, task), visitor.call("get_task", task_id=task["id"])
    assert message["text"] == reading.text(task["id"])
    if was == "processing":
        assert (message["state"], message["error"]["code"]) == ("interrupted", "interrupted")
        assert (ended["state"], ended["error"]["code"]) == ("failed", "interrupted")
        assert WHOLE.startswith(message["text"])
    else:
        assert (message["state"], message["text"], ended["state"]) == ("complete", WHOLE, "completed")


def check_retry(visitor: Visitor, task: Task) -> None:
    again = visitor.call("retry_message", message_id=task["facts"]["message_id"], model="127.0.0.1/ok")
    reading = Reading(visitor, [again["id"]])
    reading.until_ended()
    message = answer_of(visitor, again)
    assert (message["state"], message["text"]) == ("complete", reading.text(again["id"]))


def test_a_server_killed_in_mid_stream_loses_nothing_and_repeats_nothing(
    tmp_path: Path, fake_models: FakeOpenAI, scale: int
) -> None:
    seed = int(os.environ.get("FAULT_SEED") or random.SystemRandom().randrange(1_000_000))
    sys.stdout.write(f"FAULT_SEED={seed}\n")
    chance, seen, ends_s = random.Random(seed), Counter[str](), list[float]()
    with Server(tmp_path, model_url=fake_models.url, local_model="false", num_runners=3, lease_s=LEASE_S) as server:
        visitor = new_visitor(server.url, "reader")
        for _ in range(2 * scale):
            tasks = ask(visitor, 5)  # three run, two wait their turn
            reading = Reading(visitor, [task["id"] for task in tasks])
            kill_in_mid_stream(server, reading, chance.uniform(0, 0.8))
            was = states(server, tasks)
            server.start()
            ends_s.append(wait_for_cut_ones(visitor, [task for task in tasks if was[task["id"]] == "processing"]))
            reading.until_ended()
            check_reading(server, reading)
            for task in tasks:
                check_message(visitor, reading, task, was[task["id"]])
            check_retry(visitor, tasks[0])
            seen.update(was.values())
    assert seen["processing"] > 0
    assert seen["pending"] > 0
    assert statistics.median_low(ends_s) < MOST_S, ends_s


def test_no_process_is_left_over_by_a_killed_server_and_the_next_one_answers(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        visitor = new_visitor(server.url, "reader")
        (task,) = ask(visitor, 1, LOCAL)
        Reading(visitor, [task["id"]]).until_text()
        children = psutil.Process(server.pid).children(recursive=True)
        assert children, "the local model's child should be there"
        server.kill()
        _gone, alive = psutil.wait_procs(children, timeout=5)
        assert alive == []
        server.start()
        (task,) = ask(visitor, 1, LOCAL)
        Reading(visitor, [task["id"]]).until_text()
