"""The class the measured server serves: one method for each kind of trouble or none."""

import threading
import time

from api.plugin import Plugin, Task, Work, method, task


class Api(Plugin):
    """Methods to measure."""

    @method
    def echo(self, value: str) -> str:
        """Return a text."""
        return value

    @method
    def add_count(self, by: int = 1) -> int:
        """Add to this visitor's counter, store it and return it."""
        self.data["count"] = self.data.get("count", 0) + by
        count: int = self.data["count"]
        return count

    @method
    def sleep_for(self, seconds: float) -> float:
        """Block for some seconds."""
        time.sleep(seconds)
        return seconds

    @method
    def burn_for(self, seconds: float) -> int:
        """Burn the processor in a pure Python loop for some seconds."""
        until, rounds = time.monotonic() + seconds, 0
        while time.monotonic() < until:
            rounds += 1
        return rounds

    @method
    def start_nothing(self) -> Task:
        """Have nothing done."""
        return self.start("nothing")

    @task
    @staticmethod
    def nothing(_work: Work) -> None:
        """Do nothing."""

    @method
    def start_waiting(self, seconds: float) -> Task:
        """Have somebody wait."""
        return self.start("waiting", seconds=seconds)

    @task(may_repeat=True)
    @staticmethod
    def waiting(work: Work, seconds: float) -> None:
        """Wait until the time is over or it is cancelled."""
        is_over = threading.Event()
        work.on_cancel(is_over.set)
        is_over.wait(seconds)
