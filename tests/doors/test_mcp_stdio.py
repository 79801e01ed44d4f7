"""The door `mcp` on stdio, by the SDK's own client."""

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from providers.fakes.openai_server import FakeOpenAI
from tests.asking import SERVER, TEXT
from tests.mcp_clients import ERAS, Stdio, over_http, taken
from tests.running import ROOT
from tests.visitors import Visitor

LONG = "count:400:50"  # 20 s of words
PATIENCE_S = 30.0


@pytest.fixture
def stdio(tmp_path: Path, fake_models: FakeOpenAI) -> Stdio:
    """A person's own data folder."""
    return Stdio(tmp_path, fake_models)


@pytest.mark.parametrize("era", ERAS)
def test_on_stdio_a_chat_is_asked_and_answered_with_progress(stdio: Stdio, era: str) -> None:
    told: list[str | None] = []

    async def on_progress(progress: float, total: float | None, message: str | None) -> None:
        told.append(message)

    async def steps(client: Client) -> Any:
        assert {"send_message", "list_conversations"} <= {tool.name for tool in (await client.list_tools()).tools}
        given = {"text": "你好", "model": f"{SERVER}/slow:50ms"}
        task = (await client.call_tool("send_message", given, progress_callback=on_progress)).structured_content
        assert task["made"]["text"] == TEXT
        return (await client.call_tool("list_conversations", {})).structured_content["items"]

    assert [one["title"] for one in stdio.run(steps, era=era)] == ["你好"]
    assert len(set(told)) > 2


def test_on_stdio_the_workspace_is_kept_and_another_one_is_named(stdio: Stdio) -> None:
    async def ask(client: Client) -> Any:
        await client.call_tool("send_message", {"text": "kept"})
        return (await client.call_tool("get_session", {})).structured_content

    async def look(client: Client) -> Any:
        return [one["title"] for one in (await client.call_tool("list_conversations", {})).structured_content["items"]]

    session = stdio.run(ask)
    assert stdio.run(look) == ["kept"]
    assert stdio.run(look, "--session", session["id"]) == ["kept"]


def test_on_stdio_a_cancelled_call_cancels_its_task(stdio: Stdio) -> None:
    async def steps(client: Client) -> Any:
        given = {"text": "hi", "model": f"{SERVER}/{LONG}"}
        asked = asyncio.create_task(client.call_tool("send_message", given))
        while not (tasks := (await client.call_tool("list_tasks", {})).structured_content["items"]):
            pass
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        return (await client.call_tool("get_task", {"task_id": tasks[0]["id"]})).structured_content["state"]

    assert stdio.run(steps) == "cancelled"


def test_on_stdio_only_the_protocol_is_on_standard_output_and_it_ends_when_the_input_closes(stdio: Stdio) -> None:
    greeting = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": greeting},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "shout", "arguments": {}}},
        {"jsonrpc": "2.0", "id": 3, "method": "ping"},
    ]
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "mcp", "--plugin", str(stdio.loud_plugin())],
        env=stdio.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write("".join(json.dumps(message) + "\n" for message in messages) + "no json\n")
        process.stdin.flush()
        answers = {answer["id"]: answer for answer in (json.loads(process.stdout.readline()) for _ in range(3))}
        process.stdin.close()
        process.wait(PATIENCE_S)
        rest, errors = process.stdout.read(), process.stderr.read()
    assert (rest, process.returncode) == ("", 0)
    assert answers[2]["result"]["structuredContent"] == {"result": 1}
    assert "printed by a plugin" in errors
    assert "printed at import" in errors


@pytest.mark.parametrize("word", ["00000000-0000-4000-8000-000000000000", "x"])
def test_on_stdio_a_workspace_that_is_not_there_is_told_in_a_sentence(stdio: Stdio, word: str) -> None:
    command = [sys.executable, str(ROOT / "main.py"), "mcp", "--session", word]
    ended = subprocess.run(
        command, env=stdio.environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "Traceback" not in ended.stderr
    assert ended.stderr.startswith("Studiolo does not start: ")


def test_the_sdk_is_not_loaded_until_this_door_is_used() -> None:
    code = "import sys, web_mode; web_mode.create_asgi; print('mcp' in sys.modules, 'doors.mcp' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=True
    )
    assert found.stdout.split() == ["False", "True"]


def test_a_call_under_way_when_the_input_closes_is_ended_and_its_task_cancelled(stdio: Stdio) -> None:
    async def leave(client: Client) -> None:
        asked = asyncio.create_task(client.call_tool("send_message", {"text": "hi", "model": f"{SERVER}/{LONG}"}))
        while not (await client.call_tool("list_tasks", {"state": "processing"})).structured_content["items"]:
            pass
        assert not asked.done()

    async def look(client: Client) -> Any:
        return (await client.call_tool("list_tasks", {})).structured_content["items"][0]["state"]

    stdio.run(leave)
    assert stdio.run(look) == "cancelled"


@pytest.mark.parametrize(
    ("file", "way"),
    [
        ("README.md", "command"),
        ("README.zh-CN.md", "command"),
        ("docs/README_WEB_MODE.md", "command"),
        ("docs/README_WEB_MODE.md", "type"),
    ],
)
def test_the_configurations_in_the_docs_work_as_they_stand(stdio: Stdio, alice: Visitor, file: str, way: str) -> None:
    blocks = re.findall(r"```json\n(.*?)```", (ROOT / file).read_text(encoding="utf-8"), re.DOTALL)
    shown = next(block for block in blocks if "mcpServers" in block and f'"{way}"' in block)
    token = alice.call("create_token", "docs")["token"]
    text = shown.replace("THE_TOKEN", token).replace("http://localhost:5000", alice.url)
    server = json.loads(text.replace("/path/to/studiolo", str(ROOT)))["mcpServers"]["studiolo"]

    async def look(client: Client) -> set[str]:
        return {tool.name for tool in (await client.list_tools()).tools}

    if way == "command":
        parameters = StdioServerParameters(command=server["command"], args=server["args"], env=stdio.environment)
        found = asyncio.run(taken(Client(parameters), look))
    else:
        assert server["type"] == "http"
        found = asyncio.run(taken(over_http(server["url"], server["headers"]), look))
    assert "send_message" in found
