"""Queries over tasks and the runners that hold them. Each change names the state or fence it expects."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    tuple_,
    update,
)

from store.clock import now_ms
from store.dialect import upsert
from store.tables import runners, sessions, task_needs, tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """One task. `fence` grows with each taking-up; `error` is an error as `api.errors.kept` writes it.

    `steps` are the effects that were begun, by name, with their value once they are done; `question` is what a waiting
    task asks, `answers` what was answered, by the question's name; `failures` counts tries that failed.
    """

    id: UUID
    session_id: UUID
    kind: str
    state: str
    arguments: dict[str, Any]
    facts: dict[str, Any]
    error: dict[str, Any] | None = None
    steps: dict[str, Any] = field(default_factory=dict)
    question: dict[str, Any] | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    progress: int | None = None
    priority: int = 5
    run_after_ms: int = 0
    deadline_ms: int | None = None
    attempts: int = 0
    failures: int = 0
    fence: int = 0
    runner_id: UUID | None = None
    lease_ms: int | None = None
    cancel_asked: bool = False
    created_ms: int
    started_ms: int | None = None
    taken_ms: int | None = None
    ended_ms: int | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerRow:
    """A process that runs tasks: `started` is its process's start time, since a pid alone may be another's by now."""

    id: UUID
    host: str
    pid: int
    started: str


@dataclass(frozen=True, slots=True)
class TaskListing:
    """What to list: a workspace's tasks in these states, behind a place (time, id), so many at most; of one kind."""

    session_id: UUID
    states: frozenset[str]
    before: tuple[int, UUID]
    limit: int
    kind: str | None = None


_COLUMNS = tuple(tasks.c[name] for name in TaskRow.__slots__)
_running, _own_session, _other_session = tasks.alias("running"), sessions.alias("own"), sessions.alias("other")


def _num_running_of_owner(*more: ColumnElement[bool]) -> ScalarSelect[int]:
    """Count what runs for the owner of the task that is looked at: a browser may mint any number of workspaces."""
    own = select(_own_session.c.owner).where(_own_session.c.id == tasks.c.session_id)
    owner = own.correlate(tasks).scalar_subquery()
    running = _running.join(_other_session, _other_session.c.id == _running.c.session_id)
    mine = (_running.c.state == bindparam("held"), _other_session.c.owner == owner, *more)
    return select(func.count()).select_from(running).where(*mine).correlate(tasks).scalar_subquery()


