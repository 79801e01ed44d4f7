"""Events come out the same, however the bytes of a stream are cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import openai_events
from providers.openai_events import EventSplitter, LineTooLong

STREAM = (
    ': comment\r\n\r\ndata: {"a": 1}\n\ndata:{"b": "世界"}\r\n\r\n'
    "event: x\ndata: one\ndata: two\n\n: again\n\ndata: [DONE]"
)
EVENTS = ['{"a": 1}', '{"b": "世界"}', "one\ntwo", "[DONE]"]


def events_of(chunks: list[bytes]) -> list[str]:
    splitter = EventSplitter()
    found = [data for chunk in chunks for data in splitter.feed(chunk)]
    return [*found, *splitter.end()]


@given(st.sets(st.integers(0, len(STREAM.encode()))))
def test_cuts_change_nothing(cuts: set[int]) -> None:
    raw = STREAM.encode()
    edges = [0, *sorted(cuts), len(raw)]
    assert events_of([raw[a:b] for a, b in pairwise(edges)]) == EVENTS


def test_an_event_comes_as_soon_as_it_is_whole() -> None:
    splitter = EventSplitter()
    assert list(splitter.feed(b"data: 1\n")) == []
    assert list(splitter.feed(b"\ndata: 2")) == ["1"]


def test_bytes_that_are_no_text_do_not_end_the_stream() -> None:
    assert events_of([b"data: \xff\n\ndata: 2\n\n"]) == ["�", "2"]


def test_a_line_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_events, "MAX_LINE_BYTES", 1000)
    with pytest.raises(LineTooLong):
        events_of([b"x" * 600, b"x" * 600])
