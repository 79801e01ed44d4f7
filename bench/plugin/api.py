"""The class the measured server serves: one method for each kind of trouble or none."""

import time

from api.plugin import Plugin, method


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
