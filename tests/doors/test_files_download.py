"""The file door gives bytes out: whole or a range, shown or kept, and never so that a browser runs them."""

import asyncio
import socket
import uuid
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from starlette.types import Message

from api.errors import TooManyCalls
from doors import file_headers
from doors.downloads import CHUNK_BYTES, Downloads
from doors.file_desk import Desk, Visit
from doors.file_headers import SHOWN, disposition, headers_of
from doors.files import MAX_OPEN, FileDoor
from doors.stopping import Stopping
from store.file_rows import FileRow
from tests.running import Server, wait_until
from tests.sending import add_file, code_of, get, random_bytes
from tests.visitors import PATIENCE_S, Visitor, new_visitor

DATA = random_bytes(2_500_000)
ACTIVE = ["html", "HTM", "xhtml", "svg", "SVGZ", "xml", "xsl", "js", "mjs", "css", "wasm", "swf", "hta", "mhtml", "exe"]
NAMES = [*(f"x.{ending}" for ending in ACTIVE), ".html", "x.pdf.html", "x.html ", "x.png.unknown"]
SCRIPT = b"<script xmlns='http://www.w3.org/1999/xhtml'>alert(1)</script>"


def row_of(name: str, media_type: str) -> FileRow:
    more = {"id": uuid.uuid4(), "session_id": uuid.uuid4(), "size": 3, "sha256": b"s" * 32, "created_ms": 1_000_000}
    return FileRow(name=name, media_type=media_type, **more)  # type: ignore[arg-type]


def steady(answer: requests.Response) -> dict[str, str]:
    """Return the headers without those that change each time."""
    return {name: value for name, value in answer.headers.items() if name.lower() not in ("date", "x-request-id")}


def test_a_file_comes_as_it_went_with_all_that_is_known_of_it(alice: Visitor) -> None:
    file = add_file(alice, "a.png", DATA)
    answer = get(alice, file)
    assert answer.content == DATA
    told = {name: answer.headers[name] for name in ("Content-Type", "Content-Length", "ETag", "Accept-Ranges")}
    assert told == {
        "Content-Type": "image/png",
        "Content-Length": str(len(DATA)),
        "ETag": f'"{file["sha256"]}"',
        "Accept-Ranges": "bytes",
    }
    assert answer.headers["Content-Disposition"] == 'inline; filename="a.png"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    head = alice.http.head(alice.url + file["url"])
    assert (head.status_code, head.content, steady(head)) == (200, b"", steady(answer))
    assert get(alice, file, "?download=1").headers["Content-Disposition"] == 'attachment; filename="a.png"'
    assert alice.http.get(f"{alice.url}/files/{file['id']}").content == DATA


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, len(DATA)),
        ("bytes=5-9", 5, 10),
        ("Bytes = 5 - 9", 5, 10),
        ("bytes=1048575-1048577", 1_048_575, 1_048_578),
        ("bytes=2499999-", 2_499_999, 2_500_000),
        ("bytes=2499999-99999999999999", 2_499_999, 2_500_000),
        ("bytes=-1", 2_499_999, 2_500_000),
        ("bytes=-999999999999", 0, len(DATA)),
    ],
)
def test_a_range_is_sent_alone(alice: Visitor, asked: str, start: int, end: int) -> None:
    answer = get(alice, add_file(alice, "a.bin", DATA), Range=asked)
    assert (answer.status_code, answer.content) == (206, DATA[start:end])
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(DATA)}"
    assert answer.headers["Content-Length"] == str(end - start)


@pytest.mark.parametrize("asked", ["bytes=2500000-", "bytes=2500000-2500001", "bytes=-0", "bytes=999999999999999999-"])
def test_a_range_behind_the_end_is_told_so(alice: Visitor, asked: str) -> None:
    answer = get(alice, add_file(alice, "a.bin", DATA), Range=asked)
    assert code_of(answer) == (416, "out_of_range")
    assert answer.headers["Content-Range"] == f"bytes */{len(DATA)}"


@pytest.mark.parametrize(
    "asked",
    ["bytes=", "bytes=-", "bytes=9-5", "bytes=0-1,5-6", "lines=0-1", "bytes=a-b", "bytes=" + "9" * 4000, "0-1"],
)
def test_what_is_no_single_range_is_left_alone(alice: Visitor, asked: str) -> None:
    answer = get(alice, add_file(alice, "a.bin", DATA), Range=asked)
    assert (answer.status_code, len(answer.content)) == (200, len(DATA))


def test_a_range_is_sent_only_of_the_bytes_that_the_caller_means(alice: Visitor) -> None:
    file = add_file(alice, "a.bin", DATA)
    date = get(alice, file).headers["Last-Modified"]
    for condition, status in ((f'"{file["sha256"]}"', 206), (date, 206), ('"other"', 200), ("yesterday", 200)):
        assert get(alice, file, Range="bytes=0-4", If_Range=condition).status_code == status
    assert get(alice, file, Range="bytes=0-4", If_Range=f'W/"{file["sha256"]}"').status_code == 200


