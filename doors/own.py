"""The workspace of the person whose data folder this is, for the doors that need no server: desktop, cli, mcp."""

import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Protocol
from uuid import UUID

from api.api import Api
from api.caller import Caller
from api.errors import NotFound, Unauthenticated
from api.services import Services
from doors.entrance import Entrance, Request, caller_for
from sessions.keys import BrowserKeys, parse_uuid
from sessions.own_key import own_keys
from settings import Settings
from store import event_rows, session_rows
from store.clock import as_time
from store.database import Database
from tasks.journal import Journal
from tasks.readers import Readers

MAX_READ = 500
MAX_READ_LETTERS = 1_048_576
LOOK_S = 0.2  # another process may write the task's events


class OwnParts(Protocol):
    """What a door without a server needs of the parts that web_mode.py builds."""

    @property
    def settings(self) -> Settings:
        """What was set."""

    @property
    def database(self) -> Database:
        """The store."""

    @property
    def services(self) -> Services:
        """What the areas stand on."""

    @property
    def entrance(self) -> Entrance:
        """What opens workspaces."""

    @property
    def readers(self) -> Readers:
        """What follows tasks."""

    def start(self) -> None:
        """Start what runs tasks."""

    def stop(self) -> None:
        """Stop it."""


Build = Callable[[Settings], OwnParts]
Errors = tuple[type[Exception], ...]


def open_chosen(parts: OwnParts, word: str | None) -> Api:
    """Return the workspace that a person names, or their own. Raises NotFound."""
    if word:
        return open_any(parts.entrance, parts.database, word)
    return open_own(parts.entrance, own_keys(parts.settings.data_dir))


def open_own(entrance: Entrance, keys: BrowserKeys) -> Api:
    """Return the workspace this person used last, or a new one, which is stored at its first write."""
    if keys.owner is None:
        raise Unauthenticated
    last = entrance.keeper.last_used(keys)
    if last is not None:
        return entrance.open(str(last), keys)
    session_id, proof = entrance.mint()
    return entrance.open(str(session_id), replace(keys, proofs={session_id: proof}))


def open_any(entrance: Entrance, database: Database, word: str) -> Api:
    """Return any workspace of this data folder: who may read the folder may read all of it. Raises NotFound."""
    session_id = parse_uuid(word)
    with database.read() as connection:
        row = session_rows.find(connection, session_id) if session_id else None
    if row is None:
        raise NotFound
    return Api(row.id, row.owner, row, entrance.ground)


def own_caller(api: Api, door: str, language: str = "en", key: str | None = None) -> Caller:
    """Return who asks, where it is the person at this machine; `key` is the idempotency key."""
    request = Request(door=door, language=language, id=uuid.uuid4().hex, address="", key=key)
    return caller_for(api, request)


def follow_own(
    database: Database, journal: Journal, task_id: UUID, is_over: Callable[[], bool] = lambda: False
) -> Iterator[dict[str, Any]]:
    """Yield a task's events as plain JSON values, up to its end. Raises KeyboardInterrupt soon after `is_over`."""
    news, seen = threading.Event(), 0
    journal.listen(lambda *_news: news.set())
    while True:
        if is_over():
            raise KeyboardInterrupt
        news.clear()
        with database.read() as connection:
            found = event_rows.some_after(connection, task_id, seen, (MAX_READ, MAX_READ_LETTERS))
        for event in found:
            yield {
                "number": event.number,
                "kind": event.kind,
                "data": event.data,
                "at": as_time(event.at_ms).isoformat(),
            }
            if event.kind == "end":
                return
            seen = event.number
        if not found:
            news.wait(LOOK_S)
