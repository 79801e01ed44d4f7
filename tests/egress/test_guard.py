"""Nothing goes through the guard but to where the policy lets it, by whatever name it is asked for."""

import socket
import threading
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import pytest
import requests

import egress.exchange
from egress.addresses import Address
from egress.exchange import Bounds
from egress.guard import Guard
from egress.line import Line
from egress.policy import Policy
from egress.system import system_resolve
from tests.egress.wires import CountingServer, Far, ask, call, everything, has_ended, status_of, tunnelled
from tests.running import PATIENCE_S, free_port, wait_until

OUTSIDE, LOOPBACK = ip_address("93.184.216.34"), ip_address("127.0.0.1")
NAMES: dict[str, list[Address]] = {
    "loop.example": [LOOPBACK],
    "localhost.": [LOOPBACK],
    "mixed.example": [OUTSIDE, LOOPBACK],
    "mapped.example": [ip_address("::ffff:127.0.0.1")],
    "metadata.example": [ip_address("169.254.169.254")],
}
REACHING = ["127.0.0.1", "127.0.0.2", "127.1", "0x7f.1", "2130706433", "017700000001", "localhost", "0", "0.0.0.0"]
REACHING_V6 = ["::1", "::", "::ffff:127.0.0.1"]
SPELLINGS = [
    *REACHING,
    *(f"[{host}]" for host in REACHING_V6),
    *["127.0.0.1.", "LOCALHOST", "127.0.1", "0x7f000001", "0177.0.0.1", "127.255.255.255", "127.0.0.01"],
    *[
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:7f00:1]",
        "[::1%lo]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::1]",
        "[fe80::1%lo]",
    ],
    *["10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "[fd00::2]"],
    *["169.254.169.254", "[fd00:ec2::254]", "100.100.100.200", "168.63.129.16", "192.0.0.192", "192.0.2.2"],
    *[
        "user@127.0.0.1",
        "93.184.216.34@127.0.0.1",
        "127.0.0.1%00.example",
        "%31%32%37.0.0.1",
        "１２７.0.0.1",
        "127。0。0。1",
    ],
    *["127.0.0.1#.example", "127.0.0.1\\.example", "a..b", "x" * 254, "", "[]", "[127.0.0.1]", "::1", *NAMES],
]


def resolve(host: str) -> list[Address]:
    return NAMES.get(host) or system_resolve(host)


@pytest.fixture
def counting() -> Iterator[CountingServer]:
    with CountingServer() as server:
        yield server


@pytest.fixture
def guard() -> Iterator[Guard]:
    """One that lets out to public addresses only."""
    with Guard(Policy(), resolve) as running:
        yield running


def guard_for(*places: str, **bounds: Any) -> Guard:
    """One that lets out to these places only."""
    return Guard(Policy.of(",".join(("none", *places))), resolve, Bounds(**bounds))


def browser(guard: Guard) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.proxies = {"http": guard.url, "https": guard.url}
    return session


def test_the_counting_server_would_count_these_spellings(counting: CountingServer) -> None:
    hosts = REACHING + REACHING_V6 * socket.has_dualstack_ipv6()
    for host in hosts:
        socket.create_connection((host, counting.port), PATIENCE_S).close()
    wait_until(lambda: counting.num_met == len(hosts))


@pytest.mark.parametrize(
    "form", ["CONNECT {place} HTTP/1.1\r\n\r\n", "GET http://{place}/ HTTP/1.1\r\nHost: a\r\n\r\n"]
)
def test_no_spelling_of_a_place_within_is_reached(guard: Guard, counting: CountingServer, form: str) -> None:
    assert len(SPELLINGS) > 50
    for host in SPELLINGS:
        answer = ask(guard, form.format(place=f"{host}:{counting.port}").encode())
        assert status_of(answer) in {400, 403}, (host, answer)
    assert counting.num_met == guard.num_passed == 0
    assert guard.num_refused > 40


def test_a_refusal_says_what_and_the_next_step(guard: Guard) -> None:
    answer = ask(guard, b"GET http://loop.example:8000/ HTTP/1.1\r\n\r\n")
    assert status_of(answer) == 403
    assert b"loop.example:8000 is not at a public address." in answer
    assert b"STUDIOLO_EGRESS" in answer
    assert b"127.0.0.1" not in answer