def test_bytes_that_the_caller_has_are_not_sent_again(alice: Visitor) -> None:
    file = add_file(alice, "a.bin", DATA)
    tag, date = f'"{file["sha256"]}"', get(alice, file).headers["Last-Modified"]
    for condition in ({"If_None_Match": tag}, {"If_None_Match": f'"x", W/{tag}'}, {"If_Modified_Since": date}):
        answer = get(alice, file, "", **condition)
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
    others = [{"If_None_Match": '"x"', "If_Modified_Since": date}, {"If_Modified_Since": "x"}, {"If_Match": "*"}]
    for condition in others:
        assert get(alice, file, "", **condition).status_code == 200
    assert code_of(get(alice, file, If_Match='"x"')) == (412, "not_fitting")
    assert get(alice, file, If_Match=tag).status_code == 200


def test_a_file_of_no_bytes_is_there_at_once(alice: Visitor) -> None:
    file = add_file(alice, "empty.txt", b"")
    answer = get(alice, file)
    assert (answer.status_code, answer.content, answer.headers["Content-Length"]) == (200, b"", "0")
    assert code_of(get(alice, file, Range="bytes=0-")) == (416, "out_of_range")


@pytest.mark.parametrize(
    ("name", "said"), [*((name, "image/png") for name in NAMES), ("x", "text/html"), ("x.", "image/svg+xml")]
)
def test_what_a_browser_might_run_is_never_shown(alice: Visitor, name: str, said: str) -> None:
    answer = get(alice, add_file(alice, name, SCRIPT, media_type=said))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert not any(word in answer.headers["Content-Type"] for word in ("javascript", "css", "wasm"))


@pytest.mark.parametrize(("said", "wanted"), [("image/png", "image/png"), ("Text/Plain; charset=x", "text/plain")])
def test_of_a_name_without_an_ending_the_senders_word_counts_if_it_is_harmless(
    alice: Visitor, said: str, wanted: str
) -> None:
    answer = get(alice, add_file(alice, "x", SCRIPT, media_type=said))
    assert answer.headers["Content-Type"].partition(";")[0] == wanted
    assert answer.headers["Content-Disposition"] == 'inline; filename="x"'


def test_a_type_that_the_sender_made_up_is_bytes(alice: Visitor) -> None:
    for said in ("application/x-made-up", "text/html\r\nX-Evil: 1", "image/*", "multipart/x-mixed-replace", ""):
        file = add_file(alice, "x", SCRIPT, media_type=said)
        assert file["media_type"] == "application/octet-stream"
        assert get(alice, file).headers["Content-Type"] == "application/octet-stream"


def test_the_new_name_of_a_file_tells_its_kind(alice: Visitor) -> None:
    file = add_file(alice, "x.png", SCRIPT)
    assert get(alice, file).headers["Content-Disposition"].startswith("inline")
    renamed = alice.call("update_file", file["id"], "x.html")
    assert renamed["media_type"] == "text/html"
    assert get(alice, renamed).headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_letters_are_declared_as_utf_8(alice: Visitor) -> None:
    answer = get(alice, add_file(alice, "诗.txt", "床前明月光".encode()))
    assert (answer.headers["Content-Type"], answer.text) == ("text/plain; charset=utf-8", "床前明月光")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("a b.txt", 'inline; filename="a b.txt"'),
        ("报告.pdf", "inline; filename=\"__.pdf\"; filename*=UTF-8''%E6%8A%A5%E5%91%8A.pdf"),
        ('a".txt', "inline; filename=\"a_.txt\"; filename*=UTF-8''a%22.txt"),
        ("100%41.txt", "inline; filename=\"100_41.txt\"; filename*=UTF-8''100%2541.txt"),
        ("é😀.txt", "inline; filename=\"__.txt\"; filename*=UTF-8''%C3%A9%F0%9F%98%80.txt"),
        ("a;b=c.txt", 'inline; filename="a;b=c.txt"'),
    ],
)
def test_any_name_comes_through(name: str, wanted: str) -> None:
    assert disposition("inline", name) == wanted


def test_only_what_is_shown_may_be_framed_by_our_own_page() -> None:
    for kind in SHOWN:
        found = headers_of(row_of("x", kind), is_download=False)
        assert found["Content-Disposition"] == 'inline; filename="x"'
        assert found["X-Frame-Options"] == "SAMEORIGIN"
    active = {"text/html", "image/svg+xml", "application/xml"}
    assert not SHOWN & (file_headers.AS_TEXT | file_headers.AS_BYTES | active)


def test_anothers_file_and_a_missing_one_answer_alike(alice: Visitor, charlie: Visitor, server: Server) -> None:
    file, gone = add_file(alice, "a.txt", b"abc"), add_file(alice, "b.txt", b"abc")
    alice.call("delete_file", gone["id"])
    addresses = [file["url"], gone["url"], f"/files/{uuid.uuid4()}/a.txt", "/files/x", "/files/a/b/c", "/files/"]
    for visitor, status in ((charlie, 404), (Visitor(server.url), 401)):
        found = [get(visitor, {"url": url}, "", X_Request_ID="the-same-for-all") for url in addresses]
        assert found[0].status_code == status
        assert len({(one.status_code, one.content, str(sorted(steady(one).items()))) for one in found}) == 1
    assert code_of(get(alice, gone)) == (404, "not_found")
    assert get(alice, file).content == b"abc"


