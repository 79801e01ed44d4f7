"""Two servers behind nginx, restarted in turn while 50 requests a second come: nobody sees it, and nothing is lost."""

import itertools
import json
import statistics
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
import requests
from websockets.exceptions import ConnectionClosed

from tests.conftest import PROBE
from tests.faults.proxy import Nginx
from tests.running import Server, Worker, wait_until
from tests.sending import ask_offset, begin, open_patch, random_bytes, send
from tests.visitors import Live, Visitor, new_visitor

NUM_REQUESTS = 300
A_SECOND = 50
NUM_CALLERS = 24
NUM_RESTARTS = 2  # of each server, at least
NUMBERS = 400
LATE_S = 5.0  # of an answer, at most one in a hundred
NUM_CUTS = 3  # of the sockets, at least: one that is just being made may be cut without a word
TO_START_AGAIN = 1012

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("rolling restart")]


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[list[Server]]:
    """Two servers on one data folder."""
    settings = {"local_model": "false", "drain_s": 1}
    first, second = (Server(tmp_path / "data", "--plugin", str(PROBE), **settings) for _ in range(2))
    with first, second:
        yield [first, second]


@pytest.fixture
def nginx(tmp_path: Path, servers: list[Server]) -> Iterator[Nginx]:
    """nginx before both."""
    folder = tmp_path / "nginx"
    folder.mkdir()
    one, other = (int(str(server.settings["port"])) for server in servers)
    with Nginx(folder, (one, other)) as running:
        yield running


class Load:
    """Requests at a steady pace, whoever answers how fast; every answer is kept."""

    def __init__(self, visitor: Visitor, counting: Visitor) -> None:
        self.visitor = visitor
        self.counting = counting
        self.answers: list[tuple[str, int, Any]] = []
        self.waits_s: list[float] = []
        self.is_over = threading.Event()
        self._sessions = threading.local()

    def run(self) -> None:
        """Send requests until it is over, `NUM_REQUESTS` and more."""
        begun_s, pending = time.monotonic(), list[Future[None]]()
        with ThreadPoolExecutor(NUM_CALLERS) as callers:
            for number in itertools.count():
                if self.is_over.wait(max(0.0, begun_s + number / A_SECOND - time.monotonic())):
                    break
                pending.append(callers.submit(self._send, number))
        for one in pending:
            one.result()

    def _send(self, number: int) -> None:
        kind = ("read", "add", "add with key", "rest read", "same key")[number % 5]
        begun_s = time.monotonic()
        try:
            answer = getattr(self, f"_{kind.replace(' ', '_')}")(number)
            told = (kind, answer.status_code, answer.json().get("data", answer.text))
        except requests.RequestException as error:
            told = (kind, 0, repr(error))
        self.waits_s.append(time.monotonic() - begun_s)
        self.answers.append(told)

    def _post(self, visitor: Visitor, name: str, **headers: str) -> requests.Response:
        sent = {"X-Session-UUID": visitor.session_id, "Content-Type": "application/json", **headers}
        return self._http(visitor).post(f"{visitor.url}/api/{name}", data="{}", headers=sent, timeout=20)

    def _http(self, visitor: Visitor) -> requests.Session:
        found: requests.Session | None = getattr(self._sessions, visitor.name, None)
        if found is None:
            found = requests.Session()
            found.cookies.update(visitor.http.cookies)
            setattr(self._sessions, visitor.name, found)
        return found

    def _read(self, _number: int) -> requests.Response:
        return self._post(self.visitor, "get_session_data")

    def _add(self, _number: int) -> requests.Response:
        return self._post(self.counting, "add_count")

    def _add_with_key(self, _number: int) -> requests.Response:
        return self._post(self.counting, "add_count", **{"Idempotency-Key": uuid.uuid4().hex})

    def _same_key(self, number: int) -> requests.Response:
        key = {"Idempotency-Key": f"key-of-{number}"}
        first = self._post(self.counting, "add_count", **key)
        if first.status_code != 200:
            return first
        again = self._post(self.counting, "add_count", **key)
        assert again.json()["data"] == first.json()["data"], "one key had two effects"
        return again

    def _rest_read(self, _number: int) -> requests.Response:
        address = f"{self.visitor.url}/api/v1/tasks"
        headers = {"X-Session-UUID": self.visitor.session_id}
        return self._http(self.visitor).get(address, headers=headers, timeout=20)


