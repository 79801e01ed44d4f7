"""Shapes that several areas answer with."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from api.errors import ErrorBody, shown
from store.clock import as_time, as_time_or_none, now_ms
from store.task_rows import TaskRow
from tasks.states import TaskState


class Question(BaseModel):
    """What a waiting task asks a person: its name, and facts of its kind that say what and among which answers."""

    name: str
    facts: dict[str, Any]


class Task(BaseModel):
    """Work the server owns; its events are a stream under its id. `progress` is 0 to 100 or unknown.

    `seconds_left` is an estimate from its progress; `place` the number of tasks before it, where it waits for its turn
    and was asked for by itself; `failures` how often it was tried in vain. `facts` say what the task is about, for
    example the ids of the conversation and the message it writes.
    """

    id: UUID
    kind: str
    state: TaskState
    priority: int
    place: int | None
    progress: int | None
    seconds_left: float | None
    failures: int
    question: Question | None
    run_after: datetime | None
    deadline_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    error: ErrorBody | None
    facts: dict[str, Any]


def task_of(row: TaskRow, language: str, place: int | None = None) -> Task:
    """Return a row as a visitor sees it."""
    facts = dict(row.question or {})
    return Task(
        id=row.id,
        kind=row.kind,
        state=TaskState(row.state),
        priority=row.priority,
        place=place,
        progress=row.progress,
        seconds_left=_seconds_left(row),
        failures=row.failures,
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
    if row.state != TaskState.PROCESSING or not row.progress or row.taken_ms is None:
        return None
    return round((now_ms() - row.taken_ms) / 1000 * (100 - row.progress) / row.progress, 1)
