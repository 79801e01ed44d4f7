"""What the task kinds `script` and `page` do, in the process that holds the pages."""

import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from api.api import Api, Ground
from api.caller import Caller
from api.engine_errors import as_api_error
from api.errors import ApiError, NotFound
from api.page_orders import PAGE, SCRIPT, WATCH
from api.page_pictures import picture_of
from api.page_watch import PageWatch, forget_pictures
from engines.base import (
    BLANK,
    CallRefused,
    Capability,
    ConsoleLine,
    EngineError,
    Input,
    Page,
    PageState,
    Script,
)
from engines.base import Ground as PageGround
from engines.pool import Pool
from store import engine_rows, session_rows
from store.clock import now_ms
from store.database import Write
from store.engine_rows import EnginePageRow
from store.event_rows import Event
from store.task_rows import TaskRow
from tasks.folding import USUAL_FOLD
from tasks.journal import FenceLost
from tasks.kinds import Kind
from tasks.work import Work

MAX_OPEN = 8  # of one workspace
MAX_LINES = 1_000  # of a run's console
MAX_LETTERS = 262_144
MAX_NOTICE = 500  # letters
WATCH_KEPT_S = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """What a process does of each kind, and whether it may: it must hold the workspace's page."""

    run_script: Callable[[Work], None]
    run_act: Callable[[Work], None]
    run_watch: Callable[[Work], None]
    on_claim: Callable[[Write, TaskRow], bool]

    @property
    def kinds(self) -> list[Kind]:
        """The kinds of work that only a process with pages does."""
        words: dict[str, Any] = {"place": "engine", "on_claim": self.on_claim, "max_open": MAX_OPEN}
        return [
            Kind(name=SCRIPT, run=self.run_script, may_be_retried=True, alone=True, fold=_with_all_lines, **words),
            Kind(name=PAGE, run=self.run_act, **words),
            Kind(name=WATCH, run=self.run_watch, on_end=forget_pictures, quiet=True, kept_s=WATCH_KEPT_S, **words),
        ]


def _done_elsewhere(*_given: Any) -> Any:
    raise RuntimeError("what needs a page is not for this process")


# What a process that has no pages knows of this work; its runner takes none up.
ELSEWHERE = Doing(
    run_script=_done_elsewhere, run_act=_done_elsewhere, run_watch=_done_elsewhere, on_claim=_done_elsewhere
)


def _with_all_lines(events: Sequence[Event]) -> list[Event]:
    """Fold a run's events: each line of its console stays, they are few enough."""
    others = USUAL_FOLD([event for event in events if event.kind != "console"])
    return sorted([*others, *(event for event in events if event.kind == "console")], key=lambda event: event.number)


@dataclass(frozen=True, slots=True)
class PageActs:
    """Does acts on pages: the workspace's own Api answers what their scripts call."""

    pool: Pool
    ground: Ground
    runner_id: uuid.UUID
    lease_ms: int  # a process that was not seen for longer holds no page any more

    @property
    def doing(self) -> Doing:
        """What this process does."""
        watch = PageWatch(self.pool, self.ground.services.database)
        return Doing(run_script=self.run_script, run_act=self.run_act, run_watch=watch.run, on_claim=self.hold)

    def hold(self, write: Write, task: TaskRow) -> bool:
        """Hold a workspace's page; False where another process does."""
        return engine_rows.hold(write.connection, task.session_id, self.runner_id, now_ms() - self.lease_ms)

    def run_script(self, work: Work) -> None:
        """Run a script; its value is the event `result`. Raises ApiError."""
        given = work.task.arguments
        script = Script(
            source=given["script"],
            timeout_s=given["timeout_s"],
            origins=frozenset(given["origins"]),
            console=Lines(work).tell,
            answer=partial(self._answer, work.task.session_id, given["language"]),
        )

        def act(page: Page) -> None:
            if given["url"] is not None:
                page.navigate(given["url"], given["timeout_s"])
            try:
                value = page.run(script)
                work.emit("result", {"value": value})
                self._tell_notice(work.task, value)
            finally:
                self._show(work, page)

        self._do(work, act, is_alone=True)

    def run_act(self, work: Work) -> None:
        """Do what is no script: a picture, input, a page's end. Raises ApiError."""
        given = work.task.arguments
        if given["act"] == "close":
            self.pool.close(str(work.task.session_id))
            self.forget(work.task.session_id)
        elif given["act"] == "screenshot":
            self._do(work, lambda page: work.emit("picture", picture_of(page)))
        else:
            self._do(work, lambda page: page.send_input([Input(**act) for act in given["acts"]]))

    def forget(self, session_id: uuid.UUID) -> None:
        """Note that a workspace's page is closed."""
        with self.ground.services.database.write(session_id) as write:
            engine_rows.remove(write.connection, session_id)

    def _do(self, work: Work, act: Callable[[Page], None], *, is_alone: bool = False) -> None:
        """Do an act: one that is `alone` is cancelled by the page's end, others go on beside a script."""
        task = work.task
        try:
            page = None if is_alone else self.pool.look(str(task.session_id))
            if page is not None:
                self._act(task, page, act)
                return
            with self.pool.use(self.page_ground(task.session_id, task.arguments["language"])) as opened:
                work.on_cancel(opened.close)
                self._act(task, opened, act)
        except EngineError as error:
            raise as_api_error(error) from None

    def _act(self, task: TaskRow, page: Page, act: Callable[[Page], None]) -> None:
        try:
            act(page)
        finally:
            self._note(task, page)

    def _show(self, work: Work, page: Page) -> None:
        """Tell what a run leaves behind, where there is something to see."""
        if Capability.SCREENSHOT not in self.pool.engine.capabilities or not page.is_open:
            return
        with suppress(EngineError, FenceLost):
            if page.state().url != BLANK:
                work.emit("picture", picture_of(page))

    def _tell_notice(self, task: TaskRow, value: Any) -> None:
        """Tell the workspace's visitors what a script wants them to know."""
        notice = value.get("notice") if isinstance(value, dict) else None
        if not isinstance(notice, str) or not notice.strip():
            return
        facts = {"text": notice[:MAX_NOTICE], "task_id": str(task.id), "script_id": task.facts.get("script_id")}
        services = self.ground.services
        with services.database.write(task.session_id) as write:
            services.journal.append_in(write, task.session_id, [("notice", facts)])

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