class Following:
    """Reads a task's events to their end, through any number of connections, as a page does."""

    def __init__(self, visitor: Visitor, task_id: str) -> None:
        self._visitor = visitor
        self._task_id = task_id
        self.codes: list[int] = []
        self.live: list[dict[str, Any]] = []
        self.streamed: list[dict[str, Any]] = []

    def by_socket(self) -> None:
        """Follow by the live socket."""
        while not self.live or self.live[-1]["kind"] != "end":
            with suppress(ConnectionClosed), self._visitor.live() as live:
                self._read_socket(live)

    def by_stream(self) -> None:
        """Follow by server-sent events."""
        while not self.streamed or self.streamed[-1]["kind"] != "end":
            headers = {"X-Session-UUID": self._visitor.session_id, "Accept": "text/event-stream"}
            headers["Last-Event-ID"] = str(self.streamed[-1]["number"] if self.streamed else 0)
            address = f"{self._visitor.url}/api/v1/task/{self._task_id}/events"
            cookies = self._visitor.http.cookies
            with requests.get(address, headers=headers, cookies=cookies, stream=True, timeout=20) as answer:
                assert answer.status_code == 200, answer.text
                self._read_stream(b"".join(answer.iter_content(None)).decode())

    def _read_socket(self, live: Live) -> None:
        try:
            live.follow(self._task_id, self.live[-1]["number"] if self.live else 0)
            while not live.events or live.events[-1][1]["kind"] != "end":
                live.receive(20)
        except ConnectionClosed as closed:
            self.codes.append(closed.rcvd.code if closed.rcvd else 0)
        finally:
            self.live += [event for _stream, event in live.events]

    def _read_stream(self, text: str) -> None:
        assert text.endswith("\n\n"), "a stream was cut in mid event"
        for block in text.split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            if "id" in fields:
                data = json.loads(fields["data"])
                self.streamed.append({"number": int(fields["id"]), "kind": fields["event"], "data": data})


def follow_counts(visitor: Visitor, follow: Callable[[Following], None], load: Load, followed: list[Following]) -> None:
    """Follow one count after another while the load lasts, so that there is always a connection to be cut."""
    while not followed or not load.is_over.is_set():
        followed.append(Following(visitor, visitor.call("start_count", NUMBERS, 0.02)["id"]))
        follow(followed[-1])


def restart_in_turn(servers: list[Server], times: int) -> list[float]:
    """Restart each; returns how long each was away."""
    away_s = []
    for server in servers * times:
        begun_s = time.monotonic()
        server.stop()
        assert "Traceback" not in server.log, server.log[-3000:]
        server.start()
        away_s.append(time.monotonic() - begun_s)
    return away_s


def said(events: list[dict[str, Any]]) -> list[int]:
    return [int(event["data"]["text"]) for event in events if event["kind"] == "text"]


def codes_of(followed: list[Following]) -> list[int]:
    return [code for one in followed for code in one.codes]


def is_too_little(load: Load, live: list[Following], scale: int) -> bool:
    return len(load.answers) < NUM_REQUESTS * scale or len(codes_of(live)) < NUM_CUTS


def test_a_rolling_restart_loses_no_request_and_no_event(servers: list[Server], nginx: Nginx, scale: int) -> None:
    reading, counting = new_visitor(nginx.url, "reading"), new_visitor(nginx.url, "counting")
    load = Load(reading, counting)
    live, streamed, restarts_s = list[Following](), list[Following](), list[float]()
    with ThreadPoolExecutor(3) as others:
        work = [
            others.submit(load.run),
            others.submit(follow_counts, reading, Following.by_socket, load, live),
            others.submit(follow_counts, reading, Following.by_stream, load, streamed),
        ]
        try:
            while is_too_little(load, live, scale) and not any(one.done() for one in work):
                restarts_s += restart_in_turn(servers, NUM_RESTARTS)
        finally:
            load.is_over.set()
        for one in work:
            one.result(120)
    assert Counter(status for _kind, status, _data in load.answers) == {200: len(load.answers)}, [
        one for one in load.answers if one[1] != 200
    ]
    counts = [data for kind, _status, data in load.answers if "read" not in kind]
    assert sorted(counts) == list(range(1, len(counts) + 1)), "an effect is missing, or was had twice"
    assert counting.call("get_session_data")["data"] == {"count": len(counts)}
    assert max(load.waits_s) < max(restarts_s), "an answer waited for a server to come back"
    assert statistics.quantiles(load.waits_s, n=100)[-1] < LATE_S
    for events in [*(one.live for one in live), *(one.streamed for one in streamed)]:
        assert [event["number"] for event in events] == list(range(1, len(events) + 1))
        assert said(events)[-NUMBERS:] == list(range(1, NUMBERS + 1))
    # One that connects in the very moment of the end may be cut without a word; the page takes that the same way.
    assert Counter(codes_of(live)).most_common(1)[0][0] == TO_START_AGAIN


