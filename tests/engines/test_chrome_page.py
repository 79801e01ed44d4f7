"""What is a page of Chrome's alone: what a person's click opens, what asks a person, its size, its console, its keys.

On both Chromiums, the one without windows and the whole one.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from egress.guard import Guard
from engines.base import MAX_LINES, ActRefused, Engine, Input, NotOpened, Page, Script, TooSlow
from engines.chrome import Chrome, ChromeBrowser
from tests.engines.conftest import OpenPage
from tests.engines.make import BROWSERS
from tests.engines.site import Site
from tests.running import wait_until

pytestmark = pytest.mark.timeout(120)
ONE_CLICK = [Input(kind="click", x=20, y=20)]


@pytest.fixture(scope="module", params=["chrome", "chromium"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, guard: Guard) -> Engine:
    """Each Chromium."""
    return BROWSERS[request.param](tmp_path_factory.mktemp("engines"), guard.port)


def run(page: Page, source: str, **words: Any) -> Any:
    return page.run(Script(source=source, **words))


def test_what_a_click_opens_is_closed_and_the_page_goes_on(browser: ChromeBrowser, page: Page, site: Site) -> None:
    page.navigate(f"{site.url}/links")
    asked, before = site.asked["/table"], browser.num_tabs()
    for _ in range(3):
        page.send_input(ONE_CLICK)
    assert run(page, "return document.title") == "Links"
    wait_until(lambda: browser.num_tabs() == before, 10, "the end of the windows")
    page.send_input(ONE_CLICK)
    assert page.state().title == "Links"
    assert site.asked["/table"] == asked, "nothing was loaded there"


def test_a_choice_of_files_holds_nobody_up(page: Page, site: Site) -> None:
    page.navigate(f"{site.url}/links")
    page.send_input([Input(kind="click", x=20, y=120)])
    assert run(page, "return document.activeElement.type") == "file"
    assert page.screenshot()


def test_a_page_that_asks_whether_to_leave_it_is_left(page: Page, site: Site) -> None:
    page.navigate(f"{site.url}/asking")
    page.send_input(ONE_CLICK)
    page.navigate(f"{site.url}/table")
    assert page.state().title == "Wonders"


def test_a_page_that_asks_who_is_there_waits_for_nobody(page: Page, site: Site) -> None:
    with suppress(NotOpened):  # the whole Chromium tells so; the other shows what strangers see
        page.navigate(f"{site.url}/locked", 20)
    assert run(page, "return document.body.textContent") in ("Who are you?", "")


@pytest.mark.parametrize("path", ["/download", "/no-content"])
def test_what_is_no_page_is_told_and_stored_nowhere(engine: Chrome, page: Page, site: Site, path: str) -> None:
    with pytest.raises(NotOpened):
        page.navigate(site.url + path)
    places = [Path.home() / "Downloads", Path.cwd(), engine._root]
    assert [found for place in places for found in place.glob("**/rows*.csv*")] == []
    assert run(page, "return 1") == 1


def test_an_address_is_open_once_all_of_it_is_loaded(page: Page, site: Site) -> None:
    page.navigate(f"{site.url}/late")
    assert run(page, "return document.readyState") == "complete"
    page.navigate(f"{site.url}/late#further")
    assert page.state().url.endswith("#further")


def test_an_address_that_leads_on_is_open_where_that_ends(page: Page, site: Site) -> None:
    page.navigate(f"{site.url}/leading-on")
    assert page.state().title == "Wonders"


def test_a_flood_of_lines_is_heard_up_to_a_bound_and_the_next_run_is_heard_again(page: Page) -> None:
    lines: list[str] = []
    flood = f"for (let n = 0; n < {2 * MAX_LINES}; n++) console.log(n); return await pywebview.api.get_session()"
    assert run(page, flood, console=lambda line: lines.append(line.text))
    assert lines == [str(number) for number in range(MAX_LINES)]
    lines.clear()
    run(page, "console.log('again')", console=lambda line: lines.append(line.text))
    assert lines == ["again"]


def test_a_page_that_never_rests_tells_where_it_is(page: Page, site: Site) -> None:
    page.navigate(f"{site.url}/restless")
    with ThreadPoolExecutor(8) as askers:
        found = {state.url for state in askers.map(lambda _number: page.state(), range(400))}
    assert found == {f"{site.url}/restless"}
    assert site.asked["/restless"] > 3


def test_each_page_is_as_large_as_the_first_seen_and_has_the_focus(open_page: OpenPage) -> None:
    facts = "[innerWidth, innerHeight, screen.width, document.visibilityState, document.hasFocus()]"
    frames = "for (let n = 0; n < 3; n++) await new Promise(requestAnimationFrame)"
    for page in [open_page(name) for name in ("alice", "bob")]:
        assert run(page, f"{frames}; return {facts}", timeout_s=20) == [1280, 800, 1280, "visible", True]


def test_a_promise_that_nobody_keeps_is_waited_for(page: Page) -> None:
    litter = "setInterval(() => Array.from({length: 200_000}, () => ({})), 1); await new Promise(() => {})"
    with pytest.raises(TooSlow):
        run(page, litter, timeout_s=3)


@pytest.mark.parametrize(
    ("source", "level", "text"),
    [
        ("console.log('plain', 'words')", "info", "plain words"),
        ("console.log('%s is %d%%, %cred', 'it', 5, 'color: red', 'more')", "info", "it is 5%, red more"),
        ("console.log('100%', '%s')", "info", "100% %s"),
        ("console.log('%s and %s', 'one')", "info", "one and %s"),
        ("console.log(1, -0, NaN, 10n, true, null, undefined)", "info", "1 -0 NaN 10n true null undefined"),
        ("console.log({a: 1, b: 'x', c: {d: 1}})", "info", '{a: 1, b: "x", c: Object}'),
        ("console.log([1, 'two', [3]])", "info", '[1, "two", Array(1)]'),
        ("console.log(new Map([['a', 1]]), new Set(['b']))", "info", 'Map(1) {"a" => 1} Set(1) {"b"}'),
        ("console.log(Symbol('s'), /a+/g)", "info", "Symbol(s) /a+/g"),
        ("console.warn('w')", "warn", "w"),
        ("console.assert(false, 'no')", "error", "no"),
        ("console.debug('d')", "debug", "d"),
        ("console.clear(); console.group('g'); console.groupEnd()", "info", "g"),
    ],
)
def test_lines_of_the_console_read_as_a_person_reads_them(page: Page, source: str, level: str, text: str) -> None:
    lines: list[Any] = []
    run(page, source, console=lines.append)
    assert [(line.level, line.text) for line in lines] == [(level, text)]


def test_errors_that_nobody_catches_are_lines(page: Page) -> None:
    lines: list[Any] = []
    source = """setTimeout(() => missing(), 0); Promise.reject(new TypeError("left alone"));
    await new Promise((go) => setTimeout(go, 200)); console.error(new RangeError("told"))"""
    run(page, source, console=lines.append)
    assert {line.level for line in lines} == {"error"}
    told = " | ".join(line.text for line in lines)
    for words in ("ReferenceError: missing is not defined", "TypeError: left alone", "RangeError: told"):
        assert words in told


def test_keys_and_the_wheel_do_what_a_persons_do(page: Page, site: Site) -> None:
    page.navigate(f"{site.url}/cookies")
    run(
        page,
        """document.body.style.height = "5000px";
        const area = document.body.appendChild(document.createElement("textarea"));
        window.keys = []; area.addEventListener("keydown", ({ key, keyCode }) => window.keys.push([key, keyCode]));
        area.focus()""",
    )
    typed = [Input(kind="text", text="aß世\n😀"), Input(kind="key", text="ArrowLeft"), Input(kind="key", text="Z")]
    page.send_input([*typed, Input(kind="wheel", x=600, y=400, dy=300)])
    assert run(page, "return document.querySelector('textarea').value") == "aß世\nZ😀"
    keys = [["a", 65], ["ß", 0], ["世", 0], ["Enter", 13], ["😀", 0], ["ArrowLeft", 37], ["Z", 90]]
    assert run(page, "return window.keys") == keys
    scrolled = "while (!scrollY) await new Promise(requestAnimationFrame); return scrollY"
    assert run(page, scrolled, timeout_s=10) > 0


@pytest.mark.parametrize(
    "act",
    [
        Input(kind="key", text="NoSuchKey"),
        Input(kind="key", text=""),
        Input(kind="click", x=1280, y=10),
        Input(kind="move", x=10, y=-1),
        Input(kind="wheel", x=10, y=900, dy=5),
    ],
)
def test_what_no_person_could_do_is_refused_and_nothing_of_it_is_done(page: Page, site: Site, act: Input) -> None:
    page.navigate(f"{site.url}/input")
    with pytest.raises(ActRefused):
        page.send_input([*ONE_CLICK, act])
    assert run(page, "return document.activeElement.tagName") == "BODY"


def test_chrome_is_found_where_no_path_leads_to_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    browser = BROWSERS["chrome"](tmp_path, None).start()
    browser.close()
