"""A real window: the page comes up on pywebview's own bridge, and does what it does in a browser."""

from pathlib import Path

import pytest

import web_mode  # noqa: F401 — registers the areas
from api.method import METHODS
from doors.facade import facade_names
from tests.browser.words import words
from tests.conftest import PROBE
from tests.desktop.window import Broke, Window, begin
from tests.running import Server, wait_until

EN = words("en")
END_S = 15.0
CAUGHT = ".catch(error => ({name: error.name, message: error.message, details: error.details, stack: error.stack}))"
SEND = """(text => {
  const box = document.querySelector("textarea");
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, text);
  box.dispatchEvent(new Event("input", {bubbles: true}));
  box.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true}));
})"""


def shows(window: Window, text: str) -> bool:
    return bool(window.run(f"document.body.innerText.includes({text!r})"))


def test_the_page_comes_up_without_a_complaint_of_its_policy(window: Window) -> None:
    wait_until(lambda: window.run("Boolean(document.querySelector('textarea'))"), 20, "the page")
    assert window.run("document.querySelector('textarea').placeholder") == EN("chat.placeholder")
    assert window.run("document.title") == "Studiolo"
    picture = window.picture()
    (window.data_dir / "window.png").write_bytes(picture)
    assert len(picture) > 10_000


def test_the_bridge_is_pywebviews_own_and_has_the_declared_methods_only(window: Window) -> None:
    assert window.run("pywebview.platform") == "qtwebengine"
    assert sorted(window.run("Object.keys(pywebview.api)")) == facade_names(METHODS)


def test_a_call_resolves_to_the_bare_value(window: Window) -> None:
    session = window.run("pywebview.api.get_session()")
    assert session["id"] == window.run("SESSION_UUID")
    assert "status" not in session


def test_what_is_left_out_at_the_end_takes_its_default(window: Window) -> None:
    listed = window.run("pywebview.api.list_conversations(undefined, undefined)")
    assert "items" in listed


def test_an_error_rejects_with_name_and_sentence_and_no_traceback(window: Window) -> None:
    error = window.run(f"pywebview.api.get_task('7d444840-9dc0-11d1-b245-5ffdce74fad2'){CAUGHT}")
    assert error["name"] == "NotFound"
    assert error["message"].startswith("There is no such task here.")
    assert error["details"]["what"] == "task"
    assert "Traceback" not in error["stack"]
    assert ".py" not in error["stack"]


def test_an_error_speaks_the_pages_language(window: Window) -> None:
    window.run("document.documentElement.lang = 'zh-CN'")
    try:
        error = window.run(f"pywebview.api.get_task('x'){CAUGHT}")
    finally:
        window.run("document.documentElement.lang = 'en'")
    assert error["message"].startswith("参数不符合要求")


@pytest.mark.parametrize("name", ["nosuch", "_answer", "__class__", "get_session.__globals__"])
def test_a_name_that_is_not_declared_rejects(window: Window, name: str) -> None:
    error = window.run(f"pywebview.api[{name!r}](){CAUGHT}")
    assert error["name"] == "UnknownMethod"


def test_python_finds_nothing_behind_a_name_with_dots(window: Window) -> None:
    raw = """new Promise(resolve => {
      const id = "probe";
      pywebview._returnValuesCallbacks["get_session.__globals__.clear"] = {[id]: resolve};
      pywebview._jsApiCallback("get_session.__globals__.clear", [], id);
      pywebview.api.get_session().then(() => resolve("never answered"));
    })"""
    assert window.run(raw) == "never answered"


def test_chat_works(window: Window) -> None:
    wait_until(lambda: window.run("Boolean(document.querySelector('textarea'))"), 20, "the page")
    window.run(f"{SEND}('What is a studiolo?')")
    ended = "pywebview.api.list_tasks().then(tasks => tasks.items.length === 1 && tasks.items[0].state)"
    wait_until(lambda: window.run(ended) == "completed", END_S, "the answer's end")
    told = window.run(
        "pywebview.api.list_conversations().then(found => pywebview.api.get_conversation(found.items[0].id))"
    )
    answer = told["messages"][-1]["text"]
    assert answer
    wait_until(lambda: shows(window, answer[:20]), END_S, "the answer on the page")
    (window.data_dir / "chat.png").write_bytes(window.picture())


def test_the_window_stays_with_its_own_origin(window: Window) -> None:
    before = window.run("location.href")
    window.run("window.calls = Promise.all(Array.from({length: 20}, () => pywebview.api.get_session())); 1")
    window.run("location.href = 'data:text/html,<h1>elsewhere</h1>'; 1")
    window.run("location.href = 'tel:1'; 1")
    assert window.run("calls.then(found => found.length)") == 20
    assert window.run("location.href") == before
    assert window.run("pywebview.api.get_session()")["id"]


def test_a_second_start_says_that_the_first_is_open(window: Window) -> None:
    second = begin(window.data_dir)
    _, told = second.communicate(timeout=30)
    assert second.returncode == 0
    assert "is open with this data folder already: its window comes to the front." in told
    assert window.run("1 + 1") == 2


def test_a_plugins_page_waits_for_the_bridge_and_uses_it(tmp_path: Path) -> None:
    with Window(tmp_path, "--plugin", str(PROBE)) as window:
        wait_until(lambda: shows(window, "ready"), END_S, "the page's own call")
        assert window.run("pywebview.api.echo('ab', 2)") == "abab"
        assert window.run("pywebview.api.get_infinity()") == {"nan": None, "infinity": None}
        assert window.run(f"pywebview.api.get_secret(){CAUGHT}")["name"] == "UnknownMethod"
        error = window.run(f"pywebview.api.break_down(){CAUGHT}")
        assert error["name"] == "InternalError"
        assert "nobody outside" not in str(error)
        assert window.run("pywebview.api.add_count(40).then(() => pywebview.api.add_count(2))") == 42


def test_a_remote_studiolo_opens_in_the_window_without_any_function(tmp_path: Path, server: Server) -> None:
    with Window(tmp_path, "--attach", server.url, ready="window.said?.textContent === 'ready'") as window:
        assert window.run("pywebview.platform") == "qtwebengine"
        assert window.run("pywebview.api.echo('ab', 2)") == "abab"
        assert window.run("pywebview.api.get_secret()") == "secret"  # by the live socket: Python was given nothing
        with pytest.raises(Broke, match="unsafe-eval"):
            window.run("new Function('return 1')()")
        assert window.run("Object.keys(pywebview._returnValuesCallbacks)") == []
    assert not (tmp_path / "studiolo.db").exists()
