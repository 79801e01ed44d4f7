"""Scripts: page scripts that are kept, changed, and started by hand or by a schedule."""

import uuid
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from api.area import Area
from api.errors import ApiError, Conflict, NotFound
from api.method import method
from api.numbers import Whole
from api.page_orders import PageOrders
from api.schedules import Cron, TimeZone, next_ms, next_times
from api.script_examples import examples
from api.script_shapes import (
    SavedScript,
    Schedule,
    ScheduleTimes,
    ScriptExamples,
    ScriptIn,
    ScriptList,
    ScriptPatch,
    ScriptRunList,
    line_of,
    run_of,
    script_of,
)
from api.shapes import Task, task_of
from api.time_places import After, place_of, word_of
from store import script_rows
from store.clock import now_ms
from store.database import Write
from store.script_rows import ScriptRow

MAX_SCRIPTS = 100  # of one workspace
MAX_LISTED = 200
NUM_TIMES = 5
EXAMPLE: dict[str, Any] = {"name": "Say where the page is", "script": "return document.title"}


class TooManyScripts(ApiError):
    """The workspace keeps as many scripts as it may; facts: limit."""

    status = 409
    en = "A workspace keeps at most {limit} scripts. Delete one first."
    zh = "一个工作区最多保存 {limit} 个脚本。请先删除一个。"


