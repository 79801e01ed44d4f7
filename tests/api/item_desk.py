"""A server without doors for tests of imports and exports: its calls, its files, and its tasks to their ends."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import web_mode
from api.caller import Caller
from api.file_store import NewFile
from api.method import METHODS, call
from settings import load_settings
from tests.running import wait_until

PATIENCE_S = 30
WRITTEN = ("title", "text", "number", "date", "tags", "attributes")


class Desk:
    """One workspace."""

    def __init__(self, parts: web_mode.Parts) -> None:
        self.parts = parts
        self.session_id = uuid.uuid4()
        self.call("update_session")

    def call(self, name: str, **arguments: Any) -> Any:
        """Return the value of a call."""
        caller = Caller(door="rpc", session_id=self.session_id, owner=b"o" * 32, request_id="test")
        return call(METHODS[name], lambda area, caller: area(self.parts.services, caller), caller, arguments)

    def put(self, data: bytes, name: str = "items.csv") -> str:
        """Make a file."""
        new = NewFile(session_id=self.session_id, name=name)
        return str(self.parts.services.files.add_file(new, lambda stream: stream.write(data)).id)

    def bytes_of(self, file_id: str) -> bytes:
        """Return what a file has."""
        with self.parts.services.files.open_file(self.session_id, UUID(file_id)) as file:
            return file.read()

    def ended(self, task: dict[str, Any]) -> dict[str, Any]:
        """Return a task that has ended."""
        wait_until(lambda: self.call("get_task", task_id=task["id"])["ended_at"], PATIENCE_S, "the task's end")
        found: dict[str, Any] = self.call("get_task", task_id=task["id"])
        return found

    def imported(self, data: str | bytes, form: str = "csv") -> dict[str, Any]:
        """Import a text and return what the task made."""
        file_id = self.put(data.encode() if isinstance(data, str) else data)
        task = self.ended(self.call("start_import", file_id=file_id, form=form))
        assert task["state"] == "completed", task
        made: dict[str, Any] = task["facts"]["made"]
        return made

    def exported(self, form: str, **more: Any) -> bytes:
        """Export and return the file."""
        task = self.ended(self.call("start_export", form=form, **more))
        assert task["state"] == "completed", task
        return self.bytes_of(task["facts"]["made"]["file_id"])

    def items(self) -> list[dict[str, Any]]:
        """Return what was written of every item, oldest first."""
        found, after = [], None
        while True:
            page = self.call("list_items", sort="created", after=after, limit=200)
            found += [{name: one[name] for name in WRITTEN} for one in page["items"]]
            if (after := page["next"]) is None:
                return found

    def titles(self) -> list[str]:
        """Return the titles, oldest first."""
        return [one["title"] for one in self.items()]


@contextmanager
def running_desk(folder: Path, **given: Any) -> Iterator[Desk]:
    """Give a desk whose tasks run."""
    parts = web_mode.build(load_settings(data_dir=folder, local_model=False, **given))
    parts.start()
    try:
        yield Desk(parts)
    finally:
        parts.stop()
