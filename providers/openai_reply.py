"""Read the events of one streamed chat answer (or one whole answer) into pieces. No I/O.

Traps are those of reference/ai-wire-formats.md, section 5: usage may come in an event without choices or with an
empty one after the last word, an error may be any event, and events that are not JSON are comments which a proxy has
mangled.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from providers.base import ModelFailed, Piece, ProviderError
from providers.openai_errors import Origin, error_in, from_error

_TOKEN_FACTS = ("prompt_tokens", "completion_tokens", "total_tokens", "cost")


class ReplyReader:
    """One answer in the making."""

    def __init__(self, origin: Origin, headers: Mapping[str, str]) -> None:
        self._origin = origin
        self._headers = headers
        self._facts: dict[str, object] = {}
        self._has_text = False
        self._asked_for_tool = False
        self._is_done = False
        self.num_words = 0
        self.num_bad_events = 0

    @property
    def has_begun(self) -> bool:
        """Whether the model has said anything yet."""
        return self.num_words > 0

    @property
    def has_ended(self) -> bool:
        """Whether the server said that the answer is whole; a usage event may still follow."""
        return self._is_done or "finish_reason" in self._facts

    @property
    def is_done(self) -> bool:
        """Whether nothing more can follow."""
        return self._is_done

    def event(self, data: str) -> Iterator[Piece]:
        """Yield the pieces in one event. Raises ProviderError when it tells of an error."""
        if data.startswith("[DONE]"):
            self._is_done = True
            return
        try:
            chunk = json.loads(data)
        except ValueError:
            self.num_bad_events += 1
            return
        if isinstance(chunk, dict):
            yield from self._chunk(chunk, "delta")

    def whole(self, body: bytes) -> Iterator[Piece]:
        """Yield the pieces of an answer that was not streamed."""
        try:
            answer = json.loads(body)
        except ValueError:
            text = body.decode("utf-8", "replace")
            raise self._failed("It answered with something that is no answer", detail=text[:300]) from None
        if isinstance(answer, dict):
            yield from self._chunk(answer, "message")
        self._is_done = True

    def end(self) -> Piece:
        """Close the answer: return its facts. Raises ModelFailed when it is empty or was cut."""
        if not self.has_ended:
            raise self._failed(
                "The answer broke off before its end" if self.has_begun else "It hung up without an answer"
            )
        if not self._has_text:
            raise self._failed(self._why_empty())
        return Piece(kind="usage", facts=dict(self._facts))

    def _chunk(self, chunk: dict[str, Any], part: str) -> Iterator[Piece]:
        choice = _first_choice(chunk)
        words = choice.get(part)
        if isinstance(words, dict):
            yield from self._words(words)
        error = error_in(chunk)
        if error is not None:
            raise self._error(error)
        self._keep_facts(chunk, choice)

    def _words(self, words: dict[str, Any]) -> Iterator[Piece]:
        thinking = words.get("reasoning") or words.get("reasoning_content")
        if isinstance(thinking, str) and thinking:
            self.num_words += 1
            yield Piece(kind="thinking", text=thinking)
        text = words.get("content") or words.get("refusal")
        if isinstance(text, str) and text:
            self._has_text = True
            self.num_words += 1
            yield Piece(kind="text", text=text)
        self._asked_for_tool |= bool(words.get("tool_calls"))

    def _keep_facts(self, chunk: dict[str, Any], choice: dict[str, Any]) -> None:
        if choice.get("finish_reason"):
            self._facts["finish_reason"] = str(choice["finish_reason"])
        for ours, theirs in (("model", "model"), ("reply_id", "id")):
            if isinstance(chunk.get(theirs), str):
                self._facts[ours] = chunk[theirs]
        usage = chunk.get("usage")
        if isinstance(usage, dict):
            self._facts |= {name: usage[name] for name in _TOKEN_FACTS if isinstance(usage.get(name), int | float)}

    def _error(self, error: dict[str, Any]) -> ProviderError:
        mapped = from_error(self._origin, error, headers=self._headers)
        if not self.has_begun:
            return mapped
        return self._failed("It failed in the middle of the answer", detail=mapped.detail, status=mapped.status)

    def _failed(self, reason: str, **facts: Any) -> ProviderError:
        reply_id = self._facts.get("reply_id")
        request = self._headers.get("x-request-id") or (str(reply_id) if reply_id else None)
        return self._origin.fail(ModelFailed, reason, request_id=request, **facts)

    def _why_empty(self) -> str:
        finish = self._facts.get("finish_reason")
        if finish == "content_filter":
            return "Its content filter withheld the answer"
        if self._asked_for_tool:
            return "It asked for a tool instead of answering"
        if finish == "length":
            return "It used up its limit of tokens before the answer began"
        return "Its answer was empty"


def _first_choice(chunk: dict[str, Any]) -> dict[str, Any]:
    choices = chunk.get("choices")
    return choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
