"""One key, one effect: however often a call is repeated, at whichever worker, and whenever a server is killed."""

import random
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import pytest
import requests

from providers.fakes.openai_server import FakeOpenAI
from tests.conftest import PROBE
from tests.running import Gunicorn, Server, wait_until
from tests.stored import rows
from tests.visitors import Visitor, new_visitor

pytestmark = pytest.mark.xdist_group("four workers")
NUM_WORKERS = 4
NUM_POSTS = 50
QUESTION = {"text": "Once only"}


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory, fake_models: FakeOpenAI) -> Iterator[Server]:
    """Four workers on a data folder of their own."""
    settings = {"plugin": PROBE, "model_url": fake_models.url, "model_name": "ok", "local_model": "false"}
    with Gunicorn(tmp_path_factory.mktemp("data"), NUM_WORKERS, **settings) as running:
        yield running


def answer_of(visitor: Visitor, name: str, arguments: dict[str, Any], key: str) -> bytes:
    """Send a call, and again while the server says that it is still under way; answers the envelope's bytes."""
    found: list[requests.Response] = []

    def is_answered() -> bool:
        found.append(visitor.post(name, arguments, **{"Idempotency-Key": key, "Connection": "close"}))
        return found[-1].status_code == 200 or found[-1].json()["error"]["code"] != "still_running"

    wait_until(is_answered, 20, "an answer")
    assert found[-1].status_code == 200, found[-1].text
    return found[-1].content


def test_fifty_posts_with_one_key_over_four_workers_make_one_row(four: Server) -> None:
    visitor = new_visitor(four.url, "fifty")
    with ThreadPoolExecutor(NUM_POSTS) as callers:
        answers = set(callers.map(lambda _: answer_of(visitor, "send_message", QUESTION, "fifty"), range(NUM_POSTS)))
    assert len(answers) == 1
    assert len(visitor.call("list_conversations")["items"]) == 1
    assert len(visitor.call("list_tasks")["items"]) == 1
    assert rows(four.data_dir, "SELECT count(*) FROM idempotency_keys WHERE key = 'fifty'") == [(1,)]


def test_each_key_counts_once_over_any_worker(four: Server, scale: int) -> None:
    visitor, keys = new_visitor(four.url, "keys"), [str(number) for number in range(10 * scale)]
    calls = keys * 5
    random.Random(len(calls)).shuffle(calls)
    with ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(lambda key: (key, answer_of(visitor, "add_count", {}, key)), calls))
    assert len(set(answers)) == len(keys)
    assert visitor.call("get_session_data")["data"] == {"count": len(keys)}


def test_a_call_that_was_cut_off_by_kill_9_is_done_once_when_it_is_repeated(tmp_path: Path) -> None:
    with Server(tmp_path, "--plugin", str(PROBE), local_model="false") as server:
        visitor = new_visitor(server.url, "killed")
        visitor.call("add_count")
        with ThreadPoolExecutor(2) as callers:
            cut = [callers.submit(_send_and_lose, visitor, "add_after", {"seconds": 3}, "cut") for _ in range(2)]
            assert next(as_completed(cut)).result() == 409, "one is under way, the other was told so"
            server.kill()
        server.start()
        assert visitor.call("get_session_data")["data"] == {"count": 1}
        again = [answer_of(visitor, "add_after", {"seconds": 3}, "cut") for _ in range(2)]
        assert again[0] == again[1]
        assert visitor.call("get_session_data")["data"] == {"count": 2}


def test_keys_count_once_though_the_server_is_killed_at_random_moments(tmp_path: Path, scale: int) -> None:
    dice = random.Random(5)
    with Server(tmp_path, "--plugin", str(PROBE), local_model="false") as server:
        visitor = new_visitor(server.url, "random")
        for _round in range(2 * scale):
            keys = [uuid.uuid4().hex for _ in range(40)]
            killer = threading.Timer(dice.uniform(0.02, 0.25), server.kill)
            killer.start()
            for key in keys:
                _send_and_lose(visitor, "add_count", {}, key)
            killer.join()
            server.start()
            before = visitor.call("get_session_data")["data"].get("count", 0)
            answers = {answer_of(visitor, "add_count", {}, key) for key in keys}
            assert len(answers) == len(keys)
            assert before <= visitor.call("get_session_data")["data"]["count"] == (_round + 1) * len(keys)


def _send_and_lose(visitor: Visitor, name: str, arguments: dict[str, Any], key: str) -> int | None:
    try:
        return visitor.post(name, arguments, **{"Idempotency-Key": key}).status_code
    except requests.ConnectionError:
        return None
