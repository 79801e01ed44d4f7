"""Every error has its code, status and sentence in each language, and survives being kept in a row."""

import re

import pytest

import api.model_errors
import providers.base
from api.errors import ERRORS, ApiError, NotFound, shown
from api.model_errors import as_api_error

WORDS = """reason what what_zh allow version max_bytes used_bytes offset size state kind place summary retry_after limit
    server engine capability cure url name timeout_s"""
FACTS = dict.fromkeys(WORDS.split(), "7")
KINDS: list[type[providers.base.ProviderError]] = sorted(
    providers.base.ProviderError.__subclasses__(), key=lambda kind: kind.code
)


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_an_error_has_a_status_and_a_sentence_in_each_language(code: str) -> None:
    kind = ERRORS[code]
    assert 400 <= kind.status < 600
    assert kind.en.endswith((".", "}"))
    assert re.search(r"[\u4e00-\u9fff]", kind.zh)
    assert set(re.findall(r"\{\w+\}", kind.en)) >= set(re.findall(r"\{\w+\}", kind.zh)) - {"{what_zh}"}


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_a_kept_error_reads_as_it_was(code: str) -> None:
    kind = ERRORS[code]
    error = ApiError.__new__(kind)
    kind.__init__(error, **({"problems": {"a": "b"}} if code == "invalid_arguments" else dict(FACTS)))
    for language in ("en", "zh-CN"):
        assert shown(error.kept, language) == error.body(language)
        assert "?" not in error.message(language)


def test_a_code_that_is_gone_reads_as_an_internal_error() -> None:
    found = shown({"code": "gone_long_ago", "facts": {}}, "en")
    assert found is not None
    assert found.code == "internal_error"


def test_a_missing_thing_is_named_in_the_readers_language() -> None:
    assert "conversation" in NotFound("conversation").message("en")
    assert "对话" in NotFound("conversation").message("zh-CN")


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_of_a_provider_has_its_own_sentence(kind: type[providers.base.ProviderError]) -> None:
    error = as_api_error(kind("it is so", server="there", retry_after=1.6))
    assert type(error) is getattr(api.model_errors, kind.__name__)
    assert error.facts["retry_after"] == 2
