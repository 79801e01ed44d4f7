"""A server with an engine, what it started, and scripts run by its visitors."""

import json
import time
from pathlib import Path
from typing import Any

import psutil

from launch import is_running, process_start_time
from tests.engines.make import IS_ROOT
from tests.running import Server, wait_until
from tests.visitors import Live, Visitor

PATIENCE_S = 60.0  # a first browser on a machine that does much else
ENDED = {"completed", "failed", "cancelled"}


def engine_server(data_dir: Path, engine: str, **settings: object) -> Server:
    """Return a server, not yet started, that runs page scripts with this engine."""
    return Server(data_dir, engine=engine, engine_sandbox=not IS_ROOT, local_model="false", **settings)


def started_by(server: Server) -> list[tuple[int, float]]:
    """Return the processes that the engine has noted: id and start time."""
    notes = list((server.data_dir / "engine").glob("*/*/started.json"))
    return [(pid, moment) for note in notes for pid, moment in json.loads(note.read_text())["started"]]


def host_of(server: Server) -> psutil.Process:
    """Return the process that holds the pages."""
    children = psutil.Process(server.pid).children()
    (host,) = [child for child in children if child.cmdline()[-1:] == ["engine"]]
    return host


def tree_of(server: Server) -> list[tuple[int, float]]:
    """Return everything that runs below the server now: id and start time."""
    below = psutil.Process(server.pid).children(recursive=True)
    return [(one.pid, moment) for one in below if (moment := process_start_time(one.pid)) is not None]


def all_ended(processes: list[tuple[int, float]]) -> bool:
    """Tell whether none of these runs any more."""
    return not any(is_running(pid, moment) for pid, moment in processes)


def start(visitor: Visitor, script: str, **words: Any) -> str:
    """Start a script; returns its task's id."""
    return str(visitor.call("run_script", script=script, **words)["id"])


def wait_for(visitor: Visitor, task_id: str, timeout_s: float = PATIENCE_S) -> dict[str, Any]:
    """Return a task that has ended."""
    found: dict[str, Any] = {}

    def has_ended() -> bool:
        found.update(visitor.call("get_task", task_id))
        return found["state"] in ENDED

    deadline = time.monotonic() + timeout_s
    while not has_ended():
        assert time.monotonic() < deadline, f"{found['state']} after {timeout_s} s"
        time.sleep(0.02)
    return found


def value_of(visitor: Visitor, script: str, **words: Any) -> Any:
    """Run a script to its end; returns its value."""
    task = wait_for(visitor, start(visitor, script, **words))
    assert task["state"] == "completed", task["error"]
    return next(event["data"]["value"] for event in events_of(visitor, task["id"]) if event["kind"] == "result")


def events_of(visitor: Visitor, task_id: str) -> list[dict[str, Any]]:
    """Return a task's events, once it has ended."""
    with visitor.live() as live:
        live.follow(task_id)
        return live.events_until_end(task_id)


def wait_until_running(visitor: Visitor, task_id: str) -> None:
    """Wait until a script has said something on its console."""
    with visitor.live() as live:
        live.follow(task_id)
        wait_until(lambda: "console" in _kinds_so_far(live), PATIENCE_S, "a line of the console")


def _kinds_so_far(live: Live) -> set[str]:
    live.receive(PATIENCE_S)
    return {event["kind"] for _stream, event in live.events}
