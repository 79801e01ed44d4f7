"""Readers: every event once and in order, whoever wrote it and however slowly it is read."""

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import pytest

import tasks.readers
from store import event_rows
from tasks.readers import MAX_READ, MAX_RECENT, Batch, Reader, Readers
from tests.tasks.workshop import Workshop, run_together

PATIENCE_S = 5.0


class Place:
    """One reader as a door has it: it is woken, and reads when it likes."""

    def __init__(self, readers: Readers) -> None:
        self.readers = readers
        self.news = asyncio.Event()
        self.num_wakes = 0
        self.batches: list[Batch] = []
        self.reader: Reader

    async def follow(self, stream: UUID, after: int = 0) -> "Place":
        """Begin."""
        self.reader = await self.readers.follow(stream, after, self._wake)
        return self

    async def read(self) -> list[int]:
        """Read all there is now; answers all numbers read so far."""
        while (batch := await self.readers.read(self.reader)) is not None:
            self.batches.append(batch)
        return self.numbers

    async def read_until(self, last: int) -> list[int]:
        """Read as news comes until a number was read."""
        async with asyncio.timeout(PATIENCE_S):
            while not (numbers := await self.read()) or numbers[-1] < last:
                await self.news.wait()
                self.news.clear()
        return numbers

    @property
    def numbers(self) -> list[int]:
        """All numbers read, in the order they came."""
        return [event["number"] for batch in self.batches for event in json.loads(batch.json)]

    def _wake(self) -> None:
        self.num_wakes += 1
        self.news.set()


@pytest.fixture
def readers(workshop: Workshop) -> Readers:
    """Readers that hear this process's journal."""
    made = Readers(workshop.database)
    workshop.journal.listen(made.hear)
    return made


