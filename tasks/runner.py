"""The runner: takes up tasks on threads of this process, keeps their leases, and cleans up after runners that died."""

import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from loguru import logger

from launch import is_running, process_start_time
from store import task_rows
from store.clock import now_ms
from store.database import Database, Write
from store.task_rows import Claim, RunnerRow, TaskRow, Turn
from tasks.journal import FenceLost, Holder, Journal
from tasks.kinds import Ending, Place
from tasks.patience import until_stored
from tasks.queue import OVERDUE, Queue
from tasks.states import DUE, OPEN, TaskState
from tasks.work import Waits, Work

LEASE_MS = 20_000
KEEP_S = 0.5  # how often leases and dead neighbours are looked at
LOOKS_A_LEASE = 4  # how often a lease is renewed before it runs out
DRAIN_LOOK_S = 0.02
STOP_S = 1.0  # how long work that was told to stop may take to say so
UNSEEN_MS = 86_400_000
CLAIMS = UUID(int=0x5354_5544_494F_4C4F)  # what claims are of where the bounds of kinds hang on what others claimed


@dataclass(frozen=True, slots=True)
class Places:
    """How many tasks run at once, how many of these of one owner, how long a silent holder keeps one, and where these
    places are: those of an engine's process are for the tasks that need its pages.
    """

    num: int
    share: int
    lease_ms: int = LEASE_MS
    where: Place = "anywhere"

    @classmethod
    def fair(cls, num: int, lease_ms: int = LEASE_MS, where: Place = "anywhere") -> "Places":
        """Keep a quarter of the places, one at least, from any single owner."""
        return cls(num, max(1, num - max(1, num // 4)), lease_ms, where)


class NotOurs(Exception):
    """Another process was quicker to hold what a task needs."""


class Runner:
    """Runs tasks on threads. Any number of runners may share one database."""

    def __init__(self, database: Database, queue: Queue, journal: Journal, places: Places) -> None:
        self.id = uuid.uuid4()
        self._where = places.where
        self._database = database
        self._queue = queue
        self._journal = journal
        self._slots = threading.Semaphore(places.num)
        self._wish = Claim(runner_id=self.id, lease_ms=places.lease_ms, share=places.share)
        self._works: dict[Holder, Work] = {}
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._stop_claiming = threading.Event()
        self._hurried = threading.Event()
        self._threads = [
            threading.Thread(target=self._claim_loop, name="runner", daemon=True),
            threading.Thread(target=self._keep_loop, name="runner-keeper", daemon=True),
        ]
        queue.hear(self._wake.set, self.cancel)

    def start(self) -> None:
        """Register this process, end what dead ones left, and begin to take up tasks."""
        row = RunnerRow(id=self.id, host=host_name(), pid=os.getpid(), started=str(process_start_time(os.getpid())))
        with self._database.write() as write:
            task_rows.add_runner(write.connection, row)
            task_rows.remove_runners(write.connection, UNSEEN_MS)
        self.take_back_lost()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take up no more, stop the work under way, hand back what may be done again, and end."""
        self._stop.set()
        self._wake.set()
        for thread in self._threads:
            thread.join()
        for work in list(self._works.values()):
            work.cancel()
        self._wait_for_works(STOP_S, threading.Event())

    def stop_claiming(self) -> None:
        """Take up no more; what runs goes on."""
        self._stop_claiming.set()
        self._wake.set()

    def hurry(self) -> None:
        """Wait no longer for the work under way."""
        self._hurried.set()

    def drain(self, patience_s: float) -> None:
        """Take up no more and let the work under way end by itself for so long, or until `hurry`; then stop."""
        self.stop_claiming()
        self._threads[0].join()
        self._wait_for_works(patience_s, self._hurried)
        self.stop()

    def _wait_for_works(self, patience_s: float, hurried: threading.Event) -> None:
        deadline = time.monotonic() + patience_s
        while self._works and time.monotonic() < deadline and not hurried.wait(DRAIN_LOOK_S):
            pass

    def cancel(self, task_id: UUID) -> None:
        """Stop one task's work if it runs here."""
        for (held_id, _fence), work in list(self._works.items()):
            if held_id == task_id:
                work.cancel()

    def hear_change(self) -> None:
        """Look for tasks and cancels that another process wrote."""
        self._wake.set()
        if self._works:
            self._hear_cancels()

    def take_back_lost(self) -> None:
        """Take tasks back from runners whose process is gone or whose lease ran out.

        What runs here goes on though its lease ran out, as after a machine's sleep, unless another process was quicker.
        """
        with self._database.read() as connection:
            held = task_rows.held(connection, TaskState.PROCESSING)
        for task, holder in held:
            if (task.id, task.fence) not in self._works and _is_lost(task, holder):
                self._take_back(task)

    def _take_back(self, task: TaskRow) -> None:
        kept = logger.catch(message="Taking a task back failed; it is tried again.")
        with kept, self._database.write(task.session_id) as write:  # one that cannot be ended must not hold up others
            self._queue.take_back(write, task)

    def expire_overdue(self) -> None:
        """End the tasks whose deadline has passed."""
        with self._database.read() as connection:
            overdue = task_rows.overdue(connection, OPEN)
        for task in overdue:
            work = self._works.get((task.id, task.fence))
            if work is not None:
                work.expire()
            else:
                self._expire(task)

    def _expire(self, task: TaskRow) -> None:
        with logger.catch(message="Ending an overdue task failed."), self._database.write(task.session_id) as write:
            self._queue.expire(write, task)

    def _hear_cancels(self) -> None:
        with self._database.read() as connection:
            asked = task_rows.cancels_of(connection, self.id, TaskState.PROCESSING)
        for task_id in asked:
            self.cancel(task_id)

    def _claim_loop(self) -> None:
        while not self._is_ending():
            if not self._slots.acquire(timeout=KEEP_S):
                continue
            work = self._wait_for_work()
            if work is None:
                self._slots.release()
                continue
            threading.Thread(target=self._run, args=(work,), name="task", daemon=True).start()

    def _wait_for_work(self) -> Work | None:
        self._wake.clear()
        work = None
        with logger.catch(message="Taking up a task failed; it is tried again."):
            work = None if self._is_ending() else self._claim()
        if work is None:
            self._wake.wait(timeout=KEEP_S)
        return work

    def _is_ending(self) -> bool:
        return self._stop.is_set() or self._stop_claiming.is_set()

    def _claim(self) -> Work | None:
        if self._database.backend.is_serial and not self._is_any_due():
            return None  # a look costs less than to hold the others' writes up for nothing
        try:
            with self._keeping() as taken, self._database.write(*([CLAIMS] if self._bounds() else [])) as write:
                self._take_up(write, taken)
        except NotOurs:
            return None
        return taken[0] if taken else None

    def _is_any_due(self) -> bool:
        with self._database.read() as connection:
            return task_rows.any_due(connection, DUE, self._kinds_elsewhere())

    def _take_up(self, write: Write, taken: list[Work]) -> None:
        """Take up the next task; it is among the works before the commit, so that no word of a cancel misses it.

        Raises NotOurs, which cannot be where writes come one by one.
        """
        task = task_rows.claim(write.connection, self._wish, self._turn(write))
        if task is not None:
            kind = self._queue.kinds.get(task.kind)
            if kind is not None and not kind.on_claim(write, task):
                raise NotOurs
            work = self._works[task.id, task.fence] = Work(task, self._journal, self._database)
            taken.append(work)
            self._queue.start(write, task)

    def _turn(self, write: Write) -> Turn:
        return Turn(
            due=DUE,
            held=TaskState.PROCESSING,
            done=TaskState.COMPLETED,
            full=self._full_kinds(write),
            pages=self._where == "engine",
            alone=[kind.name for kind in self._queue.kinds.values() if kind.alone],
        )

    @contextmanager
    def _keeping(self) -> Iterator[list[Work]]:
        """Give a list for what is taken up inside, which is forgotten where that is not committed."""
        taken: list[Work] = []
        try:
            yield taken
        except BaseException:
            for work in taken:
                self._works.pop((work.task.id, work.task.fence), None)
            raise

    def _bounds(self) -> dict[str, int]:
        return {kind.name: kind.max_running for kind in self._queue.kinds.values() if kind.max_running is not None}

    def _full_kinds(self, write: Write) -> list[str]:
        bounds = self._bounds()
        running = task_rows.num_running(write.connection, bounds, TaskState.PROCESSING) if bounds else {}
        return [*self._kinds_elsewhere(), *(name for name, bound in bounds.items() if running.get(name, 0) >= bound)]

    def _kinds_elsewhere(self) -> list[str]:
        return [kind.name for kind in self._queue.kinds.values() if kind.place != self._where]

    def _run(self, work: Work) -> None:
        following: Work | None = work
        try:
            while following is not None:
                following = self._run_one(following)
        finally:
            self._slots.release()
            self._wake.set()  # whose share was full may have its turn now

    def _run_one(self, work: Work) -> Work | None:
        """Do a task and end it; answers one that was taken up with its end."""
        task, holder = work.task, (work.task.id, work.task.fence)
        try:
            ending = self._do(work)
            if self._stop.is_set() and isinstance(ending, Ending) and ending.state is TaskState.CANCELLED:
                self._hand_back(task)
            else:
                return until_stored(lambda: self._finish(task, ending), self._stop.wait)
        except FenceLost:
            logger.warning("Task {} was taken over by another runner; this one's end is dropped.", task.id)
        except Exception as error:  # noqa: BLE001 — the edge of the runner: whatever an end meets must not keep the place
            logger.opt(exception=error).error("Task {} could not be ended; its lease will run out.", task.id)
        finally:
            del self._works[holder]
            self._journal.forget(*holder)
        return None

    def _do(self, work: Work) -> Ending | Waits:
        try:
            self._queue.kinds[work.task.kind].run(work)
        except FenceLost:
            raise
        except Waits as waits:
            return waits if not work.is_cancelled else _stopped(work)
        except Exception as error:  # noqa: BLE001 — the edge of the runner: whatever a kind raises ends its task only
            if work.is_cancelled:
                return _stopped(work)
            return Ending(state=TaskState.FAILED, error=_kept(error, work.task))
        return _stopped(work) if work.is_cancelled else Ending(state=TaskState.COMPLETED)

    def _finish(self, task: TaskRow, ending: Ending | Waits) -> Work | None:
        """End a task, and where writes come one by one anyway, take up the next in the same transaction."""
        self._journal.flush(task.id, task.fence)
        with self._keeping() as taken, self._database.write(task.session_id) as write:
            if not self._settle(write, task, ending):
                raise FenceLost
            if self._database.backend.is_serial and not self._is_ending():
                self._take_up(write, taken)
        return taken[0] if taken else None

    def _settle(self, write: Write, task: TaskRow, ending: Ending | Waits) -> bool:
        if isinstance(ending, Waits):
            return self._queue.wait(write, task, ending.question)
        if ending.state is TaskState.FAILED and ending.error is not None and ending.error is not OVERDUE:
            return self._queue.fail(write, task, ending.error)
        return self._queue.end(write, task, ending)

    def _hand_back(self, task: TaskRow) -> None:
        """Let another runner take up what stops only because this one does; the rest ends as after a death."""
        self._journal.flush(task.id, task.fence)
        with self._database.write(task.session_id) as write:
            row = task_rows.find(write.connection, task.id)  # a visitor may have asked for its end meanwhile
            if row is not None and (row.state, row.fence) == (task.state, task.fence):
                self._queue.take_back(write, row)

    def _keep_loop(self) -> None:
        looks, renew_every = 0, max(1, int(self._wish.lease_ms / 1000 / KEEP_S / LOOKS_A_LEASE))
        while not self._stop.wait(KEEP_S):
            looks += 1
            with logger.catch(message="Keeping leases failed; it is tried again."):
                self.take_back_lost()
                self.expire_overdue()
                if looks % renew_every == 0:
                    self._renew()

    def _renew(self) -> None:
        with self._database.write() as write:
            task_rows.renew(
                write.connection, self.id, [task_id for task_id, _fence in list(self._works)], self._wish.lease_ms
            )


def _stopped(work: Work) -> Ending:
    return Ending(state=TaskState.FAILED, error=OVERDUE) if work.is_expired else Ending(state=TaskState.CANCELLED)


def _kept(error: Exception, task: TaskRow) -> dict[str, object]:
    """Return an error as the row keeps it: one that says how to keep it, else a defect, which is logged."""
    kept: dict[str, object] | None = getattr(error, "kept", None)
    if kept is None:
        logger.opt(exception=error).error("A task of kind {} broke ({})", task.kind, task.id)
    return kept or {"code": "internal_error", "facts": {}}


def _is_lost(task: TaskRow, holder: RunnerRow | None) -> bool:
    if holder is None or (task.lease_ms or 0) < now_ms():
        return True
    return holder.host == host_name() and not is_running(holder.pid, float(holder.started))


def host_name() -> str:
    """Return a name of this machine as processes see it: equal only where pids mean the same."""
    boot, namespace = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
    parts = [socket.gethostname()]
    if boot.exists() and namespace.exists():
        parts += [boot.read_text().strip(), str(namespace.readlink())]
    return "|".join(parts)
