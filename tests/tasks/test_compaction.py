"""Folding: what a reader shows is the same whether it saw every event or a snapshot in their place."""

import asyncio
import json
from contextlib import suppress
from uuid import UUID

import pytest

import tasks.journal
from store import event_rows
from store.event_rows import Event
from store.task_rows import TaskRow
from tasks.folding import KEPT_BYTES, fold_stream, folded, keep, unfolded
from tasks.journal import MAX_EVENT_BYTES, EventTooLarge
from tasks.kinds import Ending
from tasks.readers import Readers
from tasks.states import TaskState
from tests.tasks.workshop import Workshop


def said(*words: tuple[str, str]) -> list[Event]:
    return [Event(number, kind, {"text": text}, number) for number, (kind, text) in enumerate(words, 1)]


def shown(events: list[Event]) -> dict[str, object]:
    """What a reader shows: of each kind the texts joined, of others the last one."""
    found: dict[str, object] = {}
    for event in unfolded(events):
        text = event.data.get("text")
        found[event.kind] = f"{found.get(event.kind, '')}{text}" if isinstance(text, str) else event.data
    return found


def emit(workshop: Workshop, task: TaskRow, *words: str) -> None:
    for word in words:
        workshop.journal.append(task.id, task.fence, ("text", {"text": word}))
    workshop.journal.flush(task.id, task.fence)


def fold(workshop: Workshop, stream: UUID, upto: int, kept_bytes: int = KEPT_BYTES) -> None:
    with workshop.database.write() as write:
        fold_stream(write.connection, stream, upto, keep(kept_bytes))


def test_texts_of_a_kind_are_joined_and_of_other_kinds_the_last_stays() -> None:
    progress = [Event(number, "progress", {"percent": number}, number) for number in (7, 8, 9)]
    events = [*said(("thinking", "h"), ("thinking", "m"), ("text", "你"), ("text", "好")), *progress]
    found = folded(events, KEPT_BYTES)
    assert [(event.kind, event.data) for event in found] == [
        ("thinking", {"text": "hm"}),
        ("text", {"text": "你好"}),
        ("progress", {"percent": 9}),
    ]
    assert [event.at_ms for event in found] == [1, 3, 9]


def test_an_event_with_more_than_a_text_is_not_joined() -> None:
    events = [Event(1, "line", {"text": "a", "of": "out"}, 1), Event(2, "line", {"text": "b", "of": "err"}, 2)]
    assert [event.data for event in folded(events, KEPT_BYTES)] == [{"text": "b", "of": "err"}]


@pytest.mark.parametrize("pieces", [["abcdefgh"], list("abcdefgh"), ["ab", "cdefg", "h"]])
def test_a_long_text_keeps_its_end_and_tells_how_much_went(pieces: list[str]) -> None:
    (found,) = folded(said(*[("text", piece) for piece in pieces]), 5)
    assert found.data == {"text": "defgh", "skipped": 3}


def test_what_was_cut_before_is_counted_again_and_no_letter_is_cut_in_two() -> None:
    first = folded(said(("text", "你好世界")), 8)
    assert first[0].data == {"text": "世界", "skipped": 6}
    again = folded([*first, *said(("text", "abc"))], 8)
    assert again[0].data == {"text": "界abc", "skipped": 9}


def test_folding_in_steps_says_the_same_as_folding_at_once() -> None:
    events = said(*[("text", letter) for letter in "abcdefghij"])
    stepwise: list[Event] = []
    for event in events:
        stepwise = folded([*stepwise, event], 4)
    assert [event.data for event in stepwise] == [event.data for event in folded(events, 4)]


def test_kinds_without_end_are_bounded() -> None:
    events = [Event(number, f"kind {number}", {}, number) for number in range(1000)]
    assert len(folded(events, KEPT_BYTES)) < 100


@pytest.mark.parametrize("seen", range(9))
def test_a_reader_anywhere_before_during_and_behind_the_fold_shows_the_same(workshop: Workshop, seen: int) -> None:
    task = workshop.held()
    emit(workshop, task, *"abcdef")
    whole = workshop.events(task.id)
    assert [event.number for event in whole] == list(range(1, 8))
    fold(workshop, task.id, 5)
    emit(workshop, task, "g")

    async def read() -> tuple[list[Event], list[int | None]]:
        readers = Readers(workshop.database)
        reader = await readers.follow(task.id, seen, lambda: None)
        found, gaps = list[Event](), []
        while (batch := await readers.read(reader)) is not None:
            found += [Event(one["number"], one["kind"], one["data"], 0) for one in json.loads(batch.json)]
            gaps.append(batch.gap)
        return found, gaps

    later, gaps = asyncio.run(read())
    assert [event.number for event in later] == [number for number in range(5, 9) if number > seen]
    assert [gap for gap in gaps if gap] == ([4] if seen < 4 else [])
    # A snapshot takes the place of what was shown before it.
    before = [] if later and later[0].kind == "snapshot" else whole[:seen]
    if seen < 8:
        assert shown(before + later)["text"] == "abcdefg"


