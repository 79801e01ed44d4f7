"""How long tasks lie after the worker that held them was killed with -9, until another has taken them up again."""

import os
import random
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select, update

from bench.task_queues import call, open_visitors, own_settings, workers
from store.tables import runners, tasks
from tests.running import Worker, wait_until
from web_mode import Parts, build

NUM_DEATHS = 6
NUM_TASKS = 3
PATIENCE_S = 60.0
ELSEWHERE = "another machine"


def pauses_after_death(folder: Path, num_deaths: int = NUM_DEATHS) -> tuple[list[float], list[float]]:
    """Return seconds from a death to the next taking-up: on the same machine, and as from another one.

    Each time one worker lives besides the one that is killed; those whose turn has not come sleep.
    """
    settings = own_settings(folder, None)
    parts = build(settings)
    try:
        (visitor,) = open_visitors(parts, 1)
        for _ in range(NUM_TASKS):
            call(visitor, "start_waiting", seconds=1000)
        with workers(settings, num_deaths + 2, NUM_TASKS * 2) as started:
            alive = _with_the_holder_first(parts, started)
            for one in alive[2:]:
                os.kill(one.pid, signal.SIGSTOP)
            try:
                here = [_death(parts, alive.pop(0), alive) for _ in range(num_deaths)]
                there = _death_elsewhere(parts, alive[0])
            finally:
                for one in alive[1:]:
                    os.kill(one.pid, signal.SIGCONT)
        return [pause_s for pauses in here for pause_s in pauses], there
    finally:
        parts.database.close()


def _death(parts: Parts, victim: Worker, alive: Sequence[Worker]) -> list[float]:
    begun_ms = time.time() * 1000
    victim.kill()
    pauses = _pauses_s(parts, begun_ms)
    if len(alive) > 1:
        os.kill(alive[1].pid, signal.SIGCONT)
        threading.Event().wait(
            random.uniform(0.3, 1.3)
        )  # it looks now and then: let the next death come anywhere between
    return pauses


def _death_elsewhere(parts: Parts, victim: Worker) -> list[float]:
    with parts.database.write() as write:
        write.connection.execute(update(runners).where(runners.c.pid == victim.pid).values(host=ELSEWHERE))
    begun_ms = time.time() * 1000
    victim.kill()
    return _pauses_s(parts, begun_ms)


def _pauses_s(parts: Parts, begun_ms: float) -> list[float]:
    wait_until(lambda: min(_taken_ms(parts)) > begun_ms, PATIENCE_S, "the next taking-up")
    return [(taken_ms - begun_ms) / 1000 for taken_ms in _taken_ms(parts)]


def _taken_ms(parts: Parts) -> list[int]:
    with parts.database.read() as connection:
        return list(connection.execute(select(tasks.c.taken_ms).where(tasks.c.ended_ms.is_(None))).scalars())


def _with_the_holder_first(parts: Parts, started: Sequence[Worker]) -> list[Worker]:
    """Wait until one worker holds all tasks: the first took them up before the next was started."""
    wait_until(lambda: len(_holders(parts)) == NUM_TASKS, PATIENCE_S, "the first taking-up")
    (pid,) = set(_holders(parts))
    return sorted(started, key=lambda one: one.pid != pid)


def _holders(parts: Parts) -> list[int]:
    held = select(runners.c.pid).join(tasks, tasks.c.runner_id == runners.c.id).where(tasks.c.state == "processing")
    with parts.database.read() as connection:
        return list(connection.execute(held).scalars())
