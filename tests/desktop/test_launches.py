"""From launch to launch: what a window keeps, and that nothing is left of it when it closes."""

import signal
import socket
import time
from pathlib import Path

from providers.fakes.openai_server import FakeOpenAI
from tests.conftest import PROBE
from tests.desktop.window import Window, wait_until_gone
from tests.running import wait_until

END_S = 3.0
NUM_CALLS = 50


class SavingWindow(Window):
    """A window whose person saves what they are asked about."""

    program = ("-m", "tests.desktop.saving")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_workspace_place_and_what_the_page_keeps_are_the_same_after_a_second_launch(tmp_path: Path) -> None:
    with Window(tmp_path) as window:
        first = window.run("SESSION_UUID")
        window.run("pywebview.api.update_session_data({words: 'kept'})")
        window.run("localStorage.setItem('studiolo:theme', 'dark')")
        address = window.origin
    kept = (tmp_path / "window.json").read_text()
    assert '"width": 1180' in kept
    (tmp_path / "window.json").write_text(kept.replace('"width": 1180', '"width": 760'))
    with Window(tmp_path) as window:
        assert window.run("SESSION_UUID") == first
        assert "kept" in str(window.run("pywebview.api.get_session_data()"))
        assert window.run("innerWidth") == 760
        assert window.origin == address
        assert window.run("localStorage.getItem('studiolo:theme')") == "dark"


def test_a_new_workspace_opened_in_the_window_is_the_one_that_calls_reach(tmp_path: Path) -> None:
    with Window(tmp_path) as window:
        first = window.run("SESSION_UUID")
        window.run("location.href = '/new'; 1")
        wait_until(lambda: window.run("window.SESSION_UUID") not in (None, first), 20, "the new page")
        wait_until(lambda: window.run("Boolean(window.pywebview?.api?.get_session)"), 20, "its bridge")
        assert window.run("pywebview.api.get_session()")["id"] == window.run("SESSION_UUID")


def test_a_file_that_the_page_hands_out_is_saved_where_the_person_says(tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    saved.mkdir()
    with SavingWindow(tmp_path / "data", str(saved)) as window:
        window.run("""(() => {
          const link = document.createElement("a");
          link.href = URL.createObjectURL(new Blob(["# Kept 世界"]));
          link.download = "talk.md";
          link.click();
        })()""")
        wait_until(lambda: (saved / "talk.md").exists(), 10, "the file")
        wait_until(lambda: (saved / "talk.md").read_text(encoding="utf-8") == "# Kept 世界", 5, "its text")
        assert window.run("pywebview.api.get_session()")["id"]


def test_closing_while_fifty_calls_run_ends_within_three_seconds_and_leaves_nothing(tmp_path: Path) -> None:
    with Window(tmp_path, "--plugin", str(PROBE)) as window:
        port = int(window.origin.rpartition(":")[2])
        window.run(f"for (let n = 0; n < {NUM_CALLS}; n++) pywebview.api.sleep_for(60); 1")
        assert window.run("pywebview.api.echo('after them')") == "after them"  # calls begin in the order they come
        assert window.run("Object.keys(pywebview._returnValuesCallbacks.sleep_for).length") == NUM_CALLS
        family = window.family()
        assert len(family) > 1
        began_s = time.monotonic()
        window.process.send_signal(signal.SIGTERM)
        assert window.process.wait(END_S) == 0
        wait_until_gone(family, END_S - (time.monotonic() - began_s))
        assert is_free(port)
        assert "Traceback" not in window.log


def test_closing_in_mid_answer_ends_within_three_seconds(tmp_path: Path, fake_models: FakeOpenAI) -> None:
    with Window(tmp_path, model_url=fake_models.url, model_name="slow:20ms") as window:
        window.run("pywebview.api.send_message('Go on.')")
        states = "pywebview.api.list_tasks().then(tasks => tasks.items.map(task => task.state))"
        wait_until(lambda: window.run(states) == ["processing"], 10, "the answer's beginning")
        family = window.family()
        window.process.send_signal(signal.SIGTERM)
        assert window.process.wait(END_S) == 0
        wait_until_gone(family, 1)
