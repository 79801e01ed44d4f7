"""A request is read to the letter: what could be read in two ways goes nowhere."""

import random
import socket
from collections.abc import Iterator

import pytest

from egress.guard import Guard
from tests.egress.test_guard import guard_for
from tests.egress.wires import CountingServer, ask, call, everything, status_of
from tests.running import wait_until

HEAD_BYTES = 32_768


@pytest.fixture(scope="module")
def counting() -> Iterator[CountingServer]:
    with CountingServer() as server:
        yield server


@pytest.fixture(scope="module")
def guard(counting: CountingServer) -> Iterator[Guard]:
    with guard_for(f"a:{counting.port}", f"127.0.0.1:{counting.port}") as running:
        yield running


def head(*fields: bytes, line: bytes = b"POST http://127.0.0.1:%d/ HTTP/1.1") -> bytes:
    return b"\r\n".join([line, *fields, b"", b""])


LENGTH, CHUNKED = b"Content-Length: 5", b"Transfer-Encoding: chunked"
MALFORMED = [
    *[
        head(*fields)
        for fields in ([LENGTH, CHUNKED], [LENGTH, LENGTH], [LENGTH, b"content-length: 6"], [CHUNKED, CHUNKED])
    ],
    *[
        head(b"Content-Length:" + value)
        for value in (b"", b" 5, 5", b" +5", b" -5", b" 5 5", b" 0x5", b" 1" + b"0" * 18)
    ],
    *[
        head(b"Transfer-Encoding: " + value)
        for value in (b"", b"gzip, chunked", b"identity", b"xchunked", b"chunked,", b"\x0bchunked")
    ],
    *[
        head(b"Host: a", b"Host: a"),
        head(b"X: 1", b" folded"),
        head(b" X: 1"),
        head(b"X : 1"),
        head(b"X"),
        head(b": 1"),
    ],
    *[head(b"X: a\0b"), head(b"X: a\rb"), head(b"X: a\x7fb"), head(b"X\0: a"), head(b"X: a\nY: b"), head(b"X\xff: a")],
    *[head().replace(b"\r\n", b"\n"), head(b"X: 1").replace(b"1\r\n", b"1\n"), head()[:-2] + b"\n", b"\r\n" + head()],
    *[
        head(line=b"GET http://127.0.0.1:%d/ HTTP/" + version)
        for version in (b"1.0", b"1.2", b"2", b"1.1 ", b"1.1\t", b"")
    ],
    *[
        head(line=b"GET http://127.0.0.1:%d/" + path + b" HTTP/1.1")
        for path in (b" ", b"\t", b"\0", b"\xc3\xa9", b"a b", b"#a")
    ],
    *[
        head(line=b"GET " + place + b" HTTP/1.1")
        for place in (b"/", b"*", b"127.0.0.1:%d", b"//127.0.0.1:%d/", b"http:", b"http://")
    ],
    *[
        head(line=b"GET " + place + b" HTTP/1.1")
        for place in (b"http:///", b"http://:%d/", b"http://a:/", b"http://a:b/", b"http://a@a:%d/")
    ],
    *[
        head(line=b"GET " + scheme + b"://127.0.0.1:%d/ HTTP/1.1")
        for scheme in (b"https", b"ftp", b"ws", b"file", b"httpx")
    ],
    *[
        head(line=b"CONNECT " + place + b" HTTP/1.1")
        for place in (b"a", b"a:", b":1", b"a:b", b"http://a:1", b"a:1/", b"::1:1", b"a:123456")
    ],
    *[head(field, line=b"CONNECT 127.0.0.1:%d HTTP/1.1") for field in (LENGTH, CHUNKED)],
    *[
        head(line=line)
        for line in (b"", b"GET", b" GET http://a/ HTTP/1.1", b"G\xc3T http://a/ HTTP/1.1", b"GET  http://a/ HTTP/1.1")
    ],
    *[
        b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n",
        b"\x05\x01\0\n\n",
        b"\0" * 64 + b"\n\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
]


@pytest.mark.parametrize("words", MALFORMED, ids=lambda words: str(words[:60]))
def test_what_is_malformed_is_told_and_goes_nowhere(guard: Guard, counting: CountingServer, words: bytes) -> None:
    num_passed = guard.num_passed
    answer = ask(guard, words.replace(b"%d", b"%d" % counting.port))
    assert status_of(answer) == 400
    assert answer.endswith(b".\n")
    assert guard.num_passed == num_passed


def test_a_head_of_32_kib_passes_and_one_byte_more_does_not(guard: Guard, counting: CountingServer) -> None:
    line = b"GET http://127.0.0.1:%d/ HTTP/1.1" % counting.port
    room = HEAD_BYTES - len(head(*[b"X: " + b"y" * 1000] * 32, b"X: ", line=line))
    words = head(*[b"X: " + b"y" * 1000] * 32, b"X: " + b"y" * room, line=line)
    assert len(words) == HEAD_BYTES
    assert status_of(ask(guard, words)) == 200
    assert status_of(ask(guard, words.replace(b"X: ", b"X: z", 1))) == 431


@pytest.mark.parametrize("words", [b"GET " + b"a" * 100_000, b"GET http://a/ HTTP/1.1\r\n" + b"X: y\r\n" * 20_000])
def test_a_head_without_end_is_told(guard: Guard, words: bytes) -> None:
    assert status_of(ask(guard, words)) == 431


def test_a_head_that_breaks_off_is_told(guard: Guard) -> None:
    for words in (b"G", b"CONNECT a:1 HTTP/1.1", b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n"):
        with call(guard) as line:
            line.sendall(words)
            line.shutdown(socket.SHUT_WR)
            assert status_of(everything(line)) == 400


def test_a_head_that_is_too_slow_is_told_and_an_unused_connection_is_closed() -> None:
    with guard_for(head_s=0.2) as guard, call(guard) as unused:
        assert status_of(ask(guard, b"CONNECT a:1 HTTP/1.1\r\nHost:")) == 408
        assert unused.recv(1) == b""


def test_a_head_of_blanks_is_read_at_once(guard: Guard) -> None:
    assert status_of(ask(guard, head(b"X:" + b" \t" * 16_000 + b"\0"))) == 400
    assert status_of(ask(guard, b"GET " + b"http://" * 4000 + b"\r\n\r\n")) == 400


def test_hostile_bytes_leave_the_guard_standing(counting: CountingServer) -> None:
    chance = random.Random(7)
    words = [
        b"GET ",
        b"CONNECT ",
        b"http://",
        b"127.0.0.1",
        b":80",
        b" HTTP/1.1",
        b"\r\n",
        b"\n",
        b"\0",
        b"Host: ",
        b"\xff",
    ]
    with guard_for(f"127.0.0.1:{counting.port}") as guard:
        for _ in range(150):
            sent = b"".join(chance.choice([*words, chance.randbytes(9)]) for _ in range(chance.randrange(1, 30)))
            with call(guard) as line:
                line.sendall(sent)
                line.shutdown(socket.SHUT_WR)
                answer = everything(line)
            assert answer == b"" or status_of(answer) in {400, 403}
        wait_until(lambda: not guard._open)
        assert guard.num_passed == 0
        assert status_of(ask(guard, head(line=b"GET http://127.0.0.1:%d HTTP/1.1" % counting.port))) == 200


def test_a_client_that_hangs_up_at_any_moment_leaves_nothing_behind(counting: CountingServer) -> None:
    words = head(LENGTH, line=b"POST http://127.0.0.1:%d/ HTTP/1.1" % counting.port) + b"hello"
    with guard_for(f"127.0.0.1:{counting.port}") as guard:
        for num_bytes in range(0, len(words), 5):
            with call(guard) as line:
                line.sendall(words[:num_bytes])
        assert status_of(ask(guard, b"CONNECT a:1 HTTP/1.1\r\n\r\n")) == 403
        wait_until(lambda: not guard._open)


def test_a_second_request_on_a_connection_is_not_read(counting: CountingServer) -> None:
    first = head(line=b"GET http://127.0.0.1:%d/ HTTP/1.1" % counting.port)
    with guard_for(f"127.0.0.1:{counting.port}") as guard, call(guard) as line:
        line.sendall(first + first)
        assert everything(line).count(b"HTTP/1.1 ") == 1
        assert guard.num_passed == 1
