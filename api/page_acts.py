"""What the task kinds `script` and `page` do, in the process that holds the pages."""

import base64
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from api.api import Api, Ground
from api.caller import Caller
from api.engine import PAGE, SCRIPT
from api.engine_errors import as_api_error
from api.errors import ApiError, NotFound
from engines.base import CallRefused, ConsoleLine, EngineError, Input, Page, PageState, Script
from engines.base import Ground as PageGround
from engines.pool import Pool
from store import engine_rows, session_rows
from store.clock import now_ms
from store.engine_rows import EnginePageRow
from store.task_rows import TaskRow
from tasks.journal import FenceLost
from tasks.kinds import Kind
from tasks.work import Work

MAX_OPEN = 8  # of one workspace
MAX_LINES = 1_000  # of a run's console
MAX_LETTERS = 262_144
QUALITIES = (0.7, 0.4, 0.15)  # of pictures: the first that is small enough
MAX_PICTURE = 400_000  # bytes


def kinds_of(run_script: Callable[[Work], None], run_act: Callable[[Work], None]) -> list[Kind]:
    """Return the kinds of work that only a process with pages does."""
    return [
        Kind(name=SCRIPT, run=run_script, may_be_retried=True, max_open=MAX_OPEN, place="engine"),
        Kind(name=PAGE, run=run_act, max_open=MAX_OPEN, place="engine"),
    ]


def done_elsewhere(work: Work) -> None:
    """Stand in for an act in a process that has no pages; its runner takes none up."""
    raise RuntimeError(f"{work.task.kind} is not for this process")


@dataclass(frozen=True, slots=True)
class PageActs:
    """Does acts on pages: the workspace's own Api answers what their scripts call."""

    pool: Pool
    ground: Ground
    runner_id: uuid.UUID

    def run_script(self, work: Work) -> None:
        """Run a script; its value is the event `result`. Raises ApiError."""
        given = work.task.arguments
        script = Script(
            source=given["script"],
            timeout_s=given["timeout_s"],
            origins=frozenset(given["origins"]),
            console=Lines(work).tell,
        )

        def act(page: Page) -> None:
            if given["url"] is not None:
                page.navigate(given["url"], given["timeout_s"])
            work.emit("result", {"value": page.run(script)})

        self._do(work, act)

    def run_act(self, work: Work) -> None:
        """Do what is no script: a picture, input, a page's end. Raises ApiError."""
        given = work.task.arguments
        if given["act"] == "close":
            self.pool.close(str(work.task.session_id))
            self.forget(work.task.session_id)
        elif given["act"] == "screenshot":
            self._do(work, lambda page: work.emit("picture", _picture_of(page)))
        else:
            self._do(work, lambda page: page.send_input([Input(**act) for act in given["acts"]]))

    def forget(self, session_id: uuid.UUID) -> None:
        """Note that a workspace's page is closed."""
        with self.ground.services.database.write(session_id) as write:
            engine_rows.remove(write.connection, session_id)

    def _do(self, work: Work, act: Callable[[Page], None]) -> None:
        task = work.task
        try:
            with self.pool.use(self.page_ground(task.session_id, task.arguments["language"])) as page:
                work.on_cancel(page.close)
                try:
                    act(page)
                finally:
                    self._note(task, page)
        except EngineError as error:
            raise as_api_error(error) from None

    def _note(self, task: TaskRow, page: Page) -> None:
        try:
            state = page.state() if page.is_open else None
        except EngineError:
            state = None
        if state is None:
            self.forget(task.session_id)
        else:
            self._put(task, state)

    def _put(self, task: TaskRow, state: PageState) -> None:
        row = EnginePageRow(
            session_id=task.session_id, runner_id=self.runner_id, url=state.url, title=state.title, used_ms=now_ms()
        )
        with self.ground.services.database.write(task.session_id) as write:
            engine_rows.put(write.connection, row)

    def page_ground(self, session_id: uuid.UUID, language: str) -> PageGround:
        """Return what a workspace's page has to call, and who answers: the workspace's own Api."""
        names = [one.name for one in self.ground.methods.at("engine")]
        answer = partial(self._answer, session_id, language)
        return PageGround(session=str(session_id), methods=names, answer=answer)

    def _answer(self, session_id: uuid.UUID, language: str, name: str, given: list[Any]) -> Any:
        try:
            api = self._api(session_id)
            return api.call(_caller(api, language), name, given)
        except ApiError as error:
            body = error.body(language)
            raise CallRefused(type(error).__name__, body.message, code=body.code, details=body.details) from None

    def _api(self, session_id: uuid.UUID) -> Api:
        with self.ground.services.database.read() as connection:
            row = session_rows.find(connection, session_id)
        if row is None:
            raise NotFound
        return self.ground.factory(session_id, row.owner, row)


def _caller(api: Api, language: str) -> Caller:
    request_id = uuid.uuid4().hex
    return Caller(door="engine", session_id=api.session_id, owner=api.owner, request_id=request_id, language=language)


class Lines:
    """Tells the lines of a run's console, up to a bound."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._num = 0
        self._letters = 0

    def tell(self, line: ConsoleLine) -> None:
        """Tell of one line; the first that is too many is told as such."""
        self._num += 1
        self._letters += len(line.text)
        if self._num <= MAX_LINES and self._letters <= MAX_LETTERS:
            self._emit({"level": line.level, "text": line.text})
        elif self._num - 1 <= MAX_LINES and self._letters - len(line.text) <= MAX_LETTERS:
            self._emit({"level": "warn", "text": "…", "is_cut": True})

    def _emit(self, data: dict[str, Any]) -> None:
        with suppress(FenceLost):  # whoever ends the task is told so
            self._work.emit("console", data)


def _picture_of(page: Page) -> dict[str, Any]:
    data = b""
    for quality in QUALITIES:
        data = page.screenshot(quality)
        if len(data) <= MAX_PICTURE:
            break
    return {"media_type": "image/jpeg", "data": base64.b64encode(data).decode()}
