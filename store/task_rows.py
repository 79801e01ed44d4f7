"""Queries over tasks and the runners that hold them. Each change names the state or fence it expects."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Update,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from store.batches import batches
from store.clock import now_ms
from store.dialect import is_postgres, upsert
from store.tables import engine_pages, runners, sessions, task_needs, tasks


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
    """What to list: a workspace's tasks in these states, behind a place (time, id), so many at most.

    Of one kind, or of all but the `unlisted` ones.
    """

    session_id: UUID
    states: frozenset[str]
    before: tuple[int, UUID]
    limit: int
    kind: str | None = None
    unlisted: Collection[str] = ()


_COLUMNS = tuple(tasks.c[name] for name in TaskRow.__slots__)
_AGE_MS = 60_000  # a task that waited so long is as urgent as a new one of the next priority
TURN = tasks.c.created_ms - tasks.c.priority * literal_column(str(_AGE_MS))
_needed, _running, _own, _other = tasks.alias("needed"), tasks.alias("running"), sessions.alias("own"), sessions.alias()
_HAS_ALL = ~exists().where(
    task_needs.c.task_id == tasks.c.id,
    _needed.c.id == task_needs.c.needed_id,
    _needed.c.state != bindparam("done"),
)
# A browser may mint any number of workspaces: fairness is between owners.
_OWNER = select(_own.c.owner).where(_own.c.id == tasks.c.session_id).correlate(tasks).scalar_subquery()
_RUNNING = _running.join(_other, _other.c.id == _running.c.session_id)
_BUSY = select(_other.c.owner).select_from(_RUNNING).where(_running.c.state == bindparam("held"))
_NUM_RUNNING = (
    _BUSY.add_columns(func.count(), func.count(case((_running.c.runner_id == bindparam("runner"), 1))))
    .group_by(_other.c.owner)
    .order_by(func.count())
)
_IS_FREE = func.coalesce(tasks.c.ended_ms, tasks.c.lease_ms).is_(None)
# Not the bare column: SQLite would look for the state in another index, and then sort all that it finds.
_IS_DUE = and_(_IS_FREE, tasks.c.state.concat(literal_column("''")).in_(bindparam("due", expanding=True)))
_IS_MEANT = and_(tasks.c.run_after_ms <= bindparam("now"), tasks.c.kind.not_in(bindparam("full", expanding=True)))
_ANY_DUE = select(tasks.c.id).where(_IS_DUE, _IS_MEANT).limit(1)
_IS_WORK = select(tasks.c.id).where(_IS_DUE, tasks.c.kind.in_(bindparam("kinds", expanding=True))).limit(1)


_IS_ONE_OF_OURS = and_(_running.c.session_id == tasks.c.session_id, _running.c.kind == tasks.c.kind)
_IS_ALONE = or_(
    tasks.c.kind.not_in(bindparam("alone", expanding=True)),
    ~exists().where(_IS_ONE_OF_OURS, _running.c.state == bindparam("held")),
)
# A page that a living process holds is used by that process only.
_IS_HERE = ~exists().where(
    engine_pages.c.session_id == tasks.c.session_id,
    engine_pages.c.runner_id != bindparam("runner"),
    runners.c.id == engine_pages.c.runner_id,
    runners.c.seen_ms > bindparam("alive"),
)


def _claim_of(*which: ColumnElement[bool]) -> ReturningUpdate[Any]:
    """Return what takes up the next task of those meant: the first in turn that may be."""
    first = select(tasks.c.id).where(_IS_DUE, _IS_MEANT, _HAS_ALL, *which).order_by(TURN, tasks.c.id).limit(1)
    # PostgreSQL: what another runner is taking up is passed over
    found = first.with_for_update(skip_locked=True, of=tasks).scalar_subquery()
    return (
        update(tasks)
        .where(tasks.c.id == found, _IS_DUE)
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


_IS_OF_IDLE, _IS_OF_SOME = _OWNER.not_in(_BUSY), _OWNER.in_(bindparam("owners", expanding=True))
_CLAIMS = (_claim_of(_IS_OF_IDLE), _claim_of(_IS_OF_SOME))
_CLAIMS_OF_PAGES = (_claim_of(_IS_OF_IDLE, _IS_HERE), _claim_of(_IS_OF_SOME, _IS_ALONE, _IS_HERE))  # idle is alone
_CANCELS = select(tasks.c.id).where(
    tasks.c.runner_id == bindparam("runner"), tasks.c.state == bindparam("held"), tasks.c.cancel_asked
)
_ADD = insert(tasks)
_FIND = select(*_COLUMNS).where(tasks.c.id == bindparam("key"))
_HELD = (
    select(tasks.c.id, tasks.c.fence)
    .where(tasks.c.id.in_(bindparam("keys", expanding=True)), tasks.c.state == bindparam("held"))
    .order_by(tasks.c.id)
    .with_for_update(read=True)
)
_NEEDING = (
    select(*_COLUMNS)
    .join(task_needs, task_needs.c.task_id == tasks.c.id)
    .where(task_needs.c.needed_id == bindparam("needed"), tasks.c.state.in_(bindparam("open", expanding=True)))
)
_NUM_BY_KIND = (
    select(tasks.c.kind, func.count())
    .where(tasks.c.session_id == bindparam("session"), tasks.c.state.in_(bindparam("states", expanding=True)))
    .group_by(tasks.c.kind)
)
_NUM_OPEN = select(func.count()).where(tasks.c.state.in_(bindparam("states", expanding=True)))


def add(connection: Connection, row: TaskRow) -> None:
    """Add a task."""
    connection.execute(_ADD, {name: getattr(row, name) for name in TaskRow.__slots__})


def find(connection: Connection, task_id: UUID) -> TaskRow | None:
    """Return a task, or None."""
    row = connection.execute(_FIND, {"key": task_id}).first()
    return None if row is None else _task(row)


def list_of_session(connection: Connection, listing: TaskListing) -> list[TaskRow]:
    """Return tasks, newest first."""
    place = (tasks.c.created_ms, tasks.c.id)
    own = [tasks.c.session_id == listing.session_id, tasks.c.state.in_(sorted(listing.states))]
    if listing.kind is not None:
        own.append(tasks.c.kind == listing.kind)
    elif listing.unlisted:
        own.append(tasks.c.kind.not_in(sorted(listing.unlisted)))
    query = select(*_COLUMNS).where(*own, ~tasks.c.deleted, tuple_(*place) < listing.before)
    rows = connection.execute(query.order_by(*(column.desc() for column in place)).limit(listing.limit))
    return [_task(row) for row in rows]


def num_by_kind(connection: Connection, session_id: UUID, states: Collection[str]) -> dict[str, int]:
    """Count a workspace's tasks in the given states, by kind."""
    rows = connection.execute(_NUM_BY_KIND, {"session": session_id, "states": sorted(states)})
    return {row[0]: row[1] for row in rows}


