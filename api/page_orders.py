"""Orders for the engine: what areas and schedules put into the queue for the process that holds the pages."""

from dataclasses import dataclass

from api.engine_errors import as_api_error
from api.services import Services
from engines.base import Capability, Lacking
from store import script_rows
from store.database import Write
from store.script_rows import ScriptRow
from store.task_rows import TaskRow
from tasks.queue import Order

SCRIPT = "script"
PAGE = "page"
WATCH = "watch"
SHOWN_LETTERS = 200


@dataclass(frozen=True, slots=True)
class PageOrders:
    """Puts work on pages into the queue."""

    services: Services

    def refuse_missing(self, needed: Capability | None = None) -> None:
        """Raise EngineUnavailable where there is no engine, and EngineLacks where it cannot do this."""
        choice = self.services.engine.choice
        if choice.missing is not None:
            raise as_api_error(choice.missing)
        if needed is not None and choice.engine is not None and needed not in choice.engine.capabilities:
            raise as_api_error(Lacking(choice.engine.name, needed))

    def put(self, write: Write, order: Order) -> TaskRow:
        """Order an act as a part of the caller's transaction. Raises QueueFull."""
        task = self.services.queue.submit(write, order)
        write.after_commit(self.services.engine.wake)
        return task

    def start(self, write: Write, row: ScriptRow, language: str, *, is_scheduled: bool) -> TaskRow:
        """Order a run of a kept script, and note it. Raises QueueFull."""
        how = {"url": row.url, "timeout_s": row.timeout_s, "origins": row.origins, "language": language}
        order = Order(
            session_id=row.session_id,
            kind=SCRIPT,
            arguments={"script": row.source, **how},
            facts={"url": row.url, "script_id": str(row.id), "name": row.name},
        )
        task = self.put(write, order)
        script_rows.add_run(write.connection, row.id, task, is_scheduled=is_scheduled)
        entry = "script", {"id": str(row.id), "change": "started"}
        self.services.journal.append_in(write, row.session_id, [entry])
        return task
