"""A class that misbehaves in every way a person's own class may, and one method that behaves."""

import threading
import time
from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

import requests
from pydantic import Field, JsonValue
from pydantic_core import to_jsonable_python
from typing_extensions import TypedDict

from api.errors import ERRORS
from api.plugin import Plugin, Retry, Task, Work, method, task
from api.shapes import task_of
from tasks.queue import Order

GRACE_S = 10
LONGEST_S = 120


def wait_for_cancel(work: Work) -> None:
    """Do nothing until told to stop."""
    stopped = threading.Event()
    work.on_cancel(stopped.set)
    stopped.wait(LONGEST_S)


class Wishes(TypedDict, total=False):
    """An object whose fields REST takes one by one."""

    text: Annotated[str, Field(max_length=20)]
    tags: list[Annotated[str, Field(max_length=5)]]
    day: date | None


class OutsideBusy(Exception):
    """The outside world is busy."""

    kept: ClassVar[dict[str, object]] = {"code": "unavailable", "facts": {"retry_after": 1}}


class Api(Plugin):
    """Methods and long work for tests."""

    @method
    def start_count(self, to: int, pause_s: float = 0.0) -> Task:
        """Have numbers counted."""
        return self.start("count", to=to, pause_s=pause_s)

    @task(may_repeat=True)
    @staticmethod
    def count(work: Work, to: int, pause_s: float) -> None:
        """Say the numbers from 1 on."""
        stopped = threading.Event()
        work.on_cancel(stopped.set)
        for number in range(1, to + 1):
            if stopped.wait(pause_s) or work.is_cancelled:
                return
            work.emit("text", {"text": f"{number} "})
            work.progress(number, to)

    @method
    def start_printer(self, num_bytes: int, piece_bytes: int = 16_384, a_second: int = 50_000_000) -> Task:
        """Have much printed."""
        return self.start("printer", num_bytes=num_bytes, piece_bytes=piece_bytes, a_second=a_second)

    @task
    @staticmethod
    def printer(work: Work, num_bytes: int, piece_bytes: int, a_second: int) -> None:
        """Print numbered lines, at most so many bytes a second, until it is enough or cancelled."""
        stopped, begun = threading.Event(), time.monotonic()
        work.on_cancel(stopped.set)
        for place in range(num_bytes // piece_bytes):
            ahead_s = place * piece_bytes / a_second - (time.monotonic() - begun)
            if work.is_cancelled or (ahead_s > 0 and stopped.wait(ahead_s)):
                return
            work.emit("text", {"text": f"{place:011} ".ljust(piece_bytes - 1, "x") + "\n"})

    @method
    def start_stay(self, kind: str) -> Task:
        """Have something go on for long."""
        return self.start(kind)

    @task(may_repeat=True)
    @staticmethod
    def stay_on(work: Work) -> None:
        """Go on when the visitor leaves."""
        wait_for_cancel(work)

    @task(may_repeat=True, on_leave="cancel")
    @staticmethod
    def stay_while_here(work: Work) -> None:
        """End when the visitor leaves."""
        wait_for_cancel(work)

    @task(may_repeat=True, on_leave=GRACE_S)
    @staticmethod
    def stay_a_while(work: Work) -> None:
        """End some time after the visitor left."""
        wait_for_cancel(work)

    @method
    def start_question(self, text: str) -> Task:
        """Have a person asked."""
        return self.start("asking", text=text)

    @task
    @staticmethod
    def asking(work: Work, text: str) -> None:
        """Ask, and say the answer."""
        answer = work.ask("question", text=text, choices=["yes", "no"])
        work.emit("text", {"text": f"{answer}"})

    @method
    def start_ask(self, text: str, name: str = "ask", choices: list[JsonValue] | None = None, form: str = "") -> Task:
        """Have a person asked something of any kind."""
        facts = {
            "text": text,
            **({"choices": choices} if choices else {}),
            **({"schema": {"type": form}} if form else {}),
        }
        return self.start("asking_freely", name=name, facts=facts)

    @task
    @staticmethod
    def asking_freely(work: Work, name: str, facts: dict[str, JsonValue]) -> None:
        """Ask, and say the answer as it came."""
        work.emit("text", {"text": f"{work.ask(name, **facts)!r}"})

    @method
    def start_failure(self, code: str = "unavailable") -> Task:
        """Have something done that fails."""
        return self.start("failing", code=code)

    @task
    @staticmethod
    def failing(work: Work, code: str) -> None:
        """Say something, then fail."""
        work.emit("text", {"text": "It begins well.\n"})
        raise ERRORS[code]

    @method
    def start_stubborn(self) -> Task:
        """Have something done that takes its time to stop."""
        return self.start("stubborn")

    @task
    @staticmethod
    def stubborn(work: Work) -> None:
        """Work until a moment after the cancel."""
        stopped = threading.Event()
        work.on_cancel(stopped.set)
        stopped.wait(30)
        time.sleep(0.5)

    @method
    def start_flood(self, num_bytes: int) -> Task:
        """Have much said at once."""
        return self.start("flood", num_bytes=num_bytes)

    @task
    @staticmethod
    def flood(work: Work, num_bytes: int) -> None:
        """Say numbered lines of fifty bytes, a hundred at once."""
        for first in range(0, num_bytes // 50, 100):
            work.emit(
                "text", {"text": "".join(f"line {number}".ljust(49) + "\n" for number in range(first, first + 100))}
            )

    @method
    def start_later(self, seconds: float, need: UUID | None = None) -> Task:
        """Have something said later, and not before another task is completed."""
        needs, moment = [need] if need else [], int((time.time() + seconds) * 1000)
        order = Order(
            session_id=self._caller.session_id,
            kind="count",
            arguments={"to": 1, "pause_s": 0},
            facts={},
            run_after_ms=moment,
            needs=needs,
        )
        with self._services.database.write() as write:
            self._store_session(write)
            return task_of(self._services.queue.submit(write, order), self._caller.language)

    @method
    def start_order(self, url: str, name: str, failures: int = 0) -> Task:
        """Have something ordered in the outside world."""
        return self.start("ordering", url=url, name=name, failures=failures)

    @task(may_repeat=True, retry=Retry(max_failures=5, first_s=0.1, longest_s=0.3))
    @staticmethod
    def ordering(work: Work, url: str, name: str, failures: int) -> None:
        """Order once, though it is tried again."""
        work.once("order", lambda: requests.post(url, data=name, timeout=10).status_code)
        if work.task.failures < failures:
            raise OutsideBusy

    @method
    def add_count(self, by: int = 1) -> int:
        """Add to this visitor's counter and return it."""
        self.data["count"] = self.data.get("count", 0) + by
        count: int = self.data["count"]
        return count

    @method
    def echo(self, value: str, times: int = 1) -> str:
        """Return a text."""
        return value * times

    @method
    def sleep_for(self, seconds: float) -> float:
        """Block for some seconds."""
        time.sleep(seconds)
        return seconds

    @method
    def add_after(self, seconds: float) -> int:
        """Read the counter, wait, and add to it."""
        self.data["count"] = self.data.get("count", 0) + 1
        count: int = self.data["count"]
        time.sleep(seconds)
        return count

    @method
    def burn_for(self, seconds: float) -> int:
        """Burn the processor for some seconds."""
        until, rounds = time.monotonic() + seconds, 0
        while time.monotonic() < until:
            rounds += 1
        return rounds

    @method
    def break_down(self, after_count: int = 0) -> None:
        """Change the data and raise an error that nobody expects."""
        self.data["count"] = after_count
        raise RuntimeError("the reason nobody outside may see")

    @method
    def keep_on_self(self, value: int) -> None:
        """Set an attribute."""
        self.value = value

    @method
    def keep_large(self, num_bytes: int) -> None:
        """Keep that many bytes."""
        self.data["large"] = "x" * num_bytes

    @method(example={"value": {"text": "日本 😀 <&>\"'", "none": None, "big": 9007199254740991, "deep": [[1.5, -0.0]]}})
    def give_back(self, value: JsonValue) -> JsonValue:
        """Return a value as it is."""
        return value

    @method(example={"day": "2026-02-28", "days": 2})
    def add_days(self, day: date, days: int = 1) -> date:
        """Return a later day."""
        return date.fromordinal(day.toordinal() + days)

    @method(rest="GET /wishes", spread="wishes", example={"wishes": {"tags": ["a"]}})
    def list_wishes(self, wishes: Wishes | None = None, limit: int = 10) -> list[JsonValue]:
        """Return what was wished."""
        return [to_jsonable_python(wishes), limit]

    @method(rest="PUT /wishes/{wish_id}", spread="wishes")
    def update_wishes(self, wish_id: int, wishes: Wishes, note: str = "") -> list[JsonValue]:
        """Return what was wished, and where."""
        return [wish_id, to_jsonable_python(wishes), note]

    @method
    def get_infinity(self) -> dict[str, float]:
        """Return numbers that JSON has no words for."""
        return {"nan": float("nan"), "infinity": float("inf")}

    @method
    def raise_error(self, code: str) -> None:
        """Raise an error of the tree."""
        raise ERRORS[code]

    @method(doors=frozenset({"rpc", "live"}))
    def get_secret(self) -> str:
        """Return what only the page may ask for."""
        return "secret"