def any_due(connection: Connection, due: Collection[str], full: Collection[str] = ()) -> bool:
    """Tell whether a task that is not of these kinds could be taken up now: a look that takes no write lock."""
    return connection.execute(_ANY_DUE, {"due": sorted(due), "now": now_ms(), "full": sorted(full)}).first() is not None


def is_work(connection: Connection, due: Collection[str], kinds: Collection[str]) -> bool:
    """Tell whether a task of these kinds waits for its turn."""
    return connection.execute(_IS_WORK, {"due": sorted(due), "kinds": sorted(kinds)}).first() is not None


def num_running(connection: Connection, kinds: Collection[str], processing: str) -> dict[str, int]:
    """Count what runs of some kinds, by kind."""
    query = select(tasks.c.kind, func.count()).where(tasks.c.state == processing, tasks.c.kind.in_(sorted(kinds)))
    return {row[0]: row[1] for row in connection.execute(query.group_by(tasks.c.kind))}


def num_ahead(connection: Connection, row: TaskRow, due: Collection[str]) -> int:
    """Count the waiting tasks whose turn comes before that of `row`, as far as priority and age tell."""
    turn = row.created_ms - row.priority * _AGE_MS
    query = select(func.count()).where(_IS_DUE, turn > TURN)
    return connection.execute(query, {"due": sorted(due)}).scalar_one()


