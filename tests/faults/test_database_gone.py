"""PostgreSQL goes away under load and comes back: visitors are told so at once, nothing is lost, all goes on."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.conftest import PROBE
from tests.postgres import PostgresServer
from tests.running import Server, wait_until
from tests.visitors import Visitor, new_visitor

GONE_S = 3.0  # and more with the scale
TOLD_S = 2.0
BACK_S = 5.0
NUM_CALLERS = 4
NUM_COUNTS = 50


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call was answered, when, and how long it took."""

    status: int
    code: str
    retry_after: str | None
    at_s: float
    took_s: float


class Caller(threading.Thread):
    """Counts up without a pause; a call that failed is made again with the same key, as a good client does."""

    def __init__(self, visitor: Visitor, stop: threading.Event) -> None:
        super().__init__()
        self.visitor = visitor
        self.answers: list[Answer] = []
        self.num_counted = 0
        self._stop_asked = stop

    def run(self) -> None:
        """Call until told to stop, and then until the last call was answered well."""
        while not self._stop_asked.is_set() or (self.answers and self.answers[-1].status != 200):
            answer = self._call(f"{self.visitor.session_id}-{self.num_counted}")
            self.answers.append(answer)
            self.num_counted += answer.status == 200
            time.sleep(0.02)

    def _call(self, key: str) -> Answer:
        begun = time.monotonic()
        found = self.visitor.post("add_count", {}, **{"Idempotency-Key": key})
        ended = time.monotonic()
        code = "" if found.ok else found.json()["error"]["code"]
        return Answer(found.status_code, code, found.headers.get("Retry-After"), ended, ended - begun)


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL that this test may stop."""
    with PostgresServer() as running:
        yield running


@pytest.fixture
def web(tmp_path: Path, postgres: PostgresServer) -> Iterator[Server]:
    """A server that stands on it."""
    settings = {"local_model": "false", "database_url": postgres.new_database()}
    with Server(tmp_path, "--plugin", str(PROBE), **settings) as running:
        yield running


@pytest.mark.timeout(240)
def test_a_database_that_goes_and_comes_back_is_told_at_once_and_nothing_is_lost(
    web: Server, postgres: PostgresServer, scale: int
) -> None:
    stop = threading.Event()
    callers = [Caller(new_visitor(web.url, f"visitor {number}"), stop) for number in range(NUM_CALLERS)]
    worker = new_visitor(web.url, "who has work done")
    task = worker.call("start_count", to=NUM_COUNTS, pause_s=(GONE_S * scale + 2) / NUM_COUNTS)
    for caller in callers:
        caller.start()
    try:
        wait_until(lambda: all(caller.num_counted > 5 for caller in callers), 20, "the load")
        gone_s = time.monotonic()
        postgres.stop()
        assert not stop.wait(GONE_S * scale)
        assert requests.get(f"{web.url}/static/favicon.svg", timeout=5).ok
        postgres.start()
        back_s = time.monotonic()
        wait_until(lambda: all(is_well(caller, back_s) for caller in callers), BACK_S, "a normal answer for everyone")
    finally:
        stop.set()
        for caller in callers:
            caller.join(30)
    for caller in callers:
        failed = [answer for answer in caller.answers if answer.status != 200]
        assert failed, "nobody noticed that it was gone"
        assert {(answer.status, answer.code) for answer in failed} == {(503, "unavailable")}
        assert all(answer.retry_after for answer in failed)
        assert all(gone_s < answer.at_s < back_s + BACK_S for answer in failed)
        assert max(answer.took_s for answer in failed) < TOLD_S
        assert caller.visitor.call("get_session_data")["data"] == {"count": caller.num_counted}
    check_work_went_on(worker, task["id"], 30 + 2 * GONE_S * scale)  # it stood still meanwhile


def is_well(caller: Caller, since_s: float) -> bool:
    last = caller.answers[-1]
    return last.status == 200 and last.at_s > since_s


def check_work_went_on(visitor: Visitor, task_id: str, patience_s: float) -> None:
    """Whatever ran meanwhile was kept back and then written, each event once."""
    wait_until(lambda: visitor.call("get_task", task_id)["ended_at"], patience_s, "the work's end")
    assert visitor.call("get_task", task_id)["state"] == "completed"
    with visitor.live() as live:
        live.follow(task_id)
        events = live.events_until_end(task_id)
    assert [event["number"] for event in events] == list(range(1, len(events) + 1))
    told = "".join(event["data"]["text"] for event in events if event["kind"] == "text")
    assert told == "".join(f"{number} " for number in range(1, NUM_COUNTS + 1))
