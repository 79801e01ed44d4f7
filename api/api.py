"""Api: the object a session owns."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from api.area import Area
from api.caller import Caller
from api.method import Methods, call
from api.services import Services
from sessions.keys import parse_uuid
from store import task_rows
from store.clock import now_ms
from store.session_rows import SessionRow


class Api:
    """One visitor's live object: its declared methods are all that can be called, and all it knows is in the store."""

    __slots__ = ("session_id", "owner", "is_stored", "expires_ms", "touched_s", "_services", "_methods")

    def __init__(self, session_id: UUID, owner: bytes, row: SessionRow | None, ground: "Ground") -> None:
        self.session_id = session_id
        self.owner = owner
        self.is_stored = row is not None
        self.expires_ms = row.expires_ms if row else now_ms() + ground.services.idle_ms
        self.touched_s = 0.0
        self._services = ground.services
        self._methods = ground.methods

    def call(self, caller: Caller, name: str, arguments: object) -> Any:
        """Call one declared method; see `api.method.call`."""
        return call(self._methods.get(name), self._make_area, caller, arguments)

    def own_task(self, word: str) -> UUID | None:
        """Return the id of a task of this workspace that a visitor names, or None."""
        task_id = parse_uuid(word)
        if task_id is None:
            return None
        with self._services.database.read() as connection:
            task = task_rows.find(connection, task_id)
        return task_id if task is not None and not task.deleted and task.session_id == self.session_id else None

    def _make_area(self, area: type, caller: Caller) -> Area:
        made = area(self._services, caller)
        assert isinstance(made, Area)
        return made


class Ground:
    """What all Api objects of a process share: the services and the registry."""

    __slots__ = ("services", "methods")

    def __init__(self, services: Services, methods: Methods) -> None:
        self.services = services
        self.methods = methods

    @property
    def factory(self) -> Callable[[UUID, bytes, SessionRow | None], Api]:
        """Return what makes a session's Api."""
        return lambda session_id, owner, row: Api(session_id, owner, row, self)