class Scripts(Area):
    """The area of scripts."""

    @method(rest="GET /engine/scripts", needs="engine:read", example={})
    def list_scripts(self) -> ScriptList:
        """List the scripts that are kept, without their texts, last changed first."""
        with self._services.database.read() as connection:
            rows = script_rows.list_of_session(connection, self._caller.session_id, MAX_SCRIPTS)
            runs = script_rows.last_runs(connection, rows)
        return ScriptList(items=[line_of(row, runs.get(row.id), self._caller.language) for row in rows])

    @method(rest="GET /engine/scripts/{script_id}", needs="engine:read")
    def get_script(self, script_id: UUID) -> SavedScript:
        """Return one script, whole."""
        with self._services.database.read() as connection:
            return self._shown(connection, self._kept(connection, script_id))

    @method(rest="POST /engine/scripts", needs="engine:write", spread="definition", example={"definition": EXAMPLE})
    def create_script(self, definition: ScriptIn) -> SavedScript:
        """Keep a page script; with a schedule it is started by itself.

        Its runs are tasks, whether anybody is there or not. A time at which it still runs is left out.
        """
        now = now_ms()
        row = ScriptRow(
            id=uuid.uuid4(),
            session_id=self._caller.session_id,
            created_ms=now,
            updated_ms=now,
            language=self._caller.language,
            **_columns(definition.model_dump(exclude={"schedule"})),
            **_timing(definition.schedule, now),
        )
        with self._write() as write:
            self._store_session(write)
            self._refuse_too_many(write.connection)
            script_rows.add(write.connection, row)
            return self._told(write, row.id, "created")

    @method(rest="PATCH /engine/scripts/{script_id}", needs="engine:write", spread="changes")
    def update_script(self, script_id: UUID, changes: ScriptPatch, if_version: Whole | None = None) -> SavedScript:
        """Change some of a script; a run under way goes on as it was started.

        With `if_version`, a script that has another version by now is left as it is (409 conflict, whose details carry
        it as `current`).
        """
        wanted = if_version if if_version is not None else self._caller.expected_version
        with self._write() as write:
            row = self._kept(write.connection, script_id)
            if wanted is not None and wanted != row.version:
                current = self._shown(write.connection, row).model_dump(mode="json")
                raise Conflict(version=row.version, current=current)
            given: dict[str, Any] = {name: value for name, value in changes.items() if name != "schedule"}
            found = _columns(given)
            if "schedule" in changes:
                found |= _timing(changes["schedule"], now_ms())
            return self._change(write, row, found, "updated")

    @method(rest="DELETE /engine/scripts/{script_id}", needs="engine:write")
    def delete_script(self, script_id: UUID) -> SavedScript:
        """Delete a script, and with it its schedule.

        For 30 days `restore_script` brings it back.
        """
        with self._write() as write:
            row = self._kept(write.connection, script_id)
            return self._change(write, row, {"deleted_ms": now_ms(), "next_ms": None}, "deleted")

    @method(rest="POST /trash/scripts/{script_id}/restore", needs="engine:write")
    def restore_script(self, script_id: UUID) -> SavedScript:
        """Bring a deleted script back; its schedule goes on."""
        with self._write() as write:
            row = self._own(write.connection, script_id)
            if row.deleted_ms is not None:
                self._refuse_too_many(write.connection)
            found = {"deleted_ms": None, "next_ms": _next_of(row, now_ms())}
            return self._change(write, row, found, "restored")

    @method(rest="POST /engine/scripts/{script_id}/start", needs="engine:write")
    def start_script(self, script_id: UUID) -> Task:
        """Run a script that is kept, now; see run_script."""
        orders, language = PageOrders(self._services), self._caller.language
        orders.refuse_missing()
        with self._write() as write:
            row = self._kept(write.connection, script_id)
            return task_of(orders.start(write, row, language, is_scheduled=False), language)

    @method(rest="GET /engine/scripts/{script_id}/runs", needs="engine:read")
    def list_script_runs(self, script_id: UUID, after: After = None, limit: int = 50) -> ScriptRunList:
        """List the runs of a script, newest first."""
        place, limit = place_of(after), min(max(limit, 1), MAX_LISTED)
        with self._services.database.read() as connection:
            self._kept(connection, script_id)
            rows = script_rows.list_runs(connection, script_id, place, limit + 1)
        items = [run_of(row, self._caller.language) for row in rows[:limit]]
        last = rows[limit - 1] if len(rows) > limit else None
        return ScriptRunList(items=items, next=last and word_of(last.created_ms, last.task_id))

    @method(rest="GET /engine/examples", needs="engine:read", example={})
    def list_script_examples(self) -> ScriptExamples:
        """List scripts to begin with."""
        return ScriptExamples(items=examples(self._caller.language))

    @method(
        rest="GET /engine/schedule", needs="engine:read", example={"cron": "0 9 * * 1-5", "time_zone": "Europe/Vienna"}
    )
    def get_schedule_times(self, cron: Cron, time_zone: TimeZone = "UTC") -> ScheduleTimes:
        """Return the next times of a schedule, five at most."""
        return ScheduleTimes(times=next_times(cron, time_zone, now_ms(), NUM_TIMES))

    def _kept(self, connection: Connection, script_id: UUID) -> ScriptRow:
        row = self._own(connection, script_id)
        if row.deleted_ms is not None:
            raise NotFound("script")
        return row

    def _own(self, connection: Connection, script_id: UUID) -> ScriptRow:
        row = script_rows.find(connection, self._caller.session_id, script_id)
        if row is None:
            raise NotFound("script")
        return row

    def _refuse_too_many(self, connection: Connection) -> None:
        if script_rows.num_of_session(connection, self._caller.session_id) >= MAX_SCRIPTS:
            raise TooManyScripts(limit=MAX_SCRIPTS)

    def _change(self, write: Write, row: ScriptRow, found: dict[str, Any], change: str) -> SavedScript:
        if replace(row, **found) == row:
            return self._shown(write.connection, row)
        now = max(now_ms(), row.updated_ms)
        script_rows.change(write.connection, row.id, **found, version=row.version + 1, updated_ms=now)
        return self._told(write, row.id, change)

    def _told(self, write: Write, script_id: UUID, change: str) -> SavedScript:
        entry = "script", {"id": str(script_id), "change": change}
        self._services.journal.append_in(write, self._caller.session_id, [entry])
        return self._shown(write.connection, self._own(write.connection, script_id))

    def _shown(self, connection: Connection, row: ScriptRow) -> SavedScript:
        return script_of(row, script_rows.last_runs(connection, [row]).get(row.id), self._caller.language)


def _columns(given: dict[str, Any]) -> dict[str, Any]:
    """Return a script's fields under the names of its columns."""
    return {"source" if name == "script" else name: value for name, value in given.items()}


def _timing(schedule: Schedule | None, now: int) -> dict[str, Any]:
    """Return the columns of a schedule; what it could not do before counts no more."""
    old: dict[str, Any] = {"skipped_ms": None, "skipped": None}
    if schedule is None:
        return old | {"cron": None, "time_zone": None, "is_on": False, "next_ms": None}
    following = next_ms(schedule.cron, schedule.time_zone, now) if schedule.is_on else None
    return old | schedule.model_dump() | {"next_ms": following}


def _next_of(row: ScriptRow, now: int) -> int | None:
    if not row.is_on or row.cron is None or row.time_zone is None:
        return None
    return next_ms(row.cron, row.time_zone, now)
