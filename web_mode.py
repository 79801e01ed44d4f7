"""Web mode: the one place where the parts are wired.

`create_app(settings)` answers the Flask application (pages and calls); `create_asgi(settings)` the whole server.
"""

import asyncio
import gc
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response
from loguru import logger
from starlette.applications import Starlette
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import ASGIApp
from werkzeug.exceptions import HTTPException

import api.engine
import api.files
import api.item_transfer
import api.items
import api.scripts
import api.sessions
import api.system
import api.tasks
import api.tokens  # noqa: F401 — areas register their methods when imported
from api.api import Api, Ground
from api.engine_place import EnginePlace
from api.errors import InternalError, of_store
from api.file_store import FileStore, Limits
from api.file_sweep import FileSweep
from api.item_export import Exports
from api.item_import import Imports
from api.method import METHODS, DeclarationError, Methods
from api.models import BUILT_IN, Models
from api.once import Once
from api.page_acts import ELSEWHERE
from api.page_orders import PageOrders
from api.plugin import PluginError, load_plugin
from api.plugin_tasks import kinds_of
from api.replies import Replies
from api.script_clock import ScriptClock
from api.services import Services
from doors.asking import refused
from doors.cookies import WindowMark
from doors.direct import Direct
from doors.entrance import Entrance
from doors.events import EventStreams
from doors.files import PATH as FILES_PATH
from doors.files import FileDoor
from doors.gate import Gate
from doors.leaving import leaving_blueprint
from doors.live import LiveDoor
from doors.mcp import PATH as MCP_PATH
from doors.mcp import McpDoor
from doors.page_files import PageMaker, PageNotBuilt
from doors.pages import no_such_page, pages_blueprint
from doors.pairing import pairing_blueprint
from doors.papers import papers_blueprint
from doors.rest import rest_blueprint
from doors.rpc import rpc_blueprint
from doors.static_files import ServiceWorkerDoor, StaticDoor
from doors.stopping import STATE, Stopping
from doors.threads import CallThreads
from doors.wsgi import MAX_BODY, FlaskDoor, VisitorLines
from engine_wiring import engine_choice, keeper_of
from engines.keeper import Keeper
from launch import launch
from logs import set_up_logs
from providers.base import ModelServer, Timeouts
from providers.local_model import LocalModel
from providers.openai_compatible import OpenAICompatible
from sessions.active import ActiveSessions
from sessions.door_keeper import DoorKeeper
from sessions.expiry import Sweeper
from sessions.keys import Proofs
from sessions.lines import Lines
from sessions.pairing import Pairings
from sessions.presence import Presence
from sessions.trash import TrashSweep
from settings import Settings, SettingsError, load_settings
from store.blobs import FolderBlobs
from store.database import Database, StoreUnavailable
from store.drafts import refuse_half_restored
from store.folder import NetworkFolder
from store.parts import PartFiles
from store.session_lock import SessionLocks
from store.signals import ChangeWatch
from tasks.journal import Journal
from tasks.kinds import Kind, Place
from tasks.leaving import Leaving
from tasks.queue import Queue
from tasks.readers import Readers
from tasks.retention import DAY_MS, Kept, Retention
from tasks.runner import Places, Runner
from tasks.states import OPEN

# What a person can mend before the server starts: told as one sentence, without a traceback.
START_ERRORS = (SettingsError, PluginError, DeclarationError, NetworkFolder, PageNotBuilt, OSError)
CALLS_AT_ONCE = 8  # of one session
BROWSER_CALLS_AT_ONCE = 16
ACTIVE_AGE_S = 1800.0
ENGINE_PLACES = 64  # acts on pages at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything a server is made of, built but not started."""

    settings: Settings
    database: Database
    services: Services
    methods: Methods
    entrance: Entrance
    pairings: Pairings
    readers: Readers
    watch: ChangeWatch
    runner: Runner
    stopping: Stopping
    presence: Presence
    leaving: Leaving
    sweeper: Sweeper
    script_clock: ScriptClock | None
    local_model: LocalModel | None
    keeper: Keeper | None

    def start(self) -> None:
        """Start the threads."""
        self.services.journal.start()
        self.runner.start()
        if self.keeper is not None:
            self.keeper.start()
        self.watch.start()
        if self.script_clock is not None:
            self.script_clock.start()
        self.leaving.start()
        self.sweeper.start()

    def stop(self) -> None:
        """Stop them; what was committed stays, what ran is taken up by whoever comes next."""
        if self.keeper is not None:
            self.keeper.stop()
        if self.script_clock is not None:
            self.script_clock.stop()
        self.sweeper.stop()
        self.leaving.stop()
        self.watch.stop()
        self.runner.stop()
        self.services.journal.stop()
        if self.local_model is not None:
            self.local_model.stop()
        self.database.close()

    def leave(self, owner: bytes) -> None:
        """End what a person who closed their window wants to end with it."""
        if self.leaving.is_needed:
            with logger.catch(message="What ends with the window could not be ended."):
                self.presence.leave_all(owner, OPEN)
                self.leaving.look(settle_ms=0)