def test_a_picture_needs_no_header_but_one_that_names_another_workspace_is_heeded(alice: Visitor) -> None:
    file = add_file(alice, "a.png", b"abc")
    assert get(alice, file).status_code == 200
    assert get(alice, file, X_Session_UUID=alice.session_id).status_code == 200
    assert code_of(get(alice, file, X_Session_UUID=str(uuid.uuid4()))) == (404, "not_found")
    alice.open("/new")
    assert get(alice, file).status_code == 200


def test_a_token_opens_the_files_of_its_workspace(alice: Visitor, bob: Visitor) -> None:
    file, others = add_file(alice, "a.txt", b"abc"), add_file(bob, "b.txt", b"abc")
    key = {"Authorization": f"Bearer {alice.call('create_token', 'x')['token']}"}
    program = Visitor(alice.url)
    assert get(program, file, "", **key).content == b"abc"
    assert code_of(get(program, others, "", **key)) == (404, "not_found")
    assert code_of(get(program, file, Authorization="Bearer studiolo_wrong")) == (401, "unauthenticated")


def test_the_gate_holds_here_too(alice: Visitor) -> None:
    file = add_file(alice, "a.txt", b"abc")
    assert code_of(get(alice, file, Origin="http://evil.example")) == (403, "foreign_origin")
    assert code_of(get(alice, file, Host="evil.example")) == (421, "misdirected_request")


@pytest.mark.parametrize("verb", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_file_is_only_read_here(alice: Visitor, verb: str) -> None:
    file = add_file(alice, "a.txt", b"abc")
    answer = alice.http.request(verb, alice.url + file["url"], data=b"x", timeout=PATIENCE_S)
    assert code_of(answer) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, HEAD"


def test_refusals_are_in_the_readers_language(alice: Visitor) -> None:
    answer = alice.http.get(f"{alice.url}/files/{uuid.uuid4()}", headers={"Accept-Language": "zh-CN"})
    assert "文件" in answer.json()["error"]["message"]


def test_bytes_that_are_missing_on_disk_are_not_found_and_logged(tmp_path: Path) -> None:
    with Server(tmp_path, local_model="false") as server:
        visitor = new_visitor(server.url, "alice")
        file = add_file(visitor, "a.txt", b"abc")
        [blob] = (tmp_path / "files" / "blobs").glob("??/*")
        blob.unlink()
        assert code_of(get(visitor, file)) == (404, "not_found")
        wait_until(lambda: "are missing" in server.log, what="the log")


def test_one_browser_has_so_many_transfers_open_and_others_are_not_kept_waiting() -> None:
    def visit_of(key: str) -> Visit:
        return Visit(environ={"HTTP_COOKIE": f"studiolo_key={key}"}, receive=None, send=None)  # type: ignore[arg-type]

    door = FileDoor(None, None, Stopping())  # type: ignore[arg-type]
    with ExitStack() as stack:
        for _ in range(MAX_OPEN):
            stack.enter_context(door.counted(visit_of("alice")))
        with pytest.raises(TooManyCalls), door.counted(visit_of("alice")):
            pass
        with door.counted(visit_of("bob")):
            pass
    with door.counted(visit_of("alice")):
        assert len(door.num_open) == 1
    assert len(door.num_open) == 0


def test_a_file_is_not_read_on_for_a_visitor_who_hung_up() -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)
        await asyncio.sleep(0)

    async def pour() -> None:
        desk = Desk(None, None)  # type: ignore[arg-type]
        visit = Visit(environ={}, receive=receive, send=send)
        await Downloads(desk)._pour(visit, BytesIO(bytes(20 * CHUNK_BYTES)), 20 * CHUNK_BYTES)
        desk.close()

    asyncio.run(pour())
    assert len(sent) <= 2


def test_who_hangs_up_in_mid_file_keeps_nothing_busy(tmp_path: Path, scale: int) -> None:
    with Server(tmp_path, local_model="false") as server:
        visitor = new_visitor(server.url, "alice")
        file = add_file(visitor, "a.bin", random_bytes(30_000_000))
        place = urlsplit(server.url)
        cookies = "; ".join(f"{name}={value}" for name, value in visitor.http.cookies.items())
        for _ in range(20 * scale):
            with socket.create_connection((place.hostname, place.port)) as connection:
                head = f"GET {file['url']} HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: {cookies}\r\n\r\n"
                connection.sendall(head.encode())
                assert connection.recv(1000)
        fds = Path(f"/proc/{server.pid}/fd")
        wait_until(lambda: not any("blobs" in str(fd.resolve()) for fd in fds.iterdir()), what="the files' end")
        assert requests.get(server.url + "/static/favicon.svg", timeout=PATIENCE_S).ok
