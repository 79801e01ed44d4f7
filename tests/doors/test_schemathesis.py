"""schemathesis against the running server's own papers: every check on, no operation left out."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import web_mode  # noqa: F401 — registers the areas
from api.method import METHODS
from doors.openapi import openapi
from providers.fakes.openai_server import FakeOpenAI
from tests.engines.served import engine_server
from tests.running import ROOT, Server
from tests.visitors import new_visitor

NUM_EXAMPLES = 5  # of each operation and phase
SEED = 1492
TIMEOUT_S = 900
# Answers that schemathesis does not know of its own: 412 is what `If-Match` asks for, 413 what is too large.
CONFIGURATION = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "412", "413", "429", "5xx"]
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429", "5xx"]
"""
NUM_OPERATIONS = sum(len(operations) for operations in openapi(METHODS)["paths"].values())
_FOUND = re.compile(r"Selected: (\d+)/(\d+)\n\s+Tested: (\d+)")

pytestmark = pytest.mark.timeout(TIMEOUT_S + 20)


@pytest.fixture(scope="module")
def plain_server(tmp_path_factory: pytest.TempPathFactory, fake_models: FakeOpenAI) -> Iterator[Server]:
    """A server without a plugin."""
    models = {"model_url": fake_models.url, "model_name": "ok"}
    with engine_server(tmp_path_factory.mktemp("plain"), "chrome", **models) as running:
        yield running


@pytest.mark.parametrize("key", ["cookie", "token"])
def test_the_server_does_what_its_papers_say(plain_server: Server, tmp_path: Path, scale: int, key: str) -> None:
    server, alice = plain_server, new_visitor(plain_server.url, "alice")
    alice.call("update_session", "Fuzzed")
    cookie = "; ".join(f"{name}={value}" for name, value in alice.http.cookies.items())
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
    environment = {**os.environ, "FUZZ_URL": server.url, "FUZZ_COOKIE": cookie, "PYTHONPATH": str(ROOT)}
    environment["SCHEMATHESIS_HOOKS"] = "tests.doors.fuzz_token" if key == "token" else "tests.doors.fuzz_keys"
    words = ["run", f"{server.url}/openapi.json", "--checks", "all", "--max-examples", str(NUM_EXAMPLES * scale)]
    more = ["--seed", str(SEED), "--no-color", *(["-H", f"Cookie: {cookie}"] if key == "cookie" else [])]
    command = [sys.executable, "-m", "schemathesis.cli", *words, *more]
    ran = _run(command, tmp_path, environment)
    found = ran.stdout.partition("= FAILURES =")[2] or ran.stdout
    assert ran.returncode == 0, found[:20_000] + ran.stderr[-2000:]
    assert [int(one) for one in _counts(ran.stdout)] == [NUM_OPERATIONS] * 3
    assert all(f"✅ {phase}" in ran.stdout for phase in ("Examples", "Coverage", "Fuzzing", "Stateful")), ran.stdout
    alice.call("get_session")
    assert "Traceback" not in server.log


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command, check=False, cwd=folder, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S
    )


def _counts(text: str) -> tuple[str, ...]:
    found = _FOUND.search(text)
    assert found, text[-3000:]
    return found.groups()
