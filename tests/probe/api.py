"""A class that misbehaves in every way a person's own class may, and one method that behaves."""

import time

from api.plugin import Plugin, method


class Api(Plugin):
    """Methods for tests."""

    @method
    def add_count(self, by: int = 1) -> int:
        """Add to this visitor's counter and return it."""
        self.data["count"] = self.data.get("count", 0) + by
        count: int = self.data["count"]
        return count

    @method
    def echo(self, value: str, times: int = 1) -> str:
        """Return a text."""
        return value * times

    @method
    def sleep_for(self, seconds: float) -> float:
        """Block for some seconds."""
        time.sleep(seconds)
        return seconds

    @method
    def burn_for(self, seconds: float) -> int:
        """Burn the processor for some seconds."""
        until, rounds = time.monotonic() + seconds, 0
        while time.monotonic() < until:
            rounds += 1
        return rounds

    @method
    def break_down(self, after_count: int = 0) -> None:
        """Change the data and raise an error that nobody expects."""
        self.data["count"] = after_count
        raise RuntimeError("the reason nobody outside may see")

    @method
    def keep_on_self(self, value: int) -> None:
        """Set an attribute."""
        self.value = value

    @method
    def keep_large(self, num_bytes: int) -> None:
        """Keep that many bytes."""
        self.data["large"] = "x" * num_bytes
