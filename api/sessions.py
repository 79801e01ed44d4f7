"""Workspaces: what this one is, which others this browser has, and the JSON map each keeps."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field
from pydantic_core import to_json

from api.area import Area
from api.errors import Conflict, SessionBusy, TooLarge
from api.merge_patch import merged
from api.method import method
from api.numbers import Whole
from store import event_rows, session_rows
from store.clock import as_time
from store.database import Write
from store.session_lock import LockTimeout
from store.session_rows import SessionRow

LOCK_TIMEOUT_S = 20.0
MAX_TITLE = 100


class Session(BaseModel):
    """A workspace. One that nothing was written to yet is not stored and has no times.

    `last_event` is the last number of the workspace's stream: subscribe after it to hear what comes.
    """

    id: UUID
    title: str
    created_at: datetime | None
    expires_at: datetime | None
    stored: bool
    last_event: int


class SessionList(BaseModel):
    """The workspaces of this browser, last used first."""

    items: list[Session]
    next: str | None = Field(None, description="Always null: all of them come at once.")


class SessionData(BaseModel):
    """The workspace's JSON map; `version` grows by one with each change."""

    data: dict[str, Any]
    version: int


class Sessions(Area):
    """The area of workspaces."""

    @method(rest="GET /session", needs="session:read", example={})
    def get_session(self) -> Session:
        """Return this workspace."""
        session_id = self._caller.session_id
        with self._services.database.read() as connection:
            row = session_rows.find(connection, session_id)
            last, _folded = event_rows.position(connection, session_id)
        return _stored(row, last) if row else _unstored(session_id)

    @method(rest="GET /sessions", needs="session:read", example={})
    def list_sessions(self) -> SessionList:
        """List the workspaces that this browser opens, last used first.

        A token opens one workspace, and lists only that.
        """
        if self._caller.token is not None:
            return SessionList(items=[self.get_session()], next=None)
        rows = self._services.door_keeper.list_own(self._caller.owner)
        items = [_stored(row, 0) for row in rows]
        if all(row.id != self._caller.session_id for row in rows):
            items.insert(0, _unstored(self._caller.session_id))
        return SessionList(items=items, next=None)

    @method(rest="PATCH /session", needs="session:write", example={"title": "My desk"})
    def update_session(self, title: Annotated[str, Field(max_length=MAX_TITLE)] | None = None) -> Session:
        """Name this workspace; without a name, only put its end off."""
        session_id = self._caller.session_id
        with self._write() as write:
            self._store_session(write)
            session_rows.touch(write.connection, session_id, self._services.idle_ms)
            if title is not None:
                session_rows.rename(write.connection, session_id, title.strip())
            self._services.journal.append_in(write, session_id, [("session", {"change": "updated"})])
        return self.get_session()

    @method(rest="GET /session/data", needs="session:read", example={})
    def get_session_data(self) -> SessionData:
        """Return the workspace's JSON map and its version."""
        with self._services.database.read() as connection:
            data, version = session_rows.data_of(connection, self._caller.session_id)
        return SessionData(data=data, version=version)

    @method(rest="PATCH /session/data", needs="session:write", example={"patch": {"theme": "dark"}})
    def update_session_data(self, patch: dict[str, Any], if_version: Whole | None = None) -> SessionData:
        """Merge a JSON merge patch (RFC 7396) into the workspace's map.

        A member that is null is removed. With `if_version`, a map that has another version by now is left as it is
        (409 conflict).
        """
        try:
            with (
                self._services.locks.hold(self._caller.session_id, LOCK_TIMEOUT_S),
                self._write() as write,
            ):
                wanted = if_version if if_version is not None else self._caller.expected_version
                return self._patch(write, patch, wanted)
        except LockTimeout:
            raise SessionBusy from None

    def _patch(self, write: Write, patch: dict[str, Any], if_version: int | None) -> SessionData:
        session_id = self._caller.session_id
        data, version = session_rows.data_of(write.connection, session_id)
        if if_version is not None and if_version != version:
            raise Conflict(version=version)
        changed = merged(data, patch)
        max_bytes = self._services.settings.max_data_bytes
        text = to_json(changed)
        if len(text) > max_bytes:
            raise TooLarge(max_bytes=max_bytes)
        if text == to_json(data):  # as JSON: to Python 1, 1.0 and true are equal
            return SessionData(data=data, version=version)
        self._store_session(write)
        session_rows.replace_data(write.connection, session_id, changed, version)
        self._services.journal.append_in(write, session_id, [("data", {"version": version + 1})])
        return SessionData(data=changed, version=version + 1)


def _stored(row: SessionRow, last_event: int) -> Session:
    return Session(
        id=row.id,
        title=row.title,
        created_at=as_time(row.created_ms),
        expires_at=as_time(row.expires_ms),
        stored=True,
        last_event=last_event,
    )


def _unstored(session_id: UUID) -> Session:
    return Session(id=session_id, title="", created_at=None, expires_at=None, stored=False, last_event=0)
