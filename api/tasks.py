"""Tasks: the work this workspace has under way, and had."""

import re
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from api.area import Area
from api.errors import InvalidArguments, NotFound
from api.method import method
from api.numbers import MAX_WHOLE
from api.shapes import Task, task_of
from store import task_rows
from store.task_rows import TaskListing, TaskRow
from tasks.states import TaskState

MAX_LISTED = 200
PLACE = re.compile(r"^[0-9]{1,15}\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
LAST_ID = UUID(int=(1 << 128) - 1)


class TaskList(BaseModel):
    """Tasks, newest first; pass `next` as `after` for older ones."""

    items: list[Task]
    next: str | None


class Tasks(Area):
    """The area of tasks."""

    @method(rest="GET /task/{task_id}", needs="tasks:read")
    def get_task(self, task_id: UUID) -> Task:
        """Return one task of this workspace."""
        with self._services.database.read() as connection:
            return task_of(self._own(task_rows.find(connection, task_id)), self._caller.language)

    @method(rest="GET /tasks", needs="tasks:read", example={})
    def list_tasks(
        self,
        state: TaskState | None = None,
        limit: int = 50,
        after: Annotated[str, Field(json_schema_extra={"pattern": PLACE.pattern})] | None = None,
    ) -> TaskList:
        """List this workspace's tasks, newest first."""
        states = frozenset({state}) if state else frozenset(TaskState)
        place = _place(after)
        limit = min(max(limit, 1), MAX_LISTED)
        with self._services.database.read() as connection:
            rows = task_rows.list_of_session(connection, TaskListing(self._caller.session_id, states, place, limit + 1))
        shown = [task_of(row, self._caller.language) for row in rows[:limit]]
        return TaskList(items=shown, next=_word(rows[limit - 1]) if len(rows) > limit else None)

    @method(rest="POST /task/{task_id}/cancel", needs="tasks:write")
    def cancel_task(self, task_id: UUID) -> Task:
        """Ask a task to stop; what it did so far stays.

        One that has ended is left as it is.
        """
        with self._services.database.write() as write:
            task = self._own(task_rows.find(write.connection, task_id))
            self._services.queue.cancel(write, task)
            return task_of(self._own(task_rows.find(write.connection, task_id)), self._caller.language)

    def _own(self, row: TaskRow | None) -> TaskRow:
        if row is None or row.session_id != self._caller.session_id:
            raise NotFound("task")
        return row


def _word(row: TaskRow) -> str:
    return f"{row.created_ms}.{row.id}"


def _place(after: str | None) -> tuple[int, UUID]:
    if after is None:
        return MAX_WHOLE, LAST_ID
    if not PLACE.fullmatch(after):
        raise InvalidArguments({"after": "pass the `next` of the page before"})
    moment, task_id = after.split(".")
    return int(moment), UUID(task_id)
