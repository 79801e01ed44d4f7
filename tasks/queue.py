"""The queue: puts tasks in, moves them on, ends them, takes them back from runners that died."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from store import event_rows, task_rows
from store.clock import now_ms
from store.database import Database, Write
from store.task_rows import TaskRow
from tasks.folding import USUAL_FOLD
from tasks.journal import Entry, Journal
from tasks.kinds import Ending, Kinds
from tasks.states import DUE, FINAL, OPEN, TaskState, check_move

INTERRUPTED: dict[str, object] = {"code": "interrupted", "facts": {}}
OVERDUE: dict[str, object] = {"code": "deadline_passed", "facts": {}}
NEEDED_FAILED = "needed_task_failed"
USUAL_PRIORITY = 5
MAX_PRIORITY = 9
TURN_S = 2  # a guess at how long one place in the queue takes, for whoever is told to come again


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A task to be done: `arguments` are for its kind, `facts` are shown to the visitor. Both are JSON maps.

    `needs` are tasks that must be completed before; `run_after_ms` and `deadline_ms` are moments; `priority` is 0 to 9.
    """

    session_id: UUID
    kind: str
    arguments: Mapping[str, Any]
    facts: Mapping[str, Any]
    priority: int = USUAL_PRIORITY
    run_after_ms: int = 0
    deadline_ms: int | None = None
    needs: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many tasks may be open: in one workspace, and in all."""

    of_session: int = 16
    in_all: int = 10_000


class QueueFull(Exception):
    """There are too many open tasks. `limit` is the bound, `place` how many there are, `retry_after` seconds."""

    def __init__(self, limit: int, place: int) -> None:
        super().__init__(f"{place} tasks are open, {limit} may be")
        self.limit = limit
        self.place = place
        self.retry_after = max(1, (place - limit + 1) * TURN_S)


class NotWaiting(Exception):
    """The task asks no question now."""


@dataclass(frozen=True, slots=True)
class _Leave:
    """How a task leaves its holder without an end: where to, what changes in its row, what its readers are told."""

    state: TaskState
    changes: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)


class Queue:
    """The tasks table as a queue. `kinds` is filled by web_mode.py before the first task."""

    def __init__(self, database: Database, journal: Journal, kinds: Kinds, limits: Limits | None = None) -> None:
        self._database = database
        self._journal = journal
        self.kinds = kinds
        self.limits = limits or Limits()
        journal.fold_by(lambda name: self.kinds[name].fold if name in self.kinds else USUAL_FOLD)
        self._on_submit: list[Callable[[], None]] = []
        self._on_cancel: list[Callable[[UUID], None]] = []

    def hear(self, on_submit: Callable[[], None], on_cancel: Callable[[UUID], None]) -> None:
        """Have this process's runner called when there is something to do."""
        self._on_submit.append(on_submit)
        self._on_cancel.append(on_cancel)

    def submit(self, write: Write, order: Order) -> TaskRow:
        """Add a task as a part of the caller's transaction, with its stream; it runs after the commit.

        Raises QueueFull.
        """
        self._refuse_too_many(write, order)
        row = TaskRow(
            id=uuid.uuid4(),
            session_id=order.session_id,
            kind=self.kinds[order.kind].name,
            state=TaskState.PENDING,
            arguments=dict(order.arguments),
            facts=dict(order.facts),
            priority=min(max(order.priority, 0), MAX_PRIORITY),
            run_after_ms=order.run_after_ms,
            deadline_ms=order.deadline_ms,
            created_ms=now_ms(),
        )
        task_rows.add(write.connection, row)
        task_rows.add_needs(write.connection, row.id, order.needs)
        event_rows.open_stream(write.connection, row.id, row.session_id)
        self._note(write, row, TaskState.PENDING)
        self._end_where_a_need_has_failed(write, row, order.needs)
        self._wake(write)
        return row

    def start(self, write: Write, task: TaskRow) -> None:
        """Tell readers that a task was taken up, in the transaction that did so."""
        self._note(write, task, TaskState.PROCESSING)

    def fail(self, write: Write, task: TaskRow, error: dict[str, object]) -> bool:
        """End a task that failed, or have it tried again later as its kind says; False where its holder has lost it."""
        retry = self.kinds[task.kind].retry if task.kind in self.kinds else None
        pause_ms = retry.pause_ms(error, task.failures + 1) if retry and not task.cancel_asked else None
        if pause_ms is None:
            return self.end(write, task, Ending(state=TaskState.FAILED, error=error))
        changes = {"failures": task.failures + 1, "run_after_ms": now_ms() + pause_ms, "error": error}
        told = {"error": _shown(error), "pause_ms": pause_ms, "failures": task.failures + 1}
        return self._leave(write, task, _Leave(TaskState.RETRYING, changes, told))

    def wait(self, write: Write, task: TaskRow, question: dict[str, Any]) -> bool:
        """Have a task wait for a person's answer; False where its holder has lost it."""
        return self._leave(write, task, _Leave(TaskState.WAITING, {"question": question}, {"question": question}))

    def answer(self, write: Write, task: TaskRow, answer: Any) -> None:
        """Answer what a task asks: it is taken up again. Raises NotWaiting."""
        if task.state != TaskState.WAITING or task.question is None:
            raise NotWaiting
        answers = {**task.answers, task.question["name"]: answer}
        self._journal.append_in(write, task.id, [("answer", {"name": task.question["name"], "answer": answer})])
        self._leave(write, task, _Leave(TaskState.PENDING, {"question": None, "answers": answers}))
        self._wake(write)

    def end(self, write: Write, task: TaskRow, ending: Ending) -> bool:
        """End a task with all that its end means, in one transaction; False where its holder has lost it."""
        check_move(TaskState(task.state), ending.state)
        changes = {"error": ending.error, "ended_ms": now_ms(), "lease_ms": None, "question": None}
        if ending.state is TaskState.COMPLETED:
            changes["progress"] = 100
        if not task_rows.move(write.connection, task, ending.state, **changes):
            return False
        entries = list(self.kinds[task.kind].on_end(write, task, ending)) if task.kind in self.kinds else []
        said = [(task.id, [_end_entry(ending)]), (task.session_id, [*entries, _task_entry(task, ending.state)])]
        self._journal.append_all_in(write, said)
        self._end_those_that_need(write, task, ending)
        return True

    def cancel(self, write: Write, task: TaskRow) -> None:
        """Ask for a task's end; one that nobody has taken up ends at once, one that has ended stays as it is."""
        if task.state in FINAL:
            return
        if task.state != TaskState.PROCESSING:
            self.end(write, task, Ending(state=TaskState.CANCELLED))
            return
        task_rows.ask_cancel(write.connection, task)
        write.tell_others()
        for callback in self._on_cancel:
            write.after_commit(lambda callback=callback: callback(task.id))  # type: ignore[misc]

    def expire(self, write: Write, task: TaskRow) -> None:
        """End a task whose time is over, unless somebody works on it: who does is told otherwise."""
        if task.state in OPEN and task.state != TaskState.PROCESSING:
            self.end(write, task, Ending(state=TaskState.FAILED, error=OVERDUE))

    def give_back(self, write: Write, task: TaskRow) -> None:
        """Hand a task back that this runner cannot go on with: any runner may take it up."""
        if self._leave(write, task, _Leave(TaskState.PENDING)):
            self._wake(write)

    def take_back(self, write: Write, task: TaskRow) -> None:
        """Take a task from a runner that died: again from the start where its kind allows, else it has failed."""
        kind = self.kinds.get(task.kind)
        if task.cancel_asked:
            self.end(write, task, Ending(state=TaskState.CANCELLED))
        elif kind is None or not kind.may_repeat:
            self.end(write, task, Ending(state=TaskState.FAILED, error=INTERRUPTED))
        else:
            self.give_back(write, task)

    def _leave(self, write: Write, task: TaskRow, leave: "_Leave") -> bool:
        check_move(TaskState(task.state), leave.state)
        free = {"fence": task.fence + 1, "runner_id": None, "lease_ms": None}
        if not task_rows.move(write.connection, task, leave.state, **free, **leave.changes):
            return False
        self._note(write, task, leave.state, leave.told)
        return True

    def _refuse_too_many(self, write: Write, order: Order) -> None:
        kind = self.kinds[order.kind]
        own = task_rows.num_by_kind(write.connection, order.session_id, OPEN)
        bounds = [
            (sum(own.values()), self.limits.of_session),
            (own.get(kind.name, 0), kind.max_open),
            (task_rows.num_open(write.connection, OPEN), self.limits.in_all),
        ]
        for num, limit in bounds:
            if limit is not None and num >= limit:
                raise QueueFull(limit, num)

    def _end_where_a_need_has_failed(self, write: Write, task: TaskRow, needs: Sequence[UUID]) -> None:
        found = [task_rows.find(write.connection, needed) for needed in needs]
        failed = [row for row in found if row is not None and row.state in FINAL - {TaskState.COMPLETED}]
        if failed:
            self.end(write, task, Ending(state=TaskState.FAILED, error=_needed_failed(failed[0])))

    def _end_those_that_need(self, write: Write, task: TaskRow, ending: Ending) -> None:
        waiting = task_rows.needing(write.connection, task.id, DUE)
        if ending.state is TaskState.COMPLETED:
            if waiting:
                self._wake(write)
            return
        for row in waiting:
            self.end(write, row, Ending(state=TaskState.FAILED, error=_needed_failed(task)))

    def _wake(self, write: Write) -> None:
        for callback in self._on_submit:
            write.after_commit(callback)

    def _note(self, write: Write, task: TaskRow, state: TaskState, told: Mapping[str, Any] | None = None) -> None:
        entry = "state", {"state": state.value, **(told or {})}
        self._journal.append_all_in(write, [(task.id, [entry]), (task.session_id, [_task_entry(task, state)])])


def _needed_failed(task: TaskRow) -> dict[str, object]:
    return {"code": NEEDED_FAILED, "facts": {"task_id": str(task.id)}}


def _task_entry(task: TaskRow, state: TaskState) -> Entry:
    return "task", {"id": str(task.id), "kind": task.kind, "state": state.value}


def _end_entry(ending: Ending) -> Entry:
    return "end", {"state": ending.state.value, "error": ending.error and _shown(ending.error)}


def _shown(error: Mapping[str, object]) -> dict[str, object]:
    return {"code": error["code"], "details": error["facts"]}