def build(settings: Settings, place: Place = "anywhere") -> Parts:
    """Wire the parts of one process; `place` says which tasks its runner takes up."""
    refuse_half_restored(settings.data_dir)
    database = Database(settings.database_url or settings.data_dir / "studiolo.db", settings.database_connections)
    local_model = _local_model(settings)
    models = _models(settings, local_model)
    services = _services(settings, database, models)
    for kind in _kinds(services):
        services.queue.kinds[kind.name] = kind
    plugin = load_plugin(settings.plugin) if settings.plugin else None
    methods = METHODS.including(plugin) if plugin else METHODS
    services.queue.kinds.update({kind.name: kind for kind in kinds_of(plugin)} if plugin else {})
    active: ActiveSessions[Api] = ActiveSessions(settings.max_active_sessions, ACTIVE_AGE_S)
    readers = Readers(database)
    num_places = settings.num_runners if place == "anywhere" else ENGINE_PLACES
    places = Places.fair(num_places, settings.lease_s * 1000, place)
    runner = Runner(database, services.queue, services.journal, places)
    keeper = keeper_of(settings, database) if place == "anywhere" and settings.engine != "none" else None
    if keeper is not None:
        services.engine.wake = keeper.wake
    watch = database.watch()
    services.journal.listen(readers.hear)
    watch.listen(readers.hear_change)
    watch.listen(runner.hear_change)
    stopping = Stopping()
    stopping.listen(runner.stop_claiming, runner.hurry)
    leaving = Leaving(database, services.queue)
    presence = Presence(database, lambda: leaving.is_needed)
    retention = Retention(database, services.queue.kinds, Kept(tasks_ms=settings.task_days * DAY_MS))
    sweeps = [TrashSweep(database).sweep, FileSweep(services.files).sweep, presence.sweep, retention.sweep]
    return Parts(
        settings=settings,
        database=database,
        services=services,
        methods=methods,
        entrance=Entrance(services.door_keeper, active, Ground(services, methods), Proofs(settings.secret())),
        pairings=Pairings(),
        readers=readers,
        watch=watch,
        runner=runner,
        stopping=stopping,
        presence=presence,
        leaving=leaving,
        sweeper=Sweeper(database, active, also=sweeps),
        script_clock=ScriptClock(PageOrders(services)) if place == "anywhere" else None,
        local_model=local_model,
        keeper=keeper,
    )


def run_worker(settings: Settings) -> None:
    """Take up tasks in this process until a signal comes; then let those under way end, and hand back the rest.

    Raises SettingsError where it would take up none.
    """
    if not settings.num_runners:
        raise SettingsError("STUDIOLO_NUM_RUNNERS is 0: give a worker a number of its own, as STUDIOLO_NUM_RUNNERS=8.")
    set_up_logs(settings)
    parts = build(settings)
    ended = threading.Event()
    for word in (signal.SIGTERM, signal.SIGINT):
        signal.signal(word, lambda *_: ended.set())
    parts.start()
    logger.info("The worker takes up tasks.")
    ended.wait()
    for word in (signal.SIGTERM, signal.SIGINT):
        signal.signal(word, signal.SIG_DFL)  # whoever asks twice does not want to wait
    parts.runner.drain(settings.drain_s)
    parts.stop()


def create_app(settings: Settings, parts: Parts | None = None) -> Flask:
    """Return the Flask application: pages and calls. The gate and what stays open are in `create_asgi`."""
    parts = parts or build(settings)
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    maker = PageMaker(settings.plugin, [one.name for one in parts.methods.at("rpc")])
    streams = EventStreams(parts.readers, parts.stopping)
    app.register_blueprint(rpc_blueprint(parts.entrance, streams))
    app.register_blueprint(rest_blueprint(parts.entrance, streams))
    app.register_blueprint(papers_blueprint(parts.entrance))
    mark = WindowMark()
    app.register_blueprint(pages_blueprint(parts.entrance, maker, mark, parts.presence))
    app.register_blueprint(leaving_blueprint(parts.entrance, parts.presence))
    app.register_blueprint(pairing_blueprint(parts.entrance, maker, parts.pairings, mark))
    app.register_error_handler(HTTPException, lambda error: no_such_page(maker, error))
    app.register_error_handler(Exception, _broke)
    return app


