"""A tus client nobody here wrote (tuspy) sends files to the door: whole, in pieces, checked, and after a cut."""

import asyncio
import hashlib
import subprocess
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusUploadFailed

from tests.running import ROOT, Server
from tests.sending import begin, random_bytes, send
from tests.visitors import Visitor

DATA = random_bytes(2_300_000)
CHUNK = 500_000


def client_of(visitor: Visitor) -> TusClient:
    """Return a client with the visitor's cookies."""
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.http.cookies.items())
    return TusClient(visitor.url, headers={"Cookie": cookies})


def uploader(client: TusClient, server: Server, upload: Mapping[str, Any], **more: Any) -> Any:
    return client.uploader(file_stream=BytesIO(DATA), url=server.url + upload["url"], **more)


@pytest.mark.parametrize("more", [{}, {"chunk_size": CHUNK}, {"chunk_size": CHUNK, "upload_checksum": True}])
def test_a_file_is_sent_whole_in_pieces_and_with_checksums(
    server: Server, alice: Visitor, more: dict[str, Any]
) -> None:
    upload = begin(alice, "数据.bin", len(DATA))
    uploader(client_of(alice), server, upload, **more).upload()
    assert alice.call("get_file", upload["id"])["sha256"] == hashlib.sha256(DATA).hexdigest()


def test_an_upload_that_stopped_goes_on_where_the_server_says(server: Server, alice: Visitor) -> None:
    upload = begin(alice, "a.bin", len(DATA))
    uploader(client_of(alice), server, upload, chunk_size=CHUNK).upload(stop_at=2 * CHUNK)
    again = uploader(client_of(alice), server, upload, chunk_size=CHUNK)
    assert again.offset == 2 * CHUNK
    again.upload()
    assert alice.call("get_file", upload["id"])["sha256"] == hashlib.sha256(DATA).hexdigest()


def test_an_upload_that_others_moved_on_is_caught_up_with(server: Server, alice: Visitor) -> None:
    upload = begin(alice, "a.bin", len(DATA))
    slow = uploader(client_of(alice), server, upload, chunk_size=CHUNK, retries=2, retry_delay=0)
    send(alice, upload, DATA[:CHUNK])
    slow.upload()
    assert alice.call("get_file", upload["id"])["sha256"] == hashlib.sha256(DATA).hexdigest()


def test_a_program_sends_with_its_token(server: Server, alice: Visitor) -> None:
    upload = begin(alice, "a.bin", len(DATA))
    token = alice.call("create_token", "x")["token"]
    client = TusClient(server.url, headers={"Authorization": f"Bearer {token}"})
    sending = client.async_uploader(file_stream=BytesIO(DATA), url=server.url + upload["url"], chunk_size=CHUNK)
    asyncio.run(sending.upload())
    assert alice.call("get_file", upload["id"])["sha256"] == hashlib.sha256(DATA).hexdigest()


def test_a_file_of_no_bytes_needs_none(server: Server, alice: Visitor) -> None:
    upload = begin(alice, "empty", 0)
    client_of(alice).uploader(file_stream=BytesIO(b""), url=server.url + upload["url"]).upload()
    assert alice.call("get_file", upload["id"])["size"] == 0


def test_a_client_is_told_when_its_upload_is_gone(server: Server, alice: Visitor) -> None:
    upload = begin(alice, "a.bin", len(DATA))
    sending = uploader(client_of(alice), server, upload, chunk_size=CHUNK)
    sending.upload_chunk()
    alice.http.delete(server.url + upload["url"], headers={"Tus-Resumable": "1.0.0"})
    with pytest.raises(TusUploadFailed) as error:
        sending.upload_chunk()
    assert error.value.status_code == 404


def test_the_commands_of_the_guide_send_a_file(alice: Visitor, tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "guide" / "files.md").read_text(encoding="utf-8")
    block = guide.partition("```sh\n")[2].partition("```")[0]
    token = alice.call("create_token", "guide")["token"]
    script = block.replace("http://localhost:5000", alice.url).replace("token=...", f"token={token}")
    said = subprocess.run(["bash", "-euc", script], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert said == "Why is the sky blue?"
    assert [one["name"] for one in alice.call("list_files")["items"]] == ["note.txt"]
