"""Load from a process of its own: callers that each keep one connection and ask again once answered.

The process reads one `Load` as JSON from standard input and writes {"times_ms": [...], "seconds", "num_bad"} to
standard output. A caller is an HTTP request that is sent again and again, or for a live socket its handshake and the
call's frame.
"""

import asyncio
import gc
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.running import ROOT

_LENGTH = b"content-length:"
_CHUNKED, _LAST_CHUNK = b"transfer-encoding: chunked", b"0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Caller:
    """What one caller sends, as text: by HTTP `call` alone, by a live socket `handshake` first."""

    call: str
    handshake: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Callers for so many seconds, each with a pause after each answer."""

    port: int
    callers: Sequence[Caller]
    seconds: float
    pause_s: float = 0.0

    def start(self) -> "subprocess.Popen[str]":
        """Start the process; `finish` reads what it found."""
        return start_process("bench.load", asdict(self))

    def run(self) -> dict[str, Any]:
        """Send it all and return what was found."""
        return finish(self.start())


def start_process(module: str, given: object) -> "subprocess.Popen[str]":
    """Start one of the processes that make load, and give it its work."""
    command = [sys.executable, "-m", module]
    process = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(json.dumps(given) + "\n")
    process.stdin.flush()
    return process


def finish(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """Wait for a process that makes load, and return what it found."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    with process.stdout:
        text = process.stdout.read()  # `communicate` would miss what came together with a line that was read before
    assert process.wait() == 0
    found: dict[str, Any] = json.loads(text)
    return found


class _HttpCaller(asyncio.Protocol):
    def __init__(self, call: bytes, until_s: float, pause_s: float) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.times_ms: list[float] = []
        self.num_bad = 0
        self._call = call
        self._until_s = until_s
        self._pause_s = pause_s
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._open()

    def data_received(self, data: bytes) -> None:
        self._held += data
        if self._is_answered():
            self.times_ms.append((time.perf_counter() - self._begun_s) * 1000)
            self.num_bad += self._is_bad()
            self._go_on()

    def connection_lost(self, error: Exception | None) -> None:
        self.num_bad += error is not None or time.perf_counter() < self._until_s
        if not self.ended.done():
            self.ended.set_result(None)

    def _open(self) -> None:
        self._ask()

    def _is_answered(self) -> bool:
        head, gap, body = self._held.partition(b"\r\n\r\n")
        if _CHUNKED in head.lower():
            return body.endswith(_LAST_CHUNK)
        return bool(gap) and len(body) >= _body_length(head)

    def _is_bad(self) -> bool:
        return not self._held.startswith(b"HTTP/1.1 200")

    def _go_on(self) -> None:
        self._held = b""
        if time.perf_counter() >= self._until_s:
            self._transport.close()
        elif self._pause_s:
            asyncio.get_running_loop().call_later(self._pause_s, self._ask)
        else:
            self._ask()

    def _ask(self) -> None:
        self._begun_s = time.perf_counter()
        self._transport.write(self._call)


class _LiveCaller(_HttpCaller):
    """The same over a live socket; the frame goes out once the server has said hello."""

    def __init__(self, call: bytes, until_s: float, pause_s: float, handshake: bytes) -> None:
        super().__init__(call, until_s, pause_s)
        self._handshake = handshake

    def data_received(self, data: bytes) -> None:
        if self._handshake and b'"hello"' in data:
            self._handshake = b""
            self._ask()
        elif not self._handshake:
            super().data_received(data)

    def _open(self) -> None:
        self._transport.write(self._handshake)

    def _is_answered(self) -> bool:
        return b'"answer"' in self._held

    def _is_bad(self) -> bool:
        return b'"success"' not in self._held


def _body_length(head: bytes) -> int:
    lower = head.lower()
    at = lower.index(_LENGTH) + len(_LENGTH)
    return int(lower[at:].partition(b"\r\n")[0])


async def _connect(load: Load, caller: Caller, until_s: float) -> _HttpCaller:
    call = caller.call.encode("latin-1")

    def make() -> _HttpCaller:
        if caller.handshake:
            return _LiveCaller(call, until_s, load.pause_s, caller.handshake.encode())
        return _HttpCaller(call, until_s, load.pause_s)

    return (await asyncio.get_running_loop().create_connection(make, "127.0.0.1", load.port))[1]


async def _run(load: Load) -> dict[str, Any]:
    begun_s = time.perf_counter()
    callers = [await _connect(load, caller, begun_s + load.seconds) for caller in load.callers]
    await asyncio.gather(*(caller.ended for caller in callers))
    return {
        "times_ms": [one for caller in callers for one in caller.times_ms],
        "seconds": time.perf_counter() - begun_s,
        "num_bad": sum(caller.num_bad for caller in callers),
    }


def main() -> None:
    """Do what standard input says."""
    given = json.loads(sys.stdin.readline())
    gc.disable()  # a pause of the collector would be taken for the server's
    load = Load(**{**given, "callers": [Caller(**one) for one in given["callers"]]})
    json.dump(asyncio.run(_run(load)), sys.stdout)


if __name__ == "__main__":
    main()
