"""What is the window engine's own: its helper and how that ends, its world, its way out, what it leaves behind."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from egress.guard import Guard
from engines import window, window_needs
from engines.base import BLANK, Ground, NotOpened, Page, PageGone, Script, ScriptFailed, TooSlow, Unavailable
from engines.window import Window, WindowBrowser
from engines.window_flags import WindowSetup, words_of
from tests.engines.conftest import METHODS, OpenPage
from tests.engines.make import IS_ROOT, make_window
from tests.engines.site import Site
from tests.running import ROOT, free_port, wait_until

pytestmark = pytest.mark.timeout(120)
FOR_EVER = "await new Promise(() => {})"
NEXT = "await new Promise((go) => setTimeout(go, 100))"
SOON_S = 10.0
PARENT = """
import sys, threading
from pathlib import Path
from engines.base import Ground
from engines.window import Window
browser = Window(Path(sys.argv[1]), has_sandbox=sys.argv[2] == "yes").start()
page = browser.open(Ground(session="alice", methods=(), answer=lambda *_: None))
print(browser._process.pid, flush=True)
threading.Event().wait()
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, guard: Guard) -> Window:
    """In place of each engine in turn."""
    return make_window(tmp_path_factory.mktemp("windows"), guard.port)


@pytest.fixture
def own(engine: Window) -> Iterator[WindowBrowser]:
    """A browser that a test may end."""
    started = engine.start()
    yield started
    started.close()


def run(page: Page, source: str, **words: Any) -> Any:
    return page.run(Script(source=source, **words))


def ground(name: str = "alice", calls: list[str] | None = None) -> Ground:
    def answer(name: str, _given: list[Any]) -> str:
        if calls is not None:
            calls.append(name)
        return "answered"

    return Ground(session=name, methods=METHODS, answer=answer)


def tree_of(browser: WindowBrowser) -> list[psutil.Process]:
    helper = psutil.Process(browser._process.pid)
    return [helper, *helper.children(recursive=True)]


def ports_of(process: psutil.Process) -> list[Any]:
    try:
        return [one for one in process.net_connections() if one.status == "LISTEN"]
    except psutil.NoSuchProcess:
        return []


