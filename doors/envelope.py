"""The one envelope of every HTTP door, and the headers that go with an error."""

from typing import Any

from pydantic_core import to_json

from api.errors import ApiError


def success(data: Any, message: str = "") -> dict[str, Any]:
    """Return the envelope of an answer."""
    return {"status": "success", "data": data, "message": message}


def failure(error: ApiError, language: str, request_id: str) -> dict[str, Any]:
    """Return the envelope of an error."""
    body = error.body(language).model_dump(mode="json")
    return {"status": "error", "error": {**body, "request_id": request_id}}


def error_headers(error: ApiError) -> dict[str, str]:
    """Return the HTTP headers that an error's facts ask for."""
    headers = {}
    if "retry_after" in error.facts:
        headers["Retry-After"] = str(error.facts["retry_after"])
    if "allow" in error.facts:
        headers["Allow"] = str(error.facts["allow"])
    return headers


def as_bytes(envelope: dict[str, Any]) -> bytes:
    """Return an envelope as JSON."""
    return to_json(envelope, inf_nan_mode="null")
