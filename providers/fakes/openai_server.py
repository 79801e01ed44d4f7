"""A model server on loopback that speaks OpenAI's wire and behaves as badly as it is asked to.

In tests: `with FakeOpenAI() as fake: fake.url`. From the shell: `python -m providers.fakes.openai_server --port 8099`.
How it answers is chosen by the model id: see openai_behaviours.
"""

import argparse
import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import providers.fakes.openai_failures  # noqa: F401 - it registers behaviours
from providers.fakes.http_exchange import ClientGone, Exchange, SeenRequest, read_request
from providers.fakes.openai_behaviours import BEHAVIOURS, Chat, named

_JSON = {"content-type": "application/json", "x-request-id": "req_fake"}


class FakeOpenAI:
    """A server in a thread of its own. `key`: refuse other keys. `models`: `models-500`, `models-slow`, `models-
    stale`.
    """

    def __init__(self, *, port: int = 0, key: str | None = None, models: str = "ok") -> None:
        self.key = key
        self.models = models
        self.requests: list[SeenRequest] = []
        self.on_request: Callable[[SeenRequest], None] = lambda _: None
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake-openai", daemon=True)

    @property
    def url(self) -> str:
        """The base address, as a client wants it."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def chats(self) -> list[SeenRequest]:
        """The chat requests so far."""
        return [request for request in self.requests if request.path.endswith("/chat/completions")]

    @property
    def num_in_flight(self) -> int:
        """How many requests are being answered now."""
        return sum(request.ended_at is None for request in self.requests)

    def wait_for(self, holds: Callable[[], object], timeout_s: float = 5) -> None:
        """Wait until `holds()` is true; it is asked again whenever a request comes, closes or ends. Raises
        TimeoutError.
        """
        with self._changed:
            if not self._changed.wait_for(holds, timeout_s):
                raise TimeoutError(f"did not come to hold within {timeout_s} s; seen: {self.requests}")

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(5)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port, backlog=512)
        self._port = self._server.sockets[0].getsockname()[1]

    async def _hang_up(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await read_request(reader)
            if request is not None:
                await self._exchange(request, reader, writer)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _exchange(self, request: SeenRequest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tell(lambda: self.requests.append(request))
        self.on_request(request)
        exchange = Exchange(request, writer)
        watch = asyncio.create_task(exchange.watch(reader))
        watch.add_done_callback(lambda _: self._tell(lambda: None))
        try:
            await self._answer(exchange)
            await exchange.end()
        except ClientGone:
            await watch
        finally:
            self._tell(lambda: setattr(request, "ended_at", time.monotonic()))
            watch.cancel()

    def _tell(self, change: Callable[[], None]) -> None:
        with self._changed:
            change()
            self._changed.notify_all()

    async def _answer(self, exchange: Exchange) -> None:
        request = exchange.request
        if self.key is not None and request.headers.get("authorization") != f"Bearer {self.key}":
            await Chat(exchange, []).error(401, {"message": "Incorrect API key provided", "code": "invalid_api_key"})
        elif request.path.partition("?")[0] == "/v1/models":
            await self._answer_models(exchange)
        elif request.path == "/v1/chat/completions":
            await self._answer_chat(exchange)
        else:
            await Chat(exchange, []).error(404, {"message": "Not Found", "code": 404})

    async def _answer_chat(self, exchange: Exchange) -> None:
        name, *arguments = named(exchange.request.body)
        run = BEHAVIOURS.get(name)
        if run is None:
            error = {"message": f"The model {name} does not exist", "code": "model_not_found"}
            await Chat(exchange, []).error(404, error)
        else:
            await run(Chat(exchange, arguments))

    async def _answer_models(self, exchange: Exchange) -> None:
        if self.models == "models-500":
            await Chat(exchange, []).error(500, {"message": "Internal Server Error", "code": 500})
            return
        if self.models == "models-slow":
            await exchange.pause(3600)
        names = ["gone"] if self.models == "models-stale" else ["ok", "slow:20ms", "count:500:10", *BEHAVIOURS]
        data = [{"id": name, "object": "model", "created": 1, "owned_by": "fake"} for name in dict.fromkeys(names)]
        await exchange.answer(200, json.dumps({"object": "list", "data": data}).encode(), _JSON)


def main() -> None:
    """Serve until interrupted, one line a request on standard output."""
    parser = argparse.ArgumentParser(description="A model server on loopback that behaves as its model ids say.")
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--key", help="refuse every other key")
    options = parser.parse_args()
    with FakeOpenAI(port=options.port, key=options.key) as fake, suppress(KeyboardInterrupt):
        fake.on_request = _show
        sys.stdout.write(f"{fake.url}\n")
        sys.stdout.flush()
        threading.Event().wait()


def _show(request: SeenRequest) -> None:
    sys.stdout.write(f"{request.method} {request.path} {request.body.get('model', '')}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
