"""The call threads: they run calls, and hand the interpreter over more often while one of them burns the processor."""

import sys
import threading
import time
from collections.abc import Iterator

import pytest

from doors.threads import BURNING_S, CALM_S, CallThreads
from tests.running import wait_until


@pytest.fixture
def threads() -> Iterator[CallThreads]:
    before_s = sys.getswitchinterval()
    pool = CallThreads(4)
    pool.start()
    yield pool
    pool.shutdown()
    sys.setswitchinterval(before_s)


def burn_until(is_over: threading.Event) -> int:
    rounds = 0
    while not is_over.is_set():
        rounds += 1
    return rounds


def test_a_call_is_answered_or_raises(threads: CallThreads) -> None:
    assert threads.submit(pow, 2, 5).result(5) == 32
    with pytest.raises(ZeroDivisionError):
        threads.submit(divmod, 1, 0).result(5)


def test_a_burning_call_makes_the_turns_short_until_it_ends(threads: CallThreads) -> None:
    assert sys.getswitchinterval() == pytest.approx(CALM_S)
    is_over = threading.Event()
    answer = threads.submit(burn_until, is_over)
    try:
        wait_until(lambda: sys.getswitchinterval() == pytest.approx(BURNING_S), what="the short turn")
    finally:
        is_over.set()
    assert answer.result(5) > 0
    wait_until(lambda: sys.getswitchinterval() == pytest.approx(CALM_S), what="the long turn")


def test_a_call_that_only_waits_burns_nothing(threads: CallThreads) -> None:
    is_over, is_there = threading.Event(), threading.Event()

    def wait() -> bool:
        is_there.set()
        return is_over.wait(5)

    answer = threads.submit(wait)
    assert is_there.wait(5)
    begun_s = time.monotonic()
    while time.monotonic() - begun_s < 0.2:
        assert not threads.is_burning
    is_over.set()
    assert answer.result(5)


def test_many_short_calls_burn_nothing_however_long_they_go_on(threads: CallThreads) -> None:
    spent_s = 0.0
    while spent_s < 0.2:
        spent_s += threads.submit(_short).result(5)
        assert not threads.is_burning


def _short() -> float:
    begun_s = time.thread_time()
    while time.thread_time() - begun_s < 0.002:
        pass
    return time.thread_time() - begun_s