_AGE_MS = 60_000  # a task that waited so long is as urgent as a new one of the next priority
TURN = tasks.c.created_ms - tasks.c.priority * _AGE_MS
_needed = tasks.alias("needed")
_HAS_ALL = ~exists().where(
    task_needs.c.task_id == tasks.c.id,
    _needed.c.id == task_needs.c.needed_id,
    _needed.c.state != bindparam("done"),
)
_NEXT = (
    select(tasks.c.id)
    .where(
        tasks.c.state.in_(bindparam("due", expanding=True)),
        tasks.c.run_after_ms <= bindparam("now"),
        tasks.c.kind.not_in(bindparam("full", expanding=True)),
        _num_running_of_owner(_running.c.runner_id == bindparam("runner")) < bindparam("share"),
        _HAS_ALL,
    )
    .order_by(_num_running_of_owner(), TURN, tasks.c.id)
    .limit(1)
    .with_for_update(skip_locked=True, of=tasks)  # PostgreSQL: what another runner is taking up is passed over
    .scalar_subquery()
)
_CLAIM = (
    update(tasks)
    .where(tasks.c.id == _NEXT, tasks.c.state.in_(bindparam("due", expanding=True)))
    .values(
        state=bindparam("held"),
        fence=tasks.c.fence + 1,
        attempts=tasks.c.attempts + 1,
        runner_id=bindparam("runner"),
        lease_ms=bindparam("lease"),
        started_ms=func.coalesce(tasks.c.started_ms, bindparam("now")),
        taken_ms=bindparam("now"),
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
    own = [tasks.c.session_id == listing.session_id, tasks.c.state.in_(sorted(listing.states))]
    if listing.kind is not None:
        own.append(tasks.c.kind == listing.kind)
    query = select(*_COLUMNS).where(*own, ~tasks.c.deleted, tuple_(*place) < listing.before)
    rows = connection.execute(query.order_by(*(column.desc() for column in place)).limit(listing.limit))
    return [_task(row) for row in rows]


def num_by_kind(connection: Connection, session_id: UUID, states: Collection[str]) -> dict[str, int]:
    """Count a workspace's tasks in the given states, by kind."""
    query = select(tasks.c.kind, func.count()).where(
        tasks.c.session_id == session_id, tasks.c.state.in_(sorted(states))
    )
    return {row[0]: row[1] for row in connection.execute(query.group_by(tasks.c.kind))}


def any_due(connection: Connection, due: Collection[str]) -> bool:
    """Tell whether a task could be taken up now: a look that takes no write lock."""
    query = select(tasks.c.id).where(tasks.c.state.in_(sorted(due)), tasks.c.run_after_ms <= now_ms()).limit(1)
    return connection.execute(query).first() is not None


def num_running(connection: Connection, kinds: Collection[str], processing: str) -> dict[str, int]:
    """Count what runs of some kinds, by kind."""
    query = select(tasks.c.kind, func.count()).where(tasks.c.state == processing, tasks.c.kind.in_(sorted(kinds)))
    return {row[0]: row[1] for row in connection.execute(query.group_by(tasks.c.kind))}


def num_ahead(connection: Connection, row: TaskRow, due: Collection[str]) -> int:
    """Count the waiting tasks whose turn comes before that of `row`, as far as priority and age tell."""
    turn = row.created_ms - row.priority * _AGE_MS
    query = select(func.count()).where(tasks.c.state.in_(sorted(due)), turn > TURN)
    return connection.execute(query).scalar_one()


def num_open(connection: Connection, open_states: Collection[str]) -> int:
    """Count all tasks that have not ended."""
    return connection.execute(select(func.count()).where(tasks.c.state.in_(sorted(open_states)))).scalar_one()


def overdue(connection: Connection, open_states: Collection[str]) -> list[TaskRow]:
    """Return the tasks whose deadline has passed."""
    query = select(*_COLUMNS).where(tasks.c.deadline_ms < now_ms(), tasks.c.state.in_(sorted(open_states)))
    return [_task(row) for row in connection.execute(query.limit(1000))]


def add_needs(connection: Connection, task_id: UUID, needed: Collection[UUID]) -> None:
    """Have a task wait for others."""
    if needed:
        connection.execute(insert(task_needs), [{"task_id": task_id, "needed_id": one} for one in set(needed)])


def unmet_needs(connection: Connection, task_ids: Collection[UUID], done: str) -> dict[UUID, list[UUID]]:
    """Return which tasks each of some waits for: those it needs that are not done."""
    pairs = select(task_needs.c.task_id, task_needs.c.needed_id).join(tasks, tasks.c.id == task_needs.c.needed_id)
    found: dict[UUID, list[UUID]] = {}
    for task_id, needed_id in connection.execute(
        pairs.where(task_needs.c.task_id.in_(task_ids), tasks.c.state != done)
    ):
        found.setdefault(task_id, []).append(needed_id)
    return found


def needing(connection: Connection, needed_id: UUID, open_states: Collection[str]) -> list[TaskRow]:
    """Return the open tasks that wait for one."""
    waiting = select(task_needs.c.task_id).where(task_needs.c.needed_id == needed_id)
    query = select(*_COLUMNS).where(tasks.c.id.in_(waiting), tasks.c.state.in_(sorted(open_states)))
    return [_task(row) for row in connection.execute(query)]


def change(connection: Connection, task_id: UUID, **changes: Any) -> None:
    """Change what hangs on no state."""
    connection.execute(update(tasks).where(tasks.c.id == task_id).values(**changes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who takes up a task: a runner, for how long, and how many of its places one owner may have."""

    runner_id: UUID
    lease_ms: int
    share: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a claim may take: tasks in the `due` states, none of the `full` kinds, and what their states become."""

    due: Collection[str]
    held: str
    done: str
    full: Collection[str] = ()


def claim(connection: Connection, wish: Claim, turn: Turn) -> TaskRow | None:
    """Take up the next task whose turn it is: owners with little running first, then priority with age."""
    now = now_ms()
    who = {"runner": wish.runner_id, "lease": now + wish.lease_ms, "share": wish.share, "now": now}
    what = {"due": sorted(turn.due), "held": turn.held, "done": turn.done, "full": sorted(turn.full)}
    row = connection.execute(_CLAIM, {**who, **what}).first()
    return None if row is None else _task(row)


def holds(connection: Connection, task_id: UUID, fence: int, processing: str) -> bool:
    """Tell whether the holder with this fence still holds the task, and will until this transaction ends."""
    query = select(tasks.c.id).where(tasks.c.id == task_id, tasks.c.fence == fence, tasks.c.state == processing)
    return connection.execute(query.with_for_update(read=True)).first() is not None


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
    connection.execute(upsert(connection, runners).values(values).on_conflict_do_nothing())


def remove_runners(connection: Connection, unseen_ms: int) -> None:
    """Forget runners that have not been seen for long and hold nothing."""
    holders = select(tasks.c.runner_id).where(tasks.c.ended_ms.is_(None), tasks.c.runner_id.is_not(None))
    old = delete(runners).where(runners.c.seen_ms < now_ms() - unseen_ms, runners.c.id.not_in(holders))
    connection.execute(old)


def _task(row: Row[Any] | tuple[Any, ...]) -> TaskRow:
    return TaskRow(**dict(zip(TaskRow.__slots__, row, strict=True)))


def _runner(row: tuple[Any, ...]) -> RunnerRow | None:
    return None if row[0] is None else RunnerRow(id=row[0], host=row[1], pid=row[2], started=row[3])
