"""A third engine, brought by a plugin: it is chosen by its name, and runs scripts as the others do."""

from pathlib import Path

import pytest

from tests.engines.served import events_of, start, wait_for
from tests.running import Server
from tests.visitors import Refusal, new_visitor

PLUGIN = """
from api.plugin import Plugin
from engines.base import ConsoleLine, PageState, Unavailable


class EchoPage:
    is_open = True

    def __init__(self, ground):
        self.ground, self.url = ground, "about:blank"

    def navigate(self, url, timeout_s=30.0):
        self.url = url

    def run(self, script):
        script.console(ConsoleLine("info", script.source))
        return self.ground.answer("get_session", [])["id"]

    def state(self):
        return PageState(self.url, "Echo", 800, 600)

    def close(self):
        self.is_open = False


class EchoBrowser:
    is_alive = True

    def open(self, ground):
        return EchoPage(ground)

    def memory_mb(self):
        return 1.0

    def close(self):
        self.is_alive = False


class Echo:
    name, capabilities = "echo", frozenset()

    def __init__(self, root, *, has_sandbox, proxy_port):
        self.is_missing = (root.parent.parent / "missing").exists()

    def check(self):
        if self.is_missing:
            raise Unavailable("The echo is missing.", "Shout.")

    def start(self):
        return EchoBrowser()


class Own(Plugin):
    engines = (Echo,)
"""


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """A plugin's folder."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "api.py").write_text(PLUGIN)
    (folder / "index.html").write_text("<p>Own</p>")
    return folder


def test_a_plugins_engine_runs_scripts_and_carries_their_calls(tmp_path: Path, plugin: Path) -> None:
    with Server(tmp_path / "data", "--plugin", str(plugin), engine="echo", local_model="false") as server:
        alice = new_visitor(server.url, "alice")
        task = wait_for(alice, start(alice, "hello"))
        told = [(event["kind"], event["data"]) for event in events_of(alice, task["id"])]
        assert ("console", {"level": "info", "text": "hello"}) in told
        assert ("result", {"value": alice.session_id}) in told
        assert alice.call("get_page")["engine"] == "echo"


def test_a_plugins_engine_says_what_it_lacks(tmp_path: Path, plugin: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "missing").touch()
    with Server(tmp_path / "data", "--plugin", str(plugin), engine="echo", local_model="false") as server:
        with pytest.raises(Refusal) as told:
            start(new_visitor(server.url, "alice"), "hello")
        assert "The echo is missing. Shout." in told.value.error["message"]


def test_an_engine_that_nobody_brings_is_told(tmp_path: Path) -> None:
    with Server(tmp_path / "data", engine="echo", local_model="false") as server:
        with pytest.raises(Refusal) as told:
            start(new_visitor(server.url, "alice"), "hello")
        assert "There is no engine called echo." in told.value.error["message"]
