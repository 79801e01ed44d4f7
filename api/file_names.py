"""The names of files, and what kind of thing a name stands for: media types come from this list alone."""

import re
from typing import Annotated
from urllib.parse import quote

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

MAX_NAME = 255
# Separators of folders, controls, and letters that turn the direction of writing, by which exe.txt could be txt.exe.
_BAD = r"\x00-\x1f\x7f-\x9f/\\\u2028-\u202e\u2066-\u2069"
_NAME = re.compile(rf"^[^{_BAD}]*[^{_BAD}.\s][^{_BAD}]*$")
UNKNOWN = "application/octet-stream"

_ENDINGS = {
    "text/plain": "txt text log ini cfg conf toml yaml yml tex srt py rs go c h cpp hpp java kt swift rb sh sql ts tsx",
    "text/markdown": "md markdown",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/x-ndjson": "jsonl ndjson",
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg jpeg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/vnd.microsoft.icon": "ico",
    "image/tiff": "tif tiff",
    "image/heic": "heic",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg oga opus",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "video/mp4": "mp4 m4v",
    "video/webm": "webm",
    "video/ogg": "ogv",
    "video/quicktime": "mov",
    "video/x-matroska": "mkv",
    "text/html": "html htm xhtml xht shtml",
    "image/svg+xml": "svg svgz",
    "application/xml": "xml xsl xslt rss atom rdf",
    "text/javascript": "js mjs cjs jsx",
    "text/css": "css",
    "application/wasm": "wasm",
    "application/zip": "zip",
    "application/gzip": "gz tgz",
    "application/x-tar": "tar",
    "application/x-7z-compressed": "7z",
    "application/epub+zip": "epub",
    "application/rtf": "rtf",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_BY_ENDING = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()}


def media_type_of(name: str, said: str | None = None) -> str:
    """Return what a file is by its name's ending; of a name without one, what its sender said, if known here."""
    ending = name.rpartition(".")[2].strip().lower() if "." in name else ""
    kind = "" if ending else (said or "").partition(";")[0].strip().lower()
    return _BY_ENDING.get(ending) or (kind if kind in _ENDINGS else UNKNOWN)


def address_of(file_id: object, name: str) -> str:
    """Return where a file's bytes are had."""
    return f"/files/{file_id}/{quote(name, safe='')}"


def _is_name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise PydanticCustomError("file_name", "write a name without slashes and control letters, not only dots")
    return text.strip()


FileName = Annotated[
    str,
    Field(max_length=MAX_NAME, json_schema_extra={"minLength": 1, "pattern": _NAME.pattern}),
    AfterValidator(_is_name),
]
