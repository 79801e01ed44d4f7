"""Clients of the Model Context Protocol for tests: the SDK's own, over HTTP with a token and on stdio."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import requests
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp_types import CallToolResult, Tool

from providers.fakes.openai_server import FakeOpenAI
from tests.running import ROOT, clean_environment
from tests.visitors import Visitor

PATIENCE_S = 30.0
ERAS = ("2026-07-28", "legacy")

LOUD = '''"""A class that prints."""
from api.plugin import Plugin, method

print("printed at import", flush=True)

class Api(Plugin):
    """Methods for tests."""

    @method
    def shout(self) -> int:
        """Print a line."""
        print("printed by a plugin", flush=True)
        return 1
'''

Steps = Callable[[Client], Awaitable[Any]]


async def taken(connected: AbstractAsyncContextManager[Client], steps: Steps) -> Any:
    """Connect and take some steps. Raises MCPError, which would else lie deep in groups of errors."""
    refused = None
    async with asyncio.timeout(PATIENCE_S), connected as client:
        try:
            return await steps(client)
        except MCPError as error:
            refused = error
    raise refused


@asynccontextmanager
async def over_http(url: str, headers: dict[str, str], era: str = "auto") -> AsyncIterator[Client]:
    """Connect to a server."""
    async with (
        create_mcp_http_client(headers) as http,
        Client(streamable_http_client(url, http_client=http), mode=era) as client,
    ):
        yield client


class Program:
    """An MCP client with a token to a visitor's workspace."""

    def __init__(self, visitor: Visitor, era: str = ERAS[0]) -> None:
        self.visitor = visitor
        self.url = f"{visitor.url}/mcp"
        self.era = era
        self.token = visitor.call("create_token", "test")["token"]

    def run(self, steps: Steps) -> Any:
        """Connect and take some steps."""

        return asyncio.run(taken(over_http(self.url, {"Authorization": f"Bearer {self.token}"}, self.era), steps))

    def call(self, name: str, **arguments: Any) -> CallToolResult:
        """Call one tool."""
        result: CallToolResult = self.run(lambda client: client.call_tool(name, arguments))
        return result

    def tools(self) -> dict[str, Tool]:
        """List the tools."""
        listed = self.run(lambda client: client.list_tools())
        return {tool.name: tool for tool in listed.tools}

    def post(self, message: object, **headers: str) -> requests.Response:
        """Send a message as it is."""
        sent = {
            "Authorization": f"Bearer {self.token}",
            "Accept": "application/json, text/event-stream",
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        body = message if isinstance(message, str | bytes) else json.dumps(message)
        return requests.post(self.url, data=body, headers=sent, timeout=PATIENCE_S)


class Stdio:
    """`python main.py mcp` in a data folder of its own."""

    def __init__(self, data_dir: Path, fake: FakeOpenAI) -> None:
        given = {"model_url": fake.url, "model_name": "ok", "local_model": "false"}
        self.environment = clean_environment(data_dir, given)
        self._plugin = data_dir / "loud"

    def parameters(self, *words: str) -> StdioServerParameters:
        """Return what a client is told."""
        return StdioServerParameters(
            command=sys.executable, args=[str(ROOT / "main.py"), "mcp", *words], env=self.environment
        )

    def loud_plugin(self) -> Path:
        """Return the folder of a class that prints."""
        self._plugin.mkdir(exist_ok=True)
        (self._plugin / "api.py").write_text(LOUD, encoding="utf-8")
        (self._plugin / "index.html").write_text("<!doctype html><title>Loud</title>", encoding="utf-8")
        return self._plugin

    def run(self, steps: Steps, *words: str, era: str = ERAS[0]) -> Any:
        """Start it, take some steps, and close its standard input."""
        return asyncio.run(taken(Client(self.parameters(*words), mode=era), steps))


def text_of(result: CallToolResult) -> str:
    assert result.content[0].type == "text"
    return result.content[0].text


def calling(name: str, **arguments: Any) -> dict[str, Any]:
    params = {"name": name, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}


def answer_in(response: requests.Response) -> Any:
    data = next(line for line in response.content.decode().split("\n") if line.startswith("data: {"))
    return json.loads(data.removeprefix("data: "))