def test_a_client_that_is_refused_in_mid_body_can_read_why() -> None:
    with guard_for(linger_s=PATIENCE_S) as guard, call(guard) as line:
        line.sendall(b"POST http://10.0.0.1/ HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n")
        assert b"10.0.0.1:80" in everything(line)
        ask(guard, b"CONNECT 10.0.0.1:80 HTTP/1.1\r\n\r\n")  # by now it would have hung up
        for _ in range(10):
            line.sendall(b"x" * 100_000)
        line.close()
        wait_until(lambda: not guard._open)


def test_whoever_listens_hears_of_refusals() -> None:
    heard: list[str] = []
    with Guard(Policy(), resolve, on_refused=heard.append) as guard:
        ask(guard, b"CONNECT 10.0.0.1:80 HTTP/1.1\r\n\r\n")
        assert guard.num_refused == len(heard) == 1
    assert "10.0.0.1:80" in heard[0]


def test_a_listener_that_breaks_ends_one_connection_only(guard: Guard) -> None:
    def broken(_: str) -> None:
        raise RuntimeError("broken")

    guard._on_refused = broken
    with call(guard) as line:
        line.sendall(b"CONNECT 10.0.0.1:80 HTTP/1.1\r\n\r\n")
        assert has_ended(line)
    guard._on_refused = None
    assert status_of(ask(guard, b"CONNECT 10.0.0.1:80 HTTP/1.1\r\n\r\n")) == 403


def test_a_listed_place_is_reached_and_its_neighbour_is_not(counting: CountingServer) -> None:
    with guard_for(f"loop.example:{counting.port}") as guard:
        assert browser(guard).get(f"http://loop.example:{counting.port}/").text == "reached"
        assert browser(guard).get(f"http://127.0.0.1:{counting.port}/").status_code == 403
        assert (counting.num_met, guard.num_passed, guard.num_refused) == (1, 1, 1)


def test_a_redirect_is_judged_as_a_request_of_its_own(counting: CountingServer) -> None:
    with CountingServer() as inner, guard_for(f"loop.example:{counting.port}") as guard:
        for host in ("127.0.0.1", "localhost", "mapped.example", "loop.example"):
            answer = browser(guard).get(f"http://loop.example:{counting.port}/to/{host}:{inner.port}/")
            assert (answer.status_code, [hop.status_code for hop in answer.history]) == (403, [302])
        assert (inner.num_met, counting.num_met) == (0, 4)


def test_a_name_is_resolved_once_and_the_checked_address_is_called(
    counting: CountingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([[OUTSIDE], [LOOPBACK], [LOOPBACK]])
    asked: list[str] = []
    dialled: list[tuple[list[Address], int]] = []

    def rebinding(host: str) -> list[Address]:
        asked.append(host)
        return next(answers)

    async def dial(addresses: list[Address], port: int, _: float) -> Line:
        dialled.append((addresses, port))
        raise ConnectionRefusedError

    monkeypatch.setattr(egress.exchange, "dial", dial)
    with Guard(Policy(), rebinding) as guard:
        answer = ask(guard, f"CONNECT rebind.example:{counting.port} HTTP/1.1\r\n\r\n".encode())
    assert status_of(answer) == 502
    assert asked == ["rebind.example"]
    assert dialled == [([OUTSIDE], counting.port)]
    assert counting.num_met == 0


def test_nobody_is_asked_for_an_address_again(counting: CountingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with guard_for(f"loop.example:{counting.port}") as guard:
        line = call(guard)
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("a name was resolved again"))
        with line:
            line.sendall(f"GET http://loop.example:{counting.port}/ HTTP/1.1\r\n\r\n".encode())
            assert status_of(everything(line)) == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]"])
def test_the_guard_does_not_call_itself_even_where_it_is_listed(host: str) -> None:
    with guard_for() as guard:
        guard._policy = Policy.of(f"none,{host}:{guard.port}")
        answer = ask(guard, f"CONNECT {host}:{guard.port} HTTP/1.1\r\n\r\n".encode())
        assert status_of(answer) == 403
        assert b"the guard itself" in answer
        assert guard.num_passed == 0


