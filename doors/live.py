"""The door `live`: one WebSocket a page. Calls and their answers, and any number of streams, each event once, in order.

Frames are JSON objects; docs/ARCHITECTURE.md lists them. A socket holds only the place it has read to in each stream,
so a slow one costs no memory and slows nobody.
"""

import asyncio
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

from loguru import logger
from pydantic_core import from_json, to_json
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.api import Api
from api.caller import LANGUAGES, pick_language
from api.errors import ApiError, BadRequest, NotFound, TooManyCalls, Unauthenticated
from doors.asking import MAX_KEY
from doors.cookies import KEY_COOKIE, read_keys
from doors.entrance import Entrance, Request, caller_for
from doors.envelope import as_bytes, failure, success
from doors.leaving import page_of
from doors.stopping import Stopping
from doors.wsgi import VisitorLines
from sessions.lines import LineFull, stand_in_all
from sessions.presence import Presence
from store.database import StoreUnavailable
from tasks.readers import Batch, Reader, Readers
from version import VERSION

HEARTBEAT_S = 15.0
SILENT_BEATS = 3
MAX_STREAMS = 64
MAX_CALLS = 128
MAX_SOCKETS = 32  # of one session
MAX_BROWSER_SOCKETS = 64
MAX_FRAME = 1_048_576
MAX_SMALL = 8192  # letters of a frame that is read on the event loop
MAX_NUMBER = 1 << 53
NO_COOKIE, NO_SESSION, TOO_MANY, TOO_LARGE, NO_TEXT = 4401, 4404, 4429, 1009, 1003
RESTART = 1012  # https://www.iana.org/assignments/websocket: the page connects anew at once
LAST_CALLS_S = 5.0
NOTE_S = 3600.0  # how often a page that is open is noted again
TOO_SOON_S = 3.0  # NOTE: shorter than SETTLE_MS in tasks/leaving.py, so that no open page is overlooked


class LiveDoor:
    """Serves `/live`."""

    def __init__(self, entrance: Entrance, readers: Readers, threads: ThreadPoolExecutor, lines: VisitorLines) -> None:
        self.entrance = entrance
        self.readers = readers
        self.threads = threads
        self.lines = lines
        self.stopping = Stopping()
        self.presence: Presence | None = None
        self._num_sockets: Counter[UUID | str] = Counter()

    async def serve(self, socket: WebSocket) -> None:
        """Serve one socket until it closes."""
        await socket.accept()
        api = await self._open(socket)
        if api is None:
            return
        browser = socket.cookies.get(KEY_COOKIE, "")
        if self._num_sockets[api.session_id] >= MAX_SOCKETS or self._num_sockets[browser] >= MAX_BROWSER_SOCKETS:
            await socket.close(TOO_MANY)
            return
        with self._counted(api.session_id), self._counted(browser):
            await _Connection(self, socket, api).run()

    async def _open(self, socket: WebSocket) -> Api | None:
        loop, word = asyncio.get_running_loop(), socket.query_params.get("session", "")
        try:
            return await loop.run_in_executor(self.threads, self.entrance.open, word, read_keys(socket.cookies))
        except Unauthenticated:
            await socket.close(NO_COOKIE)
        except NotFound:
            await socket.close(NO_SESSION)
        return None

    @contextmanager
    def _counted(self, name: UUID | str) -> Iterator[None]:
        self._num_sockets[name] += 1
        try:
            yield
        finally:
            self._num_sockets[name] -= 1
            self._num_sockets += Counter()  # forgets those that are at nought


