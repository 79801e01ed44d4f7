"""The queue: puts tasks in, ends them, takes them back from runners that died."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from store import event_rows, task_rows
from store.clock import now_ms
from store.database import Database, Write
from store.task_rows import TaskRow
from tasks.journal import Journal
from tasks.kinds import Ending, Kinds
from tasks.states import FINAL, TaskState, check_move

INTERRUPTED: dict[str, object] = {"code": "interrupted", "facts": {}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A task to be done: `arguments` are for its kind, `facts` are shown to the visitor. Both are JSON maps."""

    session_id: UUID
    kind: str
    arguments: Mapping[str, Any]
    facts: Mapping[str, Any]


class Queue:
    """The tasks table as a queue. `kinds` is filled by web_mode.py before the first task."""

    def __init__(self, database: Database, journal: Journal, kinds: Kinds) -> None:
        self._database = database
        self._journal = journal
        self.kinds = kinds
        self._on_submit: list[Callable[[], None]] = []
        self._on_cancel: list[Callable[[UUID], None]] = []

    def hear(self, on_submit: Callable[[], None], on_cancel: Callable[[UUID], None]) -> None:
        """Have this process's runner called when there is something to do."""
        self._on_submit.append(on_submit)
        self._on_cancel.append(on_cancel)

    def submit(self, write: Write, order: Order) -> TaskRow:
        """Add a task as a part of the caller's transaction, with its stream; it runs after the commit."""
        row = TaskRow(
            id=uuid.uuid4(),
            session_id=order.session_id,
            kind=self.kinds[order.kind].name,
            state=TaskState.PENDING,
            arguments=dict(order.arguments),
            facts=dict(order.facts),
            created_ms=now_ms(),
        )
        task_rows.add(write.connection, row)
        event_rows.open_stream(write.connection, row.id, row.session_id)
        self._note(write, row, TaskState.PENDING)
        for callback in self._on_submit:
            write.after_commit(callback)
        return row

    def start(self, write: Write, task: TaskRow) -> None:
        """Tell readers that a task was taken up, in the transaction that did so."""
        self._note(write, task, TaskState.PROCESSING)

    def end(self, write: Write, task: TaskRow, ending: Ending) -> bool:
        """End a task with all that its end means, in one transaction; False where its holder has lost it."""
        check_move(TaskState(task.state), ending.state)
        changes = {"error": ending.error, "ended_ms": now_ms(), "lease_ms": None}
        if not task_rows.move(write.connection, task, ending.state, **changes):
            return False
        entries = list(self.kinds[task.kind].on_end(write, task, ending)) if task.kind in self.kinds else []
        self._journal.append_in(write, task.id, [_end_entry(ending)])
        self._journal.append_in(write, task.session_id, [*entries, _task_entry(task, ending.state)])
        return True

    def cancel(self, write: Write, task: TaskRow) -> None:
        """Ask for a task's end; one that nobody has taken up ends at once, one that has ended stays as it is."""
        if task.state in FINAL:
            return
        if task.state != TaskState.PROCESSING:
            self.end(write, task, Ending(state=TaskState.CANCELLED))
            return
        task_rows.ask_cancel(write.connection, task)
        for callback in self._on_cancel:
            write.after_commit(lambda callback=callback: callback(task.id))  # type: ignore[misc]

    def take_back(self, write: Write, task: TaskRow) -> None:
        """Take a task from a runner that died: again from the start where its kind allows, else it has failed."""
        kind = self.kinds.get(task.kind)
        if task.cancel_asked:
            self.end(write, task, Ending(state=TaskState.CANCELLED))
        elif kind is None or not kind.may_repeat:
            self.end(write, task, Ending(state=TaskState.FAILED, error=INTERRUPTED))
        elif task_rows.move(
            write.connection, task, TaskState.PENDING, fence=task.fence + 1, runner_id=None, lease_ms=None
        ):
            self._note(write, task, TaskState.PENDING)
            for callback in self._on_submit:
                write.after_commit(callback)

    def _note(self, write: Write, task: TaskRow, state: TaskState) -> None:
        self._journal.append_in(write, task.id, [("state", {"state": state.value})])
        self._journal.append_in(write, task.session_id, [_task_entry(task, state)])


def _task_entry(task: TaskRow, state: TaskState) -> tuple[str, dict[str, Any]]:
    return "task", {"id": str(task.id), "kind": task.kind, "state": state.value}


def _end_entry(ending: Ending) -> tuple[str, dict[str, Any]]:
    error = ending.error and {"code": ending.error["code"], "details": ending.error["facts"]}
    return "end", {"state": ending.state.value, "error": error}
