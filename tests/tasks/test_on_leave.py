"""When the visitor leaves: a kind's tasks go on, end, or wait a while; only a goodbye of the last page is leaving."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest

from api.plugin_tasks import kinds_of, task
from sessions.presence import KEPT_MS, Presence
from store import page_rows
from store.clock import now_ms
from store.tables import pages
from tasks.kinds import Kind, OnLeave
from tasks.leaving import SETTLE_MS, Leaving
from tasks.states import OPEN
from tasks.work import Work
from tests.tasks.workshop import Workshop

MINUTE_MS = 60_000


class Room:
    """A workshop with a kind of each sort, and the clock in one's hand."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.leaving = Leaving(workshop.database, workshop.queue)
        self.presence = Presence(workshop.database, lambda: self.leaving.is_needed)
        sorts: dict[str, OnLeave] = {"finish": "finish", "cancel": "cancel", "grace": 60}
        for name, on_leave in sorts.items():
            workshop.add_kind(lambda _work: None, name, on_leave=on_leave)
        self.tasks = {name: workshop.submit(name).id for name in sorts}

    def open(self, session_id: UUID | None = None) -> UUID:
        """Open a page."""
        page_id = uuid.uuid4()
        assert self.presence.note(session_id or self.workshop.session_id, page_id)
        return page_id

    def leave(self, page_id: UUID) -> None:
        """Say goodbye."""
        self.presence.leave(self.workshop.session_id, page_id)

    def ended(self) -> set[str]:
        """Look who left, and return the kinds whose task ended."""
        self.leaving.look()
        return {name for name, task_id in self.tasks.items() if self.workshop.state(task_id) == "cancelled"}


class Clock:
    """The time, which goes on only when told to."""

    def __init__(self) -> None:
        self.ms = now_ms()

    def go(self, ms: int) -> None:
        """Let time pass."""
        self.ms += ms


@contextmanager
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    for module in ("store.page_rows", "tasks.leaving", "sessions.presence"):
        monkeypatch.setattr(f"{module}.now_ms", lambda: clock.ms)
    yield clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """A clock that stands still."""
    with stopped_clock(monkeypatch) as clock:
        yield clock


@pytest.fixture
def room(workshop: Workshop, clock: Clock) -> Room:
    """A room with a task of each sort, all put in before anybody leaves."""
    room = Room(workshop)
    clock.go(10_000)
    return room


def test_a_goodbye_ends_what_shall_end_once_it_has_settled_and_nothing_else(room: Room, clock: Clock) -> None:
    page = room.open()
    room.leave(page)
    clock.go(SETTLE_MS - 1)
    assert room.ended() == set()
    clock.go(1)
    assert room.ended() == {"cancel"}
    clock.go(MINUTE_MS - SETTLE_MS - 1)
    assert room.ended() == {"cancel"}
    clock.go(1)
    assert room.ended() == {"cancel", "grace"}
    clock.go(100 * MINUTE_MS)
    assert room.ended() == {"cancel", "grace"}


def test_after_a_start_of_the_server_a_goodbye_settles_again(room: Room, clock: Clock) -> None:
    room.leave(room.open())
    clock.go(100 * MINUTE_MS)
    room.leaving.start()
    assert room.ended() == set()
    room.leaving.stop()
    clock.go(SETTLE_MS - 1)
    assert room.ended() == set()
    clock.go(1)
    assert room.ended() == {"cancel", "grace"}


def test_a_page_that_is_silent_has_not_left(room: Room, clock: Clock) -> None:
    room.open()
    clock.go(100 * MINUTE_MS)
    assert room.ended() == set()


def test_nobody_left_a_workspace_whose_pages_were_never_open(room: Room, clock: Clock) -> None:
    clock.go(100 * MINUTE_MS)
    assert room.ended() == set()


def test_whoever_has_another_page_open_has_not_left(room: Room, clock: Clock) -> None:
    first, second = room.open(), room.open()
    room.leave(first)
    clock.go(10 * MINUTE_MS)
    assert room.ended() == set()
    room.leave(second)
    clock.go(SETTLE_MS)
    assert room.ended() == {"cancel"}


def test_a_page_loaded_again_is_no_leaving(room: Room, clock: Clock) -> None:
    for _ in range(3):
        page = room.open()
        clock.go(1000)
        room.leave(page)
        clock.go(SETTLE_MS - 1)
        room.presence.come_back(room.workshop.session_id)  # the page is asked for; its socket comes a moment later
        clock.go(SETTLE_MS - 1)
        assert room.ended() == set()
    room.open()
    clock.go(10 * MINUTE_MS)
    assert room.ended() == set()


