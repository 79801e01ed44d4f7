"""Queries over tasks and the runners that hold them. Each change names the state or fence it expects."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from store.clock import now_ms
from store.tables import runners, tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """One task. `fence` grows with each taking-up; `error` is an error as `api.errors.kept` writes it."""

    id: UUID
    session_id: UUID
    kind: str
    state: str
    arguments: dict[str, Any]
    facts: dict[str, Any]
    error: dict[str, Any] | None = None
    progress: int | None = None
    priority: int = 5
    run_after_ms: int = 0
    attempts: int = 0
    fence: int = 0
    runner_id: UUID | None = None
    lease_ms: int | None = None
    cancel_asked: bool = False
    created_ms: int
    started_ms: int | None = None
    ended_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerRow:
    """A process that runs tasks: `started` is its process's start time, since a pid alone may be another's by now."""

    id: UUID
    host: str
    pid: int
    started: str


_COLUMNS = tuple(tasks.c[name] for name in TaskRow.__slots__)
_running = tasks.alias("running")
_NUM_RUNNING = (
    select(func.count())
    .select_from(_running)
    .where(_running.c.session_id == tasks.c.session_id, _running.c.state == bindparam("held"))
    .scalar_subquery()
)
_NEXT = (
    select(tasks.c.id)
    .where(tasks.c.state == bindparam("waiting"), tasks.c.run_after_ms <= bindparam("now"))
    .order_by(_NUM_RUNNING, tasks.c.priority.desc(), tasks.c.created_ms)
    .limit(1)
    .scalar_subquery()
)
_CLAIM = (
    update(tasks)
    .where(tasks.c.id == _NEXT, tasks.c.state == bindparam("waiting"))
    .values(
        state=bindparam("held"),
        fence=tasks.c.fence + 1,
        attempts=tasks.c.attempts + 1,
        runner_id=bindparam("runner"),
        lease_ms=bindparam("lease"),
        started_ms=func.coalesce(tasks.c.started_ms, bindparam("now")),
    )
    .returning(*_COLUMNS)
)
_CANCELS = select(tasks.c.id).where(
    tasks.c.runner_id == bindparam("runner"), tasks.c.state == bindparam("held"), tasks.c.cancel_asked
)


def add(connection: Connection, row: TaskRow) -> None:
    """Add a task."""
    connection.execute(insert(tasks).values({name: getattr(row, name) for name in TaskRow.__slots__}))


def find(connection: Connection, task_id: UUID) -> TaskRow | None:
    """Return a task, or None."""
    row = connection.execute(select(*_COLUMNS).where(tasks.c.id == task_id)).first()
    return None if row is None else _task(row)


def list_of_session(
    connection: Connection, session_id: UUID, states: frozenset[str], before: tuple[int, int]
) -> list[TaskRow]:
    """Return a workspace's tasks in the given states, newest first: of those before a time, so many."""
    before_ms, limit = before
    query = select(*_COLUMNS).where(tasks.c.session_id == session_id, tasks.c.state.in_(sorted(states)))
    older = query.where(tasks.c.created_ms < before_ms).order_by(tasks.c.created_ms.desc()).limit(limit)
    return [_task(row) for row in connection.execute(older)]


def num_in_states(connection: Connection, session_id: UUID, states: frozenset[str]) -> int:
    """Count a workspace's tasks in the given states."""
    query = select(func.count()).where(tasks.c.session_id == session_id, tasks.c.state.in_(sorted(states)))
    return connection.execute(query).scalar_one()


def any_due(connection: Connection, pending: str) -> bool:
    """Tell whether a task could be taken up now: a look that takes no write lock."""
    due = select(tasks.c.id).where(tasks.c.state == pending, tasks.c.run_after_ms <= now_ms()).limit(1)
    return connection.execute(due).first() is not None


