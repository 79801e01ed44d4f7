"""The engine: a browser of the workspace's own, whose page runs scripts and calls back."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from api.area import Area
from api.engine_errors import as_api_error
from api.engine_shapes import MAX_ACTS, EnginePage, Origins, PageAct, Seconds, Source, Url
from api.method import method
from api.shapes import Task, task_of
from api.words import NOT_BLANK, SAID
from engines.base import BLANK, Capability, Lacking
from store import engine_rows
from store.clock import as_time
from tasks.queue import Order

SCRIPT = "script"
PAGE = "page"


class Engine(Area):
    """The area of the engine."""

    @method(
        rest="POST /engine/scripts", stream="POST /engine/stream", needs="engine:write", example={"script": "return 1"}
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
        (`{level, text}`). With `url` the page is led there first. Scripts of the page itself see the methods only on
        the `origins` that are named, such as https://example.org, while the run lasts.
        """
        arguments = {"script": script, "url": url, "timeout_s": timeout_s, "origins": list(origins)}
        return self._submit(SCRIPT, arguments, {"url": url, "script": script.strip()[:200]})

    @method(rest="GET /engine/page", needs="engine:read", example={})
    def get_page(self) -> EnginePage:
        """Return where the workspace's page is."""
        choice = self._services.engine.choice
        with self._services.database.read() as connection:
            row = engine_rows.find(connection, self._caller.session_id)
        return EnginePage(
            is_open=row is not None,
            url=row.url if row else BLANK,
            title=row.title if row else "",
            used_at=as_time(row.used_ms) if row else None,
            engine=choice.engine.name if choice.engine else None,
            note=choice.why,
        )

    @method(rest="POST /engine/page/screenshot", needs="engine:read", example={})
    def get_screenshot(self) -> Task:
        """Take a picture of the workspace's page.

        It comes as the event `picture`: `{media_type, data}`, in base64.
        """
        return self._submit(PAGE, {"act": "screenshot"}, {"act": "screenshot"}, Capability.SCREENSHOT)

    @method(
        rest="POST /engine/page/input", needs="engine:write", example={"acts": [{"kind": "click", "x": 10, "y": 10}]}
    )
    def send_input(self, acts: Annotated[list[PageAct], Field(min_length=1, max_length=MAX_ACTS)]) -> Task:
        """Click, type and turn the wheel in the workspace's page, as a person would."""
        told = [act.model_dump() for act in acts]
        return self._submit(PAGE, {"act": "input", "acts": told}, {"act": "input"}, Capability.INPUT)

    @method(rest="DELETE /engine/page", needs="engine:write", example={})
    def close_page(self) -> Task:
        """Close the workspace's page, with all that its sites stored."""
        return self._submit(PAGE, {"act": "close"}, {"act": "close"})

    def _submit(
        self, kind: str, arguments: Mapping[str, Any], facts: Mapping[str, Any], needed: Capability | None = None
    ) -> Task:
        choice = self._services.engine.choice
        if choice.missing is not None:
            raise as_api_error(choice.missing)
        if needed is not None and choice.engine is not None and needed not in choice.engine.capabilities:
            raise as_api_error(Lacking(choice.engine.name, needed))
        told = {**arguments, "language": self._caller.language}
        order = Order(session_id=self._caller.session_id, kind=kind, arguments=told, facts=facts)
        with self._write() as write:
            self._store_session(write)
            task = self._services.queue.submit(write, order)
            write.after_commit(self._services.engine.wake)
        return task_of(task, self._caller.language)
