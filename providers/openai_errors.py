"""Turn what OpenAI-compatible servers say when they fail into the one error tree. No I/O.

The shapes are those of reference/ai-wire-formats.md, section 5.3: OpenRouter's seven, plain OpenAI's, vLLM's, and web
pages of proxies.
"""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from providers.base import (
    ModelBadRequest,
    ModelBusy,
    ModelFailed,
    ModelNotFound,
    ModelPaymentRequired,
    ModelRefused,
    ModelTimeout,
    ProviderError,
)

_BY_STATUS: dict[int, type[ProviderError]] = {
    400: ModelBadRequest,
    401: ModelRefused,
    402: ModelPaymentRequired,
    403: ModelRefused,
    404: ModelNotFound,
    408: ModelTimeout,
    429: ModelBusy,
    503: ModelBusy,
    504: ModelTimeout,
    524: ModelTimeout,
    529: ModelBusy,
}
_STATUS_BY_WORD = {
    "authentication": 401,
    "authentication_error": 401,
    "invalid_api_key": 401,
    "insufficient_quota": 402,
    "payment_required": 402,
    "permission_denied": 403,
    "region_restricted": 403,
    "model_not_found": 404,
    "not_found": 404,
    "not_found_error": 404,
    "no_endpoints": 404,
    "model_deprecated": 404,
    "context_length_exceeded": 400,
    "exceed_context_size_error": 400,
    "max_tokens_exceeded": 400,
    "token_limit_exceeded": 400,
    "string_too_long": 400,
    "invalid_request": 400,
    "invalid_request_error": 400,
    "invalid_prompt": 400,
    "content_policy_violation": 400,
    "refusal": 400,
    "payload_too_large": 413,
    "unprocessable": 422,
    "rate_limit_exceeded": 429,
    "rate_limit_error": 429,
    "capacity_exhausted": 429,
    "provider_unavailable": 502,
    "provider_overloaded": 503,
    "overloaded_error": 503,
    "temporarily_unavailable": 503,
    "unavailable_error": 503,
    "timeout": 504,
    "server": 500,
    "server_error": 500,
}
# These say more than the status they come with: a plain 429 asks to wait, an empty account does not get better by
# waiting.
_STRONGER_THAN_STATUS = {"insufficient_quota", "model_not_found", "no_endpoints", "model_deprecated"}
_REASONS: dict[type[ProviderError], str] = {
    ModelBadRequest: "It cannot take this question",
    ModelBusy: "It is busy or limits how often it may be asked",
    ModelFailed: "It failed while answering",
    ModelNotFound: "It does not know this model or address",
    ModelPaymentRequired: "The account behind its key has no credit left",
    ModelRefused: "It refused the key or does not allow this",
    ModelTimeout: "It, or the server behind it, took too long",
}
_TOO_LONG = {"context_length_exceeded", "exceed_context_size_error", "token_limit_exceeded", "string_too_long"}


@dataclass(slots=True, frozen=True, kw_only=True)
class Origin:
    """Which server speaks, for its errors: its name, its address, and the key that must never be shown."""

    server: str
    address: str
    key: str

    def __repr__(self) -> str:
        return f"Origin({self.server!r}, {public_address(self.address)!r})"

    def fail(self, kind: type[ProviderError], reason: str, **facts: Any) -> ProviderError:
        """Build an error of this server; `detail` is cleaned here."""
        detail = self.clean(str(facts.pop("detail", "") or ""))
        sentence = f"{reason}: {detail}" if detail else reason
        if sentence[-1] not in ".!?…。":
            sentence += "."
        return kind(sentence, server=self.server, address=public_address(self.address), detail=detail, **facts)

    def clean(self, text: str) -> str:
        """Take keys out of a server's words and cut them to one short line."""
        if self.key:
            text = text.replace(self.key, "[key]")
        text = re.sub(r"\b(?:sk|gsk|hf|xai|AIza)[-_]?[\w*.-]{8,}", "[key]", text)
        text = re.sub(r"(?i)\bbearer\s+\S+", "[key]", text)
        text = " ".join(text.split())
        return text if len(text) <= 300 else text[:299] + "…"


def public_address(url: str) -> str:
    """Return an address without user, password and query, where keys may hide."""
    parts = urlsplit(url)
    try:
        parts.port  # noqa: B018 - it is read when asked for
    except ValueError:
        parts = parts._replace(netloc=parts.hostname or "")
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}{parts.path}".rstrip("/")


