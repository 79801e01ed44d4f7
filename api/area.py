"""The ground of every area: one object a call, bound to its caller."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from api.caller import Caller
from api.errors import NotFound
from api.method import METHODS, Method
from api.services import Services
from store import event_rows, session_rows
from store.database import Write


class Area:
    """A class whose `@method`s are served at every door. Subclassing registers them."""

    def __init_subclass__(cls, registered: bool = True) -> None:
        super().__init_subclass__()
        if registered:
            METHODS.add(cls)

    def __init__(self, services: Services, caller: Caller) -> None:
        self._services = services
        self._caller = caller

    @contextmanager
    def running(self) -> Iterator[None]:
        """Surround one call."""
        yield

    def once(self, declared: Method, given: Mapping[str, Any], work: Callable[[], Any]) -> Any:
        """Do a call that has an idempotency key, or answer what it answered before."""
        return self._services.once.answer(declared, self._caller, given, work)

    def _write(self) -> AbstractContextManager[Write]:
        """Give a write transaction of this workspace."""
        return self._services.database.write(self._caller.session_id)

    def _store_session(self, write: Write) -> None:
        """Make the workspace's row at its first write. Raises NotFound where another browser was first."""
        caller = self._caller
        row = session_rows.find(write.connection, caller.session_id)
        if row is None:
            session_rows.add_if_missing(write.connection, caller.session_id, caller.owner, self._services.idle_ms)
            event_rows.open_stream(write.connection, caller.session_id, caller.session_id)
        elif row.owner != caller.owner:
            raise NotFound
