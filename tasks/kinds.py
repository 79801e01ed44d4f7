"""The kinds of tasks: what each does is registered here from above."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from store.database import Write
from store.task_rows import TaskRow
from tasks.folding import USUAL_FOLD, Fold
from tasks.journal import Entry
from tasks.states import TaskState
from tasks.work import Work

MAX_GRACE_S = 86_400
OnLeave = Literal["finish", "cancel"] | float
Place = Literal["anywhere", "engine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a task ends: its final state and the error as a row keeps it."""

    state: TaskState
    error: dict[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """When a task that failed is tried again: exponential backoff with full jitter, for these codes or for all.

    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """

    max_failures: int = 4
    first_s: float = 2.0
    longest_s: float = 300.0
    codes: frozenset[str] | None = None

    def pause_ms(self, error: dict[str, object], failures: int) -> int | None:
        """Return how long to wait after so many failures, the last one included; None where it is not tried again."""
        is_meant = self.codes is None or error["code"] in self.codes
        if not is_meant or failures >= self.max_failures:
            return None
        longest = min(self.longest_s, self.first_s * 2.0 ** (failures - 1))
        return int(1000 * (longest / 2 + random.uniform(0, longest / 2)))  # noqa: S311 — jitter is no secret


def _nothing(_write: Write, _task: TaskRow, _ending: Ending) -> Sequence[Entry]:
    return ()


def _gladly(_write: Write, _task: TaskRow) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of task.

    `run` does the work on a runner's thread; `on_end` writes what the end means for other rows, in the transaction
    that ends the task, however it ends, and answers entries for the session's stream; `may_repeat` says that a task
    whose runner died is done again from the start, where it else fails as interrupted; `may_be_retried` that a visitor
    may have a failed one done anew; `max_open` bounds the open tasks of this kind in one workspace, `max_running` those
    that run at once; `fold` says what many of its events say together (see tasks/folding.py); `on_leave` whether it
    goes on when its visitor leaves ("finish"), ends ("cancel"), or ends after so many seconds without them (a number);
    `place` which runners take it up: those of any process, or one that holds the engine's pages. Of such work one
    workspace has one task of a kind that is `alone` under way at a time, and `on_claim` tells, in the transaction that
    takes it up, whether this process may do it. What is `quiet` is not listed among the tasks unless it is asked for.
    `kept_s` is how long a task stays after its end where nobody looks at it any more; None for as long as all others.
    """

    name: str
    run: Callable[[Work], None]
    on_end: Callable[[Write, TaskRow, Ending], Sequence[Entry]] = _nothing
    may_repeat: bool = False
    may_be_retried: bool = False
    retry: Retry | None = None
    max_open: int | None = None
    max_running: int | None = None
    fold: Fold = USUAL_FOLD
    on_leave: OnLeave = "finish"
    place: Place = "anywhere"
    alone: bool = False
    on_claim: Callable[[Write, TaskRow], bool] = _gladly
    quiet: bool = False
    kept_s: float | None = None

    def __post_init__(self) -> None:
        is_number = isinstance(self.on_leave, (int, float)) and not isinstance(self.on_leave, bool)
        if self.on_leave not in ("finish", "cancel") and not (is_number and 0 < float(self.on_leave) <= MAX_GRACE_S):
            most = f"a number of seconds up to {MAX_GRACE_S}"
            raise ValueError(f'{self.name}: on_leave is "finish", "cancel" or {most}, not {self.on_leave!r}.')

    @property
    def patience_ms(self) -> int | None:
        """How long it goes on without its visitor; None for as long as it takes."""
        if self.on_leave == "finish":
            return None
        return 0 if self.on_leave == "cancel" else int(1000 * float(self.on_leave))


Kinds = dict[str, Kind]
