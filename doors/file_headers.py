"""The headers of a download: what a browser may show, under which name it keeps the rest, which bytes it asked for."""

import re
from collections.abc import Mapping
from email.utils import formatdate, parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from doors.file_errors import NotFitting, OutOfRange
from store.file_rows import FileRow

# What browsers show without running any of it, when `nosniff` holds them to it. All else is an attachment.
_TEXTS = ("text/plain", "text/markdown", "text/csv", "text/tab-separated-values")
_DATA = ("application/json", "application/x-ndjson", "application/pdf")
_PICTURES = ("png", "jpeg", "gif", "webp", "avif", "bmp", "vnd.microsoft.icon")
_SOUNDS = ("mpeg", "ogg", "wav", "flac", "mp4", "aac")
_FILMS = ("mp4", "webm", "ogg")
SHOWN = frozenset(
    {
        *_TEXTS,
        *_DATA,
        *(f"image/{kind}" for kind in _PICTURES),
        *(f"audio/{kind}" for kind in _SOUNDS),
        *(f"video/{kind}" for kind in _FILMS),
    }
)
# Another page might take these as its script or style: they go out as text, which `nosniff` keeps from being run.
AS_TEXT = frozenset({"text/javascript", "text/css"})
AS_BYTES = frozenset({"application/wasm"})
WITH_LETTERS = frozenset({"application/json", "application/x-ndjson", "application/xml"})
SANDBOX = "sandbox; default-src 'none'"
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)
_PLAIN = re.compile(r"[^A-Za-z0-9 !#$&+.^_`|~()\[\]{}=,@;'-]")

Environ = Mapping[str, Any]
Span = tuple[int, int]  # the first byte, and the one behind the last


def headers_of(row: FileRow, is_download: bool) -> dict[str, str]:
    """Return the headers that a file's bytes go out with."""
    is_shown = row.media_type in SHOWN
    found = {
        "Content-Type": _content_type(row.media_type),
        "Content-Disposition": disposition("inline" if is_shown and not is_download else "attachment", row.name),
        "ETag": tag_of(row),
        "Last-Modified": formatdate(row.created_ms // 1000, usegmt=True),
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",  # asked for again each time: it may be deleted by then
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return found | ({"X-Frame-Options": "SAMEORIGIN"} if is_shown else {"Content-Security-Policy": SANDBOX})


def disposition(kind: str, name: str) -> str:
    """Return a Content-Disposition (RFC 6266): the name in RFC 8187's words, and a plain one for old readers."""
    plain = _PLAIN.sub("_", name)
    more = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'{kind}; filename="{plain}"{more}'


def tag_of(row: FileRow) -> str:
    """Return a file's ETag."""
    return f'"{row.sha256.hex()}"'


def is_known(row: FileRow, environ: Environ) -> bool:
    """Tell whether the caller has these bytes already. Raises NotFitting (RFC 9110, 13.2.2)."""
    wanted, known = environ.get("HTTP_IF_MATCH"), environ.get("HTTP_IF_NONE_MATCH")
    if wanted is not None and not _names(wanted, tag_of(row)):
        raise NotFitting
    if known is not None:
        return _names(known.replace("W/", ""), tag_of(row))
    return _was_since(environ.get("HTTP_IF_MODIFIED_SINCE", ""), row)


def span_of(row: FileRow, environ: Environ) -> Span | None:
    """Return the bytes that a GET asks for, or None for all; of several ranges, and of what is none, all are sent.

    Raises OutOfRange.
    """
    found = _RANGE.fullmatch(environ.get("HTTP_RANGE", "").replace(" ", ""))
    if found is None or not any(found.groups()) or not _is_same(environ.get("HTTP_IF_RANGE"), row):
        return None
    first, last = found.groups()
    if not first:
        start, end = max(row.size - int(last), 0), row.size
    else:
        start, end = int(first), min(int(last) + 1, row.size) if last else row.size
        if last and int(last) < start:
            return None
    if start >= row.size:
        raise OutOfRange(size=row.size)
    return start, end


def _content_type(kind: str) -> str:
    sent = "text/plain" if kind in AS_TEXT else "application/octet-stream" if kind in AS_BYTES else kind
    return f"{sent}; charset=utf-8" if sent.startswith("text/") or sent in WITH_LETTERS else sent


def _names(words: str, tag: str) -> bool:
    return words.strip() == "*" or tag in (word.strip() for word in words.split(","))


def _is_same(condition: str | None, row: FileRow) -> bool:
    return condition is None or condition in (tag_of(row), formatdate(row.created_ms // 1000, usegmt=True))


def _was_since(date: str, row: FileRow) -> bool:
    try:
        return row.created_ms // 1000 <= parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return False
