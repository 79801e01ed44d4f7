"""A stop ends a reply within 200 ms wherever it waits, and the server sees the call hang up."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from providers.base import Stop, Timeouts
from providers.openai_compatible import OpenAICompatible
from tests.providers.asking import KEY, Listener, ask_for
from tests.providers.waiting import eventually

if TYPE_CHECKING:
    from providers.fakes.openai_server import FakeOpenAI

WITHIN_S = 1.0  # the aim is 0.2 s; on a crowded machine the thread that listens may wait for its turn


@pytest.fixture
def patient(fake: FakeOpenAI) -> OpenAICompatible:
    return OpenAICompatible("fake", fake.url, KEY)


def assert_hangs_up(fake: FakeOpenAI, listener: Listener) -> None:
    begun = time.monotonic()
    assert listener.stop_and_time() < WITHIN_S
    assert listener.error is None
    fake.wait_for(lambda: fake.chats[0].client_closed_at)
    assert fake.chats[0].client_closed_at is not None
    assert fake.chats[0].client_closed_at - begun < WITHIN_S


@pytest.mark.parametrize("model", ["slow-first-token:60s", "head-then-silence", "comments:1000:50ms"])
def test_before_the_first_word(patient: OpenAICompatible, fake: FakeOpenAI, model: str) -> None:
    listener = Listener(patient, ask_for(model))
    fake.wait_for(lambda: fake.chats)
    assert_hangs_up(fake, listener)
    assert listener.pieces == []


@pytest.mark.parametrize("model", ["count:100000:1", "slow:100ms", "stall-after:3"])
def test_in_mid_answer(patient: OpenAICompatible, fake: FakeOpenAI, model: str) -> None:
    listener = Listener(patient, ask_for(model))
    listener.wait_for_pieces(2)
    assert_hangs_up(fake, listener)
    assert {piece.kind for piece in listener.pieces} == {"text"}


def test_after_the_last_word_while_the_server_holds_the_line(patient: OpenAICompatible, fake: FakeOpenAI) -> None:
    listener = Listener(patient, ask_for("never-closes"))
    listener.wait_for_pieces(10)
    assert_hangs_up(fake, listener)


def test_while_nobody_takes_the_call(full_address: str) -> None:
    listener = Listener(OpenAICompatible("full", full_address, KEY), ask_for("ok"))
    eventually(lambda: psutil.CONN_SYN_SENT in {c.status for c in psutil.Process().net_connections()})
    assert listener.stop_and_time() < WITHIN_S
    assert listener.error is None


def test_while_a_host_name_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answer = threading.Event(), threading.Event()

    def slow_look_up(*_: object, **__: object) -> list[object]:
        asked.set()
        answer.wait(5)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow_look_up)
    listener = Listener(OpenAICompatible("slow", "http://slow.example/v1", KEY), ask_for("ok"))
    assert asked.wait(5)
    assert listener.stop_and_time() < WITHIN_S
    answer.set()


def test_a_server_that_goes_on_anyway_does_not_hold_the_reply(patient: OpenAICompatible, fake: FakeOpenAI) -> None:
    listener = Listener(patient, ask_for("ignore-stop:50"))
    listener.wait_for_pieces(2)
    assert_hangs_up(fake, listener)
    fake.wait_for(lambda: fake.chats[0].writes_after_close > 0)


def test_a_stop_before_the_question_asks_nothing(patient: OpenAICompatible, fake: FakeOpenAI) -> None:
    stop = Stop()
    stop.set()
    assert list(patient.stream_reply(ask_for("ok"), stop)) == []
    assert fake.requests == []


def test_a_reader_that_leaves_hangs_up_too(patient: OpenAICompatible, fake: FakeOpenAI) -> None:
    pieces = patient.stream_reply(ask_for("count:100000:1"), Stop())
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    fake.wait_for(lambda: fake.chats[0].client_closed_at)


def test_a_stop_is_forgotten_when_the_answer_is_whole(patient: OpenAICompatible) -> None:
    stop = Stop()
    list(patient.stream_reply(ask_for("ok"), stop))
    assert stop._callbacks == {}
    stop.set()


def test_a_timeout_hangs_up(fake: FakeOpenAI) -> None:
    listener = Listener(OpenAICompatible("fake", fake.url, KEY, Timeouts(first_s=0.1)), ask_for("head-then-silence"))
    listener.wait()
    fake.wait_for(lambda: fake.chats[0].client_closed_at)


def test_callbacks_are_called_once_and_late_ones_at_once() -> None:
    stop, calls = Stop(), []
    stop.on_set(lambda: calls.append("kept"))
    stop.on_set(lambda: calls.append("taken back"))()
    stop.set()
    stop.set()
    stop.on_set(lambda: calls.append("late"))
    assert calls == ["kept", "late"]
    assert stop.is_set()
