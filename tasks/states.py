"""The states of a task, and the moves between them: the only place where they are named."""

from enum import StrEnum


class TaskState(StrEnum):
    """Where a task stands."""

    PENDING = "pending"
    PROCESSING = "processing"
    WAITING = "waiting"
    RETRYING = "retrying"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


MOVES: dict[TaskState, frozenset[TaskState]] = {
    TaskState.PENDING: frozenset({TaskState.PROCESSING, TaskState.CANCELLED, TaskState.FAILED}),
    TaskState.PROCESSING: frozenset(
        {
            TaskState.PENDING,
            TaskState.WAITING,
            TaskState.RETRYING,
            TaskState.COMPLETED,
            TaskState.FAILED,
            TaskState.CANCELLED,
        }
    ),
    TaskState.WAITING: frozenset({TaskState.PENDING, TaskState.FAILED, TaskState.CANCELLED}),
    TaskState.RETRYING: frozenset({TaskState.PROCESSING, TaskState.CANCELLED, TaskState.FAILED}),
    TaskState.COMPLETED: frozenset(),
    TaskState.FAILED: frozenset(),
    TaskState.CANCELLED: frozenset(),
}
FINAL = frozenset(state for state, onward in MOVES.items() if not onward)
OPEN = frozenset(MOVES) - FINAL
DUE = frozenset({TaskState.PENDING, TaskState.RETRYING})  # what a runner may take up when its time has come


class IllegalMove(Exception):
    """A task was to go where its state does not lead."""


def check_move(old: TaskState, new: TaskState) -> None:
    """Raise IllegalMove unless `old` leads to `new`."""
    if new not in MOVES[old]:
        raise IllegalMove(f"{old} does not lead to {new}")
