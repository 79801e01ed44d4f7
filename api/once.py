"""Idempotency: a call with a key is done once, and answers the same for a day, in whatever process it is repeated.

The answer's row commits in the transaction of the effect, so there is never one without the other. While a call runs it
holds a lock that ends with its process.
"""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

from pydantic_core import from_json, to_json

from api.caller import Caller
from api.errors import KeyReused, ShownOnce, StillRunning
from api.method import Method
from store import key_rows
from store.database import Database
from store.key_rows import KeyRow
from store.session_lock import LockTimeout, SessionLocks


class Once:
    """Does calls once."""

    def __init__(self, database: Database, calls: SessionLocks, data: SessionLocks) -> None:
        self._database = database
        self._calls = calls
        self._data = data

    def answer(self, declared: Method, caller: Caller, given: Mapping[str, Any], work: Callable[[], Any]) -> Any:
        """Return what `work` answers, or what it answered when it was done under the caller's key.

        Raises StillRunning, KeyReused for another method or other arguments, ShownOnce, and what `work` raises: then
        nothing was done, and the key is free.
        """
        assert caller.idempotency_key is not None
        asked = KeyRow(
            session_id=caller.session_id,
            key=caller.idempotency_key,
            hash=_hash_of(declared, given),
            answer=None,
        )
        done = self._find(asked)
        return _answer_of(done) if done else self._do(declared, asked, work)

    def _do(self, declared: Method, asked: KeyRow, work: Callable[[], Any]) -> Any:
        with ExitStack() as hold:
            try:
                hold.enter_context(self._calls.hold(uuid.uuid5(asked.session_id, asked.key), 0))
            except LockTimeout:
                raise StillRunning from None
            if (done := self._find(asked)) is not None:
                return _answer_of(done)
            with self._data.kept(), self._database.joined():
                answer = work()
                self._keep(asked, None if declared.is_secret else to_json(answer).decode())
            return answer

    def _keep(self, asked: KeyRow, answer: str | None) -> None:
        row = KeyRow(session_id=asked.session_id, key=asked.key, hash=asked.hash, answer=answer)
        with self._database.write(asked.session_id) as write:
            key_rows.add(write.connection, row)

    def _find(self, asked: KeyRow) -> KeyRow | None:
        with self._database.read() as connection:
            done = key_rows.find(connection, asked.session_id, asked.key)
        if done is not None and done.hash != asked.hash:
            raise KeyReused
        return done


def _answer_of(done: KeyRow) -> Any:
    if done.answer is None:
        raise ShownOnce
    return from_json(done.answer)


def _hash_of(declared: Method, given: Mapping[str, Any]) -> bytes:
    plain = declared.arguments.dump_python(given, mode="json")
    return hashlib.sha256(to_json([declared.name, {name: plain[name] for name in sorted(plain)}])).digest()
