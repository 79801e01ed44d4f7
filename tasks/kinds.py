"""The kinds of tasks: what each does is registered here from above."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from store.database import Write
from store.task_rows import TaskRow
from tasks.journal import Entry
from tasks.states import TaskState
from tasks.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a task ends: its final state and the error as a row keeps it."""

    state: TaskState
    error: dict[str, object] | None = None


def _nothing(_write: Write, _task: TaskRow, _ending: Ending) -> Sequence[Entry]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of task.

    `run` does the work on a runner's thread; `on_end` writes what the end means for other rows, in the transaction
    that ends the task, however it ends, and answers entries for the session's stream; `may_repeat` says that a task
    whose runner died is done again from the start, where it else fails as interrupted.
    """

    name: str
    run: Callable[[Work], None]
    on_end: Callable[[Write, TaskRow, Ending], Sequence[Entry]] = _nothing
    may_repeat: bool = False


Kinds = dict[str, Kind]
