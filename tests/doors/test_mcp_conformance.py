"""The official conformance suite for MCP servers: what came out is what docs/mcp_conformance.md says."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from providers.fakes.openai_server import FakeOpenAI
from set_up.page import find_node, npm_environment
from set_up.place import Place
from tests.conformance.forwarder import Forwarder
from tests.running import ROOT, Server
from tests.visitors import new_visitor

PATIENCE_S = 240
FOLDER = ROOT / "tests" / "conformance"
SUITE = ROOT / "page" / "node_modules" / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
PAGE = ROOT / "docs" / "mcp_conformance.md"
SUMMARY = re.compile(r"^[✓✗] ([\w-]+): (\d+) passed, (\d+) failed$", re.MULTILINE)
ROW = re.compile(r"^\| ([\w-]+) \| (\d+) \| (\d+) \| (.*?) ?\|$", re.MULTILINE)
TOTAL = re.compile(r"\*\*Checks: (\d+) passed, (\d+) failed\.\*\*")

Scores = dict[str, tuple[int, int]]


def run_suite(url: str, results: Path) -> str:
    node = find_node(Place(ROOT))
    assert node is not None, "no Node: python main.py setup"
    environment = npm_environment(node)
    program = shutil.which("node", path=environment["PATH"])
    assert program is not None
    assert SUITE.exists(), "the suite is not installed: python main.py setup"
    words = ["--import", (FOLDER / "node20.mjs").as_uri(), str(SUITE), "server", "--suite", "all"]
    ended = subprocess.run(
        [program, *words, "--url", url, "--output-dir", str(results)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert "=== SUMMARY ===" in ended.stdout, ended.stdout[-2000:] + ended.stderr[-2000:]
    return ended.stdout


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory, fake_models: FakeOpenAI) -> Scores:
    """How many checks of each scenario passed and failed."""
    settings = {"model_url": fake_models.url, "model_name": "ok", "local_model": "false"}
    with Server(tmp_path_factory.mktemp("data"), "--plugin", str(FOLDER), **settings) as server:
        token = new_visitor(server.url, "suite").call("create_token", "conformance")["token"]
        with Forwarder(server.url, token) as forwarder:
            said = run_suite(f"{forwarder.url}/mcp", tmp_path_factory.mktemp("results"))
    return {name: (int(passed), int(failed)) for name, passed, failed in SUMMARY.findall(said)}


@pytest.fixture(scope="module")
def page() -> str:
    """What docs/mcp_conformance.md says."""
    return PAGE.read_text(encoding="utf-8")


@pytest.mark.timeout(PATIENCE_S + 60)
def test_the_page_says_what_came_out_of_every_scenario(scores: Scores, page: str) -> None:
    said = {name: (int(passed), int(failed)) for name, passed, failed, _why in ROW.findall(page)}
    assert said == scores


@pytest.mark.timeout(PATIENCE_S + 60)
def test_the_page_says_the_sum(scores: Scores, page: str) -> None:
    sums = [str(sum(score[place] for score in scores.values())) for place in (0, 1)]
    assert list(TOTAL.findall(page)) == [tuple(sums)]


def test_each_failure_has_its_reason_and_nothing_else_has(page: str) -> None:
    for name, passed, failed, why in ROW.findall(page):
        asked = int(passed) + int(failed)
        assert (len(why.split()) > 3) == (int(failed) > 0 or not asked), name


def test_the_page_names_the_version_that_is_pinned(page: str) -> None:
    assert '"@modelcontextprotocol/conformance": "0.1.16"' in (ROOT / "page" / "package.json").read_text("utf-8")
    assert "`@modelcontextprotocol/conformance` 0.1.16" in page
