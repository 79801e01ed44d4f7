"""A real window for tests: `python main.py` without a display, spoken to by Chromium's own debugging protocol."""

import base64
import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil
import requests
from websockets.sync.client import ClientConnection, connect

from tests.running import ROOT, clean_environment, free_port, wait_until

START_S = 45.0
END_S = 15.0
ANSWER_S = 20.0
READY = "Boolean(window.pywebview?.api?.get_session) && document.readyState === 'complete'"


class Broke(Exception):
    """A script threw in the page; the text is what it threw."""


class Window:
    """`python main.py` as its own process; `with Window(tmp_path) as window: window.run("1 + 1")`."""

    program: Sequence[str] = ("main.py",)

    def __init__(self, data_dir: Path, *arguments: str, ready: str = READY, **settings: object) -> None:
        self.data_dir = data_dir
        self._ready = ready
        self._arguments = arguments
        self._settings = {"local_model": "false", **settings}
        self._debug_port = free_port()
        self._numbers = itertools.count(1)
        self._open = ExitStack()
        self.lines: list[str] = []

    def start(self) -> "Window":
        """Open it and wait until its page can call."""
        self.process = begin(
            self.data_dir, *self._arguments, program=self.program, debug=self._debug_port, **self._settings
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            wait_until(self._find_page, START_S, "the window")
            self._socket: ClientConnection = self._open.enter_context(connect(self._find_page(), max_size=None))
            wait_until(lambda: self.run(self._ready), START_S, "the page's bridge")
        except BaseException as error:
            self.kill()
            raise AssertionError(f"{error!r}; it said:\n{self.log[-3000:]}") from error
        return self

    @property
    def log(self) -> str:
        """What it wrote to standard error so far."""
        return "".join(self.lines)

    @property
    def origin(self) -> str:
        """Where its page comes from."""
        return str(self.run("location.origin"))

    def run(self, script: str) -> Any:
        """Run a script in the page and return its value; of a promise, what it resolves to. Raises Broke."""
        given = {"expression": script, "awaitPromise": True, "returnByValue": True, "userGesture": True}
        found = self.debug("Runtime.evaluate", **given, allowUnsafeEvalBlockedByCSP=False)
        if "exceptionDetails" in found:
            raise Broke(found["exceptionDetails"].get("exception", {}).get("description", str(found)))
        return found["result"].get("value")

    def debug(self, method: str, **given: Any) -> dict[str, Any]:
        """Send one command of the debugging protocol and return its answer."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": given}))
        while (answer := json.loads(self._socket.recv(ANSWER_S))).get("id") != number:
            pass
        assert "result" in answer, answer
        return dict(answer["result"])

    def picture(self) -> bytes:
        """Return what the window shows, as PNG."""
        return base64.b64decode(self.debug("Page.captureScreenshot", format="png")["data"])

    def family(self) -> list[psutil.Process]:
        """Return the process and all that it started."""
        me = psutil.Process(self.process.pid)
        return [me, *me.children(recursive=True)]

    def close(self) -> None:
        """Close it as its own button does."""
        self._open.close()
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(END_S)
        self._reader.join(END_S)

    def kill(self) -> None:
        """End it whatever it does."""
        self._open.close()
        for one in self.family() if self.process.poll() is None else []:
            one.kill()
        self.process.wait(END_S)
        self._reader.join(END_S)

    def _find_page(self) -> str:
        assert self.process.poll() is None, f"the window ended at its start:\n{self.log[-3000:]}"
        try:
            pages = requests.get(f"http://127.0.0.1:{self._debug_port}/json", timeout=2).json()
        except (requests.ConnectionError, requests.Timeout):
            return ""
        return next((str(page["webSocketDebuggerUrl"]) for page in pages if page["type"] == "page"), "")

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr:
            self.lines.extend(self.process.stderr)

    def __enter__(self) -> "Window":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        except subprocess.TimeoutExpired:
            self.kill()
            raise


def wait_until_gone(family: list[psutil.Process], timeout_s: float) -> None:
    """Return once all have ended; whether somebody has fetched their exit codes is not their affair."""
    wait_until(lambda: not any(_is_running(one) for one in family), timeout_s, "the end of all it started")


def _is_running(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def begin(
    data_dir: Path,
    *arguments: str,
    program: Sequence[str] = ("main.py",),
    debug: int | None = None,
    **settings: object,
) -> "subprocess.Popen[str]":
    """Start `python main.py`, or another program; `debug` is the port of the debugging protocol."""
    environment = clean_environment(data_dir, settings)
    environment["QT_QPA_PLATFORM"] = "offscreen"
    if debug is not None:
        environment["QTWEBENGINE_REMOTE_DEBUGGING"] = str(debug)
    if os.geteuid() == 0:
        environment["QTWEBENGINE_DISABLE_SANDBOX"] = "1"  # Chromium's sandbox refuses root
    return subprocess.Popen(
        [sys.executable, *program, *arguments],
        env=environment,
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
