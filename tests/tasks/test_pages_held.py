"""Work that needs a page: by the process that holds it, one script of a workspace at a time; on both databases."""

import threading
import uuid
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from store import engine_rows, task_rows
from store.clock import now_ms
from store.engine_rows import EnginePageRow
from store.tables import engine_pages, runners
from store.task_rows import Claim, RunnerRow, TaskRow
from tasks.kinds import Ending
from tasks.runner import Places, Runner
from tasks.states import TaskState
from tests.running import wait_until
from tests.tasks.workshop import LEASE_MS, TURN, Workshop

PAGES = replace(TURN, pages=True, alone=["script"])


@pytest.fixture
def here(workshop: Workshop) -> UUID:
    """A process that holds pages."""
    return process(workshop, "here")


@pytest.fixture
def there(workshop: Workshop) -> UUID:
    """Another one, on another machine."""
    return process(workshop, "there")


def process(workshop: Workshop, host: str) -> UUID:
    workshop.add_kind(lambda _work: None, "script", place="engine", alone=True)
    workshop.add_kind(lambda _work: None, "page", place="engine")
    row = RunnerRow(id=uuid.uuid4(), host=host, pid=1, started="1.0")
    with workshop.database.write() as write:
        task_rows.add_runner(write.connection, row)
    return row.id


def taken(workshop: Workshop, runner_id: UUID) -> TaskRow | None:
    with workshop.database.write() as write:
        wish = Claim(runner_id=runner_id, lease_ms=LEASE_MS, share=1000)
        return task_rows.claim(write.connection, wish, PAGES)


def held(workshop: Workshop, runner_id: UUID, alive_ms: int | None = None) -> bool:
    since = now_ms() - LEASE_MS if alive_ms is None else alive_ms
    with workshop.database.write() as write:
        return engine_rows.hold(write.connection, workshop.session_id, runner_id, since)


def fall_silent(workshop: Workshop, runner_id: UUID) -> None:
    with workshop.database.write() as write:
        silent = update(runners).where(runners.c.id == runner_id).values(seen_ms=now_ms() - LEASE_MS - 1)
        write.connection.execute(silent)


def end(workshop: Workshop, task: TaskRow) -> None:
    with workshop.database.write() as write:
        assert workshop.queue.end(write, task, Ending(state=TaskState.COMPLETED))


def test_one_script_of_a_workspace_runs_at_a_time_and_acts_go_beside_it(workshop: Workshop, here: UUID) -> None:
    first, second = workshop.submit("script"), workshop.submit("script")
    act, other = workshop.submit("page"), workshop.submit("script", workshop.open_session())
    found = [taken(workshop, here) for _ in range(4)]
    assert {task.id for task in found if task} == {first.id, act.id, other.id}
    assert taken(workshop, here) is None
    end(workshop, next(task for task in found if task and task.id == first.id))
    again = taken(workshop, here)
    assert again is not None
    assert again.id == second.id


def test_a_page_is_held_by_one_process_while_that_lives(workshop: Workshop, here: UUID, there: UUID) -> None:
    assert held(workshop, here)
    assert held(workshop, here)
    assert not held(workshop, there)
    fall_silent(workshop, here)
    assert held(workshop, there)
    assert not held(workshop, here, alive_ms=0)


def test_a_page_that_changed_hands_is_not_open(workshop: Workshop, here: UUID, there: UUID) -> None:
    row = EnginePageRow(
        session_id=workshop.session_id, runner_id=here, url="https://a.example/", title="A", used_ms=now_ms()
    )
    with workshop.database.write() as write:
        engine_rows.put(write.connection, row)
    fall_silent(workshop, here)
    assert held(workshop, there)
    with workshop.database.read() as connection:
        assert engine_rows.find_open(connection, workshop.session_id) is None


@pytest.mark.parametrize("is_busy", [False, True])
def test_work_goes_to_the_process_that_holds_the_page(
    workshop: Workshop, here: UUID, there: UUID, is_busy: bool
) -> None:
    assert held(workshop, there)
    if is_busy:  # with something else
        workshop.submit("page")
        assert taken(workshop, there) is not None
    task = workshop.submit("script")
    assert taken(workshop, here) is None
    found = taken(workshop, there)
    assert found is not None
    assert found.id == task.id


def test_work_on_the_page_of_a_silent_process_goes_to_another(workshop: Workshop, here: UUID, there: UUID) -> None:
    assert held(workshop, there)
    workshop.submit("script")
    fall_silent(workshop, there)
    assert taken(workshop, here) is not None


@pytest.mark.parametrize("gone", ["here", "silent"])
def test_pages_of_processes_that_are_gone_are_forgotten(workshop: Workshop, here: UUID, there: UUID, gone: str) -> None:
    lost = here if gone == "here" else there
    assert held(workshop, lost)
    if gone == "silent":
        fall_silent(workshop, there)
    with workshop.database.write() as write:
        engine_rows.remove_lost(write.connection, "here", now_ms() - LEASE_MS)
        assert write.connection.execute(engine_pages.select()).all() == []
    living = process(workshop, "elsewhere")
    assert held(workshop, living)
    with workshop.database.write() as write:
        engine_rows.remove_lost(write.connection, "here", now_ms() - LEASE_MS)
        assert len(write.connection.execute(engine_pages.select()).all()) == 1
        engine_rows.remove_of(write.connection, living)
        assert write.connection.execute(engine_pages.select()).all() == []


def test_a_runner_gives_back_what_it_may_not_hold_and_takes_it_when_it_may(workshop: Workshop) -> None:
    may, asked = threading.Event(), threading.Event()

    def hold(*_given: Any) -> bool:
        asked.set()
        return may.is_set()

    workshop.add_kind(lambda _work: None, "script", place="engine", alone=True, on_claim=hold)
    runner = Runner(workshop.database, workshop.queue, workshop.journal, Places(4, 4, LEASE_MS, "engine"))
    runner.start()
    try:
        task = workshop.submit("script")
        wait_until(asked.is_set, what="the question")
        assert workshop.state(task.id) == TaskState.PENDING
        assert workshop.task(task.id).attempts == 0
        may.set()
        assert workshop.wait_for_state(task.id, TaskState.COMPLETED).attempts == 1
    finally:
        runner.stop()
