"""Where the engine's parts are wired: which one there is, where it keeps its things, who starts its process."""

import re
import socket
from pathlib import Path

from api.page_acts import ELSEWHERE
from api.plugin import load_plugin
from engines.choice import Choice, choose, engines_here
from engines.keeper import Keeper
from launch import launch
from settings import Settings
from store import task_rows
from store.database import Database
from store.file_lock import is_locked
from tasks.states import DUE


def engine_folder(settings: Settings) -> Path:
    """Return where the browsers of this machine keep what they store while they run."""
    machine = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())[:64]
    return settings.data_dir / "engine" / f"on-{machine}"


def engine_lock(settings: Settings) -> Path:
    """Return the lock of the one process of this machine that holds pages of this data folder."""
    folder = engine_folder(settings)
    folder.parent.mkdir(parents=True, exist_ok=True)
    return folder.with_name(f"{folder.name}.lock")


def engine_choice(settings: Settings, proxy_port: int | None = None) -> Choice:
    """Return the engine of this machine, its way out by the guard at a port of loopback."""
    more = load_plugin(settings.plugin).engines if settings.plugin else ()
    folder, has_sandbox = engine_folder(settings), settings.engine_sandbox
    return choose(settings.engine, engines_here(folder, has_sandbox=has_sandbox, proxy_port=proxy_port, more=more))


def keeper_of(settings: Settings, database: Database) -> Keeper:
    """Return what starts the process that holds pages when there is work for one."""
    kinds = [kind.name for kind in ELSEWHERE.kinds]

    def is_work() -> bool:
        with database.read() as connection:
            is_due = task_rows.is_work(connection, DUE, kinds)
        return is_due and not is_locked(engine_lock(settings))

    return Keeper(lambda: launch("engine", words=settings.as_words()), is_work, engine_folder(settings))
