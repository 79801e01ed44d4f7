"""Each door as a caller of tests: the same call in, a plain value or the code of the error out."""

import atexit
import contextlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from unittest import mock
from uuid import UUID

import requests

import web_mode
from api.errors import ERRORS
from api.method import METHODS, Methods
from api.page_acts import PageActs
from api.plugin import load_plugin
from doors import cli
from doors.cookies import KEY_COOKIE
from doors.routes import PREFIX, Route, routes_of
from doors.window_calls import PageFacts, WindowCalls
from engines.base import Ground, Script
from engines.pool import Pool
from sessions.keys import BrowserKeys, Proofs
from settings import Settings, load_settings
from studiolo_client import Connection, StudioloError
from tests.conftest import PROBE
from tests.engines.make import make_chrome
from tests.running import Server
from tests.stored import settings_of
from tests.visitors import Visitor

PROBED = METHODS.including(load_plugin(PROBE))
ROUTES = {route.method.name: route for route in routes_of(PROBED) if not route.streams}
CODES = {kind.__name__: code for code, kind in ERRORS.items()}
PATIENCE_S = 60


class Refused(Exception):
    """A call was refused with this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Door(Protocol):
    """One way in to one visitor's workspace."""

    name: str

    def call(self, method: str, arguments: dict[str, Any]) -> Any:
        """Return the value of a call. Raises Refused."""

    def events(self, task_id: str) -> list[tuple[int, str, Any]]:
        """Return all events of a task as (number, kind, data)."""


class Rpc:
    """`POST /api/<method>`."""

    name = "rpc"

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor

    def call(self, method: str, arguments: dict[str, Any]) -> Any:
        """Return the value of a call."""
        return data_of(self._visitor.post(method, arguments).json())


class Live:
    """The WebSocket."""

    name = "live"

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor

    def call(self, method: str, arguments: dict[str, Any]) -> Any:
        """Return the value of a call."""
        with self._visitor.live() as live:
            return data_of(live.call(method, arguments))

    def events(self, task_id: str) -> list[tuple[int, str, Any]]:
        """Return all events of a task."""
        with self._visitor.live() as live:
            live.follow(task_id)
            return [(one["number"], one["kind"], one["data"]) for one in live.events_until_end(task_id, PATIENCE_S)]


class Rest:
    """The declared routes."""

    name = "rest"

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}

    def call(self, method: str, arguments: dict[str, Any]) -> Any:
        """Return the value of a call."""
        route = ROUTES.get(method)
        if route is None:
            return self._send("GET", f"{PREFIX}/{method}")
        path = route.path.format_map({name: _word(arguments.get(name, "x")) for name in route.places})
        rest = {name: value for name, value in arguments.items() if name not in route.places}
        return self._send(route.verb, PREFIX + path, **_parts(route, rest))

    def events(self, task_id: str) -> list[tuple[int, str, Any]]:
        """Return all events of a task."""
        address = f"{self._url}{PREFIX}/task/{task_id}/events"
        found, number, kind = [], 0, ""
        with requests.get(address, headers=self._headers, stream=True, timeout=PATIENCE_S) as response:
            for line in response.iter_lines():
                word, _, rest = line.decode().partition(": ")
                number, kind = (int(rest) if word == "id" else number), (rest if word == "event" else kind)
                if word == "data" and kind != "task":
                    found.append((number, kind, json.loads(rest)))
        return found

    def _send(self, verb: str, path: str, **parts: Any) -> Any:
        response = requests.request(verb, self._url + path, headers=self._headers, timeout=PATIENCE_S, **parts)
        return data_of(response.json())