def test_a_server_told_to_end_hands_its_tasks_to_another_at_once(tmp_path: Path) -> None:
    how: dict[str, Any] = {"local_model": "false", "lease_s": 60}
    with Server(tmp_path, "--plugin", str(PROBE), drain_s=0, **how) as server:
        visitor = new_visitor(server.url, "alice")
        tasks = [visitor.call("start_count", 100_000, 0.01)["id"] for _ in range(3)]
        wait_until(lambda: states(visitor, tasks) == {"processing"}, what="the server")
        with Worker(tmp_path, "--plugin", str(PROBE), **how) as worker:
            server.stop()
            begun_s = time.monotonic()
            server.start()
            assert states(visitor, tasks) == {"processing"}
            with visitor.live() as live:
                for task_id in tasks:
                    live.follow(task_id)
                    while not any(one == task_id and event["kind"] == "text" for one, event in live.events):
                        live.receive()
            moves = [
                event["data"]["state"] for one, event in live.events if one == tasks[0] and event["kind"] == "state"
            ]
            assert moves == ["pending", "processing", "pending", "processing"]
            assert time.monotonic() - begun_s < 60, "it was the lease's end"
            for task_id in tasks:
                visitor.call("cancel_task", task_id)
            worker.stop()


def states(visitor: Visitor, tasks: list[str]) -> set[str]:
    return {visitor.call("get_task", task_id)["state"] for task_id in tasks}


def test_a_call_under_way_is_answered_and_told_that_the_connection_closes(tmp_path: Path) -> None:
    with Server(tmp_path, "--plugin", str(PROBE), local_model="false") as server, ThreadPoolExecutor(1) as other:
        visitor = new_visitor(server.url, "alice")
        cookies = "; ".join(f"{name}={value}" for name, value in visitor.http.cookies.items())
        headers = {"X-Session-UUID": visitor.session_id, "Content-Type": "application/json", "Cookie": cookies}
        connection = HTTPConnection("127.0.0.1", int(str(server.settings["port"])), timeout=20)
        with visitor.live() as live, closing(connection):
            live.send({"call": 1, "method": "sleep_for", "arguments": [1.5]})
            live.send({"ping": 1})
            live.until("pong")
            connection.request("POST", "/api/add_after", '{"seconds": 1.5}', headers)
            stopping = other.submit(server.stop)
            assert live.until("answer")["data"] == 1.5
            with pytest.raises(ConnectionClosed) as closed:
                live.receive()
            answer = connection.getresponse()
            assert (json.load(answer)["data"], answer.headers["connection"]) == (1, "close")
        stopping.result(20)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == TO_START_AGAIN
    assert "Traceback" not in server.log


def test_an_upload_under_way_is_broken_off_with_a_word_and_goes_on_at_the_next_server(tmp_path: Path) -> None:
    data = random_bytes(3_000_000)
    with Server(tmp_path, local_model="false") as server:
        visitor = new_visitor(server.url, "alice")
        upload = begin(visitor, "film", len(data))
        with open_patch(visitor, upload, 0) as connection:
            connection.sendall(data[:2_000_000])
            wait_until(lambda: ask_offset(visitor, upload) == 2_000_000, what="the bytes")
            server.stop()
            answer = connection.makefile("rb").read()
        assert answer.startswith(b"HTTP/1.1 503 "), answer[:200]
        assert b"connection: close" in answer
        assert b"retry-after: " in answer
        assert "Traceback" not in server.log
        server.start()
        assert ask_offset(visitor, upload) == 2_000_000
        assert send(visitor, upload, data[2_000_000:], 2_000_000).status_code == 204
