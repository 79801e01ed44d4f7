"""Queries over tasks and the runners that hold them. Each change names the state or fence it expects."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    bindparam,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from store.clock import now_ms
from store.tables import runners, sessions, tasks


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


@dataclass(frozen=True, slots=True)
class TaskListing:
    """What to list: a workspace's tasks in these states, behind a place (time, id), so many at most."""

    session_id: UUID
    states: frozenset[str]
    before: tuple[int, UUID]
    limit: int


_COLUMNS = tuple(tasks.c[name] for name in TaskRow.__slots__)
_running, _own_session, _other_session = tasks.alias("running"), sessions.alias("own"), sessions.alias("other")


def _num_running_of_owner(*more: ColumnElement[bool]) -> ScalarSelect[int]:
    """Count what runs for the owner of the task that is looked at: a browser may mint any number of workspaces."""
    own = select(_own_session.c.owner).where(_own_session.c.id == tasks.c.session_id)
    owner = own.correlate(tasks).scalar_subquery()
    running = _running.join(_other_session, _other_session.c.id == _running.c.session_id)
    mine = (_running.c.state == bindparam("held"), _other_session.c.owner == owner, *more)
    return select(func.count()).select_from(running).where(*mine).correlate(tasks).scalar_subquery()


_NEXT = (
    select(tasks.c.id)
    .where(
        tasks.c.state == bindparam("waiting"),
        tasks.c.run_after_ms <= bindparam("now"),
        _num_running_of_owner(_running.c.runner_id == bindparam("runner")) < bindparam("share"),
    )
    .order_by(_num_running_of_owner(), tasks.c.priority.desc(), tasks.c.created_ms)
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


def list_of_session(connection: Connection, listing: TaskListing) -> list[TaskRow]:
    """Return tasks, newest first."""
    place = (tasks.c.created_ms, tasks.c.id)
    own = (tasks.c.session_id == listing.session_id, tasks.c.state.in_(sorted(listing.states)))
    query = select(*_COLUMNS).where(*own, tuple_(*place) < listing.before)
    rows = connection.execute(query.order_by(*(column.desc() for column in place)).limit(listing.limit))
    return [_task(row) for row in rows]


def num_in_states(connection: Connection, session_id: UUID, states: frozenset[str]) -> int:
    """Count a workspace's tasks in the given states."""
    query = select(func.count()).where(tasks.c.session_id == session_id, tasks.c.state.in_(sorted(states)))
    return connection.execute(query).scalar_one()


def any_due(connection: Connection, pending: str) -> bool:
    """Tell whether a task could be taken up now: a look that takes no write lock."""
    due = select(tasks.c.id).where(tasks.c.state == pending, tasks.c.run_after_ms <= now_ms()).limit(1)
    return connection.execute(due).first() is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who takes up a task: a runner, for how long, and how many of its places one owner may have."""

    runner_id: UUID
    lease_ms: int
    share: int


def claim(connection: Connection, wish: Claim, pending: str, processing: str) -> TaskRow | None:
    """Take up the next task whose turn it is: owners with little running first, then priority, then age."""
    now = now_ms()
    who = {"runner": wish.runner_id, "lease": now + wish.lease_ms, "share": wish.share}
    row = connection.execute(_CLAIM, {"waiting": pending, "held": processing, "now": now, **who}).first()
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
