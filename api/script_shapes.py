"""The shapes of kept page scripts: what goes in, what comes out, and what of it is allowed."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from api.engine_shapes import Origins, Seconds, Source, Url
from api.errors import ErrorBody, shown
from api.schedules import Cron, TimeZone
from api.words import NOT_BLANK, SAID, trimmed
from store.clock import as_time, as_time_or_none
from store.script_rows import RunRow, ScriptRow
from tasks.states import TaskState

USUAL_TIMEOUT_S = 30

Name = Annotated[str, Field(max_length=200, json_schema_extra=NOT_BLANK), SAID, AfterValidator(trimmed)]


class Schedule(BaseModel):
    """When a script is started by itself: `cron` in its five fields, or @hourly, @daily, @weekly, @monthly, @yearly.

    The times are those of a clock in `time_zone`, such as Europe/Vienna; one that `is_on` not is only kept.
    """

    model_config = ConfigDict(strict=True, extra="forbid")

    cron: Cron
    time_zone: TimeZone = "UTC"
    is_on: bool = True


class ScriptIn(BaseModel):
    """A page script as it is written: a name, the body of an async function, and how it is run; see run_script."""

    model_config = ConfigDict(strict=True, extra="forbid")

    name: Name
    script: Annotated[Source, Field(json_schema_extra=NOT_BLANK), SAID]
    url: Url | None = None
    timeout_s: Seconds = USUAL_TIMEOUT_S
    origins: Origins = Field(default_factory=list)
    schedule: Schedule | None = None


class ScriptPatch(TypedDict, total=False):
    """What is to change. Null takes the address or the schedule away."""

    name: Name
    script: Annotated[Source, Field(json_schema_extra=NOT_BLANK), SAID]
    url: Url | None
    timeout_s: Seconds
    origins: Origins
    schedule: Schedule | None


class ScriptRun(BaseModel):
    """One run of a script, by its task; `is_scheduled` where its schedule started it."""

    task_id: UUID
    state: TaskState
    is_scheduled: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    error: ErrorBody | None


class SkippedRun(BaseModel):
    """A time at which a schedule could not start its script, and why."""

    at: datetime
    error: ErrorBody


class ScriptLine(BaseModel):
    """A kept script without its text. `next_at` is when its schedule starts it next."""

    id: UUID
    name: str
    url: str | None
    timeout_s: float
    schedule: Schedule | None
    version: int
    created_at: datetime
    updated_at: datetime
    deleted: bool
    next_at: datetime | None
    last_run: ScriptRun | None
    skipped: SkippedRun | None


class SavedScript(ScriptLine):
    """A kept script, whole. `version` grows by one with each change."""

    script: str
    origins: list[str]


class ScriptList(BaseModel):
    """The scripts of this workspace, last changed first."""

    items: list[ScriptLine]


class ScriptRunList(BaseModel):
    """Runs, newest first; pass `next` as `after` for older ones."""

    items: list[ScriptRun]
    next: str | None


class ScriptExample(BaseModel):
    """A script to begin with: what it does, in the caller's language."""

    id: str
    name: str
    about: str
    script: str
    url: str | None
    timeout_s: float


class ScriptExamples(BaseModel):
    """Scripts to begin with."""

    items: list[ScriptExample]


class ScheduleTimes(BaseModel):
    """The next times of a schedule."""

    times: list[datetime]


def line_of(row: ScriptRow, run: RunRow | None, language: str) -> ScriptLine:
    """Return a script as a list shows it."""
    return ScriptLine(**_facts(row, run, language))


def script_of(row: ScriptRow, run: RunRow | None, language: str) -> SavedScript:
    """Return a script, whole."""
    return SavedScript(**_facts(row, run, language), script=row.source, origins=row.origins)


def run_of(row: RunRow, language: str) -> ScriptRun:
    """Return a run."""
    return ScriptRun(
        task_id=row.task_id,
        state=TaskState(row.state),
        is_scheduled=row.is_scheduled,
        created_at=as_time(row.created_ms),
        started_at=as_time_or_none(row.started_ms),
        ended_at=as_time_or_none(row.ended_ms),
        error=shown(row.error, language),
    )


def _facts(row: ScriptRow, run: RunRow | None, language: str) -> dict[str, object]:
    return {
        "id": row.id,
        "name": row.name,
        "url": row.url,
        "timeout_s": row.timeout_s,
        "schedule": _schedule_of(row),
        "version": row.version,
        "created_at": as_time(row.created_ms),
        "updated_at": as_time(row.updated_ms),
        "deleted": row.deleted_ms is not None,
        "next_at": as_time_or_none(row.next_ms),
        "last_run": run_of(run, language) if run else None,
        "skipped": _skipped_of(row, run, language),
    }


def _schedule_of(row: ScriptRow) -> Schedule | None:
    if row.cron is None or row.time_zone is None:
        return None
    return Schedule.model_construct(cron=row.cron, time_zone=row.time_zone, is_on=row.is_on)


def _skipped_of(row: ScriptRow, run: RunRow | None, language: str) -> SkippedRun | None:
    error = shown(row.skipped, language)
    if error is None or row.skipped_ms is None or (run is not None and run.created_ms > row.skipped_ms):
        return None
    return SkippedRun(at=as_time(row.skipped_ms), error=error)
