"""Each way a server fails comes out as the right error, with what helps and without what harms."""

from __future__ import annotations

import logging
import socket
import traceback

import pytest

from providers.base import (
    ModelBadRequest,
    ModelBusy,
    ModelFailed,
    ModelNotFound,
    ModelPaymentRequired,
    ModelRefused,
    ModelTimeout,
    ModelUnreachable,
    ProviderError,
    Timeouts,
)
from providers.fakes.openai_server import FakeOpenAI
from providers.openai_compatible import OpenAICompatible
from tests.providers.asking import KEY, failure

WHOLE_FAILURES: dict[str, tuple[type[ProviderError], int | None]] = {
    "error-400": (ModelBadRequest, 400),
    "error-401": (ModelRefused, 401),
    "error-402": (ModelPaymentRequired, 402),
    "error-403": (ModelRefused, 403),
    "error-404": (ModelNotFound, 404),
    "error-408": (ModelTimeout, 408),
    "error-413": (ModelBadRequest, 413),
    "error-422": (ModelBadRequest, 422),
    "error-429": (ModelBusy, 429),
    "error-500": (ModelFailed, 500),
    "error-502": (ModelFailed, 502),
    "error-503": (ModelBusy, 503),
    "error-524": (ModelTimeout, 524),
    "error-529": (ModelBusy, 529),
    "no-such-model": (ModelNotFound, 404),
    "context-too-long": (ModelBadRequest, 400),
    "no-quota": (ModelPaymentRequired, 402),
    "upstream-error": (ModelBusy, 429),
    "availability": (ModelBusy, 429),
    "rate-limit-reset": (ModelBusy, 429),
    "vllm-error": (ModelNotFound, 404),
    "html-502": (ModelFailed, 502),
    "html-200": (ModelFailed, None),
    "empty-200": (ModelFailed, None),
    "200-error": (ModelBusy, 429),
    "first-event-error": (ModelBusy, 429),
    "redirect": (ModelNotFound, 302),
    "hang-up": (ModelFailed, None),
    "content-filter": (ModelFailed, None),
    "empty-answer": (ModelFailed, None),
    "tool-call": (ModelFailed, None),
    "slow-first-token:5s": (ModelTimeout, None),
    "head-then-silence": (ModelTimeout, None),
}
LATE_FAILURES: dict[str, tuple[type[ProviderError], str]] = {
    "midstream-error": (ModelFailed, "Once upon a "),
    "midstream-error-int": (ModelFailed, "Once upon a "),
    "midstream-error-str": (ModelFailed, "Once upon a "),
    "midstream-error-empty-choices": (ModelFailed, "Once upon a "),
    "200-choice-error": (ModelFailed, "partial..."),
    "cut-after:3": (ModelFailed, "w0 w1 w2 "),
    "end-after:3": (ModelFailed, "w0 w1 w2 "),
    "stall-after:3": (ModelTimeout, "w0 w1 w2 "),
}


@pytest.mark.parametrize("model", WHOLE_FAILURES)
def test_a_failure_before_the_first_word_is_named(server: OpenAICompatible, model: str) -> None:
    said, error = failure(server, model)
    assert (type(error), error.status) == WHOLE_FAILURES[model]
    assert said == ""


@pytest.mark.parametrize("model", LATE_FAILURES)
def test_a_failure_in_mid_answer_keeps_what_was_said(server: OpenAICompatible, model: str) -> None:
    said, error = failure(server, model)
    assert (type(error), said) == LATE_FAILURES[model]


@pytest.mark.parametrize("model", [*WHOLE_FAILURES, *LATE_FAILURES])
def test_every_failure_says_who_and_why_in_a_sentence_and_never_the_key(server: OpenAICompatible, model: str) -> None:
    _, error = failure(server, model)
    assert (error.server, error.address) == ("fake", server.base_url)
    assert error.reason[0].isupper()
    assert error.reason[-1] in ".!?…"
    assert str(error).startswith("fake: ")
    assert KEY not in everything_about(error)


def everything_about(error: ProviderError) -> str:
    return "".join(traceback.format_exception(error)) + str(error.facts()) + repr(vars(error))