def test_who_comes_back_in_time_keeps_the_task_that_waits(room: Room, clock: Clock) -> None:
    room.leave(room.open())
    clock.go(MINUTE_MS // 2)
    assert room.ended() == {"cancel"}
    room.open()
    clock.go(100 * MINUTE_MS)
    assert room.ended() == {"cancel"}


def test_what_was_sent_before_the_goodbye_and_comes_after_it_opens_nothing(room: Room, clock: Clock) -> None:
    page = uuid.uuid4()
    room.leave(page)
    assert room.presence.note(room.workshop.session_id, page)
    clock.go(SETTLE_MS)
    assert room.ended() == {"cancel"}


def test_a_task_that_came_after_the_goodbye_is_nobodys_that_left(room: Room, clock: Clock) -> None:
    room.leave(room.open())
    room.leave(room.open())
    with room.workshop.database.write() as write:
        write.connection.execute(pages.update().values(left_ms=now_ms() - 10 * MINUTE_MS))
    assert room.ended() == set()


def test_another_visitors_goodbye_ends_nothing_here(room: Room, clock: Clock) -> None:
    room.open()
    other = room.workshop.open_session()
    page = room.open(other)
    room.presence.leave(other, page)
    clock.go(100 * MINUTE_MS)
    assert room.ended() == set()


def test_a_page_not_heard_of_for_a_day_is_no_longer_taken_for_open(room: Room, clock: Clock) -> None:
    room.open()
    clock.go(page_rows.SILENT_MS)
    page = room.open()
    clock.go(1)
    room.leave(page)
    clock.go(SETTLE_MS)
    assert room.ended() == {"cancel"}


def test_a_closed_window_leaves_at_once_with_all_its_pages(room: Room, clock: Clock) -> None:
    room.open()
    owner = room.workshop.session_id.bytes * 2
    room.presence.leave_all(b"another person", OPEN)
    room.leaving.look(settle_ms=0)
    assert room.ended() == set()
    room.presence.leave_all(owner, OPEN)
    room.leaving.look(settle_ms=0)
    assert room.ended() == {"cancel"}
    clock.go(MINUTE_MS)
    assert room.ended() == {"cancel", "grace"}


def test_another_process_sees_it_and_only_one_of_them_ends_it(room: Room, neighbour: Workshop, clock: Clock) -> None:
    neighbour.queue.kinds.update(room.workshop.queue.kinds)
    other = Leaving(neighbour.database, neighbour.queue)
    room.leave(room.open())
    clock.go(SETTLE_MS)
    assert [other.look(), room.leaving.look(), other.look()] == [1, 0, 0]
    assert room.workshop.state(room.tasks["cancel"]) == "cancelled"


def test_a_task_under_way_is_asked_to_stop_once(room: Room, clock: Clock) -> None:
    while (held := room.workshop.claim()) is not None and held.kind != "cancel":
        pass
    assert held is not None
    room.leave(room.open())
    clock.go(SETTLE_MS)
    assert [room.leaving.look(), room.leaving.look()] == [1, 0]
    assert room.workshop.task(held.id).cancel_asked


def test_nothing_is_noted_while_no_kind_asks_for_it_nor_of_a_workspace_that_is_not_stored(workshop: Workshop) -> None:
    leaving = Leaving(workshop.database, workshop.queue)
    presence = Presence(workshop.database, lambda: leaving.is_needed)
    assert not presence.is_needed
    presence.leave(workshop.session_id, uuid.uuid4())
    workshop.add_kind(lambda _work: None, "cancel", on_leave="cancel")
    assert presence.is_needed
    nowhere = uuid.uuid4()
    assert not presence.note(nowhere, uuid.uuid4())
    presence.leave(nowhere, uuid.uuid4())
    with workshop.database.read() as connection:
        assert connection.execute(pages.select()).all() == []


def test_pages_are_bounded_in_number_and_age(room: Room, clock: Clock) -> None:
    for _ in range(page_rows.MAX_PAGES + 5):
        clock.go(1)
        room.open()
    clock.go(1)
    newest = room.open()
    with room.workshop.database.read() as connection:
        kept = list(connection.execute(pages.select()))
    assert len(kept) == page_rows.MAX_PAGES
    assert newest in {row.id for row in kept}
    clock.go(KEPT_MS + 1)
    last = room.open()
    room.presence.sweep()
    with room.workshop.database.read() as connection:
        assert [row.id for row in connection.execute(pages.select())] == [last]


@pytest.mark.parametrize("on_leave", ["never", "", 0, -1, True, None, float("nan"), 1e9])
def test_a_kind_says_one_of_the_three(on_leave: OnLeave) -> None:
    with pytest.raises(ValueError, match="on_leave is"):
        Kind(name="work", run=lambda _work: None, on_leave=on_leave)


class Reports:
    """A person's own class."""

    @task(on_leave=90)
    @staticmethod
    def report(work: Work) -> None:
        """Write."""

    @task
    @staticmethod
    def count(work: Work) -> None:
        """Count."""


def test_long_work_of_ones_own_says_it_too() -> None:
    assert {kind.name: kind.patience_ms for kind in kinds_of(Reports)} == {"report": 90_000, "count": None}
