"""The system: whether it is well, and what it is."""

import platform
import shutil
import time
from collections.abc import Callable
from enum import StrEnum

import psutil
from pydantic import BaseModel
from sqlalchemy import text

from api.area import Area
from api.caller import LANGUAGES
from api.errors import Unhealthy
from api.method import method
from store.database import StoreUnavailable
from version import VERSION

MIN_DISK = 100 * 1_048_576  # bytes; below it SQLite's next commits may fail
MIN_MEMORY = 100 * 1_048_576


class CheckState(StrEnum):
    """How one part is. Only `failed` makes the whole unhealthy."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"
    ABSENT = "absent"


class Check(BaseModel):
    """One part of the system: how it is, in a word and in a sentence, and how long it took to find out."""

    name: str
    state: CheckState
    note: str
    time_ms: float


class Health(BaseModel):
    """All parts; `status` is healthy although some may be degraded or absent."""

    status: str
    version: str
    checks: list[Check]


class SystemInfo(BaseModel):
    """What runs here."""

    version: str
    python: str
    platform: str
    uptime_s: float
    num_processors: int
    languages: list[str]


Finding = tuple[CheckState, str]


class System(Area):
    """The area of the system itself."""

    @method(rest="GET /health", public=True, example={})
    def get_health(self) -> Health:
        """Check the database, disk, memory, models and engine.

        Raises `unhealthy` (503) with the same checks in `details` where a part without which nothing works has failed.
        """
        parts = {
            "database": self._database,
            "disk": self._disk,
            "memory": _memory,
            "model": self._model,
            "engine": self._engine,
        }
        checks = [_check(name, look) for name, look in parts.items()]
        failed = [check.name for check in checks if check.state is CheckState.FAILED]
        if failed:
            raise Unhealthy(failed=", ".join(failed), checks=[check.model_dump(mode="json") for check in checks])
        return Health(status="healthy", version=VERSION, checks=checks)

    @method(rest="GET /system/info", needs="system:read", example={})
    def get_system_info(self) -> SystemInfo:
        """Return the version, the machine, and how long the server has been up."""
        return SystemInfo(
            version=VERSION,
            python=platform.python_version(),
            platform=f"{platform.system()} {platform.machine()}",
            uptime_s=round(time.time() - psutil.Process().create_time(), 1),
            num_processors=psutil.cpu_count() or 1,
            languages=list(LANGUAGES),
        )

    def _database(self) -> Finding:
        with self._services.database.read() as connection:
            connection.execute(text("SELECT 1"))
        return CheckState.OK, "It answers."

    def _disk(self) -> Finding:
        free = shutil.disk_usage(self._services.settings.data_dir).free
        state = CheckState.OK if free >= MIN_DISK else CheckState.FAILED
        return state, f"{free // 1_048_576} MB are free."

    def _engine(self) -> Finding:
        choice = self._services.engine.choice
        return CheckState.ABSENT if choice.engine is None else CheckState.OK, choice.why

    def _model(self) -> Finding:
        names = [info.name for _id, info in self._services.models.list_all()]
        if names:
            return CheckState.OK, f"{names[0]} answers by default; there are {len(names)}."
        return CheckState.DEGRADED, "No model answers. Check STUDIOLO_MODEL_URL and STUDIOLO_LOCAL_MODEL."


def _memory() -> Finding:
    free = psutil.virtual_memory().available
    state = CheckState.OK if free >= MIN_MEMORY else CheckState.FAILED
    return state, f"{free // 1_048_576} MB are free."


def _check(name: str, look: Callable[[], Finding]) -> Check:
    begun_s = time.perf_counter()
    try:
        state, note = look()
    except (StoreUnavailable, psutil.Error, OSError) as error:
        state, note = CheckState.FAILED, f"{type(error).__name__}: {error}"[:200]
    return Check(name=name, state=state, note=note, time_ms=round((time.perf_counter() - begun_s) * 1000, 2))
