"""A person's own class: the same `@method`, with state in `self.data`."""

import importlib.util
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, ClassVar

from pydantic_core import to_json

from api.area import Area
from api.caller import Caller
from api.errors import Conflict, SessionBusy, TooLarge
from api.method import method
from api.plugin_tasks import task
from api.services import Services
from api.shapes import Task, task_of
from engines.choice import MakeEngine
from store import session_rows
from store.session_lock import LockTimeout
from tasks.kinds import Retry
from tasks.queue import Order
from tasks.work import Work

__all__ = ["Plugin", "Retry", "Task", "Work", "method", "task"]

LOCK_TIMEOUT_S = 20.0


class PluginError(Exception):
    """A plugin's folder cannot be served; the text says why and what to write."""


class Plugin(Area, registered=False):
    """Serve your own class to every visitor: declare methods with `@method`, keep state in `self.data`.

    `self.data` is this visitor's JSON map, read when first touched and stored when the method returns, in one
    transaction; calls of one visitor that touch it run one after the other. When the method raises, nothing is stored.
    `engines` are classes of engines/base.py's contract, chosen by their name in STUDIOLO_ENGINE.
    """

    engines: ClassVar[Sequence[MakeEngine]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__(registered=False)

    def __init__(self, services: Services, caller: Caller) -> None:
        object.__setattr__(self, "_services", services)
        object.__setattr__(self, "_caller", caller)
        object.__setattr__(self, "_hold", ExitStack())
        object.__setattr__(self, "_state", None)

    @property
    def data(self) -> dict[str, Any]:
        """This visitor's JSON map."""
        if self._state is None:
            object.__setattr__(self, "_state", self._load())
        assert self._state is not None
        return self._state[0]

    @data.setter
    def data(self, value: Mapping[str, Any]) -> None:
        fresh = dict(value)  # a copy first: `self.data |= ...` hands in the very same map
        self.data.clear()
        self.data.update(fresh)

    def __setattr__(self, name: str, value: object) -> None:
        if name != "data":
            raise AttributeError(
                f"self.{name} would be lost: any worker may serve the next call. Keep it as self.data[{name!r}]."
            )
        super().__setattr__(name, value)

    def start(self, work: str, **arguments: Any) -> Task:
        """Have the task of that name done, with plain JSON arguments; its events are followed under its id.

        Raises TooManyTasks.
        """
        order = Order(session_id=self._caller.session_id, kind=work, arguments=arguments, facts={})
        with self._write() as write:
            self._store_session(write)
            return task_of(self._services.queue.submit(write, order), self._caller.language)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Surround one call: store the data where it changed, give its lock back."""
        hold: ExitStack = self._hold
        with hold:
            yield
            if self._state is not None:
                self._save_if_changed(*self._state)

    _state: tuple[dict[str, Any], bytes, int] | None
    _hold: ExitStack

    def _load(self) -> tuple[dict[str, Any], bytes, int]:
        services, session_id = self._services, self._caller.session_id
        try:
            self._hold.enter_context(services.locks.hold(session_id, LOCK_TIMEOUT_S))
        except LockTimeout:
            raise SessionBusy from None
        with services.database.read() as connection:
            data, version = session_rows.data_of(connection, session_id)
        return data, to_json(data), version

    def _save_if_changed(self, data: dict[str, Any], before: bytes, version: int) -> None:
        # Compared as JSON: to Python 1, 1.0 and true are equal.
        now = _as_json(data, self._services.settings.max_data_bytes)
        if now == before:
            return
        session_id = self._caller.session_id
        with self._write() as write:
            if version == 0:
                self._store_session(write)  # with a higher version it is stored, and was opened as this caller's own
            if not session_rows.replace_data(write.connection, session_id, data, version):
                raise Conflict(version=session_rows.data_of(write.connection, session_id)[1])
            self._services.journal.append_in(write, session_id, [("data", {"version": version + 1})])


def _as_json(data: dict[str, Any], max_bytes: int) -> bytes:
    text = to_json(data)
    if len(text) > max_bytes:
        raise TooLarge(max_bytes=max_bytes, bytes=len(text))
    return text


def load_plugin(folder: Path) -> type[Plugin]:
    """Import FOLDER/api.py and return its one Plugin class. Raises PluginError with what is missing."""
    path = folder.resolve() / "api.py"
    if not path.is_file() or not (folder / "index.html").is_file():
        raise PluginError(
            f"{folder} needs two files: api.py with a class of your own, and index.html. See plugins/counter."
        )
    name = f"studiolo_plugin_{folder.resolve().name}"
    if name not in sys.modules or sys.modules[name].__file__ != str(path):
        _import(name, path)
    found = [one for one in vars(sys.modules[name]).values() if _is_own(one, name)]
    if len(found) != 1:
        raise PluginError(
            f"{path} must define one class that inherits from api.plugin.Plugin; it defines {len(found)}."
        )
    own: type[Plugin] = found[0]
    return own


def _import(name: str, path: Path) -> None:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise PluginError(f"{path} cannot be imported: {type(error).__name__}: {error}") from error


def _is_own(value: object, module: str) -> bool:
    return isinstance(value, type) and issubclass(value, Plugin) and value.__module__ == module