class Shell:
    """`main.py call`, in this process, in the visitor's workspace or over a server."""

    def __init__(self, name: str, server: Server, *options: str) -> None:
        self.name = name
        given = {"engine": "none"} | settings_of(server.data_dir) | server.settings | {"data_dir": server.data_dir}
        self._settings = {f"STUDIOLO_{word.upper()}": str(value) for word, value in given.items()}
        self._options = ["--plugin", str(PROBE), *options]

    def call(self, method: str, arguments: dict[str, Any]) -> Any:
        """Return the value of a call."""
        return json.loads(self._run(method, "--arguments", json.dumps(arguments)))

    def _run(self, *words: str) -> str:
        out, said = io.StringIO(), io.StringIO()
        with ExitStack() as around:
            around.enter_context(mock.patch.dict(os.environ, self._settings))
            around.enter_context(contextlib.redirect_stdout(out))
            around.enter_context(contextlib.redirect_stderr(said))
            code = cli.main([*self._options, *words], web_mode.build, web_mode.START_ERRORS)
        if code != cli.DONE:
            assert code == cli.REFUSED, said.getvalue()
            raise Refused(said.getvalue().splitlines()[-1].split(":")[0])  # the log comes before
        return out.getvalue()


class Mcp:
    """A tool of the Model Context Protocol."""

    name = "mcp"

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}

    def call(self, method: str, arguments: dict[str, Any]) -> Any:
        """Return the value of a call."""
        answer = self._ask("tools/call", {"name": method, "arguments": arguments})
        if "error" in answer:
            raise Refused("unknown_method" if "nknown" in answer["error"]["message"] else str(answer["error"]))
        result = answer["result"]
        if result.get("isError"):
            raise Refused(result["content"][0]["text"].split(":")[0])
        structured = result["structuredContent"]
        return structured["result"] if set(structured) == {"result"} else structured

    def tools(self) -> dict[str, Any]:
        """Return the tools by name."""
        return {tool["name"]: tool for tool in self._ask("tools/list", {})["result"]["tools"]}

    def _ask(self, name: str, params: dict[str, Any]) -> Any:
        asked = {"jsonrpc": "2.0", "id": 1, "method": name, "params": params}
        response = requests.post(f"{self._url}/mcp", json=asked, headers=self._headers, timeout=PATIENCE_S)
        lines = [line[5:] for line in response.content.decode().split("\n") if line.startswith("data:")]
        frames = [json.loads(line) for line in lines if line.strip()] if lines else [response.json()]
        return next(frame for frame in frames if frame.get("id") == 1)


class Client:
    """The Python client."""

    name = "client"

    def __init__(self, url: str, token: str) -> None:
        self._connection = Connection(url, token)

    def call(self, method: str, arguments: dict[str, Any]) -> Any:
        """Return the value of a call."""
        try:
            return self._connection.call(method, arguments)
        except StudioloError as error:
            raise Refused(error.code) from None

    def events(self, task_id: str) -> list[tuple[int, str, Any]]:
        """Return all events of a task."""
        return [(one["number"], one["kind"], one["data"]) for one in self._connection.events(task_id)]


class Window:
    """What the desktop window's page is given, without the window: tests/desktop has that."""

    name = "desktop"

    def __init__(self, server: Server, visitor: Visitor) -> None:
        self._settings = settings_like(server)
        self._keys = BrowserKeys(key=visitor.http.cookies[KEY_COOKIE])
        self._page = PageFacts(told={"session": visitor.session_id}, is_ours=True)

    def call(self, method: str, arguments: dict[str, Any]) -> Any:
        """Return the value of a call: by position, as pywebview's are."""
        parts = web_mode.build(self._settings)
        with contextlib.closing(parts.database):
            calls = WindowCalls(parts.entrance, self._keys, Proofs(self._settings.secret()))
            return self._called({one.__name__: one for one in calls.functions(lambda: self._page)}, method, arguments)

    def _called(self, functions: dict[str, Any], method: str, arguments: dict[str, Any]) -> Any:
        if method not in functions:
            raise Refused("unknown_method")  # no such function: the page cannot even ask
        try:
            return functions[method](*by_position(method, arguments))
        except Exception as error:  # noqa: BLE001 — named after ours, and of no class that is known here
            raise Refused(CODES[type(error).__name__]) from None


