"""The file door takes uploads by tus 1.0.0: resumable, checked, one writer, and a file with the last byte."""

import asyncio
import base64
import hashlib
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import requests
from sqlalchemy import update

from api.errors import RequestTimeout
from doors import uploads
from doors.file_desk import Visit
from doors.stopping import Stopping
from store.clock import now_ms
from store.tables import uploads as rows
from tests.running import Gunicorn, Server, wait_until
from tests.sending import BYTES, TUS, ask_offset, begin, code_of, open_patch, random_bytes, send
from tests.stored import change
from tests.visitors import PATIENCE_S, Visitor, new_visitor

DATA = random_bytes(3_000_000)


def checksum(data: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


def age(server: Server, upload: dict[str, Any], ms: int) -> None:
    """Move an upload's end, as time would."""
    own = update(rows).where(rows.c.id == UUID(upload["id"]))
    change(server.data_dir, own.values(expires_ms=rows.c.expires_ms - ms))


def test_the_file_exists_with_the_last_byte_and_not_before(alice: Visitor) -> None:
    upload = begin(alice, "报告.txt", len(DATA))
    assert ask_offset(alice, upload) == 0
    first = send(alice, upload, DATA[:1_000_001])
    assert (first.status_code, first.headers["Upload-Offset"], first.content) == (204, "1000001", b"")
    assert "Upload-Expires" in first.headers
    assert alice.post("get_file", [upload["id"]]).status_code == 404
    last = send(alice, upload, DATA[1_000_001:], 1_000_001)
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(DATA)))
    file = alice.call("get_file", upload["id"])
    assert (file["name"], file["size"], file["sha256"]) == ("报告.txt", len(DATA), hashlib.sha256(DATA).hexdigest())
    assert alice.http.get(alice.url + file["url"]).content == DATA


def test_the_last_bytes_sent_again_are_answered_and_change_nothing(alice: Visitor) -> None:
    upload = begin(alice, "a", 10)
    send(alice, upload, b"0123456789")
    assert ask_offset(alice, upload) == 10
    assert code_of(send(alice, upload, b"0123456789")) == (409, "wrong_offset")
    again = send(alice, upload, b"", 10)
    assert (again.status_code, again.headers["Upload-Offset"]) == (204, "10")
    assert len(alice.call("list_files")["items"]) == 1


def test_bytes_of_unknown_number_are_taken_as_they_come(alice: Visitor) -> None:
    upload = begin(alice, "a", len(DATA))
    answer = send(alice, upload, iter([DATA[:5], DATA[5:2_000_000], DATA[2_000_000:]]))
    assert answer.status_code == 204
    assert alice.call("get_file", upload["id"])["sha256"] == hashlib.sha256(DATA).hexdigest()


def test_a_workspace_is_told_of_its_new_file(alice: Visitor) -> None:
    alice.call("update_session")
    with alice.live() as live:
        live.follow("session")
        upload = begin(alice, "a", 3)
        send(alice, upload, b"abc")
        while not any(event["kind"] == "file" for _stream, event in live.events):
            live.receive()
    (event,) = [event for _stream, event in live.events if event["kind"] == "file"]
    assert event["data"] == {"id": upload["id"], "change": "created"}


