"""The command line: in one's own workspace or on a server; JSON on stdout, messages on stderr, exit codes."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.asking import SERVER, TEXT
from tests.running import ROOT, Server, clean_environment, free_port, wait_until
from tests.visitors import Visitor

PATIENCE_S = 60
COUNTER = ROOT / "plugins" / "counter"


class Shell:
    """A person at their own machine."""

    def __init__(self, data_dir: Path, **settings: object) -> None:
        self.environment = clean_environment(data_dir, {"local_model": "false", **settings})

    def run(self, *words: str, stdin: str = "") -> tuple[int, str, str]:
        """Run `main.py call`; returns exit code, stdout and stderr."""
        ran = subprocess.run(
            [sys.executable, str(ROOT / "main.py"), "call", *words],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        return ran.returncode, ran.stdout, ran.stderr

    def ask(self, *words: str, stdin: str = "") -> Any:
        """Run a call that is answered."""
        code, out, said = self.run(*words, stdin=stdin)
        assert (code, said) == (0, "")
        return json.loads(out)


@pytest.fixture
def shell(tmp_path: Path, server: Server) -> Shell:
    """A person whose data folder is new, with the fake models."""
    models = {name: value for name, value in server.settings.items() if name.startswith("model")}
    return Shell(tmp_path / "data", **models)


@pytest.fixture
def remote(tmp_path: Path, server: Server, alice: Visitor) -> Shell:
    """A person who calls alice's workspace on a server."""
    token = alice.call("create_token", "shell")["token"]
    return Shell(tmp_path / "none", url=server.url, token=token)


def test_ones_own_workspace_is_the_same_at_each_call(shell: Shell) -> None:
    assert shell.ask("get_session")["stored"] is False
    stored = shell.ask("update_session_data", "--patch", '{"名": "值 😀"}')
    assert stored == {"data": {"名": "值 😀"}, "version": 1}
    assert shell.ask("get_session_data") == stored
    key = Path(shell.environment["STUDIOLO_DATA_DIR"]) / "own.key"
    assert key.stat().st_mode & 0o777 == 0o600


def test_arguments_come_as_options_as_json_or_by_stdin(shell: Shell) -> None:
    for words in (["--title", "Desk"], ["--arguments", '{"title": "Desk"}'], ["--arguments", '["Desk"]']):
        assert shell.ask("update_session", *words)["title"] == "Desk"
    assert shell.ask("update_session", "--arguments", "-", stdin='{"title": "From stdin"}')["title"] == "From stdin"
    assert shell.ask("update_session", "--title", "true")["title"] == "true"


def test_another_workspace_of_the_machine_is_opened_by_name(shell: Shell) -> None:
    first = shell.ask("update_session", "--title", "First")["id"]
    assert shell.ask("--session", first, "get_session")["title"] == "First"
    assert shell.ask("get_session", "--session", first)["title"] == "First"
    code, out, said = shell.run("get_session", "--session", "04040e9b-b7cb-4afb-9d29-20d95b80cdc3")
    assert (code, out) == (1, "")
    assert said.startswith("not_found: ")


def test_a_persons_own_class_is_called(shell: Shell) -> None:
    assert shell.ask("add_count", "--by", "3", "--plugin", str(COUNTER)) == 3
    assert shell.ask("--plugin", str(COUNTER), "add_count") == 4


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["get_task"], 1, "invalid_arguments: "),
        (["get_task", "--task-id", "x"], 1, "invalid_arguments: "),
        (["no_such_method"], 1, "unknown_method: "),
        (["__class__"], 1, "unknown_method: "),
        (["get_session", "--nothing"], 2, "main.py call: unrecognized arguments"),
        ([], 2, "main.py call: "),
        (["update_session", "--arguments", "{"], 2, "--arguments is not JSON"),
        (["update_session", "--arguments", "NaN"], 2, "--arguments is not JSON"),
        (["update_session", "--arguments", "{}", "--title", "x"], 2, "give the arguments by"),
        (["--plugin", "/nowhere", "get_session"], 3, "/nowhere needs two files"),
    ],
)
def test_what_goes_wrong_is_said_in_a_sentence_with_its_exit_code(
    shell: Shell, words: list[str], code: int, said: str
) -> None:
    found = shell.run(*words)
    assert found[:2] == (code, "")
    assert found[2].startswith(said)
    assert "Traceback" not in found[2]


