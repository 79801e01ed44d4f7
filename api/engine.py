"""The engine: a browser of the workspace's own, whose page runs scripts and calls back."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from api.area import Area
from api.engine_shapes import MAX_ACTS, EnginePage, Origins, PageAct, Seconds, Source, Url
from api.method import method
from api.page_orders import PAGE, SCRIPT, SHOWN_LETTERS, WATCH, PageOrders
from api.shapes import Standing, Task, task_of
from api.time_places import FIRST
from api.words import NOT_BLANK, SAID
from engines.base import BLANK, Capability
from store import engine_rows, event_rows, task_rows
from store.clock import as_time, now_ms
from store.database import Write
from store.task_rows import TaskListing, TaskRow
from tasks.queue import Order
from tasks.states import OPEN

WATCH_MS = 60_000


class Engine(Area):
    """The area of the engine."""

    @method(
        rest="POST /engine/runs", stream="POST /engine/stream", needs="engine:write", example={"script": "return 1"}
    )
    def run_script(
        self,
        script: Annotated[Source, Field(json_schema_extra=NOT_BLANK), SAID],
        url: Url | None = None,
        timeout_s: Seconds = 30,
        origins: Origins = [],  # noqa: B006 — a declaration's default, never changed
    ) -> Task:
        """Run JavaScript in the workspace's page, which is opened where there is none.

        The script is the body of an async function: it may `await window.pywebview.api.<method>(...)`, and what it
        returns comes as the task's event `result` (`{value}`); lines of the console come as events `console`
        (`{level, text}`), and where the page shows something, a `picture` of it at the end. A value `{notice}` has the
        person told in the page. With `url` the page is led there first. Scripts of the page itself see the methods only
        on the `origins` that are named, such as https://example.org, while the run lasts.
        """
        arguments = {"script": script, "url": url, "timeout_s": timeout_s, "origins": list(origins)}
        return self._order(SCRIPT, arguments, url=url, script=script.strip()[:SHOWN_LETTERS])

    @method(rest="GET /engine/page", needs="engine:read", example={})
    def get_page(self) -> EnginePage:
        """Return where the workspace's page is."""
        choice = self._services.engine.choice
        with self._services.database.read() as connection:
            row = engine_rows.find_open(connection, self._caller.session_id)
        return EnginePage(
            is_open=row is not None,
            url=row.url if row else BLANK,
            title=row.title if row else "",
            used_at=as_time(row.used_ms) if row else None,
            engine=choice.engine.name if choice.engine else None,
            capabilities=sorted(choice.engine.capabilities) if choice.engine else [],
            note=choice.why,
        )

    @method(rest="POST /engine/page/screenshot", needs="engine:read", example={})
    def get_screenshot(self) -> Task:
        """Take a picture of the workspace's page.

        It comes as the event `picture`: `{media_type, data, width, height}`, in base64 and in pixels.
        """
        return self._order(PAGE, {"act": "screenshot"}, Capability.SCREENSHOT, act="screenshot")

    @method(rest="POST /engine/page/watch", needs="engine:read", example={})
    def watch_page(self) -> Task:
        """Show the workspace's page for a minute, in pictures as it changes.

        They come several times a second as events `picture`, as get_screenshot's do; the event `page`
        (`{is_open, url, title}`) tells where it is. Another call in that minute answers the same task, which then goes
        on for a minute from there.
        """
        PageOrders(self._services).refuse_missing(Capability.SCREENSHOT)
        with self._write() as write:
            self._store_session(write)
            task = self._watch(write)
            last, _folded = event_rows.position(write.connection, task.id)
            return task_of(task, self._caller.language, Standing(last_event=last))

    @method(
        rest="POST /engine/page/input", needs="engine:write", example={"acts": [{"kind": "click", "x": 10, "y": 10}]}
    )
    def send_input(self, acts: Annotated[list[PageAct], Field(min_length=1, max_length=MAX_ACTS)]) -> Task:
        """Click, type and turn the wheel in the workspace's page, as a person would."""
        told = [act.model_dump() for act in acts]
        return self._order(PAGE, {"act": "input", "acts": told}, Capability.INPUT, act="input")

    @method(rest="DELETE /engine/page", needs="engine:write", example={})
    def close_page(self) -> Task:
        """Close the workspace's page, with all that its sites stored."""
        return self._order(PAGE, {"act": "close"}, act="close")

    def _order(self, kind: str, arguments: Mapping[str, Any], needed: Capability | None = None, **facts: Any) -> Task:
        orders, language = PageOrders(self._services), self._caller.language
        orders.refuse_missing(needed)
        with self._write() as write:
            self._store_session(write)
            told = {**arguments, "language": language}
            order = Order(session_id=self._caller.session_id, kind=kind, arguments=told, facts=facts)
            return task_of(orders.put(write, order), language)

    def _watch(self, write: Write) -> TaskRow:
        """Return the task that shows the page, which goes on for a while from now; a new one where there is none."""
        session_id, facts = self._caller.session_id, {"until_ms": now_ms() + WATCH_MS}
        listing = TaskListing(session_id, OPEN, FIRST, 1, WATCH)
        found = [row for row in task_rows.list_of_session(write.connection, listing) if not row.cancel_asked]
        if not found:
            order = Order(session_id=session_id, kind=WATCH, arguments={}, facts=facts)
            return PageOrders(self._services).put(write, order)
        task_rows.change(write.connection, found[0].id, facts=facts)
        return found[0]
