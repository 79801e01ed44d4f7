"""Tasks: the work this workspace has under way, and had."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue
from sqlalchemy import Connection

from api.answers import check_answer
from api.area import Area
from api.errors import NotFound, NotRetriable, NotWaiting
from api.method import method
from api.shapes import Standing, Task, task_of
from api.time_places import After, place_of, word_of
from store import event_rows, task_rows
from store.database import Write
from store.task_rows import TaskListing, TaskRow
from tasks import queue
from tasks.queue import MAX_PRIORITY, Order
from tasks.states import DUE, FINAL, OPEN, TaskState

MAX_LISTED = 200


class TaskFilter(StrEnum):
    """A state, or several: those that have not ended, those that have."""

    OPEN = "open"
    ENDED = "ended"
    PENDING = TaskState.PENDING.value
    PROCESSING = TaskState.PROCESSING.value
    WAITING = TaskState.WAITING.value
    RETRYING = TaskState.RETRYING.value
    COMPLETED = TaskState.COMPLETED.value
    FAILED = TaskState.FAILED.value
    CANCELLED = TaskState.CANCELLED.value


GROUPS = {TaskFilter.OPEN: OPEN, TaskFilter.ENDED: FINAL}


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
            row = self._own(task_rows.find(connection, task_id))
            return self._whole(connection, row)

    @method(rest="GET /tasks", needs="tasks:read", example={})
    def list_tasks(
        self,
        state: TaskFilter | None = None,
        limit: int = 50,
        after: After = None,
        kind: Annotated[str, Field(max_length=200)] | None = None,
    ) -> TaskList:
        """List this workspace's tasks, newest first.

        `open` are those that have not ended, `ended` those that have; one that asks a question is `waiting`.
        """
        place = place_of(after)
        limit = min(max(limit, 1), MAX_LISTED)
        quiet = [one.name for one in self._services.queue.kinds.values() if one.quiet]
        asked = TaskListing(self._caller.session_id, _states(state), place, limit + 1, kind, quiet)
        with self._services.database.read() as connection:
            rows = task_rows.list_of_session(connection, asked)
            shown = self._shown(connection, rows[:limit])
        last = rows[limit - 1] if len(rows) > limit else None
        return TaskList(items=shown, next=word_of(last.created_ms, last.id) if last else None)

    @method(rest="POST /task/{task_id}/cancel", needs="tasks:write")
    def cancel_task(self, task_id: UUID) -> Task:
        """Ask a task to stop; what it did so far stays.

        One that has ended is left as it is.
        """
        with self._write() as write:
            task = self._own(task_rows.find(write.connection, task_id))
            self._services.queue.cancel(write, task)
            return self._again(write, task_id)

    @method(rest="POST /task/{task_id}/answer", needs="tasks:write")
    def answer_task(self, task_id: UUID, answer: JsonValue) -> Task:
        """Answer the question of a waiting task; its work goes on."""
        with self._write() as write:
            task = self._own(task_rows.find(write.connection, task_id))
            check_answer(task.question or {}, answer)
            try:
                self._services.queue.answer(write, task, answer)
            except queue.NotWaiting:
                raise NotWaiting(state=task.state) from None
            return self._again(write, task_id)

    @method(rest="POST /task/{task_id}/retry", needs="tasks:write")
    def retry_task(self, task_id: UUID) -> Task:
        """Do a failed or cancelled task anew; the old one stays as it ended."""
        with self._write() as write:
            task = self._own(task_rows.find(write.connection, task_id))
            if not self._may_be_retried(task):
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
        with self._write() as write:
            task = self._own(task_rows.find(write.connection, task_id))
            task_rows.change(write.connection, task_id, priority=priority)
            entry = {"id": str(task_id), "kind": task.kind, "state": task.state}
            self._services.journal.append_in(write, self._caller.session_id, [("task", entry)])
            return self._again(write, task_id)

    @method(rest="DELETE /task/{task_id}", needs="tasks:write")
    def delete_task(self, task_id: UUID) -> Task:
        """Take a task off the list; one that has not ended is cancelled.

        `restore_task` puts it back on the list.
        """
        with self._write() as write:
            task = self._own(task_rows.find(write.connection, task_id))
            self._services.queue.cancel(write, task)
            return self._put(write, task, is_deleted=True)

    @method(rest="POST /trash/tasks/{task_id}/restore", needs="tasks:write")
    def restore_task(self, task_id: UUID) -> Task:
        """Put a deleted task back on the list; one that was cancelled by that stays so."""
        with self._write() as write:
            task = self._own(task_rows.find(write.connection, task_id), with_deleted=True)
            return self._put(write, task, is_deleted=False)

    def _put(self, write: Write, task: TaskRow, *, is_deleted: bool) -> Task:
        task_rows.change(write.connection, task.id, deleted=is_deleted)
        entry = {"id": str(task.id), "kind": task.kind, "state": "deleted" if is_deleted else task.state}
        self._services.journal.append_in(write, self._caller.session_id, [("task", entry)])
        found = task_rows.find(write.connection, task.id)
        assert found is not None
        return self._whole(write.connection, found)

    def _again(self, write: Write, task_id: UUID) -> Task:
        return self._whole(write.connection, self._own(task_rows.find(write.connection, task_id)))

    def _whole(self, connection: Connection, row: TaskRow) -> Task:
        return self._shown(connection, [row], event_rows.position(connection, row.id)[0])[0]

    def _shown(self, connection: Connection, rows: Sequence[TaskRow], last_event: int | None = None) -> list[Task]:
        """Return rows as a visitor sees them. A workspace has few that wait, so each is asked for its place."""
        due = [row.id for row in rows if row.state in DUE]
        needs = task_rows.unmet_needs(connection, due, TaskState.COMPLETED) if due else {}
        return [
            task_of(
                row,
                self._caller.language,
                Standing(
                    place=task_rows.num_ahead(connection, row, DUE) if row.state in DUE else None,
                    needs=needs.get(row.id, ()),
                    may_be_retried=self._may_be_retried(row),
                    last_event=last_event,
                ),
            )
            for row in rows
        ]

    def _may_be_retried(self, row: TaskRow) -> bool:
        kind = self._services.queue.kinds.get(row.kind)
        return row.state in (TaskState.FAILED, TaskState.CANCELLED) and kind is not None and kind.may_be_retried

    def _own(self, row: TaskRow | None, *, with_deleted: bool = False) -> TaskRow:
        if row is None or row.session_id != self._caller.session_id or (row.deleted and not with_deleted):
            raise NotFound("task")
        return row


def _states(asked: TaskFilter | None) -> frozenset[TaskState]:
    if asked is None:
        return frozenset(TaskState)
    return GROUPS.get(asked) or frozenset({TaskState(asked.value)})