def num_open(connection: Connection, open_states: Collection[str]) -> int:
    """Count all tasks that have not ended."""
    return connection.execute(_NUM_OPEN, {"states": sorted(open_states)}).scalar_one()


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
    rows = connection.execute(_NEEDING, {"needed": needed_id, "open": sorted(open_states)})
    return [_task(row) for row in rows]


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
    """What a claim may take: tasks in the `due` states, none of the `full` kinds, and what their states become.

    Where `pages` are held, only those whose page no other living process holds, and of the kinds that are `alone` only
    those of which the workspace has none under way.
    """

    due: Collection[str]
    held: str
    done: str
    full: Collection[str] = ()
    pages: bool = False
    alone: Collection[str] = ()


def claim(connection: Connection, wish: Claim, turn: Turn) -> TaskRow | None:
    """Take up the next task whose turn it is: owners with little running first, then priority with age."""
    now = now_ms()
    who = {"runner": wish.runner_id, "lease": now + wish.lease_ms, "now": now}
    what = {"due": sorted(turn.due), "held": turn.held, "done": turn.done, "full": sorted(turn.full)}
    words = {**who, **what, "alone": sorted(turn.alone), "alive": now - wish.lease_ms}
    of_idle, of_some = _CLAIMS_OF_PAGES if turn.pages else _CLAIMS
    row = connection.execute(of_idle, words).first() or _claim_of_busy(connection, of_some, words, wish.share)
    if row is None and is_postgres(connection):
        row = connection.execute(of_idle, words).first()  # an owner may have ceased to be busy in between
    return None if row is None else _task(row)


def _claim_of_busy(
    connection: Connection, of_some: ReturningUpdate[Any], words: dict[str, Any], share: int
) -> Row[Any] | None:
    if connection.execute(_ANY_DUE, words).first() is None:
        return None
    running = connection.execute(_NUM_RUNNING, words).all()
    for _num, busy in groupby((row for row in running if row[2] < share), key=itemgetter(1)):
        row = connection.execute(of_some, {**words, "owners": [owner for owner, *_nums in busy]}).first()
        if row is not None:
            return row
    return None


def that_hold(connection: Connection, holders: Collection[tuple[UUID, int]], processing: str) -> set[tuple[UUID, int]]:
    """Return those holders (task, fence) that hold their task, and will until this transaction ends."""
    found = set[tuple[UUID, int]]()
    for some in batches({task_id for task_id, _fence in holders}):
        found.update(map(tuple, connection.execute(_HELD, {"keys": some, "held": processing})))
    return found & set(holders)


def move(connection: Connection, row: TaskRow, state: str, **changes: Any) -> bool:
    """Move a task on from the state and fence of `row`; False where it is no longer there."""
    here = {"here_id": row.id, "here_fence": row.fence, "here_state": row.state}
    return connection.execute(_move_of(("state", *changes)), {**here, "state": state, **changes}).rowcount == 1


@cache
def _move_of(names: tuple[str, ...]) -> Update:
    """Return what changes these columns; made once, since to make it takes longer than to run it."""
    here = [tasks.c[name] == bindparam(f"here_{name}") for name in ("id", "fence", "state")]
    return update(tasks).where(*here).values({name: bindparam(name) for name in names})


def ask_cancel(connection: Connection, row: TaskRow) -> bool:
    """Ask the holder of a task to stop."""
    here = update(tasks).where(tasks.c.id == row.id, tasks.c.fence == row.fence, tasks.c.state == row.state)
    return connection.execute(here.values(cancel_asked=True)).rowcount == 1


def cancels_of(connection: Connection, runner_id: UUID, processing: str) -> list[UUID]:
    """Return the tasks a runner holds that were asked to stop."""
    return list(connection.execute(_CANCELS, {"runner": runner_id, "held": processing}).scalars())


def renew(connection: Connection, runner_id: UUID, task_ids: Sequence[UUID], lease_ms: int) -> None:
    """Renew the leases of tasks a runner still works on, and note that it lives."""
    now, own = now_ms(), (tasks.c.id.in_(task_ids), tasks.c.runner_id == runner_id)
    # In one order, as the journal takes them, so that the two never wait in a ring.
    connection.execute(select(tasks.c.id).where(*own).order_by(tasks.c.id).with_for_update())
    worked_on = update(tasks).where(*own)
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
