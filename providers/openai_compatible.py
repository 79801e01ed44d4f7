"""Any server that speaks OpenAI's chat wire: OpenAI, OpenRouter, vLLM, Ollama, llama.cpp and many more, by the openai
SDK.

The SDK sends the request and reports trouble; the stream is read here, because the SDK's own reader ends at the first
event that is no JSON and cannot tell a cut answer from a whole one.
"""

import asyncio
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from providers.base import (
    Ask,
    ModelBadRequest,
    ModelFailed,
    ModelInfo,
    ModelTimeout,
    ModelUnreachable,
    Piece,
    ProviderError,
    Stop,
    Timeouts,
)
from providers.openai_errors import Origin, error_in, from_answer, from_error
from providers.openai_events import EventSplitter, LineTooLong
from providers.openai_reply import ReplyReader
from providers.private_loop import iterate

if TYPE_CHECKING:
    from openai import AsyncOpenAI

MAX_WHOLE_BYTES = 16 * 1024 * 1024
# Usage and [DONE] come right behind the last word, if at all.
_AFTER_END_S = 2.0
_LIST_S = 15.0


class OpenAICompatible:
    """A model server at `base_url` (it ends in /v1 as a rule). The key may be empty; it is never shown."""

    def __init__(self, name: str, base_url: str, api_key: str = "", timeouts: Timeouts | None = None) -> None:
        self.name = name
        self.base_url = base_url.rstrip("/")
        self._key = api_key
        self._timeouts = timeouts or Timeouts()
        self._origin = Origin(server=name, address=self.base_url, key=api_key)
        self._asks_for_usage = True

    def __repr__(self) -> str:
        return f"OpenAICompatible({self._origin!r})"

    def warm_up(self) -> None:
        """Import the SDK, which takes a second. See ModelServer.warm_up."""
        import_sdk()

    def list_models(self) -> list[ModelInfo]:
        """Return the server's models as it orders them. Raises ProviderError; takes 15 s at most."""
        (models,) = iterate(self._models, Stop())
        return [self._info(model) for model in models if isinstance(model, dict) and model.get("id")]

    def stream_reply(self, ask: Ask, stop: Stop) -> Iterator[Piece]:
        """Yield the answer. See ModelServer.stream_reply."""
        try:
            yield from iterate(lambda: self._reply(ask), stop)
        except ModelBadRequest as error:
            # A few servers refuse the option that asks them to count tokens.
            if not self._asks_for_usage or "stream_options" not in error.detail:
                raise
            self._asks_for_usage = False
            yield from iterate(lambda: self._reply(ask), stop)

    def _info(self, model: dict[str, Any]) -> ModelInfo:
        name = model.get("name")
        return ModelInfo(
            id=str(model["id"]),
            name=name if isinstance(name, str) and name else str(model["id"]),
            server=self.name,
            is_local=_is_loopback(self.base_url),
        )

    async def _models(self) -> AsyncIterator[list[object]]:
        async with self._trouble(), self._client() as client, _at_most(_LIST_S):
            response = await client.models.with_raw_response.list(extra_headers=self._headers())
            answer = _json(response.content)
            listed = answer.get("data") if isinstance(answer, dict) else answer
            if not isinstance(listed, list):
                error = error_in(answer) or {"message": "It sent no list of models."}
                raise from_error(self._origin, error, headers=response.headers)
        yield listed

    async def _reply(self, ask: Ask) -> AsyncIterator[Piece]:
        async with self._trouble(), self._client() as client, AsyncExitStack() as stack:
            async with _at_most(self._timeouts.first_s):
                request = client.chat.completions.with_streaming_response.create(**self._body(ask))
                response = await stack.enter_async_context(request)
            reader = ReplyReader(self._origin, response.headers)
            async for piece in self._pieces(response, reader):
                yield piece
            yield reader.end()

    async def _pieces(self, response: Any, reader: ReplyReader) -> AsyncIterator[Piece]:
        whole = _is_whole(response.headers.get("content-type", ""))
        splitter = EventSplitter()
        kept = bytearray()
        async for chunk in _chunks(response, Patience(self._timeouts, reader)):
            if whole:
                kept += chunk[: MAX_WHOLE_BYTES - len(kept)]
                continue
            for data in splitter.feed(chunk):
                for piece in reader.event(data):
                    yield piece
            if reader.is_done:
                return
        for piece in reader.whole(bytes(kept)) if whole else _last(splitter, reader):
            yield piece

    def _body(self, ask: Ask) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": ask.model,
            "messages": [{"role": turn.role, "content": turn.text} for turn in ask.turns],
            "stream": True,
            "extra_headers": self._headers(),
        }
        if self._asks_for_usage:
            body["stream_options"] = {"include_usage": True}
        given = {"max_tokens": ask.max_tokens, "temperature": ask.temperature}
        return body | {name: value for name, value in given.items() if value is not None}

    def _headers(self) -> dict[str, Any]:
        import openai

        return {} if self._key else {"Authorization": openai.Omit()}

    @asynccontextmanager
    async def _client(self) -> AsyncIterator["AsyncOpenAI"]:
        import openai

        http = openai.DefaultAsyncHttpxClient(
            verify=self._certificates,
            follow_redirects=False,
            trust_env=not _is_loopback(self.base_url),  # a proxy cannot reach this machine's loopback
        )
        client = openai.AsyncOpenAI(
            api_key=self._key or "none",
            base_url=self.base_url,
            max_retries=0,
            timeout=openai.Timeout(None, connect=self._timeouts.connect_s),
            http_client=http,
        )
        # The SDK reads these two from the environment, and would tell them to whatever server this is.
        client.organization = client.project = None
        async with client:
            yield client

    @cached_property
    def _certificates(self) -> ssl.SSLContext | bool:
        # Reading the certificates takes 20 ms: once for all replies, and not at all where there is nothing to check.
        return ssl.create_default_context() if self.base_url.startswith("https:") else False

    @asynccontextmanager
    async def _trouble(self) -> AsyncIterator[None]:
        """The border: what the SDK raises leaves as ProviderError, without the SDK's error behind it, which holds the
        key.
        """
        import httpx2
        import openai

        try:
            yield
        except openai.APIStatusError as error:
            response = error.response
            raise from_answer(self._origin, response.status_code, response.content, response.headers) from None
        except TooSilent as error:
            raise self._origin.fail(ModelTimeout, str(error)) from None
        except openai.APIConnectionError as error:
            raise self._no_connection(error.__cause__ or error) from None
        except (httpx2.InvalidURL, UnicodeError):
            raise self._origin.fail(ModelUnreachable, "Its address is not a web address") from None
        except (LineTooLong, openai.OpenAIError) as error:
            raise self._origin.fail(ModelFailed, "It answered with something that is no answer") from error

    def _no_connection(self, cause: BaseException) -> ProviderError:
        import httpx2

        never_sent = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.UnsupportedProtocol, httpx2.ProxyError)
        if not isinstance(cause, never_sent):
            return self._origin.fail(ModelFailed, "It hung up without an answer")
        return self._origin.fail(ModelUnreachable, _why_unreachable(cause, self._timeouts.connect_s))


