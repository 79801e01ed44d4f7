"""The one envelope of every HTTP door, the headers that go with an error, and the packing of what is long."""

import gzip
from typing import Any

from pydantic_core import to_json

from api.errors import ApiError

MIN_PACKED = 1024  # bytes
PACKING = 4  # of gzip's levels: most of the gain at a third of the time


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


def packed(body: bytes, accepted: str) -> tuple[bytes, str]:
    """Return a body packed by gzip where it is long and the caller takes that, with the encoding's name or nothing."""
    if len(body) <= MIN_PACKED or not takes_gzip(accepted):
        return body, ""
    return gzip.compress(body, PACKING, mtime=0), "gzip"


def takes_gzip(accepted: str) -> bool:
    """Tell whether an Accept-Encoding header has gzip, and not with a weight of nought."""
    words = (word.replace(" ", "").lower() for word in accepted.split(","))
    return any(word.split(";")[0] == "gzip" and ";q=0" not in word.replace("q=0.", "q=1.") for word in words)
