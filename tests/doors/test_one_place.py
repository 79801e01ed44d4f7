"""Promise 1: a method is written in one place, and every door has it."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import requests

from tests.running import ROOT, Server
from tests.visitors import Visitor, new_visitor

PLACE = '    """The area of the system itself."""\n'
METHOD = '''
    @method(example={"text": "Öl 油", "times": 2})
    def get_echoes(self, text: str, times: int = 1) -> list[str]:
        """Return a text as often as asked."""
        return [text] * times
'''
HELP = "Return a text as often as asked."
ANSWER = ["Öl 油", "Öl 油"]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "node_modules", "data", "build", "images", "__pycache__", ".*_cache")
PATIENCE_S = 60

pytestmark = pytest.mark.timeout(180)


class CopyServer(Server):
    """A server of another tree."""

    tree = ROOT

    def command(self) -> list[str]:
        """Return what starts it."""
        return [sys.executable, str(self.tree / "main.py"), "web"]


@dataclass(frozen=True)
class Copy:
    """A tree with one more method, its running server, and a visitor of it."""

    tree: Path
    server: Server
    visitor: Visitor
    token: str

    def run(self, *words: str) -> str:
        """Run main.py of the copy; returns what it printed."""
        environment = {**os.environ, "STUDIOLO_DATA_DIR": str(self.server.data_dir), "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, str(self.tree / "main.py"), *words]
        ran = subprocess.run(
            command, cwd=self.tree, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def read(self, name: str) -> str:
        """Return a file of the copy."""
        return (self.tree / name).read_text(encoding="utf-8")

    def get(self, path: str) -> Any:
        """Return the JSON at an address."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return requests.get(self.server.url + path, headers=headers, timeout=PATIENCE_S).json()


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """Copy the tree, write the method into one file, generate, and serve."""
    folder = tmp_path_factory.mktemp("one place")
    tree = Path(shutil.copytree(ROOT, folder / "tree", ignore=LEFT_OUT))
    area = tree / "api" / "system.py"
    text = area.read_text(encoding="utf-8")
    assert text.count(PLACE) == 1
    area.write_text(text.replace(PLACE, PLACE + METHOD), encoding="utf-8")
    server = CopyServer(folder / "data", local_model="false")
    server.tree = tree
    with server:
        visitor = new_visitor(server.url, "writer")
        made = Copy(tree, server, visitor, visitor.call("create_token", "test")["token"])
        made.run("types")
        yield made


def test_the_page_has_its_types(copy: Copy) -> None:
    types = copy.read("page/src/api.generated.ts")
    assert f"  /** {HELP} */\n  get_echoes(text: string, times?: number): Promise<string[]>;\n" in types
    assert '  "get_echoes",\n' in types


def test_the_page_is_told_its_name(copy: Copy) -> None:
    page = copy.visitor.http.get(f"{copy.server.url}/uuid={copy.visitor.session_id}", timeout=PATIENCE_S)
    assert '"get_echoes"' in page.text


def test_rpc_and_live_answer(copy: Copy) -> None:
    assert copy.visitor.call("get_echoes", "Öl 油", 2) == ANSWER
    with copy.visitor.live() as live:
        assert live.call("get_echoes", {"text": "Öl 油", "times": 2})["data"] == ANSWER


def test_rest_answers(copy: Copy) -> None:
    assert copy.get("/api/v1/get_echoes?text=Öl%20油&times=2")["data"] == ANSWER
    assert copy.get("/api/v1/get_echoes?text=x&times=two")["error"]["code"] == "invalid_arguments"


def test_openapi_describes_it(copy: Copy) -> None:
    found = copy.get("/openapi.json")["paths"]["/get_echoes"]["get"]
    assert (found["summary"], found["operationId"]) == (HELP, "get_echoes")
    words = [one for one in found["parameters"] if one.get("in") == "query"]
    kinds = {one["name"]: (one["schema"]["type"], one["required"]) for one in words}
    assert kinds == {"text": ("string", True), "times": ("integer", False)}


def test_the_window_has_it(copy: Copy) -> None:
    program = (
        "import json, web_mode; from doors.facade import facade_names; from api.method import METHODS;"
        "print(json.dumps(facade_names(METHODS)))"
    )
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, cwd=copy.tree, capture_output=True, text=True, timeout=PATIENCE_S, check=True)
    assert "get_echoes" in json.loads(ran.stdout)


def test_the_command_line_answers_and_helps(copy: Copy) -> None:
    assert json.loads(copy.run("call", "get_echoes", "--text", "Öl 油", "--times", "2")) == ANSWER
    remote = ["--url", copy.server.url, "--token", copy.token]
    assert json.loads(copy.run("call", *remote, "get_echoes", "--text", "Öl 油", "--times", "2")) == ANSWER
    told = " ".join(copy.run("call", "get_echoes", "--help").split())
    assert HELP in told
    assert "--text VALUE str, needed" in told
    assert "--times VALUE int, unset: 1" in told
    assert "--times" in copy.run("completion")


def test_mcp_has_it_as_a_tool(copy: Copy) -> None:
    tools = rpc_of_mcp(copy, "tools/list", {})["tools"]
    (tool,) = [tool for tool in tools if tool["name"] == "get_echoes"]
    assert HELP in tool["description"]
    assert tool["inputSchema"]["properties"]["times"]["type"] == "integer"
    answer = rpc_of_mcp(copy, "tools/call", {"name": "get_echoes", "arguments": {"text": "Öl 油", "times": 2}})
    assert answer["structuredContent"] == {"result": ANSWER}


def test_the_python_client_has_it(copy: Copy) -> None:
    client = imported(copy.tree / "studiolo_client.py").Studiolo(copy.server.url, copy.token)
    assert client.get_echoes("Öl 油", times=2) == ANSWER
    assert type(client).get_echoes.__doc__ == HELP


def test_the_reference_has_it(copy: Copy) -> None:
    page = copy.read("docs/reference/system.md")
    assert f"## get_echoes\n\n{HELP}\n" in page
    assert "`python main.py call get_echoes --text 'Öl 油' --times 2`" in page


def rpc_of_mcp(copy: Copy, name: str, params: dict[str, Any]) -> Any:
    """Send one request of the Model Context Protocol and return its result."""
    headers = {"Authorization": f"Bearer {copy.token}", "Accept": "application/json, text/event-stream"}
    asked = {"jsonrpc": "2.0", "id": 1, "method": name, "params": params}
    response = requests.post(f"{copy.server.url}/mcp", json=asked, headers=headers, timeout=PATIENCE_S)
    response.encoding = "utf-8"
    lines = [line.removeprefix("data:") for line in response.text.splitlines() if line.startswith("data:")]
    frames = [json.loads(line) for line in lines] if lines else [response.json()]
    return next(frame["result"] for frame in frames if frame.get("id") == 1)


def imported(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("studiolo_client_of_the_copy", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