def has_ended(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_for_end(processes: list[psutil.Process]) -> None:
    wait_until(lambda: all(has_ended(one) for one in processes), SOON_S, "the end of all processes")


def test_a_thousand_runs_leave_the_helper_as_it_was(own: WindowBrowser, site: Site) -> None:
    page = own.open(ground())
    page.navigate(f"{site.url}/table")
    words = {"origins": frozenset({site.url})}
    for _ in range(20):
        run(page, "await pywebview.api.get_session(); return 1", **words)
    before, threads = own.count(), threading.active_count()
    for number in range(1_000):
        assert run(page, f"await pywebview.api.get_session(); return {number}", **words) == number
    after = own.count()
    assert {**after, "objects": 0} == {"windows": 2, "callbacks": 0, "results": 0, "scripts": 0, "objects": 0}
    assert after["objects"] - before["objects"] < 500
    assert threading.active_count() <= threads + 8


def test_windows_that_were_closed_are_gone(own: WindowBrowser) -> None:
    own.open(ground()).close()
    before, num_processes = own.count(), len(tree_of(own))
    for number in range(20):
        own.open(ground(f"visitor {number}")).close()
    wait_until(lambda: len([one for one in tree_of(own) if not has_ended(one)]) <= num_processes, SOON_S, "their end")
    after = own.count()
    assert after["windows"] == before["windows"] == 1
    assert after["objects"] - before["objects"] < 2_000


def test_a_helper_that_is_killed_is_told_at_once(own: WindowBrowser) -> None:
    pages = [own.open(ground(name)) for name in ("alice", "bob")]
    processes = tree_of(own)
    seen = threading.Semaphore(0)

    def wait_in(page: Page) -> float:
        with pytest.raises(PageGone):
            run(page, f"console.log('running'); {FOR_EVER}", console=lambda _line: seen.release())
        return time.monotonic()

    with ThreadPoolExecutor(2) as threads:
        told = [threads.submit(wait_in, page) for page in pages]
        assert all(seen.acquire(timeout=SOON_S) for _ in pages)
        killed = time.monotonic()
        os.kill(own._process.pid, signal.SIGKILL)
        assert all(one.result(SOON_S) - killed < 2 for one in told)
    assert not own.is_alive
    for page in pages:
        assert not page.is_open
        with pytest.raises(PageGone):
            page.state()
    with pytest.raises(PageGone):
        own.open(ground())
    wait_for_end(processes)


def test_the_helper_ends_with_its_parent(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path), "no" if IS_ROOT else "yes"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        helper = psutil.Process(int(parent.stdout.readline()))
        processes = [helper, *helper.children(recursive=True)]
        assert len(processes) > 2
        parent.kill()
    wait_for_end(processes)


def test_a_closed_browser_leaves_no_process_and_no_file(tmp_path: Path, guard: Guard) -> None:
    browser = make_window(tmp_path, guard.port).start()
    browser.open(ground())
    processes = tree_of(browser)
    browser.close()
    wait_for_end(processes)
    assert list(tmp_path.iterdir()) == []


def test_no_process_listens_on_a_port(browser: WindowBrowser) -> None:
    browser.open(ground()).close()
    assert [one for process in tree_of(browser) for one in ports_of(process)] == []


def test_what_the_environment_says_of_a_debugging_port_is_not_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    monkeypatch.setenv("QTWEBENGINE_REMOTE_DEBUGGING", str(free_port()))
    monkeypatch.setenv("QTWEBENGINE_CHROMIUM_FLAGS", f"--no-proxy-server --remote-debugging-port={free_port()}")
    browser = make_window(tmp_path, None).start()
    try:
        test_no_process_listens_on_a_port(browser)
        page, before = browser.open(ground()), site.asked.total()
        with pytest.raises(NotOpened):
            page.navigate(f"{site.url}/table")
        assert site.asked.total() == before
    finally:
        browser.close()


def test_without_a_guard_pages_load_nothing(tmp_path: Path, site: Site) -> None:
    browser = make_window(tmp_path, None).start()
    try:
        page, before = browser.open(ground()), site.asked.total()
        with pytest.raises(NotOpened):
            page.navigate(f"{site.url}/table")
        assert run(page, f"return await fetch('{site.url}/table', {{mode: 'no-cors'}}).then(() => 1, () => 0)") == 0
        assert site.asked.total() == before
    finally:
        browser.close()


def test_all_goes_through_the_guard_loopback_too(open_page: OpenPage, site: Site, guard: Guard) -> None:
    page, num_passed, num_refused = open_page(), guard.num_passed, guard.num_refused
    page.navigate(f"{site.url}/table")
    assert guard.num_passed > num_passed
    with Site() as stranger:
        for host in (stranger.url, stranger.url.replace("127.0.0.1", "localhost")):
            with pytest.raises(NotOpened, match="allow"):
                page.navigate(f"{host}/table")
            run(page, f"return await fetch('{host}/table', {{mode: 'no-cors'}}).then(() => 1, () => 0)")
        assert stranger.asked.total() == 0
    assert guard.num_refused > num_refused


def test_calls_of_web_rtc_send_nothing_past_the_guard(page: Page, site: Site) -> None:
    page.navigate(f"{site.url}/table")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
        heard.bind(("127.0.0.1", 0))
        heard.settimeout(1)
        server = f"stun:127.0.0.1:{heard.getsockname()[1]}"
        source = f"""const call = new RTCPeerConnection({{iceServers: [{{urls: "{server}"}}]}});
        call.createDataChannel("x");
        const seen = [];
        const done = new Promise((go) => call.onicecandidate = ({{candidate: one}}) => one ? seen.push(one) : go());
        await call.setLocalDescription();
        await done;
        return seen"""
        assert run(page, source) == []
        with pytest.raises(TimeoutError):
            heard.recv(100)


@pytest.mark.parametrize("path", ["/table", "/hostile"])
def test_a_strangers_page_has_nothing_of_pywebviews(page: Page, site: Site, path: str) -> None:
    page.navigate(f"{site.url}{path}")
    look = "return [typeof window.pywebview, document.querySelectorAll('style').length, typeof window.external?.call]"
    assert run(page, look) == ["undefined", 0, "undefined"]


def test_the_blank_page_has_the_methods_and_a_strangers_has_none(page: Page, site: Site) -> None:
    look = "return typeof window.pywebview"
    assert run(page, look) == "object"
    page.navigate(f"{site.url}/table")
    assert run(page, look) == "undefined"
    assert run(page, look, origins=frozenset({site.url})) == "object"
    assert run(page, look) == "undefined"
    page.navigate(BLANK)
    assert run(page, look) == "object"


def test_a_stranger_that_passes_for_a_blank_page_can_call_nothing(browser: WindowBrowser, site: Site) -> None:
    calls: list[str] = []
    page = browser.open(ground(calls=calls))
    page.navigate(f"{site.url}/cookies")
    # A document that is opened by a script takes the address of the document that the script is of.
    forge = """const frame = document.body.appendChild(document.createElement("iframe")).contentDocument;
    const own = frame.createElement("script");
    own.textContent = "setTimeout(() => { top.document.open(); top.document.close(); }, 1)";
    frame.body.append(own);"""
    run(page, forge)
    wait_until(lambda: page.state().url == BLANK, SOON_S, "the forged page")
    with pytest.raises((TooSlow, ScriptFailed)):
        run(page, "return [location.href, await window.pywebview.api.get_session()]", timeout_s=1)
    assert calls == []


def test_a_stranger_that_knows_the_way_cannot_call(browser: WindowBrowser, site: Site) -> None:
    calls: list[str] = []
    page = browser.open(ground(calls=calls))
    page.navigate(f"{site.url}/cookies")
    # It reads the token out of what a run sends, and uses it for a call.
    spy = """const real = JSON.stringify;
    const call = (token) => qt.webChannelTransport.send(real({type: 6, id: 0, object: "run", method: "hear",
      args: [token, "call", String(performance.timeOrigin), real({id: 1, name: "get_session", given: []})]}));
    JSON.stringify = (value, ...more) => {
      if (value?.args) { window.token = value.args[0]; call(window.token); }
      return real(value, ...more);
    };
    setInterval(() => window.token && call(window.token), 1);"""
    run(page, f"const own = document.createElement('script'); own.textContent = `{spy}`; document.body.append(own)")
    for _ in range(3):
        run(page, NEXT)
    assert run(page, "return window.token.length") == 32
    assert calls == []
    page.close()


def test_a_page_that_crashed_says_so_and_its_neighbour_goes_on(own: WindowBrowser) -> None:
    neighbour = own.open(ground("bob"))
    before = {one.pid for one in tree_of(own)}
    page = own.open(ground())
    (renderer,) = (one for one in tree_of(own) if one.pid not in before)
    with pytest.raises(PageGone, match="crashed"):
        run(page, f"console.log('running'); {FOR_EVER}", console=lambda _line: renderer.kill())
    assert not page.is_open
    assert run(neighbour, "return 1") == 1
    assert own.is_alive


def test_a_stuck_page_ends_with_its_process(own: WindowBrowser) -> None:
    own.open(ground("bob"))
    before = {one.pid for one in tree_of(own)}
    page = own.open(ground())
    (renderer,) = (one for one in tree_of(own) if one.pid not in before)
    with pytest.raises(TooSlow):
        run(page, "for (;;);", timeout_s=0.5)
    wait_for_end([renderer])


def test_a_page_that_would_hold_one_back_is_left(page: Page, site: Site) -> None:
    page.navigate(f"{site.url}/table")
    run(page, "window.onbeforeunload = (act) => { act.preventDefault(); return 'stay'; }; document.body.click()")
    page.navigate(f"{site.url}/cookies")
    assert page.state().title == "Cookies"


def test_what_would_ask_a_person_is_declined(page: Page, site: Site) -> None:
    page.navigate(f"{site.url}/cookies")
    for kind in ("file", "color"):
        box = f"const box = document.createElement('input'); box.type = '{kind}'; document.body.append(box);"
        run(page, f"{box} box.click()")
    run(page, "print()")
    assert run(page, "return await Notification.requestPermission()") == "denied"
    where = "return await new Promise((go) => navigator.geolocation.getCurrentPosition(go, (error) => go(error.code)))"
    assert run(page, where) == 1
    assert run(page, "return 1") == 1


@pytest.mark.parametrize("url", ["file:///etc/passwd", "mailto:a@example.org", "qrc:///qtwebchannel/qwebchannel.js"])
def test_a_script_leads_nowhere_but_into_the_web(page: Page, site: Site, url: str) -> None:
    for start in (BLANK, f"{site.url}/table"):
        page.navigate(start)
        assert run(page, f"location.href = '{url}'; {NEXT}; return location.href") == start


def test_a_place_within_a_page_is_opened(page: Page, site: Site) -> None:
    for place in ("/table", "/table#one", "/table#one", "/table#two", "/table"):
        page.navigate(f"{site.url}{place}", timeout_s=SOON_S)
        assert page.state().url == f"{site.url}{place}"


def test_an_address_is_opened_while_another_is_on_its_way(page: Page, site: Site) -> None:
    for path in ("/table", "/cookies"):
        run(page, f"location.href = '{site.url}/looking'")
        page.navigate(f"{site.url}{path}", timeout_s=SOON_S)
        assert page.state().url == f"{site.url}{path}"


def test_a_page_that_a_server_refuses_is_a_page(page: Page, site: Site) -> None:
    page.navigate(f"{site.url}/nothing")
    assert run(page, "return document.body.textContent") == "There is no such page."


def test_a_page_is_as_large_and_as_quick_as_one_that_is_seen(page: Page) -> None:
    look = "return [document.visibilityState, innerWidth, innerHeight]"
    assert run(page, look) == ["visible", 1280, 800]
    assert run(page, "await new Promise(requestAnimationFrame); return 1", timeout_s=SOON_S) == 1


def test_an_error_tells_the_scripts_own_line(page: Page) -> None:
    with pytest.raises(ScriptFailed) as told:
        run(page, "const first = 1;\nmissing()")
    assert ":2:" in told.value.stack


def test_a_page_that_spoils_what_runs_need_is_told(page: Page, site: Site) -> None:
    page.navigate(f"{site.url}/spoilt")
    with pytest.raises(ScriptFailed, match="none can run"):
        run(page, "return 1", timeout_s=SOON_S)


def test_what_a_script_leaves_in_the_console_is_taken_back(page: Page) -> None:
    own = "return console.debug.toString().includes('native')"
    run(page, "console.debug('once')")
    assert run(page, f"window.own = console.debug; {own}") is False
    assert run(page, "return window.own === console.debug") is False


def test_without_its_packages_it_says_what_installs_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "has_packages", lambda *_names: False)
    for act in (Window(tmp_path).check, Window(tmp_path).start):
        with pytest.raises(Unavailable) as told:
            act()
        assert told.value.cure == "Run `python main.py setup --desktop`."