def import_sdk() -> None:
    """Import the openai SDK with what a reply needs of it, so that the first reply does not wait for that (1.5 s)."""
    import openai

    # It imports its parts, and those of its transport, when they are first touched. Nothing is opened here.
    client = openai.AsyncOpenAI(api_key="none", base_url="http://127.0.0.1")
    _ = client.chat.completions, client.models


class TooSilent(Exception):
    """The server took too long; the text says what it did not do."""


class Patience:
    """How long to wait for the next bytes of one answer."""

    def __init__(self, timeouts: Timeouts, reader: ReplyReader) -> None:
        self._timeouts = timeouts
        self._reader = reader
        self._last_word = time.monotonic()
        self._num_words = 0
        self._end: float | None = None

    def left_s(self) -> float:
        """Return the longest wait from now, in seconds. Comments keep an answer alive, but not for ever."""
        now = time.monotonic()
        if self._reader.has_ended:
            self._end = self._end or now + _AFTER_END_S
            return max(0.0, self._end - now)
        if self._reader.num_words > self._num_words:
            self._num_words, self._last_word = self._reader.num_words, now
        return max(0.0, min(self._quiet_s(), self._last_word + self._timeouts.alive_s - now))

    @property
    def is_whole(self) -> bool:
        """Whether the answer was complete and only its closing words failed to come."""
        return self._reader.has_ended

    def why(self) -> str:
        """Say what the server did not do in time."""
        what = "It fell silent in the middle of the answer" if self._num_words else "It did not begin to answer"
        return f"{what} for {self._quiet_s():g} seconds"

    def _quiet_s(self) -> float:
        return self._timeouts.stall_s if self._num_words else self._timeouts.first_s


async def _chunks(response: Any, patience: Patience) -> AsyncIterator[bytes]:
    """Yield the answer's bytes; a broken connection ends it: whether the answer was whole is the reader's to say."""
    import anyio
    import httpx2

    chunks = response.iter_bytes()
    while True:
        try:
            async with asyncio.timeout(patience.left_s()):
                chunk = await anext(chunks, b"")
        except TimeoutError:
            if patience.is_whole:
                return
            raise TooSilent(patience.why()) from None
        except (httpx2.RequestError, OSError, anyio.EndOfStream):
            return
        if not chunk:
            return
        yield chunk


def _last(splitter: EventSplitter, reader: ReplyReader) -> Iterator[Piece]:
    for data in splitter.end():
        yield from reader.event(data)


@asynccontextmanager
async def _at_most(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise TooSilent(f"It did not begin to answer for {seconds:g} seconds") from None


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return {"error": {"message": "It sent something that is no JSON.", "code": 502}}


def _is_whole(content_type: str) -> bool:
    # Some servers send events as text/plain: only what cannot be events is read as one whole.
    return any(kind in content_type.lower() for kind in ("json", "html", "xml"))


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _why_unreachable(cause: BaseException, connect_s: float) -> str:
    import httpx2

    if isinstance(cause, httpx2.ConnectTimeout):
        return f"Nobody took the call within {connect_s:g} seconds"
    if isinstance(cause, httpx2.UnsupportedProtocol):
        return "Its address is not a web address"
    if isinstance(cause, httpx2.ProxyError):
        return "The proxy on the way to it did not let the call through"
    roots = list(_roots(cause))
    if any(isinstance(root, socket.gaierror) for root in roots):
        return "There is no host of that name, or no network"
    if any(isinstance(root, ssl.SSLCertVerificationError) for root in roots):
        return "Its certificate is not trusted"
    if any(isinstance(root, ssl.SSLError) for root in roots):
        return "It does not speak https as this address wants it"
    return "Nobody listens at its address"


def _roots(error: BaseException | None) -> Iterator[BaseException]:
    # The libraries between wrap a cause as `__cause__` or as the argument of their own error.
    while error is not None:
        yield error
        yield from (argument for argument in error.args if isinstance(argument, BaseException))
        error = error.__cause__ or error.__context__