def on_loop(readers: Readers, scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        readers.start(asyncio.get_running_loop())
        await scenario()

    asyncio.run(run())


def words(num: int) -> list[str]:
    return [f"w{place}" for place in range(num)]


def up_to(last: int, after: int = 0) -> list[int]:
    return list(range(after + 1, last + 1))


async def published() -> None:
    """Return once the loop has taken what was told to it so far."""
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def test_a_reader_gets_what_was_there_and_what_comes(workshop: Workshop, readers: Readers) -> None:
    async def scenario() -> None:
        workshop.append(workshop.session_id, *words(5))
        place = await Place(readers).follow(workshop.session_id)
        assert place.reader.last == 5
        assert await place.read() == up_to(5)
        workshop.append(workshop.session_id, *words(3))
        assert await place.read_until(8) == up_to(8)
        event = json.loads(place.batches[-1].json)[-1]
        assert (event["kind"], event["data"], event["at"][-1]) == ("text", {"text": "w2"}, "Z")

    on_loop(readers, scenario)


def test_a_reader_goes_on_after_the_last_number_it_saw(workshop: Workshop, readers: Readers) -> None:
    async def scenario() -> None:
        workshop.append(workshop.session_id, *words(9))
        assert await (await Place(readers).follow(workshop.session_id, 6)).read() == [7, 8, 9]
        assert await (await Place(readers).follow(workshop.session_id, 9)).read() == []

    on_loop(readers, scenario)


def test_a_stream_that_is_not_open_yet_is_heard_from_its_first_event(workshop: Workshop, readers: Readers) -> None:
    async def scenario() -> None:
        stream = UUID(int=7)
        place = await Place(readers).follow(stream)
        with workshop.database.write() as write:
            event_rows.open_stream(write.connection, stream, workshop.session_id)
        workshop.append(stream, "first")
        assert await place.read_until(1) == [1]

    on_loop(readers, scenario)


def test_what_this_process_and_another_write_comes_once_and_in_order(
    workshop: Workshop, neighbour: Workshop, readers: Readers, scale: int
) -> None:
    num_words, stream = 100 * scale, workshop.session_id
    watch = workshop.database.watch()
    watch.listen(readers.hear_change)
    watch.start()

    def write(side: Workshop) -> None:
        for word in words(num_words):
            side.append(stream, word)

    async def scenario() -> None:
        early = await Place(readers).follow(stream)
        sides = [workshop, neighbour] * 2
        jobs = [lambda side=side: write(side) for side in sides]
        writers = asyncio.create_task(asyncio.to_thread(run_together, jobs))
        await early.read_until(num_words)
        late = await Place(readers).follow(stream, num_words // 2)
        last = 4 * num_words
        assert await early.read_until(last) == up_to(last)
        assert await late.read_until(last) == up_to(last, num_words // 2)
        await writers

    on_loop(readers, scenario)
    watch.stop()


def test_a_slow_reader_misses_nothing_that_another_process_wrote_in_between(
    workshop: Workshop, neighbour: Workshop, readers: Readers
) -> None:
    async def scenario() -> None:
        stream = workshop.session_id
        slow = await Place(readers).follow(stream)
        workshop.append(stream, *words(5))
        assert await slow.read_until(5) == up_to(5)
        neighbour.append(stream, *words(2))  # nobody here has heard of it
        quick = await Place(readers).follow(stream, 5)
        workshop.append(stream, "eighth")
        await published()
        assert await slow.read() == up_to(8)
        assert await quick.read() == [6, 7, 8]

    on_loop(readers, scenario)


def test_more_than_one_reading_of_another_processs_events_all_come(
    workshop: Workshop, neighbour: Workshop, readers: Readers
) -> None:
    async def scenario() -> None:
        last = 2 * MAX_READ + 500
        place = await Place(readers).follow(workshop.session_id)
        neighbour.append(workshop.session_id, *words(last))
        await asyncio.to_thread(readers.hear_change)
        assert await place.read_until(last) == up_to(last)

    on_loop(readers, scenario)


def test_a_reader_hears_of_what_another_process_wrote_and_folded_away(
    workshop: Workshop, neighbour: Workshop, readers: Readers
) -> None:
    async def scenario() -> None:
        place = await Place(readers).follow(workshop.session_id)
        neighbour.append(workshop.session_id, *words(3))
        with neighbour.database.write() as write:
            event_rows.fold(write.connection, workshop.session_id, 0)
        await asyncio.to_thread(readers.hear_change)
        await asyncio.wait_for(place.news.wait(), PATIENCE_S)
        assert await place.read() == []
        assert [batch.gap for batch in place.batches] == [3]

    on_loop(readers, scenario)


def test_a_slow_reader_costs_no_memory_and_slows_nobody(workshop: Workshop, readers: Readers) -> None:
    async def scenario() -> None:
        last = 3 * MAX_RECENT
        slow = await Place(readers).follow(workshop.session_id)
        quick = await Place(readers).follow(workshop.session_id)
        for _ in range(3):
            workshop.append(workshop.session_id, *words(MAX_RECENT))
            await quick.read_until(len(quick.numbers) + MAX_RECENT)
        assert quick.numbers == up_to(last)
        follower = readers._followers[workshop.session_id]
        assert len(follower._recent) <= MAX_RECENT
        assert len(follower._spans) <= 2
        assert await slow.read() == up_to(last)

    on_loop(readers, scenario)


def test_an_event_too_large_to_be_kept_in_memory_is_read_from_the_store(
    workshop: Workshop, readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.readers, "MAX_RECENT_BYTES", 1000)

    async def scenario() -> None:
        place = await Place(readers).follow(workshop.session_id)
        for word in ("small", "x" * 2000, "small again"):
            workshop.append(workshop.session_id, word)
            await published()
        assert readers._followers[workshop.session_id]._num_bytes <= 1000
        assert await place.read() == [1, 2, 3]

    on_loop(readers, scenario)


@pytest.mark.parametrize(
    ("after", "keep", "gap", "numbers"),
    [(2, 3, 7, [8, 9, 10]), (8, 3, None, [9, 10]), (7, 3, None, [8, 9, 10]), (4, 0, 10, []), (10, 0, None, [])],
)
def test_a_reader_is_told_of_numbers_that_are_gone(
    workshop: Workshop, readers: Readers, after: int, keep: int, gap: int | None, numbers: list[int]
) -> None:
    async def scenario() -> None:
        workshop.append(workshop.session_id, *words(10))
        with workshop.database.write() as write:
            event_rows.fold(write.connection, workshop.session_id, keep)
        place = await Place(readers).follow(workshop.session_id, after)
        assert await place.read() == numbers
        assert [batch.gap for batch in place.batches if batch.gap is not None] == ([] if gap is None else [gap])
        workshop.append(workshop.session_id, "next")
        assert await place.read_until(11) == [*numbers, 11]

    on_loop(readers, scenario)


def test_a_reader_that_left_is_not_woken_and_leaves_nothing_behind(workshop: Workshop, readers: Readers) -> None:
    async def scenario() -> None:
        gone = await Place(readers).follow(workshop.session_id)
        stays = await Place(readers).follow(workshop.session_id)
        readers.leave(gone.reader)
        before = gone.num_wakes
        workshop.append(workshop.session_id, "x")
        await stays.read_until(1)
        assert gone.num_wakes == before
        assert len(readers) == 1
        readers.leave(stays.reader)
        readers.leave(stays.reader)
        assert len(readers) == 0
        assert readers._followers == {}

    on_loop(readers, scenario)


def test_a_reader_whose_place_cannot_be_found_leaves_nothing_behind(
    workshop: Workshop, readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_connection: object, _stream: UUID) -> tuple[int, int]:
        raise ZeroDivisionError

    async def scenario() -> None:
        with pytest.raises(ZeroDivisionError):
            await Place(readers).follow(workshop.session_id)
        assert readers._followers == {}

    monkeypatch.setattr(event_rows, "position", fail)
    on_loop(readers, scenario)


def test_readers_are_woken_on_the_loop_once_something_came(workshop: Workshop, readers: Readers) -> None:
    async def scenario() -> None:
        threads: list[int] = []
        news = asyncio.Event()

        def wake() -> None:
            threads.append(threading.get_ident())
            news.set()

        await readers.follow(workshop.session_id, 0, wake)
        assert threads == []
        await asyncio.to_thread(workshop.append, workshop.session_id, "x")
        await asyncio.wait_for(news.wait(), PATIENCE_S)
        assert threads == [threading.get_ident()]

    on_loop(readers, scenario)


def test_what_comes_after_the_loop_has_ended_harms_nobody(workshop: Workshop, readers: Readers) -> None:
    async def scenario() -> None:
        await Place(readers).follow(workshop.session_id)

    on_loop(readers, scenario)
    workshop.append(workshop.session_id, "too late")
    readers.hear([(workshop.session_id, workshop.events(workshop.session_id))])
