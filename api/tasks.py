"""Tasks: the work this workspace has under way, and had."""

import re
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue

from api.area import Area
from api.errors import InvalidArguments, NotFound, NotRetriable, NotWaiting
from api.method import method
from api.numbers import MAX_WHOLE
from api.shapes import Task, task_of
from store import task_rows
from store.database import Write
from store.task_rows import TaskListing, TaskRow
from tasks import queue
from tasks.queue import MAX_PRIORITY, Order
from tasks.states import DUE, TaskState

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
        """Return one task of this workspace, and its place where it waits for its turn."""
        with self._services.database.read() as connection:
            row = self._own(task_rows.find(connection, task_id))
            place = task_rows.num_ahead(connection, row, DUE) if row.state in DUE else None
        return task_of(row, self._caller.language, place)

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
            return self._again(write, task_id)

    @method(rest="POST /task/{task_id}/answer", needs="tasks:write")
    def answer_task(self, task_id: UUID, answer: JsonValue) -> Task:
        """Answer the question of a waiting task; its work goes on."""
        with self._services.database.write() as write:
            task = self._own(task_rows.find(write.connection, task_id))
            try:
                self._services.queue.answer(write, task, answer)
            except queue.NotWaiting:
                raise NotWaiting(state=task.state) from None
            return self._again(write, task_id)

    @method(rest="POST /task/{task_id}/retry", needs="tasks:write")
    def retry_task(self, task_id: UUID) -> Task:
        """Do a failed or cancelled task anew; the old one stays as it ended."""
        with self._services.database.write() as write:
            task = self._own(task_rows.find(write.connection, task_id))
            kind = self._services.queue.kinds.get(task.kind)
            if task.state not in (TaskState.FAILED, TaskState.CANCELLED) or kind is None or not kind.may_be_retried:
                raise NotRetriable(kind=task.kind)
            facts = {name: fact for name, fact in task.facts.items() if name != "made"} | {"retry_of": str(task.id)}
            order = Order(
                session_id=task.session_id,
                kind=task.kind,
                arguments=task.arguments,
                facts=facts,
                priority=task.priority,
            )
            return task_of(self._services.queue.submit(write, order), self._caller.language)

    @method(rest="PATCH /task/{task_id}", needs="tasks:write")
    def update_task(self, task_id: UUID, priority: Annotated[int, Field(ge=0, le=MAX_PRIORITY)]) -> Task:
        """Give a task another priority, 0 to 9: the higher the sooner."""
        with self._services.database.write() as write:
            task = self._own(task_rows.find(write.connection, task_id))
            task_rows.change(write.connection, task_id, priority=priority)
            entry = {"id": str(task_id), "kind": task.kind, "state": task.state}
            self._services.journal.append_in(write, self._caller.session_id, [("task", entry)])
            return self._again(write, task_id)

    @method(rest="DELETE /task/{task_id}", needs="tasks:write")
    def delete_task(self, task_id: UUID) -> Task:
        """Take a task off the list; one that has not ended is cancelled."""
        with self._services.database.write() as write:
            task = self._own(task_rows.find(write.connection, task_id))
            self._services.queue.cancel(write, task)
            task_rows.change(write.connection, task_id, deleted=True)
            entry = {"id": str(task_id), "kind": task.kind, "state": "deleted"}
            self._services.journal.append_in(write, self._caller.session_id, [("task", entry)])
            found = task_rows.find(write.connection, task_id)
            assert found is not None
            return task_of(found, self._caller.language)

    def _again(self, write: Write, task_id: UUID) -> Task:
        return task_of(self._own(task_rows.find(write.connection, task_id)), self._caller.language)

    def _own(self, row: TaskRow | None) -> TaskRow:
        if row is None or row.session_id != self._caller.session_id or row.deleted:
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
