"""How long the door `mcp` waits for a task, what it makes of events, and how many requests a token may have open."""

import asyncio
import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import doors.mcp
import doors.mcp_waiting
from api.method import Methods
from doors.entrance import Entrance
from doors.mcp import Desk, McpDoor, is_greeting
from doors.mcp_waiting import MAX_MESSAGE, WAIT_S, Made, wait_for_end
from doors.wsgi import VisitorLines
from sessions.lines import Lines
from store.database import Database
from tasks.readers import Batch, Readers

A_MINUTE_S = 60.0


def batch(*events: tuple[str, dict[str, Any]], first: int = 1) -> Batch:
    numbered = [{"number": first + place, "kind": kind, "data": data} for place, (kind, data) in enumerate(events)]
    return Batch(json.dumps(numbered), first + len(events) - 1)


def test_texts_are_joined_and_of_other_kinds_the_last_one_stays() -> None:
    made = Made()
    made.add(batch(("state", {"state": "processing"}), ("thinking", {"text": "Hm"}), ("text", {"text": "你"})))
    made.add(batch(("text", {"text": "好"}), ("usage", {"n": 1}), ("usage", {"n": 2}), ("end", {}), first=4))
    assert made.shown == {"thinking": "Hm", "text": "你好", "usage": {"n": 2}}
    assert (made.message, made.last, made.has_ended) == ("你好", 7, True)


def test_before_the_answer_the_thinking_is_told_and_of_a_long_text_the_end() -> None:
    made = Made()
    assert made.message is None
    made.add(batch(("thinking", {"text": "Hm"})))
    assert made.message == "Hm"
    made.add(batch(("text", {"text": "a" * MAX_MESSAGE + "z"}), first=2))
    assert made.message == "…" + "a" * (MAX_MESSAGE - 1) + "z"


def test_who_waits_waits_less_than_most_clients_do() -> None:
    assert WAIT_S < A_MINUTE_S


def test_a_task_that_does_not_end_is_waited_for_only_so_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors.mcp_waiting, "WAIT_S", 0.05)
    readers = Readers(Database(tmp_path / "studiolo.db"))
    made = asyncio.run(wait_for_end(readers, {"id": str(uuid4()), "ended_at": None}, None))
    assert (made.has_ended, made.shown, len(readers)) == (False, {}, 0)


def test_a_task_that_ended_and_whose_events_are_gone_is_not_waited_for(tmp_path: Path) -> None:
    readers = Readers(Database(tmp_path / "studiolo.db"))

    async def look() -> Made:
        async with asyncio.timeout(WAIT_S / 2):
            return await wait_for_end(readers, {"id": str(uuid4()), "ended_at": "2026-11-21T00:00:00Z"}, None)

    assert asyncio.run(look()).shown == {}


@pytest.mark.parametrize(
    ("body", "is_one"),
    [
        (b'{"method":"initialize"}', True),
        (b'{"method":"ping","params":"initialize"}', False),
        (b'["initialize"]', False),
        (b'{"initialize"', False),
        (b'{"method":"initialize","x":"' + b"x" * 9000 + b'"}', False),
    ],
)
def test_only_the_greeting_is_taken_for_one(body: bytes, is_one: bool) -> None:
    assert is_greeting(body) == is_one


class OneToken:
    """An entrance that lets everybody in with the same token."""

    def __init__(self) -> None:
        self.ground = SimpleNamespace(methods=Methods())
        self._token = uuid4()

    def open_by_token(self, token: str, word: str | None) -> tuple[Any, UUID]:
        """Let somebody in."""
        return SimpleNamespace(session_id=uuid4(), owner=b""), self._token


async def status_of(door: McpDoor) -> int:
    """Send one request; answers its status."""
    headers = [(b"authorization", b"Bearer x"), (b"content-length", b"2")]
    statuses = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"{}"}

    async def send(message: Message) -> None:
        statuses.append(message.get("status"))

    await door({"type": "http", "method": "POST", "path": "/mcp", "headers": headers}, receive, send)
    return int(statuses[0] or 0)


def test_one_token_has_so_many_requests_open_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> list[int]:
        may_end = asyncio.Event()

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            await may_end.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})

        @asynccontextmanager
        async def running(_desk: Desk) -> AsyncIterator[ASGIApp]:
            yield serve

        monkeypatch.setattr(doors.mcp, "MAX_OPEN", 2)
        monkeypatch.setattr(doors.mcp, "_load", lambda: running)
        lines = VisitorLines(Lines(8), Lines(8))
        with ThreadPoolExecutor(1) as threads:
            door = McpDoor(cast(Entrance, OneToken()), cast(Readers, None), threads, lines)
            async with door.running():
                waiting = [asyncio.create_task(status_of(door)) for _ in range(3)]
                first, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                may_end.set()
                return [
                    *(one.result() for one in first),
                    *sorted(await asyncio.gather(*waiting)),
                    await status_of(door),
                ]

    assert asyncio.run(run()) == [429, 200, 200, 429, 200]
