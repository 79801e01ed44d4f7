"""Real servers for tests: started as their own processes on a free port of loopback, ended by their own id."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

import requests

from tests.stored import settings_of

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 20.0
START_S = 60.0  # on a machine that does much else
END_S = 45.0  # a drain, what its database is asked last, and the same machine
STARTED = re.compile(r"Studiolo is at (http://\S+)")


def free_port() -> int:
    """Return a port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(is_true: Callable[[], object], timeout_s: float = 5.0, what: str = "it") -> None:
    """Return once `is_true()` holds; fails after `timeout_s` seconds."""
    deadline = time.monotonic() + timeout_s
    while not is_true():
        assert time.monotonic() < deadline, f"{what} did not come within {timeout_s} s"
        time.sleep(0.01)


def tries(measure: Callable[[], float], most: float, num: int = 4) -> list[float]:
    """Measure until it is less than `most`, at most so often: what other programs do is measured at times, too."""
    found: list[float] = []
    while len(found) < num and not (found and found[-1] < most):
        found.append(measure())
    return found


def clean_environment(data_dir: Path, settings: Mapping[str, object]) -> dict[str, str]:
    """Return this process's environment with only the given settings of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STUDIOLO_")}
    usual = {"engine": "none", **settings_of(data_dir)}
    given = {f"STUDIOLO_{name.upper()}": str(value) for name, value in {**usual, **settings}.items()}
    return {**kept, "STUDIOLO_DATA_DIR": str(data_dir), **given}


class Server:
    """`python main.py web` on a free port; `with Server(tmp_path) as server: server.url`."""

    drain_s = 1  # tests leave tasks behind that would go on for long

    def __init__(self, data_dir: Path, *arguments: str, **settings: object) -> None:
        self.data_dir = data_dir
        self._arguments = arguments
        self.settings = {"port": free_port(), "drain_s": self.drain_s, **settings}
        self.process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self.lines: list[str] = []

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self.settings['port']}"

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self.process is not None
        return self.process.pid

    @property
    def log(self) -> str:
        """What it wrote to standard error so far."""
        return "".join(self.lines)

    def command(self) -> list[str]:
        """Return what starts it."""
        return [sys.executable, str(ROOT / "main.py"), "web", *self._arguments]

    def start(self) -> "Server":
        """Start it and wait until it answers."""
        environment = clean_environment(self.data_dir, self.settings)
        self.process = subprocess.Popen(
            self.command(), env=environment, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        self._reader = threading.Thread(target=self._read, args=(self.process,), daemon=True)
        self._reader.start()
        try:
            wait_until(self._answers, START_S, "the server's start")
        except AssertionError as error:
            self.kill()
            raise AssertionError(f"{error}; it said:\n{self.log[-2000:]}") from error
        return self

    def kill(self) -> None:
        """End it as a power of its own would: kill -9."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self._wait()

    def stop(self) -> None:
        """End it in good order."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self._wait()
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def _wait(self) -> None:
        assert self.process is not None
        self.process.wait(END_S)
        if self._reader is not None:
            self._reader.join(PATIENCE_S)

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"the server ended at its start:\n{self.log[-3000:]}"
        try:
            return requests.get(f"{self.url}/static/favicon.svg", timeout=2).ok
        except (requests.ConnectionError, requests.Timeout):  # it listens a moment before it answers
            return False

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stderr is not None
        with process.stderr:
            for line in process.stderr:
                self.lines.append(line)

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class Gunicorn(Server):
    """The same application under gunicorn with several workers, plain round robin."""

    def __init__(self, data_dir: Path, workers: int, **settings: object) -> None:
        super().__init__(data_dir, **settings)
        self._workers = workers

    def command(self) -> list[str]:
        """Return what starts it."""
        bind = f"127.0.0.1:{self.settings['port']}"
        words = ["-m", "gunicorn", "-k", "doors.gunicorn_worker.Worker", "-w", str(self._workers), "-b", bind]
        return [sys.executable, *words, "--log-level", "warning", "web_mode:create_asgi()"]


class Worker(Server):
    """`python main.py worker`, which takes up the tasks of a data folder."""

    drain_s = 10
    _num_lines = 0

    def command(self) -> list[str]:
        """Return what starts it."""
        self._num_lines = len(self.lines)
        return [sys.executable, str(ROOT / "main.py"), "worker", *self._arguments]

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"the worker ended at its start:\n{self.log[-3000:]}"
        return any("takes up tasks" in line for line in self.lines[self._num_lines :])
