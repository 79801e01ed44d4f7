"""The contract of model servers: what is asked, what comes back, how it is stopped, and how it fails."""

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, Protocol, TypedDict, Unpack

Role = Literal["system", "user", "assistant"]
PieceKind = Literal["text", "thinking", "usage"]


@dataclass(slots=True, frozen=True, kw_only=True)
class Turn:
    """One turn of a conversation."""

    role: Role
    text: str


@dataclass(slots=True, frozen=True, kw_only=True)
class Ask:
    """A question: the conversation so far, oldest turn first, and the model that shall answer. None leaves a choice
    to the server.
    """

    model: str
    turns: tuple[Turn, ...]
    max_tokens: int | None = None
    temperature: float | None = None


@dataclass(slots=True, frozen=True, kw_only=True)
class Piece:
    """A part of an answer.

    `usage` comes once, last, with an empty text; its facts may hold finish_reason (`length`: cut at the limit),
    model, reply_id, prompt_tokens, completion_tokens, total_tokens and cost (USD).
    """

    kind: PieceKind
    text: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True, frozen=True, kw_only=True)
class ModelInfo:
    """A model that a server offers; `id` is what `Ask.model` says to that server."""

    id: str
    name: str
    server: str
    is_local: bool


@dataclass(slots=True, frozen=True, kw_only=True)
class Timeouts:
    """How long a model server may be silent, in seconds. `alive_s` bounds a server that only says it is still
    working.
    """

    connect_s: float = 5
    first_s: float = 60
    stall_s: float = 30
    alive_s: float = 600


class Stop:
    """A flag that one thread sets to end another's `stream_reply`, wherever that waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_set = False
        self._callbacks: dict[object, Callable[[], None]] = {}

    def set(self) -> None:
        """Set it, and call what was registered, each once."""
        with self._lock:
            self._is_set = True
            callbacks, self._callbacks = list(self._callbacks.values()), {}
        for callback in callbacks:
            callback()

    def is_set(self) -> bool:
        """Tell whether it was set."""
        return self._is_set

    def on_set(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Register a callback, called in the thread that sets (at once if already set); answers a function that takes
        it back.
        """
        key = object()
        with self._lock:
            if not self._is_set:
                self._callbacks[key] = callback
                return lambda: self._forget(key)
        callback()
        return lambda: None

    def _forget(self, key: object) -> None:
        with self._lock:
            self._callbacks.pop(key, None)


class ModelServer(Protocol):
    """A place that answers questions with models."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    def list_models(self) -> list[ModelInfo]:
        """Return its models. Raises ProviderError."""
        ...

    def warm_up(self) -> None:
        """Load what the first question would wait for. Raises ProviderError."""
        ...

    def stream_reply(self, ask: Ask, stop: Stop) -> Iterator[Piece]:
        """Yield the answer as it comes, in the caller's thread.

        Raises ProviderError, also after pieces. Ends early and without an error within 200 ms of `stop.set()`.
        However it ends, the connection is closed, so the model's work ends too. Must not be called where an asyncio
        loop runs.
        """
        ...


class ErrorFacts(TypedDict, total=False):
    """What is known about a failure; `retry_after` in seconds."""

    server: str
    address: str
    status: int | None
    detail: str
    request_id: str | None
    retry_after: float | None


class ProviderError(Exception):
    """A service outside did not do what was asked.

    `reason` is one English sentence, `detail` the service's own words (cut, without keys). `code` is the class's name
    in snake case.
    """

    code: ClassVar[str] = "provider_error"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, reason: str, **facts: Unpack[ErrorFacts]) -> None:
        server = facts.get("server", "")
        super().__init__(f"{server}: {reason}" if server else reason)
        self.reason = reason
        self.server = server
        self.address = facts.get("address", "")
        self.status = facts.get("status")
        self.detail = facts.get("detail", "")
        self.request_id = facts.get("request_id")
        self.retry_after = facts.get("retry_after")

    def facts(self) -> dict[str, object]:
        """Return what is known as plain JSON values, unknown ones left out; `retry_after` in seconds."""
        names = ("reason", "server", "address", "status", "detail", "request_id", "retry_after")
        return {name: value for name in names if (value := getattr(self, name)) not in (None, "")}


class ModelNotInstalled(ProviderError):
    """The local model's library or weights are not on this machine."""


class ModelUnreachable(ProviderError):
    """No connection: refused, no such host, no route, bad certificate, or nobody took the call in time."""


class ModelTimeout(ProviderError):
    """Connected, but no first word in time, or silence in the middle."""


class ModelRefused(ProviderError):
    """The key is missing, wrong, or not allowed to do this (401, 403)."""


class ModelPaymentRequired(ProviderError):
    """The account behind the key has no credit left (402)."""


class ModelNotFound(ProviderError):
    """No such model at this server, or no such address (404)."""


class ModelBusy(ProviderError):
    """Too many requests or overloaded (429, 503, 529): try again after `retry_after` seconds."""


class ModelBadRequest(ProviderError):
    """The server cannot take this question (400, 413, 422), for instance because the conversation is too long."""


class ModelFailed(ProviderError):
    """The server broke: 5xx, a web page for an answer, an error or a cut in mid answer, an empty answer."""
