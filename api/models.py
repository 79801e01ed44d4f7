"""Models: which ones may answer here, and which does by default."""

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass

from loguru import logger
from pydantic import BaseModel, Field

from api.area import Area
from api.method import method
from api.model_errors import ModelNotFound, ModelTimeout, NoModel, as_api_error
from providers.base import ModelInfo, ModelServer, ProviderError

FRESH_S = 60.0
FAILED_S = 5.0  # a server that did not answer is not asked again sooner
CHOICE_S = 8.0  # a question without a model waits so long for the list it is chosen from
PATIENCE_S = 2.0  # a page never waits longer than this for a model server that does not answer

BUILT_IN = "local"  # the short name of the model that comes with Studiolo
NOTES = {
    "en": "A small model on this machine: private, quick, and often wrong. Set STUDIOLO_MODEL_URL to add a better one.",
    "zh-CN": "本机上的小模型：私密、快速，但经常出错。设置 STUDIOLO_MODEL_URL 可添加更好的模型。",
}


class Model(BaseModel):
    """A model that can answer; `note` is a sentence to show beside it, empty where there is nothing to say."""

    id: str
    name: str
    server: str
    is_local: bool
    note: str


class ModelList(BaseModel):
    """The models of all servers that answer, the default first."""

    items: list[Model]
    next: str | None = Field(None, description="Always null: all of them come at once.")
    default: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A server and the name of one of its models."""

    server: ModelServer
    model: str


class Models:
    """The model servers of this installation by short name; the first is the default."""

    def __init__(self, servers: Mapping[str, ModelServer], default_model: str | None) -> None:
        self._servers = dict(servers)
        self._default_model = default_model
        self._infos: dict[str, list[ModelInfo]] = {}
        self._listings: dict[str, tuple[float, Future[list[ModelInfo]]]] = {}
        self._is_warm = False
        self._lock = threading.Lock()

    def choose(self, model_id: str | None) -> Choice:
        """Return who answers for a model id, or by default. Raises NoModel or ModelNotFound."""
        if not self._servers:
            raise NoModel
        if model_id is None:
            first = next(iter(self._servers))
            return Choice(self._servers[first], self._default_of(first))
        server, _, model = model_id.partition("/")
        if server not in self._servers or not model:
            raise ModelNotFound(server=server or model_id)
        return Choice(self._servers[server], model)

    def id_of(self, choice: Choice) -> str:
        """Return the id that `choose` takes."""
        return next(f"{name}/{choice.model}" for name, server in self._servers.items() if server is choice.server)

    def warm_up(self) -> None:
        """Begin to load what the first question would wait for; returns at once, and does it once."""
        with self._lock:
            if self._is_warm:
                return
            self._is_warm = True
        threading.Thread(target=self._load, name="warm-up", daemon=True).start()

    def list_all(self) -> list[tuple[str, ModelInfo]]:
        """Return (id, model) of every server, asking all of them at once and none for longer than PATIENCE_S."""
        wait([self._listing(name) for name in self._servers], PATIENCE_S)
        return [(f"{name}/{info.id}", info) for name in self._servers for info in self._sorted(name)]

    def _sorted(self, name: str) -> Sequence[ModelInfo]:
        infos = self._known(name)
        if name != next(iter(self._servers)) or self._default_model is None:
            return infos
        wanted = [info for info in infos if info.id == self._default_model] or [self._named_by_setting(name)]
        return [*wanted, *(info for info in infos if info.id != self._default_model)]

    def _named_by_setting(self, name: str) -> ModelInfo:
        # A server that is down, or does not list its models, still has the one that the setting names.
        model = self._default_model or ""
        return ModelInfo(id=model, name=model, server=self._servers[name].name, is_local=False)

    def _default_of(self, name: str) -> str:
        if self._default_model is not None:
            return self._default_model
        try:
            infos = self._known(name) or self._listing(name).result(CHOICE_S)
        except TimeoutError:
            raise ModelTimeout(server=self._servers[name].name) from None
        except ProviderError as error:
            raise as_api_error(error) from None
        if not infos:
            raise ModelNotFound(server=name)
        return infos[0].id

    def _load(self) -> None:
        try:
            self._servers[next(iter(self._servers))].warm_up()
        except (StopIteration, ProviderError) as error:
            logger.info("The first model could not be loaded ahead: {}", error)

    def _known(self, name: str) -> list[ModelInfo]:
        return self._infos.get(name, [])

    def _listing(self, name: str) -> "Future[list[ModelInfo]]":
        """Return what a server is being asked, or was asked a moment ago: one question at a time to each."""
        with self._lock:
            asked_s, listing = self._listings.get(name, (float("-inf"), None))
            if listing is not None and not self._is_stale(asked_s, listing):
                return listing
            listing = Future()
            self._listings[name] = (time.monotonic(), listing)
        threading.Thread(target=self._ask, args=(name, listing), name="list-models", daemon=True).start()
        return listing

    @staticmethod
    def _is_stale(asked_s: float, listing: "Future[list[ModelInfo]]") -> bool:
        if not listing.done():
            return False
        return time.monotonic() - asked_s > (FAILED_S if listing.exception() else FRESH_S)

    def _ask(self, name: str, listing: "Future[list[ModelInfo]]") -> None:
        try:
            infos = self._servers[name].list_models()
        except ProviderError as error:
            logger.warning("The models of {} could not be listed: {}", name, error)
            listing.set_exception(error)
        else:
            self._infos[name] = infos
            listing.set_result(infos)


class ModelsArea(Area):
    """The area of models."""

    @method(rest="GET /models", needs="models:read", example={})
    def list_models(self) -> ModelList:
        """List the models that can answer here, the default first."""
        self._services.models.warm_up()  # who asks for the models is about to ask one of them
        found = self._services.models.list_all()
        items = [_shown(model_id, info, self._caller.language) for model_id, info in found]
        return ModelList(items=items, next=None, default=items[0].id if items else None)


def _shown(model_id: str, info: ModelInfo, language: str) -> Model:
    note = NOTES[language] if model_id.startswith(BUILT_IN + "/") else ""
    return Model(id=model_id, name=info.name, server=info.server, is_local=info.is_local, note=note)
