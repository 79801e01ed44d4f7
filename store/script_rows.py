"""Queries over page scripts that are kept, and their runs."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, insert, select, tuple_, update

from store.tables import script_runs, scripts, tasks
from store.task_rows import TaskRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptRow:
    """One script. `skipped` is why its schedule could not start it, as `api.errors.kept` writes an error."""

    id: UUID
    session_id: UUID
    version: int = 1
    created_ms: int
    updated_ms: int
    deleted_ms: int | None = None
    next_ms: int | None = None
    last_task_id: UUID | None = None
    skipped_ms: int | None = None
    skipped: dict[str, Any] | None = None
    timeout_s: float
    cron: str | None = None
    time_zone: str | None = None
    is_on: bool = False
    url: str | None = None
    origins: list[str]
    language: str
    name: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run of a script: what its task's row tells of it."""

    task_id: UUID
    is_scheduled: bool
    state: str
    created_ms: int
    started_ms: int | None
    ended_ms: int | None
    error: dict[str, Any] | None


Place = tuple[int, UUID]
_NAMES = tuple(field.name for field in fields(ScriptRow))
_COLUMNS = tuple(scripts.c[name] for name in _NAMES)
_RUN = (
    script_runs.c.task_id,
    script_runs.c.is_scheduled,
    tasks.c.state,
    script_runs.c.created_ms,
    tasks.c.started_ms,
    tasks.c.ended_ms,
    tasks.c.error,
)
_RUNS = select(*_RUN).join_from(script_runs, tasks, tasks.c.id == script_runs.c.task_id).where(~tasks.c.deleted)


def add(connection: Connection, row: ScriptRow) -> None:
    """Add a script."""
    connection.execute(insert(scripts), {name: getattr(row, name) for name in _NAMES})


def find(connection: Connection, session_id: UUID, script_id: UUID) -> ScriptRow | None:
    """Return a workspace's script, or None."""
    found = _listed(connection, (scripts.c.id == script_id, scripts.c.session_id == session_id), 1)
    return found[0] if found else None


def list_of_session(connection: Connection, session_id: UUID, limit: int) -> list[ScriptRow]:
    """Return a workspace's scripts, last changed first."""
    return _listed(connection, (scripts.c.session_id == session_id, scripts.c.deleted_ms.is_(None)), limit)


def num_of_session(connection: Connection, session_id: UUID) -> int:
    """Count a workspace's scripts."""
    query = select(func.count()).where(scripts.c.session_id == session_id, scripts.c.deleted_ms.is_(None))
    return connection.execute(query).scalar_one()


def due(connection: Connection, now_ms: int, limit: int) -> list[tuple[UUID, UUID]]:
    """Return the scripts whose time has come, with their workspaces: longest due first."""
    query = select(scripts.c.id, scripts.c.session_id).where(scripts.c.next_ms <= now_ms)
    return [(row[0], row[1]) for row in connection.execute(query.order_by(scripts.c.next_ms).limit(limit))]


def change(connection: Connection, script_id: UUID, **changes: Any) -> None:
    """Change columns."""
    connection.execute(update(scripts).where(scripts.c.id == script_id).values(**changes))


def add_run(connection: Connection, script_id: UUID, task: TaskRow, *, is_scheduled: bool) -> None:
    """Note that a task runs a script, its last run from now on."""
    row = {"task_id": task.id, "script_id": script_id, "is_scheduled": is_scheduled, "created_ms": task.created_ms}
    connection.execute(insert(script_runs), row)
    change(connection, script_id, last_task_id=task.id)


def list_runs(connection: Connection, script_id: UUID, before: Place, limit: int) -> list[RunRow]:
    """Return a script's runs behind a place, newest first."""
    place = (script_runs.c.created_ms, script_runs.c.task_id)
    query = _RUNS.where(script_runs.c.script_id == script_id, tuple_(*place) < before)
    rows = connection.execute(query.order_by(*(column.desc() for column in place)).limit(limit))
    return [_run(row) for row in rows]


def last_runs(connection: Connection, rows: Sequence[ScriptRow]) -> dict[UUID, RunRow]:
    """Return the last run of each script that has one, by the script."""
    wanted = {row.last_task_id: row.id for row in rows if row.last_task_id is not None}
    found = connection.execute(_RUNS.where(script_runs.c.task_id.in_(wanted)))
    return {wanted[row[0]]: _run(row) for row in found}


def _listed(connection: Connection, own: tuple[ColumnElement[bool], ...], limit: int) -> list[ScriptRow]:
    query = select(*_COLUMNS).where(*own).order_by(scripts.c.updated_ms.desc(), scripts.c.id).limit(limit)
    return [ScriptRow(**dict(zip(_NAMES, row, strict=True))) for row in connection.execute(query)]


def _run(row: Any) -> RunRow:
    return RunRow(**dict(zip(RunRow.__slots__, row, strict=True)))
