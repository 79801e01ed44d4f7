"""What the areas stand on; built once by web_mode.py."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.engine_place import EnginePlace
from api.file_store import FileStore
from sessions.door_keeper import DoorKeeper
from settings import Settings
from store.database import Database
from store.session_lock import SessionLocks
from tasks.journal import Journal
from tasks.queue import Queue

if TYPE_CHECKING:
    from api.models import Models
    from api.once import Once


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts that every area may use."""

    settings: Settings
    database: Database
    locks: SessionLocks
    once: "Once"
    journal: Journal
    queue: Queue
    door_keeper: DoorKeeper
    files: FileStore
    models: "Models"
    engine: EnginePlace

    @property
    def idle_ms(self) -> int:
        """How long a workspace lives unused, in milliseconds."""
        return self.settings.session_idle_days * 86_400_000
