"""Each way a server answers well comes out as the same text."""

from __future__ import annotations

import pytest

from providers.base import Ask, Stop, Turn
from providers.fakes.openai_behaviours import TEXT, THOUGHTS, USAGE
from providers.fakes.openai_server import FakeOpenAI
from providers.openai_compatible import OpenAICompatible
from tests.providers.asking import KEY, ask_for, reply, text_of, usage_of

GOOD = (
    "ok",
    "slow:5ms",
    "slow-first-token:50ms",
    "comments:3",
    "mangled-comments",
    "split-bytes",
    "crlf",
    "no-space",
    "two-events-one-write",
    "bad-json-event",
    "usage-with-choice",
    "no-usage",
    "no-done",
    "no-finish",
    "finish-length",
    "reasoning",
    "reasoning-content",
    "whole",
    "no-stream-options",
)


@pytest.mark.parametrize("model", GOOD)
def test_the_text_is_whole(server: OpenAICompatible, model: str) -> None:
    assert text_of(reply(server, model)) == TEXT


@pytest.mark.parametrize("model", ["ok", "usage-with-choice", "whole"])
def test_tokens_are_told_and_the_reason_for_the_end_is_kept(server: OpenAICompatible, model: str) -> None:
    facts = usage_of(reply(server, model))
    assert facts == {"finish_reason": "stop", "model": "fake", "reply_id": "gen-fake", **USAGE}


def test_an_answer_without_a_count_ends_with_what_is_known(server: OpenAICompatible) -> None:
    assert usage_of(reply(server, "no-usage")) == {"finish_reason": "stop", "model": "fake", "reply_id": "gen-fake"}


def test_an_answer_cut_at_its_limit_says_so(server: OpenAICompatible) -> None:
    assert usage_of(reply(server, "finish-length"))["finish_reason"] == "length"


@pytest.mark.parametrize("model", ["reasoning", "reasoning-content"])
def test_thinking_comes_apart_from_the_text(server: OpenAICompatible, model: str) -> None:
    pieces = reply(server, model)
    assert [piece.text for piece in pieces if piece.kind == "thinking"] == list(THOUGHTS)


def test_pieces_come_one_by_one(server: OpenAICompatible) -> None:
    pieces = [piece.text for piece in reply(server, "count:50:1") if piece.kind == "text"]
    assert pieces == [f"w{number} " for number in range(50)]


def test_an_answer_whose_connection_stays_open_still_ends(server: OpenAICompatible) -> None:
    assert text_of(reply(server, "never-closes")) == TEXT


def test_the_conversation_reaches_the_server_as_it_is(server: OpenAICompatible, fake: FakeOpenAI) -> None:
    turns = (Turn(role="system", text="Be brief."), Turn(role="user", text="Grüße, 世界"))
    ask = Ask(model="echo", turns=turns, max_tokens=7, temperature=0.5)
    assert text_of(list(server.stream_reply(ask, Stop()))) == "Grüße, 世界"
    body = fake.chats[0].body
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Grüße, 世界"},
    ]
    assert (body["max_tokens"], body["temperature"], body["stream"]) == (7, 0.5, True)


def test_choices_that_are_not_made_are_left_to_the_server(server: OpenAICompatible, fake: FakeOpenAI) -> None:
    reply(server, "ok")
    assert not {"max_tokens", "temperature"} & set(fake.chats[0].body)


def test_the_option_that_a_server_refuses_is_sent_once(server: OpenAICompatible, fake: FakeOpenAI) -> None:
    reply(server, "no-stream-options")
    reply(server, "no-stream-options")
    assert ["stream_options" in chat.body for chat in fake.chats] == [True, False, False]


def test_one_question_is_one_call(server: OpenAICompatible, fake: FakeOpenAI) -> None:
    reply(server, "ok")
    assert len(fake.requests) == 1


def test_a_server_without_a_key_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-server")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-another-server")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-of-another-server")
    with FakeOpenAI() as fake:
        assert text_of(reply(OpenAICompatible("open", fake.url), "ok")) == TEXT
    sent = fake.requests[0].headers
    assert "authorization" not in sent
    assert "another-server" not in str(sent)


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    server: OpenAICompatible, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert text_of(reply(server, "ok")) == TEXT


def test_models_are_listed_as_the_server_orders_them(server: OpenAICompatible) -> None:
    models = server.list_models()
    assert [model.id for model in models[:2]] == ["ok", "slow:20ms"]
    assert (models[0].name, models[0].server, models[0].is_local) == ("ok", "fake", True)


def test_a_client_serves_many_threads(server: OpenAICompatible, fake: FakeOpenAI) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(lambda _: reply(server, "slow:5ms"), range(20)))
    assert {text_of(pieces) for pieces in replies} == {TEXT}
    assert fake.num_in_flight == 0
    assert KEY in fake.requests[0].headers["authorization"]
    assert ask_for("ok").max_tokens is None
