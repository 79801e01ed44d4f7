"""How the fake model server may answer a chat, well or badly. Source: reference/ai-wire-formats.md, sections 4 and 5.

A behaviour is named by the model id, or by a marker in the last question: `[[stall-after:3]]`. Numbers follow after
colons: `slow:20ms` waits 20 ms before each piece, `count:500:10` sends 500 pieces, one every 10 ms. `BEHAVIOURS`
lists them all.
"""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from providers.fakes.http_exchange import Exchange

WORDS = ("Once ", "upon ", "a ", "time ", "in ", "世界 ", "🌍, ", "a ", "fake ", "answered.")
TEXT = "".join(WORDS)
THOUGHTS = ("The user ", "wants ", "a story.")
USAGE = {"prompt_tokens": 42, "completion_tokens": 10, "total_tokens": 52, "cost": 0.0001}
STREAM = {"content-type": "text/event-stream", "x-request-id": "req_fake"}
_FAR = 3600.0

Run = Callable[["Chat"], Awaitable[None]]
BEHAVIOURS: dict[str, Run] = {}


class Chat:
    """One chat request that is being answered; `arguments` are the numbers behind the behaviour's name."""

    def __init__(self, exchange: Exchange, arguments: Sequence[str]) -> None:
        self.exchange = exchange
        self.arguments = arguments
        self.newline = "\n"
        self.prefix = "data: "

    def number(self, place: int, default: int) -> int:
        """Return a number behind the name, or the default."""
        return int(self.arguments[place]) if len(self.arguments) > place else default

    def seconds(self, place: int, default: str) -> float:
        """Return a time behind the name (`20ms`, `2s`; milliseconds without a unit), in seconds."""
        told = self.arguments[place] if len(self.arguments) > place else default
        return float(told[:-1]) if re.fullmatch(r"[\d.]+s", told) else float(told.removesuffix("ms")) / 1000

    async def open(self) -> None:
        """Begin a stream as OpenAI does: an event that only names the role."""
        await self.exchange.head(200, STREAM)
        await self.event(chunk({"role": "assistant", "content": ""}))

    def frame(self, data: str) -> bytes:
        """Return one event as bytes."""
        return f"{self.prefix}{data}{self.newline}{self.newline}".encode()

    async def event(self, value: object) -> None:
        """Send one event of JSON."""
        await self.exchange.write(self.frame(json.dumps(value, ensure_ascii=False)))

    async def words(self, words: Sequence[str] = WORDS, every_s: float = 0) -> None:
        """Send pieces of text."""
        for word in words:
            if every_s:
                await self.exchange.pause(every_s)
            await self.event(chunk({"content": word}))

    async def close(
        self, reason: str | None = "stop", usage: str | None = "usage-empty-choices", *, done: bool = True
    ) -> None:
        """Send what comes behind the last word."""
        if reason:
            await self.event(chunk({}, reason))
        if usage:
            await self.event(_usage_event(usage))
        if done:
            await self.exchange.write(self.frame("[DONE]"))

    async def error(self, status: int, error: dict[str, Any], **headers: str) -> None:
        """Send a whole answer that holds an error."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        body = json.dumps({"error": error, "user_id": "user_fake"}).encode()
        await self.exchange.answer(
            status, body, {"content-type": "application/json", "x-request-id": "req_fake", **told}
        )


def chunk(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    """Return one event of a streamed answer."""
    return {
        "id": "gen-fake",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": "fake",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}],
    }


def _usage_event(shape: str) -> dict[str, Any]:
    event = chunk({"role": "assistant", "content": ""}) | {"usage": USAGE}
    return event if shape == "usage-with-choice" else event | {"choices": []}


def behaviour(*names: str) -> Callable[[Run], Run]:
    """Register a behaviour under one or more names."""

    def register(run: Run) -> Run:
        BEHAVIOURS.update(dict.fromkeys(names, run))
        return run

    return register


@behaviour("ok", "usage-empty-choices")
async def _ok(chat: Chat) -> None:
    await chat.open()
    await chat.words()
    await chat.close()


@behaviour("usage-with-choice")
async def _usage_with_choice(chat: Chat) -> None:
    await chat.open()
    await chat.words()
    await chat.close(usage="usage-with-choice")


@behaviour("no-usage")
async def no_usage(chat: Chat) -> None:
    """Answer well, as servers do that count no tokens."""
    await chat.open()
    await chat.words()
    await chat.close(usage=None)


@behaviour("no-done")
async def _no_done(chat: Chat) -> None:
    await chat.open()
    await chat.words()
    await chat.close(done=False)


@behaviour("no-finish")
async def _no_finish(chat: Chat) -> None:
    await chat.open()
    await chat.words()
    await chat.close(reason=None)


@behaviour("never-closes")
async def _never_closes(chat: Chat) -> None:
    await chat.open()
    await chat.words()
    await chat.close(done=False)
    await chat.exchange.pause(_FAR)


@behaviour("echo")
async def _echo(chat: Chat) -> None:
    await chat.open()
    await chat.words(re.findall(r"\S+\s*", last_question(chat.exchange.request.body)))
    await chat.close()


@behaviour("slow")
async def _slow(chat: Chat) -> None:
    await chat.open()
    await chat.words(every_s=chat.seconds(0, "20ms"))
    await chat.close()


@behaviour("slow-first-token")
async def _slow_first_token(chat: Chat) -> None:
    await chat.exchange.pause(chat.seconds(0, "2s"))
    await _ok(chat)


@behaviour("head-then-silence")
async def _head_then_silence(chat: Chat) -> None:
    await chat.exchange.head(200, STREAM)
    await chat.exchange.pause(_FAR)


@behaviour("count")
async def _count(chat: Chat) -> None:
    """Send `w0 `, `w1 `, ...: as many as told, at even times, so a slow reader does not stretch it."""
    num, every_s = chat.number(0, 500), chat.seconds(1, "10")
    await chat.open()
    begun = time.monotonic()
    for number in range(num):
        await chat.exchange.pause(max(0.0, begun + number * every_s - time.monotonic()))
        await chat.event(chunk({"content": f"w{number} "}))
    await chat.close()


@behaviour("comments")
async def _comments(chat: Chat) -> None:
    await chat.exchange.head(200, STREAM)
    for _ in range(chat.number(0, 3)):
        await chat.exchange.write(b": OPENROUTER PROCESSING\n\n")
        await chat.exchange.pause(chat.seconds(1, "10ms"))
    await chat.words()
    await chat.close()


@behaviour("mangled-comments")
async def _mangled_comments(chat: Chat) -> None:
    await chat.exchange.head(200, STREAM)
    await chat.exchange.write(b"data: : OPENROUTER PROCESSING\n\n")
    await chat.words()
    await chat.close()


@behaviour("split-bytes")
async def _split_bytes(chat: Chat) -> None:
    await chat.exchange.head(200, STREAM)
    for word in WORDS:
        for byte in chat.frame(json.dumps(chunk({"content": word}), ensure_ascii=False)):
            await chat.exchange.write(bytes([byte]))
    await chat.close()


@behaviour("crlf")
async def _crlf(chat: Chat) -> None:
    chat.newline = "\r\n"
    await _ok(chat)


@behaviour("no-space")
async def _no_space(chat: Chat) -> None:
    chat.prefix = "data:"
    await _ok(chat)


@behaviour("two-events-one-write")
async def _two_events_one_write(chat: Chat) -> None:
    await chat.exchange.head(200, STREAM)
    frames = [chat.frame(json.dumps(chunk({"content": word}))) for word in WORDS]
    for pair in zip(frames[::2], frames[1::2], strict=True):
        await chat.exchange.write(b"".join(pair))
    await chat.close()


@behaviour("bad-json-event")
async def _bad_json_event(chat: Chat) -> None:
    await chat.open()
    await chat.words(WORDS[:3])
    await chat.exchange.write(b'data: {"id": "gen-fake", "choi\n\n')
    await chat.words(WORDS[3:])
    await chat.close()


@behaviour("finish-length")
async def _finish_length(chat: Chat) -> None:
    await chat.open()
    await chat.words()
    await chat.close("length")


@behaviour("content-filter")
async def _content_filter(chat: Chat) -> None:
    await chat.open()
    await chat.close("content_filter")


@behaviour("empty-answer")
async def _empty_answer(chat: Chat) -> None:
    await chat.open()
    await chat.close()


@behaviour("reasoning", "reasoning-content")
async def _reasoning(chat: Chat) -> None:
    is_deepseek = chat.exchange.request.body["model"] == "reasoning-content"
    await chat.open()
    for thought in THOUGHTS:
        await chat.event(chunk({"content": None, "reasoning_content" if is_deepseek else "reasoning": thought}))
    await chat.words()
    await chat.close()


@behaviour("tool-call")
async def _tool_call(chat: Chat) -> None:
    await chat.open()
    function = {"name": "look_up", "arguments": ""}
    await chat.event(chunk({"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": function}]}))
    for part in ('{"wo', 'rd": "x"}'):
        await chat.event(chunk({"tool_calls": [{"index": 0, "function": {"arguments": part}}]}))
    await chat.close("tool_calls")


@behaviour("ignore-stop")
async def _ignore_stop(chat: Chat) -> None:
    """Go on working for a client that has gone, as some providers do; `writes_after_close` tells how often."""
    await chat.open()
    for number in range(chat.number(0, 100)):
        await asyncio.sleep(0.01)
        frame = chat.frame(json.dumps(chunk({"content": f"w{number} "})))
        await chat.exchange.write(frame, even_if_gone=True)
    await chat.close()


@behaviour("whole")
async def _whole(chat: Chat) -> None:
    await _answer_whole(chat, {"role": "assistant", "content": TEXT}, {"finish_reason": "stop"})


@behaviour("200-choice-error")
async def _choice_error(chat: Chat) -> None:
    error = {"code": 502, "message": "Provider went away", "metadata": {"error_type": "provider_unavailable"}}
    choice = {"finish_reason": "error", "error": error}
    await _answer_whole(chat, {"role": "assistant", "content": "partial..."}, choice)


async def _answer_whole(chat: Chat, message: dict[str, Any], choice: dict[str, Any]) -> None:
    answer = {
        "id": "gen-fake",
        "object": "chat.completion",
        "model": "fake",
        "choices": [{"index": 0, "message": message, **choice}],
        "usage": USAGE,
    }
    await chat.exchange.answer(200, json.dumps(answer).encode(), {"content-type": "application/json"})


_MIDSTREAM: dict[str, dict[str, Any]] = {
    "midstream-error": {"code": 502, "message": "Provider disconnected"},
    "midstream-error-int": {"code": 429, "message": "Rate limit exceeded"},
    "midstream-error-str": {"code": "server_error", "message": "Provider disconnected"},
    "midstream-error-empty-choices": {"code": 500, "message": "Provider disconnected"},
    "first-event-error": {"code": 429, "message": "Rate limit exceeded"},
}


@behaviour(*_MIDSTREAM)
async def _midstream_error(chat: Chat) -> None:
    name = chat.exchange.request.body["model"]
    if name == "first-event-error":
        await chat.exchange.head(200, STREAM)
    else:
        await chat.open()
        await chat.words(WORDS[:3])
    event = chunk({"content": ""}, "error") | {"error": _MIDSTREAM.get(name, _MIDSTREAM["midstream-error"])}
    await chat.event(event | {"choices": []} if name.endswith("empty-choices") else event)


@behaviour("cut-after")
async def _cut_after(chat: Chat) -> None:
    await chat.open()
    await chat.words([f"w{number} " for number in range(chat.number(0, 3))])
    chat.exchange.cut()


@behaviour("end-after")
async def _end_after(chat: Chat) -> None:
    """End the body in good order, without a finish reason and without [DONE]."""
    await chat.open()
    await chat.words([f"w{number} " for number in range(chat.number(0, 3))])


@behaviour("hang-up")
async def _hang_up(chat: Chat) -> None:
    chat.exchange.cut()


@behaviour("stall-after")
async def _stall_after(chat: Chat) -> None:
    await chat.open()
    await chat.words([f"w{number} " for number in range(chat.number(0, 3))])
    await chat.exchange.pause(_FAR)


def last_question(body: dict[str, Any]) -> str:
    """Return the text of the newest turn of a chat request."""
    messages = body.get("messages") or [{}]
    return str(messages[-1].get("content", ""))


def named(body: dict[str, Any]) -> list[str]:
    """Return the name of the behaviour that a request asks for, and the numbers behind it."""
    marker = re.search(r"\[\[([\w:.-]+)\]\]", last_question(body))
    return (marker[1] if marker else str(body.get("model", ""))).split(":")