def test_messages_are_in_the_wished_language(shell: Shell) -> None:
    assert shell.run("get_task", "--language", "zh-CN")[2].startswith("invalid_arguments: 参数不符合要求")


def test_a_server_that_is_not_there_and_a_false_token_are_told_apart(remote: Shell, server: Server) -> None:
    code, _out, said = remote.run("get_session", "--url", f"http://127.0.0.1:{free_port()}")
    assert (code, said.partition(":")[0]) == (3, "unreachable")
    code, _out, said = remote.run("get_session", "--token", "studiolo_false")
    assert (code, said.partition(":")[0]) == (1, "unauthenticated")
    code, _out, said = remote.run("get_session", "--url", f"{server.url}/static")
    assert (code, said.partition(":")[0]) == (1, "not_studiolo")


def test_a_token_calls_a_server(remote: Shell, alice: Visitor) -> None:
    assert remote.ask("get_session")["id"] == alice.session_id


@pytest.mark.parametrize("kind", ["shell", "remote"])
def test_following_shows_every_event_and_then_the_task(kind: str, request: pytest.FixtureRequest) -> None:
    code, out, said = request.getfixturevalue(kind).run("send_message", "--text", "hello", "--follow")
    assert (code, said) == (0, "")
    *events, task = [json.loads(line) for line in out.splitlines()]
    assert [event["number"] for event in events] == list(range(1, len(events) + 1))
    assert "".join(event["data"]["text"] for event in events if event["kind"] == "text") == TEXT
    assert (events[-1]["kind"], task["state"]) == ("end", "completed")


@pytest.mark.parametrize("kind", ["shell", "remote"])
def test_a_followed_task_that_fails_has_an_exit_code_of_its_own(kind: str, request: pytest.FixtureRequest) -> None:
    words = ["send_message", "--text", "hello", "--model", f"{SERVER}/midstream-error", "--follow"]
    code, out, _said = request.getfixturevalue(kind).run(*words)
    assert code == 4
    assert json.loads(out.splitlines()[-1])["error"]["code"]


def test_ctrl_c_ends_it_at_once_and_without_a_traceback(shell: Shell) -> None:
    words = ["send_message", "--text", "hello", "--model", f"{SERVER}/count:100000:20", "--follow"]
    command = [sys.executable, str(ROOT / "main.py"), "call", *words]
    process = subprocess.Popen(
        command, env=shell.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    wait_until(lambda: '"text"' in process.stdout.readline(), 20, "the first words")  # type: ignore[union-attr]
    os.kill(process.pid, signal.SIGINT)
    _out, said = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, said) == (130, "")


def test_a_shell_completes_methods_and_their_options() -> None:
    told = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "completion"], capture_output=True, text=True, check=True
    ).stdout
    script = told + (
        "COMP_WORDS=(python main.py call send_message --te); COMP_CWORD=4; _studiolo; echo ${COMPREPLY[@]}\n"
        "COMP_WORDS=(python main.py call list_to); COMP_CWORD=3; _studiolo; echo ${COMPREPLY[@]}\n"
    )
    found = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout
    assert found.split() == ["--text", "list_tokens"]


def test_the_fields_of_an_object_are_options_of_their_own(shell: Shell) -> None:
    words = ["create_item", "--title", "Tea", "--tags", "hot", "--tags", "green", "--number", "2.5", "--key", "once"]
    made = json.loads(shell.run(*words)[1])
    assert (made["title"], made["tags"], made["number"]) == ("Tea", ["hot", "green"], 2.5)
    assert json.loads(shell.run(*words)[1])["id"] == made["id"], "the same key makes no second one"
    whole = shell.run("create_item", "--item", '{"title": "Water", "tags": ["cold"]}', "--number", "1")
    assert json.loads(whole[1])["number"] == 1
    listed = json.loads(shell.run("list_items", "--tags", "green", "--sort", "title")[1])
    assert [item["id"] for item in listed["items"]] == [made["id"]]