class _Connection:
    """One open socket: a loop that reads frames, one that writes events, one that looks for life."""

    def __init__(self, door: LiveDoor, socket: WebSocket, api: Api) -> None:
        self._door = door
        self._socket = socket
        self._api = api
        self._keys = replace(read_keys(socket.cookies), is_current=False)
        self._browser = self._keys.key or ""
        self._session_word = str(api.session_id)
        self._streams: dict[str, Reader] = {}
        self._calls: set[asyncio.Task[None]] = set()
        self._in_line: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()
        self._was_told = asyncio.Event()
        self._heard_s = asyncio.get_running_loop().time()
        self._language = pick_language(socket.headers.get("accept-language", ""))

    async def run(self) -> None:
        await self._send({"hello": {"heartbeat_s": HEARTBEAT_S, "version": VERSION}})
        parts = (self._read_frames(), self._write_events(), self._beat(), self._wait_for_stop())
        page_id, presence = page_of(self._socket.query_params.get("page", "")), self._door.presence
        notes = [self._note(presence, page_id)] if page_id and presence and presence.is_needed else []
        work = [asyncio.create_task(one) for one in (*parts, *notes)]
        try:
            await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # A call that runs keeps its place until its thread ends, or a visitor who hangs up would take every thread.
            for task in [*work, *self._in_line]:
                task.cancel()
            await asyncio.gather(*work, *self._in_line, return_exceptions=True)
            for reader in self._streams.values():
                self._door.readers.leave(reader)

    async def _read_frames(self) -> None:
        with suppress(WebSocketDisconnect):
            while True:
                message = await self._socket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                self._heard_s = asyncio.get_running_loop().time()
                text = message.get("text")
                if text is None or len(text) > MAX_FRAME:
                    await self._socket.close(NO_TEXT if text is None else TOO_LARGE)
                    return
                await self._take(text)

    async def _take(self, text: str) -> None:
        if len(text) > MAX_SMALL:
            await self._begin_call(text, None)  # only a call is so long; it is read on the visitor's own thread
            return
        try:
            frame = read_frame(text)
        except BadRequest as error:
            await self._send(failure(error, self._language, ""))
            return
        if "call" in frame:
            await self._begin_call(text, frame)
        elif "subscribe" in frame:
            await self._subscribe(str(frame["subscribe"]), frame.get("after", 0))
        elif "unsubscribe" in frame:
            self._unsubscribe(str(frame["unsubscribe"]))
        elif "ping" in frame:
            await self._send({"pong": frame["ping"]})

    async def _begin_call(self, text: str, frame: dict[str, Any] | None) -> None:
        if len(self._calls) >= MAX_CALLS:
            # Sent here and not by a task: who does not read its refusals is not read from either.
            number = None if frame is None else frame["call"]
            await self._send({"answer": number, **failure(TooManyCalls(), self._language, "")})
            return
        task = asyncio.create_task(self._call(text, frame))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _call(self, text: str, frame: dict[str, Any] | None) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._in_line.add(task)
        run, places = self._door.threads, self._door.lines.places(self._session_word + self._browser, self._browser)
        with suppress(WebSocketDisconnect):
            try:
                async with stand_in_all(places):
                    self._in_line.discard(task)
                    answer = await asyncio.get_running_loop().run_in_executor(run, self._answer, text, frame)
                await self._send_text(answer)
            except LineFull:
                number = None if frame is None else frame["call"]
                await self._send({"answer": number, **failure(TooManyCalls(), self._language, "")})
            finally:
                self._in_line.discard(task)

    def _answer(self, text: str, frame: dict[str, Any] | None) -> str:
        """Run a call on this thread and return the frame of its answer."""
        request_id, language, number = uuid.uuid4().hex, self._language, None
        try:
            frame = frame or read_frame(text)
            number, wish = frame.get("call"), frame.get("language")
            language = wish if wish in LANGUAGES else language
            return as_bytes({"answer": number, **success(self._call_api(frame, language, request_id))}).decode()
        except ApiError as error:
            return as_bytes({"answer": number, **failure(error, language, request_id)}).decode()

    def _call_api(self, frame: dict[str, Any], language: str, request_id: str) -> Any:
        key = frame.get("key")
        if key is not None and not (isinstance(key, str) and 0 < len(key) <= MAX_KEY):
            raise BadRequest(reason=f"key is a text of 1 to {MAX_KEY} letters")
        api = self._door.entrance.open(self._session_word, self._keys)
        address = self._socket.client.host if self._socket.client else ""
        caller = caller_for(api, Request(door="live", language=language, id=request_id, address=address, key=key))
        return api.call(caller, str(frame.get("method", "")), frame.get("arguments", []))

    async def _subscribe(self, stream: str, after: object) -> None:
        error = self._subscription_error(stream, after)
        stream_id = None if error else await asyncio.to_thread(self._find_stream, stream)
        if stream_id is None:
            shown = failure(error or NotFound("task"), self._language, "")
            await self._send({"refused": stream, "error": shown["error"]})
            return
        self._unsubscribe(stream)
        assert isinstance(after, int)
        reader = await self._door.readers.follow(stream_id, after, self._news.set)
        self._streams[stream] = reader
        await self._send({"subscribed": stream, "last": reader.last})
        self._news.set()

    def _subscription_error(self, stream: str, after: object) -> ApiError | None:
        if not isinstance(after, int) or isinstance(after, bool) or not 0 <= after <= MAX_NUMBER:
            return BadRequest(reason="after is the last number seen, 0 or more")
        if len(self._streams) >= MAX_STREAMS and stream not in self._streams:
            return BadRequest(reason=f"a socket follows at most {MAX_STREAMS} streams")
        return None

    def _find_stream(self, stream: str) -> UUID | None:
        if stream == "session":
            return self._api.session_id
        return self._api.own_task(stream)

    def _unsubscribe(self, stream: str) -> None:
        reader = self._streams.pop(stream, None)
        if reader is not None:
            self._door.readers.leave(reader)

    async def _write_events(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            for stream, reader in list(self._streams.items()):
                while (batch := await self._door.readers.read(reader)) is not None:
                    if self._streams.get(stream) is not reader:
                        break  # the page subscribed anew in the meantime, or no longer wants it
                    await self._send_text(_frame(stream, batch))
                    self._was_told.set()

    async def _beat(self) -> None:
        beat = 0
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            if asyncio.get_running_loop().time() - self._heard_s > HEARTBEAT_S * SILENT_BEATS:
                logger.info("A live socket was silent for {} heartbeats and is closed.", SILENT_BEATS)
                return
            beat += 1
            with suppress(TimeoutError):  # a peer that does not read holds up the ping, but not this watch
                await asyncio.wait_for(self._send({"ping": beat}), HEARTBEAT_S)

    async def _note(self, presence: Presence, page_id: UUID) -> None:
        """Note that the page is open: too soon before its workspace's first task, which its stream tells of."""
        while True:
            self._was_told.clear()
            is_noted = False
            with suppress(StoreUnavailable):
                is_noted = await asyncio.to_thread(presence.note, self._api.session_id, page_id)
            if is_noted:
                await asyncio.sleep(NOTE_S)
            else:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._was_told.wait(), TOO_SOON_S)

    async def _wait_for_stop(self) -> None:
        begun = asyncio.Event()
        with self._door.stopping.waking(begun.set):
            if not self._door.stopping.has_begun:
                await begun.wait()
        if self._calls:
            await asyncio.wait(list(self._calls), timeout=LAST_CALLS_S)
        await self._socket.close(RESTART)

    async def _send(self, frame: dict[str, Any]) -> None:
        await self._send_text(to_json(frame).decode())

    async def _send_text(self, text: str) -> None:
        try:
            await self._socket.send_text(text)
        except (WebSocketDisconnect, RuntimeError):
            raise WebSocketDisconnect from None


def read_frame(text: str) -> dict[str, Any]:
    """Return a frame. Raises BadRequest."""
    try:
        frame = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise BadRequest(reason=f"the frame is not JSON ({error})") from None
    if not isinstance(frame, dict):
        raise BadRequest(reason="a frame is a JSON object")
    return frame


def _frame(stream: str, batch: Batch) -> str:
    gap = "" if batch.gap is None else f',"gap":{batch.gap}'
    return f'{{"stream":"{stream}"{gap},"events":{batch.json}}}'