def test_a_fold_of_what_is_folded_changes_nothing(workshop: Workshop) -> None:
    task = workshop.held()
    emit(workshop, task, *"abc")
    fold(workshop, task.id, 4)
    first = workshop.events(task.id)
    fold(workshop, task.id, 4)
    assert workshop.events(task.id) == first
    emit(workshop, task, "d")
    fold(workshop, task.id, 5)
    assert shown(workshop.events(task.id))["text"] == "abcd"
    assert [event.number for event in workshop.events(task.id)] == [5]


def test_a_fold_that_is_rolled_back_loses_nothing(workshop: Workshop) -> None:
    task = workshop.held()
    emit(workshop, task, *"abc")
    whole = workshop.events(task.id)
    with suppress(ZeroDivisionError), workshop.database.write() as write:
        fold_stream(write.connection, task.id, 4, keep(KEPT_BYTES))
        raise ZeroDivisionError
    assert workshop.events(task.id) == whole


def test_what_was_folded_is_found_by_its_kind_with_its_first_moment(workshop: Workshop) -> None:
    task = workshop.held()
    emit(workshop, task, *"abc")
    first_ms = next(event.at_ms for event in workshop.events(task.id) if event.kind == "text")
    fold(workshop, task.id, 3)
    with workshop.database.read() as connection:
        texts = [data["text"] for data in event_rows.data_of_kind(connection, task.id, "text")]
        assert event_rows.first_of_kind_ms(connection, task.id, "text") == first_ms
        assert event_rows.first_of_kind_ms(connection, task.id, "usage") is None
    assert texts == ["ab", "c"]


def test_old_output_folds_away_while_the_task_runs(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.journal, "FOLD_BYTES", 10_000)
    workshop.add_kind(lambda _work: None, fold=keep(1000))
    task = workshop.held()
    num_lines = 1000
    for place in range(num_lines):
        workshop.journal.append(task.id, task.fence, ("text", {"text": f"line {place:04} {'x' * 90}\n"}))
        if place % 50 == 0:
            workshop.journal.flush(task.id, task.fence)
    workshop.journal.flush(task.id, task.fence)
    events = workshop.events(task.id)
    assert events[0].kind == "snapshot"
    size = sum(len(json.dumps(event.data)) for event in events)
    assert size < 60_000, "the store keeps what a printer prints"
    assert [event.number for event in events] == list(range(events[0].number, num_lines + 2))
    (text,) = [one for one in unfolded(events[:1]) if one.kind == "text"]
    told = text.data["skipped"] + len(text.data["text"])
    rest = sum(len(event.data["text"]) for event in events[1:])
    assert told + rest == num_lines * 101
    assert events[-1].data["text"].startswith("line 0999")


def test_an_event_that_is_too_large_is_refused_and_says_what_may_be(workshop: Workshop) -> None:
    task = workshop.held()
    with pytest.raises(EventTooLarge, match="emit it in parts") as refused:
        emit(workshop, task, "x" * MAX_EVENT_BYTES)
    assert refused.value.kept["code"] == "too_large"
    emit(workshop, task, "small")
    assert shown(workshop.events(task.id))["text"] == "small"


def test_a_task_that_says_too_much_at_once_fails_with_the_reason(workshop: Workshop) -> None:
    workshop.add_kind(lambda work: work.emit("text", {"text": "x" * MAX_EVENT_BYTES}))
    task = workshop.submit()
    workshop.start_runner(1)
    row = workshop.wait_for_state(task.id, TaskState.FAILED)
    assert row.error is not None
    assert (row.error["code"], row.error["facts"]["max_bytes"]) == ("too_large", MAX_EVENT_BYTES)


def test_a_reading_of_large_events_is_bounded_in_letters_and_takes_one_at_least(workshop: Workshop) -> None:
    task = workshop.held()
    emit(workshop, task, *(["x" * 30_000] * 5), "y" * 200_000, "z")

    async def read() -> list[tuple[int, int]]:
        readers = Readers(workshop.database)
        reader = await readers.follow(task.id, 0, lambda: None)
        found = []
        while (batch := await readers.read(reader)) is not None:
            found.append((len(json.loads(batch.json)), len(batch.json)))
        return found

    found = asyncio.run(read())
    assert sum(num for num, _size in found) == 8
    assert [size for num, size in found if size > 100_000 and num > 1] == []


def test_a_printer_waits_for_the_disk_and_the_others_do_not(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.journal, "MAX_OWN_BYTES", 1000)
    printer, other = workshop.held(), workshop.held()
    with workshop.journal._change:  # nothing is committed meanwhile
        workshop.journal.append(printer.id, printer.fence, ("text", {"text": "x" * 1000}))
        assert not workshop.journal._has_room((printer.id, printer.fence))
        assert workshop.journal._has_room((other.id, other.fence))
    workshop.journal.flush(printer.id, printer.fence)
    assert workshop.journal._has_room((printer.id, printer.fence))


def test_a_task_that_ended_tells_its_end_after_the_fold(workshop: Workshop) -> None:
    task = workshop.held()
    emit(workshop, task, *"abc")
    with workshop.database.write() as write:
        workshop.queue.end(write, workshop.task(task.id), Ending(state=TaskState.COMPLETED))
    fold(workshop, task.id, 4)
    assert [event.kind for event in workshop.events(task.id)] == ["snapshot", "end"]