@pytest.mark.parametrize(
    ("line", "cure"),
    [
        ("ImportError: libEGL.so.1: cannot open shared object file: No such file", window_needs.CURE_DEBIAN),
        ("Running as root without --no-sandbox is not supported.", "set STUDIOLO_ENGINE"),
    ],
)
def test_a_helper_that_does_not_start_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, cure: str
) -> None:
    def launch(*_words: str, **options: Any) -> "subprocess.Popen[bytes]":
        code = f"import sys; sys.exit({line!r})"
        command = [sys.executable, "-c", code]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=options["stdout"], stderr=options["stderr"])

    monkeypatch.setattr(window, "launch", launch)
    for act in (Window(tmp_path).check, Window(tmp_path).start):
        with pytest.raises(Unavailable) as told:
            act()
        assert line.rstrip(".") in told.value.reason
        assert cure in told.value.cure
    assert list(tmp_path.iterdir()) == []


def test_it_is_here(engine: Window) -> None:
    engine.check()
    engine.check()


@pytest.mark.skipif(not IS_ROOT, reason="Chromium refuses root only")
def test_as_root_it_says_that_the_sandbox_refuses(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="root"):
        Window(tmp_path, has_sandbox=True).check()


def test_with_a_sandbox_it_is_not_switched_off() -> None:
    words = words_of(WindowSetup(has_sandbox=True, proxy_port=1), Path("/tmp"))
    assert "--no-sandbox" not in str(words["QTWEBENGINE_CHROMIUM_FLAGS"])
    assert words["QTWEBENGINE_DISABLE_SANDBOX"] is None


def test_the_helper_knows_no_setting_of_the_servers(engine: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIOLO_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("STUDIOLO_MODEL_KEY", "secret")
    browser = engine.start()
    try:
        browser.open(ground())
        known = [name for process in tree_of(browser) for name in process.environ()]
        assert [name for name in known if name.startswith("STUDIOLO_")] == []
        assert "PATH" in known
    finally:
        browser.close()
