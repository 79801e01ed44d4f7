"""The queues that are measured beside one another: each takes jobs that do nothing, runs them, and keeps their results.

A queue is filled first and its runner started then, so that neither a start nor the submitting is in the rate.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import func, select

from api.api import Api
from bench.calls import PLUGIN, QUIET
from doors.own import own_caller
from sessions.keys import BrowserKeys, new_key
from settings import Settings, load_settings
from store.tables import tasks
from tasks.queue import Limits
from tests.running import Worker, free_port, wait_until
from web_mode import Parts, build

NUM_VISITORS = 20
PATIENCE_S = 120.0
ANY_NUMBER = Limits(of_session=1_000_000, in_all=1_000_000)


@dataclass(frozen=True, slots=True)
class Found:
    """What one run of a queue showed: seconds of each submit, and jobs a second."""

    submits_s: Sequence[float]
    rate: float


class Queue(Protocol):
    """A queue with some runners."""

    def run(self, folder: Path, num_jobs: int) -> Found:
        """Submit jobs and have them done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """Ours: submitted by a call, as a visitor does, run by one process with so many threads."""

    num_threads: int
    url: str | None = None

    def run(self, folder: Path, num_jobs: int) -> Found:
        """Submit jobs and have them done."""
        settings = own_settings(folder, self.url)
        parts = build(settings)
        try:
            visitors = open_visitors(parts, NUM_VISITORS)
            submits = [_timed(visitors[place % NUM_VISITORS]) for place in range(num_jobs)]
            with workers(settings, 1, self.num_threads):
                wait_until(lambda: _num_open(parts) == 0, PATIENCE_S, "the jobs' end")
            with parts.database.read() as connection:
                first, last = connection.execute(select(func.min(tasks.c.ended_ms), func.max(tasks.c.ended_ms))).one()
            return Found(submits, (num_jobs - 1) * 1000 / (last - first))
        finally:
            parts.database.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Another queue: the module that has its job, and the words that start its runner."""

    module: str
    words: Sequence[str]
    more: Mapping[str, str] = field(default_factory=dict)

    def run(self, folder: Path, num_jobs: int) -> Found:
        """Submit jobs and have them done, in a process of its own each."""
        folder.mkdir(parents=True, exist_ok=True)
        around = {**os.environ, "BENCH_QUEUE": str(folder / "queue.db"), **self.more}
        filling = subprocess.Popen(
            [sys.executable, "-m", "bench.task_peer", self.module, str(num_jobs)],
            env=around,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert filling.stdout is not None
        submits = [float(word) for word in filling.stdout.readline().split()]
        log = (folder / "log").open("wb")
        with log, subprocess.Popen([sys.executable, "-m", *self.words], env=around, stdout=log, stderr=log) as runner:
            moments = filling.communicate("go on\n", PATIENCE_S)[0].split()
            assert len(moments) == num_jobs, (folder / "log").read_text()[-2000:]
            runner.terminate()
            runner.wait(PATIENCE_S)
        ended = sorted(map(float, moments))
        return Found(submits, (num_jobs - 1) / (ended[-1] - ended[0]))


def own_settings(folder: Path, url: str | None) -> Settings:
    """Return the settings of a queue of ours."""
    return load_settings(data_dir=folder, plugin=PLUGIN, database_url=url, **QUIET)


def open_visitors(parts: Parts, num: int) -> list[Api]:
    """Return workspaces, each of a browser of its own; the bound on open tasks is lifted."""
    parts.services.queue.limits = ANY_NUMBER
    found = []
    for _ in range(num):
        session_id, proof = parts.entrance.mint()
        keys = replace(BrowserKeys(key=new_key()), proofs={session_id: proof})
        found.append(parts.entrance.open(str(session_id), keys))
    return found


def call(visitor: Api, name: str, **arguments: Any) -> dict[str, Any]:
    """Call a method as a visitor does, but without a network."""
    answer: dict[str, Any] = visitor.call(own_caller(visitor, "rpc"), name, arguments)
    return answer


@contextmanager
def workers(settings: Settings, num: int, num_threads: int) -> Iterator[list[Worker]]:
    """Start worker processes; all of them take up tasks when this is given."""
    how = {"num_runners": num_threads, "drain_s": 0, **QUIET, "log_level": "INFO"}
    how |= {"database_url": settings.database_url} if settings.database_url else {}
    started = [Worker(settings.data_dir, "--plugin", str(PLUGIN), **how) for _ in range(num)]
    try:
        for one in started:
            one.start()
        yield started
    finally:
        for one in started:
            one.stop()


@contextmanager
def redis() -> Iterator[str]:
    """Start a Redis that keeps nothing on disk; gives its address."""
    port = free_port()
    words = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as server:
        try:
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


def _num_open(parts: Parts) -> int:
    time.sleep(0.05)  # looked at often, it would be measured, too
    with parts.database.read() as connection:
        return connection.execute(select(func.count()).where(tasks.c.ended_ms.is_(None))).scalar_one()


def _timed(visitor: Api) -> float:
    begun_s = time.perf_counter()
    call(visitor, "start_nothing")
    return time.perf_counter() - begun_s
