"""Nothing is stored or kept for a visitor who only looks, however many come."""

import http.client
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

import psutil
import pytest

from settings import Settings
from tests.running import Server
from tests.stored import rows
from tests.visitors import Visitor
from web_mode import Parts, build, create_app

NUM_REQUESTS = 10_000
NUM_THREADS = 4
ROOM_BYTES = 10 * 1024 * 1024
CALL = {"Content-Type": "application/json", "X-Session-UUID": str(uuid.uuid4())}
WISHES = [
    ("GET", "/", None, {}, 302),
    ("GET", "/new", None, {}, 302),
    ("GET", f"/uuid={uuid.uuid4()}", None, {}, 404),
    ("GET", "/uuid=nonsense", None, {}, 404),
    ("GET", "/robots.txt", None, {}, 404),
    ("POST", "/api/get_session", "{}", CALL, 401),
    ("POST", "/api/add_count", "{}", CALL, 401),
]


@pytest.fixture
def quiet_server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path / "data", "--plugin", "plugins/counter", local_model="false") as running:
        yield running


def test_ten_thousand_requests_without_a_cookie_leave_no_row_and_no_memory(quiet_server: Server) -> None:
    _ask(quiet_server, NUM_REQUESTS // 10)  # what a server needs once is not what a visitor costs
    process = psutil.Process(quiet_server.pid)
    before = process.memory_info().rss
    _ask(quiet_server, NUM_REQUESTS)
    grown = process.memory_info().rss - before
    assert _num_rows(quiet_server.data_dir) == 0
    assert grown < ROOM_BYTES, f"{NUM_REQUESTS} requests cost {grown / 1024:.0f} KiB"


def test_looking_at_ones_own_workspace_stores_nothing(quiet_server: Server) -> None:
    visitor = Visitor(quiet_server.url).open()
    assert visitor.call("get_session")["stored"] is False
    assert visitor.call("get_session_data") == {"data": {}, "version": 0}
    assert visitor.call("list_conversations")["items"] == []
    assert visitor.call("add_count", 0) == 0  # sets the counter, so it is the first call that writes
    assert visitor.call("get_session")["stored"] is True
    assert _num_rows(quiet_server.data_dir) == 1


def test_no_object_is_kept_for_visitors_without_a_key(tmp_path: Path) -> None:
    parts = build(Settings(data_dir=tmp_path, local_model=False))
    try:
        _look_around(parts)
        assert len(parts.entrance.active) == 0
    finally:
        parts.database.close()
        parts.services.locks.close()


def _look_around(parts: Parts) -> None:
    app = create_app(parts.settings, parts)
    for method, path, body, headers, status in islice(cycle(WISHES[:-1]), 600):
        answer = app.test_client().open(path, method=method, data=body, headers=headers)
        assert answer.status_code == status


def _ask(server: Server, num: int) -> None:
    with ThreadPoolExecutor(NUM_THREADS) as threads:
        for done in [threads.submit(_ask_in_turn, server, num // NUM_THREADS) for _ in range(NUM_THREADS)]:
            done.result()


def _ask_in_turn(server: Server, num: int) -> None:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
    for method, path, body, headers, status in islice(cycle(WISHES), num):
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status, (method, path, answer.status)
    connection.close()


def _num_rows(data_dir: Path) -> int:
    return int(rows(data_dir, "SELECT count(*) FROM sessions")[0][0])