def test_a_place_where_nobody_listens_is_unreachable() -> None:
    place = f"127.0.0.1:{free_port()}"
    with guard_for(place, "nowhere.invalid:80") as guard:
        assert status_of(ask(guard, f"CONNECT {place} HTTP/1.1\r\n\r\n".encode())) == 502
        assert status_of(ask(guard, f"GET http://{place}/ HTTP/1.1\r\n\r\n".encode())) == 502
        assert status_of(ask(guard, b"GET http://nowhere.invalid/ HTTP/1.1\r\n\r\n")) == 502


def test_the_second_address_is_called_where_the_first_does_not_answer() -> None:
    with Far() as far:  # on 127.0.0.1 only, so that ::1 refuses
        two = Guard(Policy.of(f"two.example:{far.port}"), lambda _: [ip_address("::1"), LOOPBACK])
        with two as guard, call(guard) as line:
            line.sendall(f"CONNECT two.example:{far.port} HTTP/1.1\r\n\r\n".encode())
            far.accept().close()
            line.shutdown(socket.SHUT_WR)
            assert status_of(everything(line)) == 200


def test_a_name_that_is_looked_up_too_long_is_told() -> None:
    may_answer = threading.Event()

    def slow(_: str) -> list[Address]:
        may_answer.wait(PATIENCE_S)
        return [LOOPBACK]

    with Guard(Policy(), slow, Bounds(connect_s=0.1, linger_s=0.1)) as guard:
        answer = ask(guard, b"CONNECT slow.example:80 HTTP/1.1\r\n\r\n")
        assert status_of(answer) == 504
        assert b"slow.example:80 took too long" in answer
        may_answer.set()


def test_a_place_that_takes_no_call_is_told_of_in_time() -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for line in (first, second):
            line.setblocking(False)
            line.connect_ex(full.getsockname())
        place = f"127.0.0.1:{full.getsockname()[1]}"
        with guard_for(place, connect_s=0.3) as guard:
            assert status_of(ask(guard, f"CONNECT {place} HTTP/1.1\r\n\r\n".encode())) == 504


def test_more_connections_than_allowed_are_told_so_and_room_comes_back() -> None:
    with Far() as far, guard_for(far.place, max_connections=2) as guard:
        ask_for_it = f"CONNECT {far.place} HTTP/1.1\r\n\r\n".encode()
        with tunnelled(guard, far), tunnelled(guard, far):
            assert status_of(ask(guard, ask_for_it)) == 503
        wait_until(lambda: not guard._open)
        with tunnelled(guard, far):
            pass


def test_far_more_connections_than_allowed_get_no_word() -> None:
    with (
        guard_for(max_connections=1, linger_s=PATIENCE_S) as guard,
        call(guard),
        call(guard) as told,
        call(guard) as cut,
    ):
        assert b" 503 " in told.recv(100)
        assert has_ended(cut)


def threads_of_guards() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("egress-")]


def test_stop_hangs_up_on_everybody_and_leaves_no_thread(caplog: pytest.LogCaptureFixture) -> None:
    with Far() as far:
        guard = guard_for(far.place).start()
        with tunnelled(guard, far) as (near, other), call(guard) as unused, call(guard) as half:
            half.sendall(b"GET http://")
            wait_until(lambda: len(guard._open) == 3)
            guard.stop()
            assert all(has_ended(line) for line in (near, other, unused, half))
        with pytest.raises(ConnectionRefusedError):
            call(guard)
    wait_until(lambda: threads_of_guards() == [])
    guard.stop()
    assert caplog.messages == []


def test_a_stopped_guard_starts_again() -> None:
    guard = guard_for()
    for _ in range(2):
        with guard:
            assert status_of(ask(guard, b"CONNECT a.example:80 HTTP/1.1\r\n\r\n")) == 403


def test_a_guard_that_cannot_start_leaves_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_: Guard) -> None:
        raise OSError("no room")

    monkeypatch.setattr(Guard, "_listen", fail)
    with pytest.raises(OSError, match="no room"):
        guard_for().start()
    wait_until(lambda: threads_of_guards() == [])