def create_asgi(settings: Settings | None = None, parts: Parts | None = None) -> ASGIApp:
    """Return the whole server as one ASGI application. Without settings, those of the environment."""
    settings = settings or load_settings()
    set_up_logs(settings)
    parts = parts or build(settings)
    threads = CallThreads(settings.num_threads)
    lines = VisitorLines(Lines(CALLS_AT_ONCE), Lines(BROWSER_CALLS_AT_ONCE))
    live = LiveDoor(parts.entrance, parts.readers, threads, lines)
    live.stopping, live.presence = parts.stopping, parts.presence
    mcp = McpDoor(parts.entrance, parts.readers, threads, lines)
    files = FileDoor(parts.entrance, parts.services.files, parts.stopping)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[dict[str, Stopping]]:
        parts.readers.start(asyncio.get_running_loop())
        parts.start()
        threads.start()
        gc.collect()
        gc.freeze()  # what is there now stays: the collector need not look through it again and again
        try:
            async with mcp.running():
                yield {STATE: parts.stopping}
        finally:
            files.close()
            threads.shutdown(wait=False, cancel_futures=True)
            await asyncio.to_thread(parts.runner.drain, settings.drain_s - parts.stopping.age_s)
            await asyncio.to_thread(parts.stop)

    flask = FlaskDoor(create_app(settings, parts), threads, lines)
    routes = [
        WebSocketRoute("/live", live.serve),
        Route(MCP_PATH, mcp),
        Route(FILES_PATH, files),
        Mount("/static", StaticDoor()),
        Route("/service-worker.js", ServiceWorkerDoor()),
        Mount("/", flask),
    ]
    names = frozenset({*settings.allowed_hosts, settings.host.lower()})
    return Gate(Direct(flask, Starlette(routes=routes, lifespan=lifespan)), names, parts.stopping)


def _broke(error: Exception) -> Response:
    if isinstance(error, StoreUnavailable):
        logger.error("A request could not reach the store: {}", error)
        return refused(of_store(error))
    logger.opt(exception=error).error("A request broke")
    return refused(InternalError())


def _services(settings: Settings, database: Database, models: Models) -> Services:
    journal, locks = Journal(database), SessionLocks(database.places(settings.data_dir / "sessions.lock"))
    return Services(
        settings=settings,
        database=database,
        locks=locks,
        once=Once(database, SessionLocks(database.places(settings.data_dir / "calls.lock")), locks),
        journal=journal,
        queue=Queue(database, journal, {}),
        door_keeper=DoorKeeper(database, Proofs(settings.secret()), settings.session_idle_days * 86_400_000),
        files=_files(settings, database, journal),
        models=models,
        engine=EnginePlace(lambda: engine_choice(settings)),
    )


def _kinds(services: Services) -> list[Kind]:
    database, journal, files = services.database, services.journal, services.files
    return [
        Replies(database, services.models).kind,
        Imports(database, journal, files).kind,
        Exports(database, files).kind,
        *ELSEWHERE.kinds,
    ]


def _files(settings: Settings, database: Database, journal: Journal) -> FileStore:
    folder = settings.data_dir / "files"
    return FileStore(
        database=database,
        journal=journal,
        blobs=FolderBlobs(folder / "blobs"),
        parts=PartFiles(folder / "parts", SessionLocks(database.places(settings.data_dir / "uploads.lock"))),
        limits=Limits(file_bytes=settings.max_file_bytes, session_bytes=settings.max_session_bytes),
    )


def _local_model(settings: Settings) -> LocalModel | None:
    if not settings.local_model:
        return None
    return LocalModel(settings.data_dir, launch, timeouts=_timeouts(settings))


def _models(settings: Settings, local_model: LocalModel | None) -> Models:
    servers: dict[str, ModelServer] = {}
    if settings.model_url:
        name = urlsplit(settings.model_url).hostname or "server"
        servers[name] = OpenAICompatible(name, settings.model_url, settings.model_key or "", _timeouts(settings))
    if local_model is not None:
        servers[BUILT_IN] = local_model
    return Models(servers, settings.model_name if settings.model_url else None)


def _timeouts(settings: Settings) -> Timeouts:
    return Timeouts(first_s=settings.first_token_s, stall_s=settings.stall_s)