def test_what_the_server_can_is_told_to_anybody(server: Server) -> None:
    answer = requests.options(f"{server.url}/files/uploads", timeout=PATIENCE_S)
    told = {name: value for name, value in answer.headers.items() if name.lower().startswith("tus-")}
    assert (answer.status_code, answer.content) == (204, b"")
    assert told == {
        "tus-resumable": "1.0.0",
        "tus-version": "1.0.0",
        "tus-extension": "termination,expiration,checksum",
        "tus-max-size": str(2 << 30),
        "tus-checksum-algorithm": "sha256,sha1",
    }


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({"Tus_Resumable": "0.2.2"}, (412, "other_tus_version")),
        ({"Tus_Resumable": ""}, (412, "other_tus_version")),
        ({"Content_Type": "application/octet-stream"}, (415, "not_bytes")),
        ({"Upload_Offset": "1"}, (409, "wrong_offset")),
        ({"Upload_Offset": "-1"}, (400, "bad_request")),
        ({"Upload_Offset": "9" * 400}, (400, "bad_request")),
        ({"Upload_Offset": "0x0"}, (400, "bad_request")),
        ({"Upload_Checksum": "md5 1B2M2Y8AsgTpgAmY7PhCfg=="}, (400, "bad_request")),
        ({"Upload_Checksum": "sha256 ????"}, (400, "bad_request")),
        ({"Upload_Checksum": "sha1"}, (400, "bad_request")),
        ({"X_HTTP_Method_Override": "TRACE"}, (405, "method_not_allowed")),
        ({"X_Session_UUID": str(uuid.uuid4())}, (404, "not_found")),
        ({"Authorization": "Bearer studiolo_nothing"}, (401, "unauthenticated")),
        ({"Authorization": "Basic YTpi"}, (401, "unauthenticated")),
        ({"Origin": "http://evil.example"}, (403, "foreign_origin")),
        ({"Host": "evil.example"}, (421, "misdirected_request")),
    ],
)
def test_a_request_that_does_not_fit_is_refused_and_writes_nothing(
    alice: Visitor, headers: dict[str, str], wanted: tuple[int, str]
) -> None:
    upload = begin(alice, "a", 10)
    answer = send(alice, upload, b"01234", 0, **headers)
    assert code_of(answer) == wanted
    if wanted[0] not in (403, 421):
        assert (answer.headers["Tus-Resumable"], answer.headers["Tus-Version"]) == ("1.0.0", "1.0.0")
    assert ask_offset(alice, upload) == 0


def test_bytes_beyond_the_end_are_refused_and_none_of_them_is_kept(alice: Visitor) -> None:
    upload = begin(alice, "a", 10)
    send(alice, upload, b"012")
    for too_many in (b"3" * 8, iter([b"3456", b"7" * 4_000_000])):
        assert code_of(send(alice, upload, too_many, 3)) == (413, "too_large")
        assert ask_offset(alice, upload) == 3
    send(alice, upload, b"3456789", 3)
    assert alice.call("get_file", upload["id"])["sha256"] == hashlib.sha256(b"0123456789").hexdigest()


def test_of_a_request_that_runs_over_the_end_nothing_is_kept_though_much_was_written(alice: Visitor) -> None:
    upload = begin(alice, "a", len(DATA))
    send(alice, upload, DATA[:10])
    answer = send(alice, upload, iter([DATA[10:2_500_000], DATA]), 10)
    assert code_of(answer) == (413, "too_large")
    assert ask_offset(alice, upload) == 10
    send(alice, upload, DATA[10:], 10)
    assert alice.call("get_file", upload["id"])["sha256"] == hashlib.sha256(DATA).hexdigest()


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_bytes_that_came_changed_are_dropped_and_right_ones_kept(alice: Visitor, algorithm: str) -> None:
    upload = begin(alice, "a", len(DATA))
    half = len(DATA) // 2
    assert send(alice, upload, DATA[:half], Upload_Checksum=checksum(DATA[:half], algorithm)).status_code == 204
    changed = send(alice, upload, DATA[half:-1] + b"!", half, Upload_Checksum=checksum(DATA[half:], algorithm))
    assert code_of(changed) == (460, "checksum_mismatch")
    assert ask_offset(alice, upload) == half
    assert send(alice, upload, DATA[half:], half, Upload_Checksum=checksum(DATA[half:], algorithm)).status_code == 204
    assert alice.call("get_file", upload["id"])["sha256"] == hashlib.sha256(DATA).hexdigest()


def test_a_checked_request_that_is_cut_leaves_nothing(server: Server, alice: Visitor) -> None:
    upload = begin(alice, "a", len(DATA))
    part = server.data_dir / "files" / "parts" / f"{upload['id']}.part"
    with open_patch(alice, upload, 0, Upload_Checksum=checksum(DATA)) as connection:
        connection.sendall(DATA[:2_000_000])
        wait_until(lambda: part.exists() and part.stat().st_size > 0, what="its first bytes")
    wait_until(lambda: send(alice, upload, b"").status_code == 204, what="the end of its hold")
    assert ask_offset(alice, upload) == 0
    send(alice, upload, DATA)
    assert alice.call("get_file", upload["id"])["sha256"] == hashlib.sha256(DATA).hexdigest()