@pytest.mark.parametrize(
    ("model", "seconds"),
    [("retry-after:7", 7), ("http-date-retry-after:30", 30), ("availability", 40), ("rate-limit-reset", 20)],
)
def test_when_to_come_back_is_told(server: OpenAICompatible, model: str, seconds: float) -> None:
    _, error = failure(server, model)
    assert error.retry_after == pytest.approx(seconds, abs=2)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("upstream-error", "shared pool is empty"),
        ("html-502", "502 Bad Gateway"),
        ("redirect", "https://elsewhere.example/v2/chat"),
        ("context-too-long", "longer than this model can read"),
        ("tool-call", "tool"),
        ("content-filter", "filter"),
        ("stall-after:1", "silent in the middle"),
        ("slow-first-token:5s", "did not begin to answer for 0.5 seconds"),
    ],
)
def test_the_reason_says_what_helps(server: OpenAICompatible, model: str, words: str) -> None:
    _, error = failure(server, model)
    assert words in error.reason
    assert "secret" not in error.reason


def test_the_servers_own_name_for_the_request_is_kept(server: OpenAICompatible) -> None:
    assert failure(server, "error-429")[1].request_id == "req_fake"
    assert failure(server, "midstream-error")[1].request_id == "req_fake"


def test_a_key_that_the_server_repeats_is_taken_out(server: OpenAICompatible) -> None:
    _, error = failure(server, "echo-key")
    assert "Incorrect API key provided: [key]" in error.reason
    assert KEY not in everything_about(error)


def test_a_key_is_never_logged(server: OpenAICompatible, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for model in ("echo-key", "error-500", "cut-after:3"):
        failure(server, model)
    assert caplog.text
    assert KEY not in caplog.text
    assert KEY not in repr(server)


def test_a_wrong_key_is_refused(fake: FakeOpenAI) -> None:
    _, error = failure(OpenAICompatible("fake", fake.url, "sk-wrong"), "ok")
    assert isinstance(error, ModelRefused)


def test_nobody_at_the_address(free_port: int) -> None:
    _, error = failure(OpenAICompatible("gone", f"http://127.0.0.1:{free_port}/v1"), "ok")
    assert isinstance(error, ModelUnreachable)
    assert error.reason == "Nobody listens at its address."


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_no_host_of_that_name() -> None:
    _, error = failure(OpenAICompatible("gone", "http://model.invalid/v1", KEY), "ok")
    assert isinstance(error, ModelUnreachable)
    assert "no host of that name" in error.reason


@pytest.mark.parametrize("url", ["model.example/v1", "ftp://model.example/v1", "http://model:port/v1"])
def test_an_address_that_is_none(url: str) -> None:
    _, error = failure(OpenAICompatible("odd", url, KEY), "ok")
    assert isinstance(error, ModelUnreachable)
    assert "not a web address" in error.reason


def test_nobody_takes_the_call(full_address: str) -> None:
    _, error = failure(OpenAICompatible("full", full_address, KEY, Timeouts(connect_s=0.3)), "ok")
    assert isinstance(error, ModelUnreachable)
    assert error.reason == "Nobody took the call within 0.3 seconds."


def test_a_server_that_speaks_no_tls(fake: FakeOpenAI) -> None:
    _, error = failure(
        OpenAICompatible("plain", fake.url.replace("http:", "https:"), KEY, Timeouts(connect_s=0.3)), "ok"
    )
    assert isinstance(error, ModelUnreachable)


def test_an_address_with_a_password_is_shown_without(fake: FakeOpenAI) -> None:
    url = fake.url.replace("http://", "http://root:hunter2@")
    _, error = failure(OpenAICompatible("fake", url, KEY), "error-500")
    assert error.address == fake.url
    assert "hunter2" not in everything_about(error)


def test_a_server_that_only_says_it_is_alive_is_given_up(server: OpenAICompatible) -> None:
    said, error = failure(server, "comments:1000:100ms")
    assert (said, type(error)) == ("", ModelTimeout)


def test_comments_outlast_the_wait_for_the_first_word(server: OpenAICompatible) -> None:
    from tests.providers.asking import reply, text_of

    assert text_of(reply(server, "comments:9:100ms"))


@pytest.mark.parametrize("models", ["models-500", "models-slow"])
def test_a_list_of_models_that_fails_is_an_error(models: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("providers.openai_compatible._LIST_S", 0.3)
    with FakeOpenAI(models=models) as fake, pytest.raises((ModelFailed, ModelTimeout)):
        OpenAICompatible("fake", fake.url).list_models()


def test_a_list_that_is_none_is_an_error(fake: FakeOpenAI) -> None:
    with pytest.raises(ModelNotFound):
        OpenAICompatible("fake", fake.url + "/nowhere", KEY).list_models()