class EnginePage:
    """A script in a page of a real Chrome, which calls as `window.pywebview.api`."""

    name = "engine"

    def __init__(self, server: Server, visitor: Visitor) -> None:
        self._settings = settings_like(server)
        names = [one.name for one in PROBED.at("engine")]
        self._ground = Ground(session=visitor.session_id, methods=names, answer=self._answer)

    def _answer(self, name: str, given: list[Any]) -> Any:
        parts = web_mode.build(self._settings)
        with contextlib.closing(parts.database):
            acts = PageActs(engine_pool(), parts.entrance.ground, parts.runner.id, 20_000)
            return acts.page_ground(UUID(self._ground.session), "en").answer(name, given)

    def call(self, method: str, arguments: dict[str, Any]) -> Any:
        """Return the value of a call: by position, as pywebview's are."""
        given = json.dumps(by_position(method, arguments)) if method in PROBED else "[]"
        with engine_pool().use(self._ground) as page:
            found = page.run(Script(source=CALL_IN_PAGE % (json.dumps(method), given)))
        if "code" in found:
            raise Refused(found["code"])
        return found["value"]


CALL_IN_PAGE = """const method = window.pywebview.api[%s];
if (typeof method !== "function") return {code: "unknown_method"};
try { return {value: await method(...%s)} } catch (error) { return {code: error.code} }"""


@cache
def engine_pool() -> Pool:
    """Return one Chrome's pages for this test process, started at the first call."""
    folder = tempfile.mkdtemp(prefix="studiolo-engine-")
    pool = Pool(make_chrome(Path(folder), None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(pool.stop)
    return pool


def settings_like(server: Server) -> Settings:
    """Return settings of this process for what a server stands on."""
    given = {name: value for name, value in server.settings.items() if name.startswith("model")}
    given |= {"engine": "none"} | settings_of(server.data_dir)
    return load_settings(data_dir=server.data_dir, plugin=PROBE, local_model=False, **given)


def by_position(method: str, arguments: dict[str, Any]) -> list[Any]:
    """Return arguments in a declaration's order; what it does not know comes last."""
    names = [parameter.name for parameter in PROBED[method].parameters]
    strange = [value for name, value in arguments.items() if name not in names]
    return [*(arguments[name] for name in names[: len(arguments)] if name in arguments), *strange]


def doors_of(server: Server, visitor: Visitor) -> Iterator[Any]:
    """Yield every door to a visitor's workspace that needs no window."""
    token = visitor.call("create_token", "every door")["token"]
    yield Rpc(visitor)
    yield Live(visitor)
    yield Rest(server.url, token)
    yield Shell("cli", server, "--session", visitor.session_id)
    yield Shell("cli over a server", server, "--url", server.url, "--token", token)
    yield Mcp(server.url, token)
    yield Client(server.url, token)
    yield Window(server, visitor)
    yield EnginePage(server, visitor)


def served_at(door: str, methods: Methods, method: str) -> bool:
    """Tell whether a door's declaration has a method; what calls a server comes in by its `rpc`."""
    real = "rpc" if door == "client" else "cli" if door.startswith("cli") else door
    also = {"rpc"} if door == "cli over a server" else set()
    return ({real} | also) <= methods[method].doors


def data_of(envelope: dict[str, Any]) -> Any:
    """Return an envelope's data. Raises Refused."""
    if envelope["status"] != "success":
        raise Refused(envelope["error"]["code"])
    return envelope["data"]


def _parts(route: Route, arguments: dict[str, Any]) -> dict[str, Any]:
    if route.takes_body and route.spread is None:
        return {"json": arguments}
    spread = arguments.get(route.spread or "", {})
    words = {name: value for name, value in arguments.items() if name != route.spread}
    if route.takes_body:
        return {"json": spread, "params": _words(words)}
    return {"params": _words({**spread, **words})}


def _words(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: _word(value) for name, value in arguments.items() if value is not None}


def _word(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [str(_word(one)) for one in value]
    return value if isinstance(value, str) else json.dumps(value)