def test_one_connection_writes_at_a_time_and_what_it_wrote_when_cut_is_kept(alice: Visitor) -> None:
    upload = begin(alice, "a", len(DATA))
    with open_patch(alice, upload, 0) as connection:
        connection.sendall(DATA[:1_500_000])
        wait_until(lambda: ask_offset(alice, upload) == 1_500_000, what="the bytes")
        busy = send(alice, upload, DATA[1_500_000:], 1_500_000)
        assert code_of(busy) == (423, "upload_busy")
        assert busy.headers["Retry-After"] == "1"
        assert code_of(alice.http.delete(alice.url + upload["url"], headers=TUS)) == (423, "upload_busy")
    wait_until(lambda: send(alice, upload, b"", 1_500_000).status_code == 204, what="the end of its hold")
    send(alice, upload, DATA[1_500_000:], 1_500_000)
    assert alice.call("get_file", upload["id"])["sha256"] == hashlib.sha256(DATA).hexdigest()


def test_of_two_that_send_the_same_at_once_one_wins_and_the_file_is_whole(alice: Visitor) -> None:
    upload = begin(alice, "a", len(DATA))
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _number: send(alice, upload, DATA).status_code, range(4)))
    assert answers.count(204) == 1
    assert set(answers) <= {204, 409, 423}
    assert alice.call("get_file", upload["id"])["sha256"] == hashlib.sha256(DATA).hexdigest()


def test_a_connection_that_is_silent_has_what_came_written_and_is_given_up_at_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads, "PAUSE_S", 0.01)
    monkeypatch.setattr(uploads, "SILENCE_S", 0.03)
    came = [{"type": "http.request", "body": b"abc", "more_body": True}]

    async def receive() -> Any:
        return came.pop() if came else await asyncio.Event().wait()

    async def read() -> None:
        body = uploads.Body(Visit(environ={}, receive=receive, send=None), Stopping())  # type: ignore[arg-type]
        assert await body.next_bytes() == b"abc"
        with pytest.raises(RequestTimeout):
            await body.next_bytes()

    asyncio.run(read())


def test_an_upload_that_is_ended_is_gone_with_its_bytes_and_its_room(server: Server, alice: Visitor) -> None:
    upload = begin(alice, "a", len(DATA))
    send(alice, upload, DATA[:1000])
    part = server.data_dir / "files" / "parts" / f"{upload['id']}.part"
    assert part.stat().st_size == 1000
    assert alice.call("get_storage")["used_bytes"] == len(DATA)
    assert alice.http.delete(alice.url + upload["url"], headers=TUS).status_code == 204
    assert not part.exists()
    assert alice.call("get_storage")["used_bytes"] == 0
    assert code_of(send(alice, upload, DATA)) == (404, "not_found")
    assert alice.http.head(alice.url + upload["url"], headers=TUS).status_code == 404


def test_what_is_a_file_by_now_is_not_ended_as_an_upload(alice: Visitor) -> None:
    upload = begin(alice, "a", 3)
    send(alice, upload, b"abc")
    assert code_of(alice.http.delete(alice.url + upload["url"], headers=TUS)) == (404, "not_found")
    assert alice.call("get_file", upload["id"])["size"] == 3
    alice.call("delete_file", upload["id"])
    assert alice.http.head(alice.url + upload["url"], headers=TUS).status_code == 404


def test_an_upload_whose_time_is_over_is_gone_and_one_that_is_used_lives_on(server: Server, alice: Visitor) -> None:
    used, unused = begin(alice, "a", 10), begin(alice, "b", 10)
    age(server, used, 7_200_000)
    send(alice, used, b"012")
    answer = alice.http.head(alice.url + used["url"], headers=TUS)
    left_s = parsedate_to_datetime(answer.headers["Upload-Expires"]).timestamp() - time.time()
    assert 86_300 < left_s <= 86_400
    age(server, unused, now_ms())
    assert code_of(send(alice, unused, b"012")) == (410, "upload_expired")
    assert alice.http.head(alice.url + unused["url"], headers=TUS).status_code == 410
    assert alice.call("get_storage")["used_bytes"] == 10


