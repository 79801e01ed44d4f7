"""Sending files, for tests: tus by hand, so that a test may send what no client would."""

import hashlib
import random
import socket
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.visitors import PATIENCE_S, Visitor

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {"Content-Type": "application/offset+octet-stream"}


def random_bytes(num: int, seed: int = 0) -> bytes:
    """Return bytes that are the same for the same seed."""
    return random.Random(seed).randbytes(num)


def begin(visitor: Visitor, name: str, size: int, **more: Any) -> dict[str, Any]:
    """Begin an upload."""
    arguments = {"name": name, "size": size, **more}
    answer = visitor.post("create_upload", arguments).json()
    assert answer["status"] == "success", answer
    found: dict[str, Any] = answer["data"]
    return found


def send(
    visitor: Visitor, upload: dict[str, Any], data: bytes | Iterable[bytes], offset: int = 0, **headers: str
) -> requests.Response:
    """Send bytes from an offset on."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {**TUS, **BYTES, "Upload-Offset": str(offset), **named}
    return visitor.http.patch(visitor.url + upload["url"], data=data, headers=sent, timeout=PATIENCE_S)


def open_patch(visitor: Visitor, upload: dict[str, Any], offset: int, **headers: str) -> socket.socket:
    """Return a connection that has sent the head of a PATCH of all bytes from an offset on."""
    place = urlsplit(visitor.url)
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.http.cookies.items())
    lines = {**TUS, **BYTES, "Host": place.netloc, "Cookie": cookies, "Upload-Offset": str(offset)}
    lines |= {"Content-Length": str(upload["size"] - offset)}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    connection = socket.create_connection((place.hostname, place.port), timeout=PATIENCE_S)
    connection.sendall(f"PATCH {upload['url']} HTTP/1.1\r\n{head}\r\n".encode())
    return connection


def ask_offset(visitor: Visitor, upload: dict[str, Any]) -> int:
    """Return how much of an upload the server has."""
    answer = visitor.http.head(visitor.url + upload["url"], headers=TUS, timeout=PATIENCE_S)
    assert answer.status_code == 200, (answer.status_code, answer.headers)
    return int(answer.headers["Upload-Offset"])


def add_file(visitor: Visitor, name: str, data: bytes, **more: Any) -> dict[str, Any]:
    """Send a whole file and return what is known of it."""
    upload = begin(visitor, name, len(data), **more)
    if data:
        answer = send(visitor, upload, data)
        assert answer.status_code == 204, answer.text
    found: dict[str, Any] = visitor.call("get_file", upload["id"])
    assert found["sha256"] == hashlib.sha256(data).hexdigest()
    return found


def get(visitor: Visitor, file: dict[str, Any], more: str = "", **headers: str) -> requests.Response:
    """Download a file."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return visitor.http.get(visitor.url + file["url"] + more, headers=named, timeout=PATIENCE_S)


def code_of(answer: requests.Response) -> tuple[int, str]:
    """Return the status and code of a refusal."""
    return answer.status_code, answer.json()["error"]["code"]
