"""Shapes that several areas answer with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from api.errors import ErrorBody, shown
from store.clock import as_time, as_time_or_none, now_ms
from store.task_rows import TaskRow
from tasks.states import TaskState

MIN_SEEN_MS = 1000  # an estimate from less would be noise


class Question(BaseModel):
    """What a waiting task asks a person: its name, and facts of its kind that say what and among which answers.

    Facts that are understood everywhere: `text`, the question in words; `choices`, a list of the answers that are
    taken; without choices `schema`, whose `type` (string, number, integer or boolean) an answer must have.
    """

    name: str
    facts: dict[str, Any]


class Task(BaseModel):
    """Work the server owns; its events are a stream under its id. `progress` is 0 to 100 or unknown.

    `seconds_left` is an estimate from its progress; where a task waits for its turn, `place` is the number of tasks
    before it and `needs` are those that must be completed first; `failures` tells how often it was tried in vain,
    `may_be_retried` that `retry_task` would do it anew, `is_stopping` that its end was asked for. `last_event` is the
    number of its last event, where it was asked for by itself. `facts` say what the task is about, for example the
    ids of the conversation and the message it writes.
    """

    id: UUID
    kind: str
    state: TaskState
    priority: int
    place: int | None
    needs: list[UUID]
    progress: int | None
    seconds_left: float | None
    failures: int
    may_be_retried: bool
    is_stopping: bool
    last_event: int | None
    question: Question | None
    run_after: datetime | None
    deadline_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    error: ErrorBody | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a task's row does not tell of it: see Task."""

    place: int | None = None
    needs: Sequence[UUID] = ()
    may_be_retried: bool = False
    last_event: int | None = None


ALONE = Standing()


def task_of(row: TaskRow, language: str, standing: Standing = ALONE) -> Task:
    """Return a row as a visitor sees it."""
    facts = dict(row.question or {})
    return Task(
        id=row.id,
        kind=row.kind,
        state=TaskState(row.state),
        priority=row.priority,
        place=standing.place,
        needs=list(standing.needs),
        progress=row.progress,
        seconds_left=_seconds_left(row),
        failures=row.failures,
        may_be_retried=standing.may_be_retried,
        is_stopping=row.cancel_asked and row.state == TaskState.PROCESSING,
        last_event=standing.last_event,
        question=Question(name=facts.pop("name"), facts=facts) if facts else None,
        run_after=as_time_or_none(row.run_after_ms or None),
        deadline_at=as_time_or_none(row.deadline_ms),
        created_at=as_time(row.created_ms),
        started_at=as_time_or_none(row.started_ms),
        ended_at=as_time_or_none(row.ended_ms),
        error=shown(row.error, language),
        facts=row.facts,
    )


def _seconds_left(row: TaskRow) -> float | None:
    """Return how long a task will take at the speed it had; unknown for one taken up again: some of it is older."""
    if row.state != TaskState.PROCESSING or not row.progress or row.taken_ms is None or row.attempts > 1:
        return None
    took_ms = now_ms() - row.taken_ms
    return round(took_ms / 1000 * (100 - row.progress) / row.progress, 1) if took_ms >= MIN_SEEN_MS else None