def test_a_file_that_was_whole_when_its_server_was_killed_is_made_when_its_offset_is_asked(
    server: Server, alice: Visitor
) -> None:
    for verb in ("HEAD", "PATCH"):
        upload = begin(alice, "a", 6)
        send(alice, upload, b"abc")
        with (server.data_dir / "files" / "parts" / f"{upload['id']}.part").open("ab") as part:
            part.write(b"def")  # as if it was killed between the last byte and the file
        if verb == "HEAD":
            assert ask_offset(alice, upload) == 6
        else:
            assert send(alice, upload, b"", 6).status_code == 204
        assert alice.call("get_file", upload["id"])["sha256"] == hashlib.sha256(b"abcdef").hexdigest()


def facts_of(answer: requests.Response) -> tuple[int, bytes, dict[str, str]]:
    """All of an answer but the second in which it was given."""
    return answer.status_code, answer.content, {n: v for n, v in answer.headers.lower_items() if n != "date"}


def test_anothers_upload_and_a_missing_one_answer_alike(alice: Visitor, charlie: Visitor, server: Server) -> None:
    upload = begin(alice, "a", 10)
    missing = {"url": f"/files/uploads/{uuid.uuid4()}"}
    same = {"X_Request_ID": "the-same-for-both"}
    for visitor, status in ((charlie, 404), (Visitor(server.url), 401)):
        to_anothers, to_missing = (send(visitor, one, b"0123456789", 0, **same) for one in (upload, missing))
        assert to_anothers.status_code == status
        assert facts_of(to_anothers) == facts_of(to_missing)
    assert ask_offset(alice, upload) == 0


@pytest.mark.parametrize("word", ["", "x", "..%2f..%2fsettings.py", "0" * 36, "%00", "a/b"])
def test_an_address_that_names_no_upload_is_not_found(alice: Visitor, word: str) -> None:
    assert code_of(send(alice, {"url": f"/files/uploads/{word}"}, b"x")) == (404, "not_found")


def test_a_program_sends_with_its_token_and_only_into_its_workspace(alice: Visitor, bob: Visitor) -> None:
    upload, others = begin(alice, "a", 3), begin(bob, "b", 3)
    program = Visitor(alice.url)
    key = {"Authorization": f"Bearer {alice.call('create_token', 'x')['token']}"}
    assert code_of(send(program, others, b"abc", 0, **key)) == (404, "not_found")
    assert send(program, upload, b"abc", 0, **key).status_code == 204


def test_a_verb_may_be_told_by_a_header_where_a_proxy_knows_no_patch(alice: Visitor) -> None:
    upload = begin(alice, "a", 3)
    headers = {**TUS, **BYTES, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert alice.http.post(alice.url + upload["url"], data=b"abc", headers=headers).status_code == 204
    answer = alice.http.post(alice.url + upload["url"], data=b"abc", headers=TUS)
    assert code_of(answer) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "HEAD, PATCH, DELETE, OPTIONS"


def test_any_of_four_workers_takes_the_next_bytes(tmp_path: Path, scale: int) -> None:
    with Gunicorn(tmp_path, 4, local_model="false") as gunicorn:
        visitor = new_visitor(gunicorn.url, "alice")
        for number in range(2 * scale):
            data = random_bytes(900_000, number)
            upload = begin(visitor, "a", len(data))
            for offset in range(0, len(data), 50_000):
                visitor.http.close()  # the next connection comes to whichever worker is free
                assert send(visitor, upload, data[offset : offset + 50_000], offset).status_code == 204
            file = visitor.call("get_file", upload["id"])
            assert file["sha256"] == hashlib.sha256(data).hexdigest()
            assert visitor.http.get(visitor.url + file["url"]).content == data
