"""Any order of submit, claim, emit, cancel, take back and end keeps the promises of the queue and the journal."""

import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from store import event_rows, task_rows
from store.database import Write
from store.task_rows import Claim, TaskRow
from tasks.journal import Entry, FenceLost
from tasks.kinds import Ending, Kind, Retry
from tasks.queue import NotWaiting, Queue
from tasks.states import DUE, FINAL, MOVES, TaskState
from tests.stored import new_postgres
from tests.tasks.workshop import TURN, Workshop, numbers_of, texts_of, workshop_at

NUM_STORIES = 200 if os.environ.get("STUDIOLO_TEST_SCALE") == "full" else 8
MAX_FAILURES = 3
WISH = Claim(runner_id=UUID(int=1), lease_ms=60_000, share=1000)
ENDINGS = [TaskState.COMPLETED, TaskState.FAILED, TaskState.CANCELLED]


class Tasks(RuleBasedStateMachine):
    """Holders come and go; each believes it holds its task until it is told otherwise."""

    holders: Bundle[TaskRow] = Bundle("holders")
    submitted: Bundle[UUID] = Bundle("submitted")

    @initialize()
    def open_the_workshop(self) -> None:
        """Make a database."""
        self.folder = TemporaryDirectory()
        self.opened = workshop_at(self._new_place())
        self.workshop: Workshop = self.opened.__enter__()
        self.tasks: list[UUID] = []
        self.states: dict[UUID, str] = {}
        self.words: dict[UUID, list[str]] = {}
        self.ended: dict[UUID, list[TaskState]] = {}
        for name, may_repeat in (("once", False), ("again", True)):
            kind = Kind(
                name=name,
                run=lambda _work: None,
                on_end=self._note_end,
                may_repeat=may_repeat,
                retry=Retry(max_failures=MAX_FAILURES, first_s=0) if may_repeat else None,
            )
            self.workshop.queue.kinds[name] = kind

    def _new_place(self) -> Path | str:
        return Path(self.folder.name) / "studiolo.db"

    def _note_end(self, _write: Write, task: TaskRow, ending: Ending) -> Sequence[Entry]:
        self.ended[task.id].append(ending.state)
        return ()

    @property
    def queue(self) -> Queue:
        """The queue under test."""
        return self.workshop.queue

    @rule(target=submitted, kind=st.sampled_from(["once", "again"]))
    def submit(self, kind: str) -> UUID:
        """Put a task in."""
        task = self.workshop.submit(kind)
        self.tasks.append(task.id)
        self.states[task.id], self.words[task.id], self.ended[task.id] = "pending", [], []
        return task.id

    @rule(target=holders)
    @precondition(lambda self: any(state in DUE for state in self.states.values()))
    def claim(self) -> TaskRow:
        """Take up a task."""
        with self.workshop.database.write() as write:
            task = task_rows.claim(write.connection, WISH, TURN)
            assert task is not None
            self.queue.start(write, task)
        return task

    @rule(holder=holders, word=st.sampled_from("abc"))
    def emit(self, holder: TaskRow, word: str) -> None:
        """Say a word, as a holder that may have lost its task."""
        truth = self.workshop.task(holder.id)
        is_held = (truth.state, truth.fence) == ("processing", holder.fence)
        try:
            self.workshop.journal.append(holder.id, holder.fence, ("text", {"text": word}))
            self.workshop.journal.flush(holder.id, holder.fence)
        except FenceLost:
            assert not is_held
        else:
            assert is_held
            self.words[holder.id].append(word)

    @rule(holder=holders, state=st.sampled_from(ENDINGS))
    def end(self, holder: TaskRow, state: TaskState) -> None:
        """End a task, as a holder that may have lost it."""
        truth = self.workshop.task(holder.id)
        with self.workshop.database.write() as write:
            has_ended = self.queue.end(write, holder, Ending(state=state))
        assert has_ended == ((truth.state, truth.fence) == ("processing", holder.fence))

    @rule(holder=holders)
    def fail(self, holder: TaskRow) -> None:
        """Fail a task, as a holder that may have lost it; some kinds are tried again, so many times."""
        truth = self.workshop.task(holder.id)
        with self.workshop.database.write() as write:
            was_held = self.queue.fail(write, holder, {"code": "busy", "facts": {}})
        assert was_held == ((truth.state, truth.fence) == ("processing", holder.fence))

    @rule(holder=holders)
    def ask(self, holder: TaskRow) -> None:
        """Ask a person, as a holder that may have lost its task."""
        truth = self.workshop.task(holder.id)
        with self.workshop.database.write() as write:
            was_held = self.queue.wait(write, holder, {"name": "question"})
        assert was_held == ((truth.state, truth.fence) == ("processing", holder.fence))

    @rule(task_id=submitted, value=st.booleans())
    def answer(self, task_id: UUID, value: bool) -> None:
        """Answer a task, whether it asks or not."""
        truth = self.workshop.task(task_id)
        try:
            with self.workshop.database.write() as write:
                self.queue.answer(write, truth, value)
        except NotWaiting:
            assert truth.state != "waiting"
        else:
            assert truth.state == "waiting"

    @rule(task_id=submitted)
    def expire(self, task_id: UUID) -> None:
        """End a task whose time is over."""
        with self.workshop.database.write() as write:
            self.queue.expire(write, self.workshop.task(task_id))

    @rule(task_id=submitted)
    def cancel(self, task_id: UUID) -> None:
        """Cancel a task in any state."""
        self.workshop.cancel(task_id)

    @rule(holder=holders)
    def take_back(self, holder: TaskRow) -> None:
        """Take a task back by what was known of it when it was claimed."""
        self.workshop.take_back(holder)

    @rule(task_id=submitted, keep=st.integers(0, 3))
    def fold(self, task_id: UUID, keep: int) -> None:
        """Fold the session's stream: the task's own is not touched."""
        with self.workshop.database.write() as write:
            event_rows.fold(write.connection, self.workshop.session_id, keep)

    @invariant()
    def moves_are_allowed(self) -> None:
        """A task goes only where its state leads, by any number of moves of one rule."""
        for task_id in getattr(self, "tasks", []):
            old, new = TaskState(self.states[task_id]), TaskState(self.workshop.state(task_id))
            assert old == new or new in MOVES[old], f"{old} became {new}"
            self.states[task_id] = new

    @invariant()
    def tries_are_bounded(self) -> None:
        """Nothing fails more often than its kind allows, and only what waits asks."""
        for task_id in getattr(self, "tasks", []):
            task = self.workshop.task(task_id)
            assert task.failures < MAX_FAILURES
            assert (task.question is not None) == (task.state == "waiting")
            assert (task.runner_id is not None) <= (task.state in {"processing", *FINAL})

    @invariant()
    def journals_are_whole(self) -> None:
        """Numbers have no holes, only holders' words are there, and an end is there once, last, and told once."""
        for task_id in getattr(self, "tasks", []):
            events = self.workshop.events(task_id)
            assert numbers_of(events) == list(range(1, len(events) + 1))
            assert texts_of(events) == self.words[task_id]
            state = self.workshop.state(task_id)
            has_ended = state in FINAL
            assert [event.kind for event in events].count("end") == has_ended
            assert (events[-1].kind == "end") == has_ended
            assert self.ended[task_id] == ([state] if has_ended else [])

    def teardown(self) -> None:
        """Close the database."""
        if hasattr(self, "opened"):
            self.opened.__exit__(None, None, None)
            self.folder.cleanup()


class TasksOnPostgres(Tasks):
    """The same stories on the other database."""

    def _new_place(self) -> str:
        return new_postgres()


STORIES = settings(
    max_examples=NUM_STORIES, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestTasks = Tasks.TestCase
TestTasks.settings = STORIES
TestTasksOnPostgres = TasksOnPostgres.TestCase
TestTasksOnPostgres.settings = STORIES
