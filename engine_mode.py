"""Engine mode: the process that holds the pages of a data folder's workspaces, and runs their scripts.

Studiolo starts it when there is work for it; it ends with whoever started it.
"""

import signal
import threading
from uuid import UUID

from loguru import logger

from api.page_acts import PageActs
from egress.guard import Guard
from egress.policy import Policy
from engine_wiring import engine_choice, engine_folder, engine_lock
from engines.leftovers import reap
from engines.pool import Pool
from launch import end_with_parent
from logs import set_up_logs
from settings import Settings
from store import engine_rows
from store.clock import now_ms
from store.file_lock import LockTimeout, file_lock
from tasks.runner import host_name
from web_mode import Parts, build

SWEEP_S = 5.0
DRAIN_S = 1.0


def run_engine(settings: Settings) -> None:
    """Hold pages until a signal comes or the parent ends; returns at once where another process holds them."""
    set_up_logs(settings)
    try:
        with file_lock(engine_lock(settings), 0), Guard(Policy.of(settings.egress)) as guard:
            reap(engine_folder(settings))
            _hold(settings, guard)
    except LockTimeout:
        logger.info("Another process holds the engine's pages.")


def _hold(settings: Settings, guard: Guard) -> None:
    choice = engine_choice(settings, guard.port)
    if choice.engine is None:
        logger.warning("{}", choice.why)
        return
    ended = threading.Event()
    for word in (signal.SIGTERM, signal.SIGINT):
        signal.signal(word, lambda *_: ended.set())
    pool = Pool(choice.engine)
    end_with_parent(pool.stop)
    parts = build(settings, place="engine")
    acts = PageActs(pool, parts.entrance.ground, parts.runner.id, settings.lease_s * 1000)
    parts.services.queue.kinds.update({kind.name: kind for kind in acts.doing.kinds})
    _forget_lost(parts)
    parts.start()
    logger.info("{}", choice.why)
    while not ended.wait(SWEEP_S):
        with logger.catch(message="Looking after the engine's pages failed; it is tried again."):
            for session in pool.pages_closed():
                acts.forget(UUID(session))
    parts.runner.drain(DRAIN_S)
    pool.stop()
    with parts.database.write() as write:
        engine_rows.remove_of(write.connection, parts.runner.id)
    parts.stop()


def _forget_lost(parts: Parts) -> None:
    with parts.database.write() as write:
        engine_rows.remove_lost(write.connection, host_name(), now_ms() - parts.settings.lease_s * 1000)
