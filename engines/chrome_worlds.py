"""Our worlds in a page's documents, as Chrome tells of them: one a document, gone with it."""

from dataclasses import dataclass

from engines.cdp import Facts
from engines.chrome_scripts import WORLD


@dataclass(frozen=True, slots=True)
class World:
    """Its name, which no other has, and the origin of its document."""

    id: str
    origin: str


class Worlds:
    """Heard on one thread, asked from any."""

    def __init__(self) -> None:
        self._known: dict[int, World] = {}  # by numbers, which begin again with each process of the page
        self.current: World | None = None

    def get(self, number: int) -> World | None:
        """Return the world of a number that an event tells."""
        return self._known.get(number)

    def hear(self, event: str, facts: Facts, frame: str) -> None:
        """Take an event."""
        match event:
            case "Runtime.executionContextCreated":
                made = facts["context"]
                if made["name"] == WORLD and made.get("auxData", {}).get("frameId") == frame:
                    self.current = self._known[made["id"]] = World(made["uniqueId"], made["origin"])
            case "Runtime.executionContextDestroyed":
                gone = self._known.pop(facts["executionContextId"], None)
                if gone is self.current:
                    self.current = None
            case "Runtime.executionContextsCleared":
                self._known.clear()
                self.current = None