def from_answer(origin: Origin, status: int, body: bytes, headers: Mapping[str, str]) -> ProviderError:
    """Build the error of an HTTP answer with an error status (3xx: the address has moved)."""
    if 300 <= status < 400:
        goes_to = public_address(headers.get("location", ""))
        return origin.fail(ModelNotFound, "Its address has moved", detail=goes_to, status=status)
    try:
        answer = json.loads(body)
    except ValueError:
        return _from_page(origin, status, body, headers)
    error = error_in(answer) or {"message": answer.get("detail", "") if isinstance(answer, dict) else ""}
    return from_error(origin, error, status=status, headers=headers)


def error_in(answer: object) -> dict[str, Any] | None:
    """Return the error that a parsed answer or event holds at its top or in its first choice, as a map, or None."""
    if not isinstance(answer, dict):
        return None
    choices = answer.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
    error = answer.get("error") or choice.get("error")
    if error is None and (answer.get("object") == "error" or (isinstance(answer.get("message"), str) and not choices)):
        error = answer
    if not error and choice.get("finish_reason") == "error":
        error = "It stopped with an error and did not say which."
    return error if isinstance(error, dict) else {"message": str(error)} if error else None


def from_error(
    origin: Origin, error: Mapping[str, Any], *, status: int | None = None, headers: Mapping[str, str] | None = None
) -> ProviderError:
    """Build the error for an error object; `status` is the HTTP status unless that was 200."""
    words = _words(error)
    status = next((_STATUS_BY_WORD[word] for word in words if word in _STRONGER_THAN_STATUS), status)
    status = status or _status_in(error) or next((_STATUS_BY_WORD[w] for w in words if w in _STATUS_BY_WORD), 500)
    kind = kind_of(status)
    too_long = bool(_TOO_LONG.intersection(words)) or status == 413
    return origin.fail(
        kind,
        "The conversation is longer than this model can read" if too_long else _REASONS[kind],
        detail=_detail(error),
        status=status,
        request_id=request_id(headers or {}),
        retry_after=retry_after(headers or {}, error),
    )


def kind_of(status: int) -> type[ProviderError]:
    """Return the class for an HTTP status of 400 or more."""
    return _BY_STATUS.get(status) or (ModelBadRequest if status < 500 else ModelFailed)


def _from_page(origin: Origin, status: int, body: bytes, headers: Mapping[str, str]) -> ProviderError:
    text = body.decode("utf-8", "replace")
    title = re.search(r"(?is)<title[^>]*>(.*?)</title>", text)
    is_page = title is not None or "<html" in text[:1000].lower()
    kind = kind_of(status)
    return origin.fail(
        kind,
        "It answered with a web page instead of an answer" if is_page else _REASONS[kind],
        detail=title[1] if title else "" if is_page else text,
        status=status,
        request_id=request_id(headers),
        retry_after=retry_after(headers, {}),
    )


def _words(error: Mapping[str, Any]) -> list[str]:
    places = (error, _map(error, "metadata"), _map(error, "availability"))
    found = (place.get(name) for name in ("code", "error_type", "type") for place in places)
    return [word for word in found if isinstance(word, str)]


def _status_in(error: Mapping[str, Any]) -> int | None:
    for value in (error.get("code"), error.get("http_status"), error.get("status")):
        if (isinstance(value, int) or (isinstance(value, str) and value.isdigit())) and 400 <= int(value) < 600:
            return int(value)
    return None


def _detail(error: Mapping[str, Any]) -> str:
    message = str(error.get("message") or "")
    raw = _map(error, "metadata").get("raw")
    if not isinstance(raw, str):
        return message
    try:
        inner = error_in(json.loads(raw))
    except ValueError:
        return f"{message}: {raw}"
    return f"{message}: {(inner or {}).get('message') or raw}"


def request_id(headers: Mapping[str, str]) -> str | None:
    """Return the name under which the server's operators find this request."""
    return headers.get("x-request-id") or headers.get("x-generation-id") or headers.get("cf-ray")


def retry_after(headers: Mapping[str, str], error: Mapping[str, Any]) -> float | None:
    """Return after how many seconds to try again, from any of the places where servers say it."""
    inner = {name.lower(): value for name, value in _map(_map(error, "metadata"), "headers").items()}
    told = _map(error, "availability").get("retry_after") or headers.get("retry-after") or inner.get("retry-after")
    if told is not None:
        return _seconds(str(told))
    reset = headers.get("x-ratelimit-reset") or inner.get("x-ratelimit-reset")
    try:
        # OpenRouter: epoch milliseconds. Others put small numbers there, whose unit is anyone's guess.
        return max(0.0, float(reset) / 1000 - time.time()) if reset and float(reset) > 1e12 else None
    except ValueError:
        return None


def _seconds(told: str) -> float | None:
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    except ValueError:
        return None


def _map(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = value.get(name)
    return inner if isinstance(inner, dict) else {}
