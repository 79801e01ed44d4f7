"""(f) From the start of the server to the first page, beside bare Flask under gunicorn."""

import http.client
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.report import Aim, Section, Table
from tests.running import ROOT, clean_environment, free_port

NUM_ROUNDS = 5
MOST_S = 3.0
PATIENCE_S = 60.0


def measure() -> Section:
    """Measure it all."""
    commands: dict[str, list[str]] = {
        "ours: python main.py web": [sys.executable, "main.py", "web"],
        "peer: bare Flask under gunicorn": [
            sys.executable,
            "-m",
            "gunicorn",
            "bench.bare:app",
            "-b",
            "127.0.0.1:{port}",
        ],
    }
    if shutil.which("make"):
        commands["ours: make run, all set up"] = ["make", "run"]
    rounds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(NUM_ROUNDS):
        for name, command in commands.items():
            rounds[name].append(_first_page_s(command))
    return _section(rounds)


def _first_page_s(command: Sequence[str]) -> float:
    with TemporaryDirectory() as folder:
        port = free_port()
        environment = clean_environment(Path(folder) / "data", {"port": port})
        begun_s = time.monotonic()
        process = _start([word.format(port=port) for word in command], environment)
        try:
            while not _page_comes(port):
                assert process.poll() is None, "the server ended at its start"
                assert time.monotonic() - begun_s < PATIENCE_S, "no page came"
                time.sleep(0.01)
            return time.monotonic() - begun_s
        finally:
            os.killpg(process.pid, signal.SIGTERM)  # a group of its own: make and what it started
            process.wait(PATIENCE_S)


def _start(command: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    silent = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=silent, stderr=silent, start_new_session=True)


def _page_comes(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/")
        first = connection.getresponse()
        first.read()
        if first.status == 200:
            return True
        cookies = "; ".join(given.partition(";")[0] for given in first.headers.get_all("Set-Cookie", []))
        connection.request("GET", first.headers["Location"], headers={"Cookie": cookies})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _section(rounds: Mapping[str, Sequence[float]]) -> Section:
    rows = [(name, f"{statistics.median(found):.2f}", f"{max(found):.2f}") for name, found in rounds.items()]
    slowest = max(statistics.median(found) for name, found in rounds.items() if name.startswith("ours"))
    aim = Aim(asked=f"under {MOST_S:.0f} s", reached=f"{slowest:.2f} s", is_met=slowest < MOST_S)
    head = ("started by", "s to the first page, median", "s, worst")
    return Section(title=TITLE, about=ABOUT, table=Table(head=head, rows=rows), aims=[aim], why=WHY)


TITLE = "(f) Start to first page"
ABOUT = f"""From the start of the process, on an empty data folder (so the database is made and brought up to date in
this time), to the whole page of a new workspace. {NUM_ROUNDS} rounds."""
WHY = """most of it is importing SQLAlchemy, Flask, Starlette and pydantic, which takes as long as the machine's other
work lets it; `make run` looks first whether all is set up, and builds the page where its sources changed."""
