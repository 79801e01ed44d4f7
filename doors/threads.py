"""The threads that calls run on, and how often they hand the interpreter over to one another.

CPython lets one thread run for the switch interval before another gets its turn. A long one is cheap, and unbearable
beside a visitor whose calls burn the processor: every turn of everyone else waits behind each of those. So it is long
until a call has burned the processor for a while, and short as long as such a call runs.
"""

import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

CALM_S = 0.005
BURNING_S = 0.000_05
BLIND_S = 0.001  # where the system does not say how long a thread ran: macOS, Windows
LOOK_S = 0.05
BURNS_AFTER_S = 0.05  # of processor time in one call; those of the areas take a hundredth

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


class CallThreads(ThreadPoolExecutor):
    """A pool of call threads; `start` begins to watch them."""

    def __init__(self, num_threads: int) -> None:
        super().__init__(num_threads, thread_name_prefix="call")
        self._running: dict[int, tuple[int, float]] = {}
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._look, name="call-watch", daemon=True)

    def start(self) -> None:
        """Begin to look for calls that burn the processor."""
        sys.setswitchinterval(CALM_S if _CLOCK else BLIND_S)
        if _CLOCK:
            self._watch.start()

    def submit(self, function: Callable[Given, Answer], /, *given: Given.args, **named: Given.kwargs) -> Future[Answer]:
        """Run a function on one of the threads."""
        return super().submit(self._run, function, *given, **named)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls."""
        self._stop.set()
        super().shutdown(wait, cancel_futures=cancel_futures)

    @property
    def is_burning(self) -> bool:
        """Tell whether a call that is running has burned the processor for long."""
        return any(_ran_s(clock) - begun_s > BURNS_AFTER_S for clock, begun_s in list(self._running.values()))

    def _run(self, function: Callable[Given, Answer], /, *given: Given.args, **named: Given.kwargs) -> Answer:
        if _CLOCK is None:
            return function(*given, **named)
        me = threading.get_ident()
        self._running[me] = _CLOCK(me), time.thread_time()
        try:
            return function(*given, **named)
        finally:
            del self._running[me]

    def _look(self) -> None:
        wished_s = CALM_S
        while not self._stop.wait(LOOK_S):
            now_s = BURNING_S if self.is_burning else CALM_S
            if now_s != wished_s:
                sys.setswitchinterval(now_s)
                wished_s = now_s


_CLOCK: Callable[[int], int] | None = getattr(time, "pthread_getcpuclockid", None)


def _ran_s(clock: int) -> float:
    try:
        return time.clock_gettime(clock)
    except OSError:
        return 0.0  # the thread has ended
