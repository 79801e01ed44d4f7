"""Fills a peer's queue in a process of its own: `python -m bench.task_peer <module> <number of jobs>`.

It writes one line with the seconds of each submit, waits for a line, and writes one with the moments of all results.
"""

import importlib
import sys
import time
from typing import Any

PATIENCE_S = 120.0


def main(name: str, num_jobs: int) -> None:
    """Submit, wait for word that the runner is started, and for the results."""
    job: Any = importlib.import_module(name).nothing
    submit = getattr(job, "delay", job)
    results, submits = [], []
    for _ in range(num_jobs):
        begun_s = time.perf_counter()
        results.append(submit())
        submits.append(time.perf_counter() - begun_s)
    _say(submits)
    sys.stdin.readline()
    _say([_wait_for(result) for result in results])


def _wait_for(result: Any) -> float:
    return float(result.get(blocking=True, timeout=PATIENCE_S) if _is_huey(result) else result.get(timeout=PATIENCE_S))


def _is_huey(result: Any) -> bool:
    return type(result).__module__.startswith("huey")


def _say(numbers: list[float]) -> None:
    sys.stdout.write(" ".join(map(repr, numbers)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
