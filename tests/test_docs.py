"""The docs say what is so: settings, the counter, the call of the first screen, in both languages."""

import contextlib
import io
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import web_mode
from api.errors import ERRORS
from api.method import METHODS, declared_by
from api.plugin import load_plugin
from api.plugin_tasks import kinds_of
from doors import cli
from providers.fakes.openai_server import FakeOpenAI
from settings import PREFIX, Settings
from tasks.states import TaskState
from tests.asking import TEXT
from tests.engines.make import IS_ROOT
from tests.running import ROOT, Server, clean_environment
from tests.visitors import Visitor

READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_the_readme_shows_the_counter_whole(path: Path) -> None:
    assert (ROOT / "plugins/counter/api.py").read_text(encoding="utf-8") in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_the_readme_lists_every_setting_with_its_default(path: Path) -> None:
    rows = dict(
        re.findall(r"^\| `(STUDIOLO_\w+)` \|\s*(?:`([^`]*)`)?\s*\|", path.read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert rows == {PREFIX + name.upper(): _shown(field.default) for name, field in Settings.model_fields.items()}


def test_the_readmes_settings_say_what_the_settings_say() -> None:
    text = READMES[0].read_text(encoding="utf-8")
    assert [
        field.description for field in Settings.model_fields.values() if f"| {field.description} |" not in text
    ] == []


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_the_readmes_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_the_readmes_call_answers_as_shown(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    call = re.search(r"```sh\n(uuid=.*?)```", text, re.DOTALL)
    answer = re.search(r"```json\n(.*?)```", text, re.DOTALL)
    assert call is not None
    assert answer is not None
    with Server(tmp_path / "data", "--plugin", "plugins/counter", local_model="false") as server:
        words = ["bash", "-euc", call[1].replace("http://localhost:5000", server.url)]
        said = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == answer[1].strip()


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_the_readmes_shell_calls_answer(path: Path, tmp_path: Path, alice: Visitor, fake_models: FakeOpenAI) -> None:
    token = alice.call("create_token", "readme")["token"]
    blocks = re.findall(r"```sh\n(python3 main.py call.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    settings = {"model_url": fake_models.url, "model_name": "ok", "local_model": "false"}
    environment = clean_environment(tmp_path / "data", settings)
    lines = "".join(blocks).replace("http://localhost:5000", alice.url).replace("THE_TOKEN", token).splitlines()
    said = [_run_line(line, environment) for line in lines]
    assert len(said) == 4
    assert json.loads(said[0])["title"] == "My desk"
    events = [json.loads(line) for line in said[1].splitlines()]
    assert "".join(event["data"]["text"] for event in events if event["kind"] == "text") == TEXT
    assert [json.loads(said[2])["id"], json.loads(said[3])["data"]["id"]] == [alice.session_id] * 2


def _run_line(line: str, environment: dict[str, str]) -> str:
    words = shlex.split(line)
    words = [sys.executable, *words[1:]] if words[0] == "python3" else [*words, "--silent", "--fail"]
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


def _shown(default: object) -> str:
    if default is None or default == ():
        return ""
    return str(default).lower() if isinstance(default, bool) else str(default)


REFERENCE = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs" / "reference").glob("*.md")))
EXAMPLES = sorted(set(re.findall(r"\| shell \| `(python main\.py call [^`]+)` \|", REFERENCE)))


def test_the_reference_has_every_method_error_and_task_state() -> None:
    headings = {f"## {name}" for name in METHODS}
    codes = {f"| `{name}` | {error.status} | " for name, error in ERRORS.items()}
    states = {f"| `{state}` | " for state in TaskState}
    assert [word for word in headings | codes | states if word not in REFERENCE] == []


ENGINE = {"engine": "chrome", "engine_sandbox": not IS_ROOT}


@pytest.mark.timeout(240)
def test_the_references_shell_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    helps = [example for example in EXAMPLES if example.endswith(" --help")]
    runs = [example for example in EXAMPLES if example not in helps and "send_message" not in example]
    assert len(helps) + len(runs) == len(METHODS) - 1
    for name, value in clean_environment(tmp_path / "data", {"local_model": "false", **ENGINE}).items():
        monkeypatch.setenv(name, value)
    for example in runs:
        said = io.StringIO()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
            code = cli.main(shlex.split(example)[3:], web_mode.build, web_mode.START_ERRORS)
        assert code == cli.DONE, f"{example}: {said.getvalue()}"
    for example in (runs[0], helps[0]):
        subprocess.run([sys.executable, *shlex.split(example)[1:]], cwd=ROOT, capture_output=True, check=True)


def test_the_guides_class_with_long_work_loads(tmp_path: Path) -> None:
    code = re.search(r"```python\n(.*?)```", (ROOT / "docs/guide/tasks.md").read_text(encoding="utf-8"), re.DOTALL)
    assert code is not None
    (tmp_path / "api.py").write_text(code[1], encoding="utf-8")
    (tmp_path / "index.html").write_text("<p>")
    plugin = load_plugin(tmp_path)
    assert [kind.name for kind in kinds_of(plugin)] == ["report"]
    assert [one.name for one in declared_by(plugin)] == ["start_report"]
