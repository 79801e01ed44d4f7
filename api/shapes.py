"""Shapes that several areas answer with."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from api.errors import ErrorBody, shown
from store.clock import as_time, as_time_or_none
from store.task_rows import TaskRow
from tasks.states import TaskState


class Task(BaseModel):
    """Work the server owns; its events are a stream under its id. `progress` is 0 to 100 or unknown.

    `facts` say what the task is about, for example the ids of the conversation and the message it writes.
    """

    id: UUID
    kind: str
    state: TaskState
    progress: int | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    error: ErrorBody | None
    facts: dict[str, Any]


def task_of(row: TaskRow, language: str) -> Task:
    """Return a row as a visitor sees it."""
    return Task(
        id=row.id,
        kind=row.kind,
        state=TaskState(row.state),
        progress=row.progress,
        created_at=as_time(row.created_ms),
        started_at=as_time_or_none(row.started_ms),
        ended_at=as_time_or_none(row.ended_ms),
        error=shown(row.error, language),
        facts=row.facts,
    )
