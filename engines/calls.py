"""Calls from a page: as text in, settled promises out; bounded, so that a flood of them costs its own page only."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from loguru import logger
from pydantic_core import to_json

from engines.base import MAX_RESULT, Answer, CallRefused
from engines.json_text import read_json

AT_ONCE = 8
MAX_WAITING = 256
BROKEN = CallRefused("InternalError", "The call broke. The server's log tells why.", code="internal_error")
FLOOD = CallRefused("TooManyRequests", f"{MAX_WAITING} calls wait already: await some.", code="too_many_requests")
TOO_LONG = CallRefused("PayloadTooLarge", f"A call has at most {MAX_RESULT} letters.", code="payload_too_large")

# Where the call came from, its number there, whether all went well, and the JSON of its value or its error.
Settle = Callable[[str, int, bool, str], None]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a page."""

    id: int
    name: str
    given: list[Any]


class Calls:
    """The calls of one run."""

    def __init__(self, answer: Answer, settle: Settle) -> None:
        self._answer = answer
        self._settle = settle
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="page-call")
        self._num_waiting = 0
        self._lock = threading.Lock()

    def take(self, place: str, text: str) -> None:
        """Take a call; it is answered on a thread. What is no call is left alone: no promise waits for it."""
        call = call_of(text)
        if call is None:
            return
        refusal = TOO_LONG if len(text) > MAX_RESULT else None if self._count(1) <= MAX_WAITING else FLOOD
        if refusal is TOO_LONG:
            self._count(1)
        if refusal is not None:
            self._refuse(place, call, refusal)
            return
        with suppress(RuntimeError):  # the run has ended meanwhile
            self._threads.submit(self._do, place, call)

    def close(self) -> None:
        """Answer no more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _do(self, place: str, call: Call) -> None:
        try:
            text = to_json(self._answer(call.name, call.given), inf_nan_mode="null").decode()
            self._count(-1)
            self._settle(place, call.id, True, text)
        except CallRefused as refusal:
            self._refuse(place, call, refusal)
        except Exception as error:  # noqa: BLE001 — an edge: no traceback goes into a page
            logger.opt(exception=error).error("A page's call of {} broke", call.name)
            self._refuse(place, call, BROKEN)

    def _refuse(self, place: str, call: Call, refusal: CallRefused) -> None:
        self._count(-1)
        words = {"name": refusal.name, "message": refusal.message, **refusal.facts}
        self._settle(place, call.id, False, to_json(words).decode())

    def _count(self, change: int) -> int:
        with self._lock:
            self._num_waiting += change
            return self._num_waiting


def call_of(text: str) -> Call | None:
    """Return the call that a text is, or None."""
    try:
        told = read_json(text)
        number, name, given = told["id"], told["name"], told["given"]
    except (ValueError, KeyError, TypeError):
        return None
    is_call = type(number) is int and isinstance(name, str) and isinstance(given, list)
    return Call(number, name, given) if is_call else None
