"""What may pass, passes whole, both ways, in little memory, and ends when either end does."""

import hashlib
import socket
import struct
from collections.abc import Iterator

import pytest

from egress.guard import Guard
from tests.egress.test_guard import browser, guard_for
from tests.egress.wires import (
    CHUNK,
    CountingServer,
    Far,
    ask,
    call,
    everything,
    exactly,
    has_ended,
    status_of,
    tunnelled,
    up_to,
)
from tests.running import PATIENCE_S

BIG = 8 * 1024 * 1024
FLOOD = 96 * 1024 * 1024
MAX_HELD = 40 * 1024 * 1024  # what the kernel's buffers of four sockets may take, and hardly more


@pytest.fixture
def far() -> Iterator[Far]:
    with Far() as listening:
        yield listening


@pytest.fixture
def guard(far: Far) -> Iterator[Guard]:
    with guard_for(far.place) as running:
        yield running


def get(far: Far, *fields: bytes, method: bytes = b"GET", path: bytes = b"/") -> bytes:
    lines = [b"%s http://%s%s HTTP/1.1" % (method, far.place.encode(), path), *fields, b"", b""]
    return b"\r\n".join(lines)


def test_big_bodies_pass_whole() -> None:
    body = bytes(range(256)) * (BIG // 256)
    said = f"{BIG} {hashlib.sha256(body).hexdigest()}"
    pieces = (body[start : start + 100_003] for start in range(0, BIG, 100_003))
    with CountingServer() as server, guard_for(f"127.0.0.1:{server.port}") as guard:
        url = f"http://127.0.0.1:{server.port}"
        assert browser(guard).post(url, data=body).text == said
        assert browser(guard).post(url, data=pieces).text == said
        assert browser(guard).get(f"{url}/big/{BIG}").content == b"x" * BIG
        assert browser(guard).post(url, data=b"").text.startswith("0 ")


def test_what_concerns_one_hop_stays_there(guard: Guard, far: Far) -> None:
    fields = [
        b"Host: other",
        b"Proxy-Connection: keep-alive",
        b"Proxy-Authorization: Basic eA==",
        b"Connection: X-A",
    ]
    with call(guard) as near:
        near.sendall(
            get(far, *fields, b"X-A: 1", b"X-B: \t2 ", b"TE: trailers", b"Upgrade: h2c", b"Cookie: a=b", path=b"/p?q")
        )
        with far.accept() as other:
            head = up_to(other, b"\r\n\r\n")
            other.sendall(
                b"HTTP/1.1 200 OK\r\nConnection: X, Content-Length\r\nKeep-Alive: 5\r\nX:1\r\nContent-Length: 0\r\n\r\n"
            )
        answer = everything(near)
    assert head.split(b"\r\n") == [
        *[
            b"GET /p?q HTTP/1.1",
            b"Host: %s" % far.place.encode(),
            b"Connection: close",
            b"X-B: 2",
            b"Cookie: a=b",
            b"",
            b"",
        ]
    ]
    assert answer == b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def test_the_length_of_a_body_cannot_be_taken_out(guard: Guard, far: Far) -> None:
    fields = [b"Connection: content-length, transfer-encoding", b"Content-Length: 3"]
    with call(guard) as near:
        near.sendall(get(far, *fields, method=b"POST") + b"abcGET http://10.0.0.1/ HTTP/1.1\r\n\r\n")
        with far.accept() as other:
            assert b"Content-Length: 3\r\n" in up_to(other, b"\r\n\r\n")
            other.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
            other.shutdown(socket.SHUT_WR)
            assert status_of(everything(near)) == 204
            # What came after the body was not passed on.
            assert everything(other) == b"abc"


def test_a_body_in_chunks_goes_on_without_its_trailers(guard: Guard, far: Far) -> None:
    with call(guard) as near:
        near.sendall(get(far, b"Transfer-Encoding: Chunked", b"Trailer: X", method=b"PUT"))
        with far.accept() as other:
            assert up_to(other, b"\r\n\r\n").endswith(b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
            near.sendall(b"0A\r\n0123456789\r\n0\r\nX: 1\r\n\r\n")
            assert up_to(other, b"0\r\n\r\n") == b"a\r\n0123456789\r\n0\r\n\r\n"
            other.sendall(b"HTTP/1.0 200\nX: 1\n\n")
        assert everything(near) == b"HTTP/1.1 200\r\nX: 1\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "body",
    [
        *[b"x\r\n", b"\r\n", b"5;a=b\r\n", b"0x5\r\n", b"-1\r\n", b"+5\r\n", b" 5\r\n", b"5\n", b"f" * 16 + b"\r\n"],
        *[b"3\r\nabcd\r\n", b"3\r\nabc\n", b"0\r\nX: 1\n\r\n", b"0\r\n\n", b"1" * 40_000, b"3\r\nabc" + b"d" * 40_000],
    ],
    ids=lambda body: str(body[:16]),
)
def test_a_body_in_bad_chunks_is_told(guard: Guard, far: Far, body: bytes) -> None:
    with call(guard) as near:
        near.sendall(get(far, b"Transfer-Encoding: chunked", method=b"POST") + body)
        with far.accept() as other:
            assert status_of(everything(near)) == 400
            assert not everything_or_reset(other).endswith(b"0\r\n\r\n")


def test_an_early_answer_comes_through_while_the_body_is_sent(guard: Guard, far: Far) -> None:
    with call(guard) as near:
        near.sendall(get(far, b"Content-Length: 1000000", b"Expect: 100-continue", method=b"POST"))
        with far.accept() as other:
            up_to(other, b"\r\n\r\n")
            other.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            assert up_to(near, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            near.sendall(b"x" * 1000)
            assert exactly(other, 1000) == b"x" * 1000
            other.sendall(b"HTTP/1.1 413 Too Large\r\n\r\n")
        assert status_of(everything(near)) == 413


@pytest.mark.parametrize(
    "answer",
    [
        *[
            b"",
            b"\r\n",
            b"SSH-2.0-x\r\n\r\n",
            b"HTTP/2 200\r\n\r\n",
            b"HTTP/1.1 20 OK\r\n\r\n",
            b"HTTP/1.1 200\r\nX: 1\r\n",
        ],
        *[
            b"HTTP/1.1 200 OK\r\n" + line + b"\r\n\r\n"
            for line in (b"X 1", b"X: 1\r\n y", b"X: \0", b"X: " + b"y" * 70_000)
        ],
        b"HTTP/1.1 101 Switching\r\n\r\n",
    ],
    ids=lambda answer: str(answer[:24]),
)
def test_what_is_no_answer_is_told(guard: Guard, far: Far, answer: bytes) -> None:
    with call(guard) as near:
        near.sendall(get(far))
        with far.accept() as other:
            up_to(other, b"\r\n\r\n")
            other.sendall(answer)
        said = everything(near)
        assert status_of(said) == 502
        assert far.place.encode() in said


def test_an_answer_that_breaks_off_is_not_taken_for_whole(guard: Guard, far: Far) -> None:
    with call(guard) as near:
        near.sendall(get(far))
        with far.accept() as other:
            up_to(other, b"\r\n\r\n")
            other.sendall(b"HTTP/1.1 200 OK\r\n\r\npart")
            assert up_to(near, b"part")
            reset(other)
        with pytest.raises(ConnectionResetError):
            near.recv(1)


def test_a_silent_server_is_told_of(far: Far) -> None:
    with guard_for(far.place, idle_s=0.2) as guard:
        assert status_of(ask(guard, get(far))) == 504


def test_a_client_that_goes_takes_its_request_along(guard: Guard, far: Far) -> None:
    for request in (get(far), get(far, b"Content-Length: 9", method=b"POST") + b"part"):
        with call(guard) as near:
            near.sendall(request)
            with far.accept() as other:
                up_to(other, b"\r\n\r\n")
                near.close()
                assert not everything_or_reset(other).endswith(b"\r\n")


def test_a_tunnel_carries_what_came_with_its_head(guard: Guard, far: Far) -> None:
    with call(guard) as near:
        near.sendall(f"CONNECT {far.place} HTTP/1.1\r\n\r\n".encode() + b"early \0\xff")
        with far.accept() as other:
            assert exactly(other, 8) == b"early \0\xff"


@pytest.mark.parametrize("is_near_first", [True, False])
def test_one_end_of_a_tunnel_may_end_before_the_other(guard: Guard, far: Far, is_near_first: bool) -> None:
    with tunnelled(guard, far) as ends:
        first, second = ends if is_near_first else reversed(ends)
        first.sendall(b"question")
        first.shutdown(socket.SHUT_WR)
        assert everything(second) == b"question"
        second.sendall(b"answer")
        second.shutdown(socket.SHUT_WR)
        assert everything(first) == b"answer"


@pytest.mark.parametrize("is_near_first", [True, False])
def test_a_broken_end_breaks_the_other(guard: Guard, far: Far, is_near_first: bool) -> None:
    with tunnelled(guard, far) as ends:
        first, second = ends if is_near_first else reversed(ends)
        reset(first)
        assert has_ended(second)


def test_a_tunnel_on_which_nothing_passes_ends(far: Far) -> None:
    with guard_for(far.place, idle_s=0.2) as guard, tunnelled(guard, far) as (near, other):
        for _ in range(3):
            near.sendall(b"x")
            assert exactly(other, 1) == b"x"
        assert has_ended(near)
        assert has_ended(other)


@pytest.mark.parametrize("is_near_slow", [True, False])
def test_what_nobody_reads_does_not_pile_up(is_near_slow: bool) -> None:
    with Far(receive_bytes=CHUNK) as far, guard_for(far.place) as guard, tunnelled(guard, far) as ends:
        slow, fast = ends if is_near_slow else reversed(ends)
        num_sent = flood(fast)
        assert num_sent < MAX_HELD
        fast.shutdown(socket.SHUT_WR)
        slow.settimeout(PATIENCE_S)
        assert len(everything(slow)) == num_sent


def flood(line: socket.socket) -> int:
    """Send until nobody takes any more; answer how many bytes were taken."""
    line.settimeout(1)
    num_sent = 0
    try:
        while num_sent < FLOOD:
            num_sent += line.send(bytes(CHUNK))
    except TimeoutError:
        pass
    return num_sent


def reset(line: socket.socket) -> None:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()


def everything_or_reset(line: socket.socket) -> bytes:
    try:
        return everything(line)
    except ConnectionResetError:
        return b""


def test_an_answer_without_end_is_not_read_ahead(guard: Guard, far: Far) -> None:
    with call(guard) as near:
        near.sendall(get(far))
        with far.accept() as other:
            up_to(other, b"\r\n\r\n")
            other.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            assert flood(other) < MAX_HELD