def claim(connection: Connection, runner_id: UUID, lease_ms: int, states: tuple[str, str]) -> TaskRow | None:
    """Take up the next task whose turn it is: sessions with little running first, then priority, then age.

    `states`: the one it is taken from, and the one it is then in.
    """
    now, (pending, processing) = now_ms(), states
    words = {"waiting": pending, "held": processing, "now": now, "runner": runner_id, "lease": now + lease_ms}
    row = connection.execute(_CLAIM, words).first()
    return None if row is None else _task(row)


def holds(connection: Connection, task_id: UUID, fence: int, processing: str) -> bool:
    """Tell whether the holder with this fence still holds the task."""
    query = select(tasks.c.id).where(tasks.c.id == task_id, tasks.c.fence == fence, tasks.c.state == processing)
    return connection.execute(query).first() is not None


def move(connection: Connection, row: TaskRow, state: str, **changes: Any) -> bool:
    """Move a task on from the state and fence of `row`; False where it is no longer there."""
    here = update(tasks).where(tasks.c.id == row.id, tasks.c.fence == row.fence, tasks.c.state == row.state)
    return connection.execute(here.values(state=state, **changes)).rowcount == 1


def ask_cancel(connection: Connection, row: TaskRow) -> bool:
    """Ask the holder of a task to stop."""
    here = update(tasks).where(tasks.c.id == row.id, tasks.c.fence == row.fence, tasks.c.state == row.state)
    return connection.execute(here.values(cancel_asked=True)).rowcount == 1


def cancels_of(connection: Connection, runner_id: UUID, processing: str) -> list[UUID]:
    """Return the tasks a runner holds that were asked to stop."""
    return list(connection.execute(_CANCELS, {"runner": runner_id, "held": processing}).scalars())


def renew(connection: Connection, runner_id: UUID, task_ids: Sequence[UUID], lease_ms: int) -> None:
    """Renew the leases of tasks a runner still works on, and note that it lives."""
    now = now_ms()
    worked_on = update(tasks).where(tasks.c.id.in_(task_ids), tasks.c.runner_id == runner_id)
    connection.execute(worked_on.where(tasks.c.lease_ms.is_not(None)).values(lease_ms=now + lease_ms))
    connection.execute(update(runners).where(runners.c.id == runner_id).values(seen_ms=now))


def held(connection: Connection, processing: str) -> list[tuple[TaskRow, RunnerRow | None]]:
    """Return every task under way with the runner that holds it."""
    columns = (runners.c.id, runners.c.host, runners.c.pid, runners.c.started)
    query = select(*_COLUMNS, *columns).select_from(tasks.outerjoin(runners, runners.c.id == tasks.c.runner_id))
    rows = connection.execute(query.where(tasks.c.state == processing)).all()
    return [(_task(row[: len(_COLUMNS)]), _runner(row[len(_COLUMNS) :])) for row in rows]


def add_runner(connection: Connection, row: RunnerRow) -> None:
    """Register a runner."""
    values = {"id": row.id, "host": row.host, "pid": row.pid, "started": row.started, "seen_ms": now_ms()}
    connection.execute(upsert(runners).values(values).on_conflict_do_nothing())


def remove_runners(connection: Connection, unseen_ms: int) -> None:
    """Forget runners that have not been seen for long and hold nothing."""
    holders = select(tasks.c.runner_id).where(tasks.c.ended_ms.is_(None), tasks.c.runner_id.is_not(None))
    old = delete(runners).where(runners.c.seen_ms < now_ms() - unseen_ms, runners.c.id.not_in(holders))
    connection.execute(old)


def _task(row: Row[Any] | tuple[Any, ...]) -> TaskRow:
    return TaskRow(**dict(zip(TaskRow.__slots__, row, strict=True)))


def _runner(row: tuple[Any, ...]) -> RunnerRow | None:
    return None if row[0] is None else RunnerRow(id=row[0], host=row[1], pid=row[2], started=row[3])
