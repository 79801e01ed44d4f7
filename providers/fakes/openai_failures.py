"""How the fake model server may refuse or fail before a stream begins; imported for what it registers."""

import time
from email.utils import formatdate
from typing import Any

from providers.fakes.openai_behaviours import STREAM, Chat, behaviour, named, no_usage

_ERRORS: dict[str, tuple[int, dict[str, Any]]] = {
    "error-400": (400, {"code": 400, "message": "Invalid request parameters"}),
    "error-401": (401, {"code": 401, "message": "Missing Authentication header"}),
    "error-402": (402, {"code": 402, "message": "Insufficient credits. Add more using https://openrouter.ai/credits"}),
    "error-403": (403, {"code": 403, "message": "Moderation", "metadata": {"reasons": ["violence"]}}),
    "error-404": (404, {"code": 404, "message": "No endpoints found for a/b."}),
    "error-408": (408, {"code": 408, "message": "Request timed out"}),
    "error-413": (413, {"code": 413, "message": "Payload too large"}),
    "error-422": (422, {"code": 422, "message": "Unprocessable"}),
    "error-429": (429, {"code": 429, "message": "Rate limit exceeded: free-models-per-min. "}),
    "error-500": (500, {"code": 500, "message": "Internal Server Error"}),
    "error-502": (502, {"code": 502, "message": "Provider returned error"}),
    "error-503": (503, {"code": 503, "message": "No provider available"}),
    "error-524": (524, {"code": 524, "message": "Edge timeout"}),
    "error-529": (529, {"code": 529, "message": "Overloaded"}),
    "context-too-long": (
        400,
        {"message": "limit is 4096", "type": "invalid_request_error", "code": "context_length_exceeded"},
    ),
    "no-quota": (429, {"message": "You exceeded your quota", "type": "insufficient_quota", "code": None}),
    "upstream-error": (
        429,
        {
            "message": "Provider returned error",
            "code": 429,
            "metadata": {"raw": '{"error": {"message": "shared pool is empty"}}', "provider_name": "BaseTen"},
        },
    ),
    "availability": (
        429,
        {
            "message": "No capacity",
            "error_type": "rate_limit_exceeded",
            "http_status": 429,
            "availability": {"code": "capacity_exhausted", "retryable": True, "retry_after": 40},
        },
    ),
}


@behaviour(*_ERRORS)
async def _error(chat: Chat) -> None:
    status, error = _ERRORS[named(chat.exchange.request.body)[0]]
    await chat.error(status, error)


@behaviour("retry-after")
async def _retry_after(chat: Chat) -> None:
    await chat.error(429, {"code": 429, "message": "Slow down."}, retry_after=str(chat.number(0, 7)))


@behaviour("http-date-retry-after")
async def _http_date_retry_after(chat: Chat) -> None:
    date = formatdate(time.time() + chat.number(0, 30), usegmt=True)
    await chat.error(503, {"code": 503, "message": "Overloaded."}, retry_after=date)


@behaviour("vllm-error")
async def _vllm_error(chat: Chat) -> None:
    body = b'{"object": "error", "message": "This model does not exist", "type": "NotFoundError", "code": 404}'
    await chat.exchange.answer(404, body, {"content-type": "application/json"})


@behaviour("rate-limit-reset")
async def _rate_limit_reset(chat: Chat) -> None:
    reset = str(int((time.time() + 20) * 1000))
    error = {"message": "Rate limit exceeded", "code": 429, "metadata": {"headers": {"X-RateLimit-Reset": reset}}}
    await chat.error(429, error)


@behaviour("echo-key")
async def _echo_key(chat: Chat) -> None:
    """Repeat the caller's key in the error, whole and in part, as careless servers do."""
    key = chat.exchange.request.headers.get("authorization", "")
    message = f"Incorrect API key provided: {key.removeprefix('Bearer ')}. You sent: {key}"
    await chat.error(401, {"message": message, "code": "invalid_api_key"})


@behaviour("no-stream-options")
async def _no_stream_options(chat: Chat) -> None:
    if "stream_options" in chat.exchange.request.body:
        await chat.error(422, {"message": "stream_options: Extra inputs are not permitted", "code": 422})
    else:
        await no_usage(chat)


@behaviour("200-error")
async def _error_in_200(chat: Chat) -> None:
    await chat.error(200, {"code": 429, "message": "Rate limit exceeded: free-models-per-min. "})


@behaviour("empty-200")
async def _empty_200(chat: Chat) -> None:
    await chat.exchange.answer(200, b"", STREAM)


@behaviour("html-200")
async def _html_200(chat: Chat) -> None:
    page = b"<!doctype html><html><head><title>Sign in to the network</title></head></html>"
    await chat.exchange.answer(200, page, {"content-type": "text/html"})


@behaviour("html-502")
async def _html_502(chat: Chat) -> None:
    page = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><hr><center>nginx</center></body></html>"
    await chat.exchange.answer(502, page, {"content-type": "text/html"})


@behaviour("redirect")
async def _redirect(chat: Chat) -> None:
    await chat.exchange.answer(302, b"", {"location": "https://user:secret@elsewhere.example/v2/chat?key=1"})
