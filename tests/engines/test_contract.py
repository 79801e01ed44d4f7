"""The contract of engines, on each of them: open, navigate, run, expose, console, errors, close, isolation."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from unittest.mock import patch

import pytest

from engines.base import (
    BLANK,
    Browser,
    CallRefused,
    Capability,
    ConsoleLine,
    Engine,
    Input,
    Lacking,
    NotOpened,
    Page,
    PageGone,
    Script,
    ScriptFailed,
    TooSlow,
)
from engines.calls import Calls
from tests.engines.conftest import OpenPage
from tests.engines.site import Site
from tests.running import wait_until

pytestmark = pytest.mark.timeout(120)
FOR_EVER = "await new Promise(() => {})"


def run(page: Page, source: str, **words: Any) -> Any:
    return page.run(Script(source=source, **words))


def test_a_new_page_is_blank_and_open(page: Page) -> None:
    assert page.is_open
    assert page.state().url == BLANK


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("return 1 + 1", 2),
        (
            "return {text: 'Grüße, 世界 🏛', list: [1, 2.5, null, true]}",
            {"text": "Grüße, 世界 🏛", "list": [1, 2.5, None, True]},
        ),
        ("const later = await Promise.resolve(3); return later", 3),
        ("return undefined", None),
        ("", None),
        ("return document.title // a comment at the end", ""),
        ("return new Date(0)", "1970-01-01T00:00:00.000Z"),
        ("return '\\ud800'.length", 1),
        ("return ['a\\ud800b', '\\\\ud800', '\\udbff\\udbff😀']", ["a\ufffdb", "\\ud800", "\ufffd\ufffd😀"]),
        ("return [NaN]", [None]),
        ('return "\\u2028\\"\\\\ </script>"', '\u2028"\\ </script>'),
    ],
)
def test_a_script_answers_a_json_value(page: Page, source: str, value: object) -> None:
    assert run(page, source) == value


def test_an_address_is_opened_and_its_page_read(page: Page, site: Site) -> None:
    page.navigate(f"{site.url}/table")
    assert (page.state().url, page.state().title) == (f"{site.url}/table", "Wonders")
    cells = "return [...document.querySelectorAll('tbody tr')].map((row) => row.cells[0].textContent)"
    assert run(page, cells) == ["Lighthouse", "Colossus"]


def test_what_a_page_changed_stays_from_run_to_run(page: Page, site: Site) -> None:
    page.navigate(f"{site.url}/table")
    run(page, "document.querySelector('h1').textContent = 'changed'")
    assert run(page, "return document.querySelector('h1').textContent") == "changed"


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "chrome://version", "http://127.0.0.1:9/", "http://no-such-host.invalid/", "nonsense"]
)
def test_an_address_that_cannot_be_opened_is_told(page: Page, url: str) -> None:
    with pytest.raises(NotOpened) as told:
        page.navigate(url)
    assert told.value.url == url
    assert told.value.reason


def test_an_address_that_is_too_long_is_not_opened(page: Page, site: Site) -> None:
    with pytest.raises(NotOpened):
        page.navigate(f"{site.url}/table?{'x' * 8_192}")


@pytest.mark.parametrize(
    ("source", "name", "words"),
    [
        ("throw new TypeError('not that')", "TypeError", "not that"),
        ("missing()", "ReferenceError", "missing"),
        ("return ((", "SyntaxError", ""),
        ("throw 5", "Error", "5"),
        ("throw null", "Error", "null"),
        ("const list = []; list.push(list); return list", "TypeError", "circular"),
        ("return 'x'.repeat(1_048_577)", "RangeError", "longer"),
    ],
)
def test_a_script_that_throws_is_told_by_name(page: Page, source: str, name: str, words: str) -> None:
    with pytest.raises(ScriptFailed) as told:
        run(page, source)
    assert told.value.name == name
    assert words in told.value.message
    assert run(page, "return 1") == 1, "the page goes on"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("JSON.stringify = () => 'nonsense'; return 1", "Error"),
        ("JSON.stringify = () => '[1]'; return 1", "Error"),
        ('JSON.stringify = () => \'{"error": {"name": 5}}\'; return 1', "Error"),
        ("TextEncoder = null; return 1", "TypeError"),
        ("TextEncoder.prototype.encode = () => []; return 'x'.repeat(300_000)", "RangeError"),
    ],
)
def test_a_script_that_spoils_what_results_are_told_with_fails_by_name(
    engine: Engine, page: Page, site: Site, source: str, name: str
) -> None:
    if Capability.ISOLATED not in engine.capabilities and "stringify" in source:
        return  # what spoils its one world there ends as too slow, as nothing tells of it any more
    with suppress(ScriptFailed):  # the first has begun to be told before it was spoilt
        run(page, source)
    with pytest.raises(ScriptFailed) as told:
        run(page, source)
    assert told.value.name == name
    page.navigate(f"{site.url}/table")
    assert run(page, "return 1") == 1, "the next document is as it was"


def test_a_call_goes_to_python_and_its_answer_comes_back(page: Page) -> None:
    assert run(page, "return await window.pywebview.api.get_session('one', {two: [3]})") == [
        "get_session",
        "one",
        {"two": [3]},
    ]


def test_halves_of_letters_hold_no_call_and_no_line_up(page: Page) -> None:
    lines: list[ConsoleLine] = []
    source = """document.title = "t\\ud800"; console.log("l\\ud800"); console.log("after");
    return await pywebview.api.get_session("c\\udc00")"""
    assert run(page, source, console=lines.append) == ["get_session", "c\ufffd"]
    assert page.state().title == "t\ufffd"
    wait_until(lambda: "after" in [line.text for line in lines], 10, "the line that comes after it")


def test_the_methods_are_there_for_each_run_whatever_the_one_before_did(page: Page, site: Site) -> None:
    call = "return await pywebview.api.get_session(NUM)"
    for number, before in enumerate(["", "delete window.pywebview", "pywebview.api.get_session('late'); return 1"]):
        run(page, before)
        assert run(page, call.replace("NUM", str(number))) == ["get_session", number]
    page.navigate(f"{site.url}/table")
    page.navigate(BLANK)
    assert run(page, call.replace("NUM", "4")) == ["get_session", 4]


def test_calls_that_nobody_awaits_hold_up_no_later_run(page: Page) -> None:
    late = """const { api } = window.pywebview;
    for (let n = 0; n < 20; n++) api.get_session(n);
    setTimeout(() => { for (let n = 0; n < 300; n++) api.get_session(n).catch(() => 0); document.title = "NUM" }, 0);
    return 1"""
    for title in ("first", "second"):
        run(page, late.replace("NUM", title))
        while page.state().title != title:
            pass  # the calls between two runs
    assert run(page, "return await window.pywebview.api.get_session(3)", timeout_s=10) == ["get_session", 3]


def test_a_refused_call_rejects_with_its_name_and_facts(page: Page) -> None:
    facts = "[error instanceof Error, error.name, error.message, error.code, error.details]"
    caught = f"try {{ await pywebview.api.fail(7) }} catch (error) {{ return {facts} }}"
    assert run(page, caught) == [True, "NotFound", "There is no such thing.", "not_found", {"given": [7]}]


def test_a_call_that_breaks_tells_the_page_nothing_of_why(open_page: OpenPage) -> None:
    def broken(_name: str, _given: list[Any]) -> Any:
        raise ZeroDivisionError("a secret of the server")

    caught = (
        "try { await pywebview.api.get_session() } catch (error) { return [error.name, error.message, error.stack] }"
    )
    name, message, stack = run(open_page(answer=broken), caught)
    assert name == "InternalError"
    assert "secret" not in message + stack


def test_a_name_that_is_no_method_is_not_there(page: Page) -> None:
    assert (
        run(page, "return [typeof pywebview.api.get_everything, typeof pywebview.api.__class__]") == ["undefined"] * 2
    )


def test_calls_are_answered_side_by_side(open_page: OpenPage) -> None:
    both = threading.Barrier(2, timeout=20)

    def meet(_name: str, given: list[Any]) -> Any:
        both.wait()
        return given[0]

    source = "return await Promise.all([pywebview.api.get_session(1), pywebview.api.get_session(2)])"
    assert run(open_page(answer=meet), source) == [1, 2]


def test_two_pages_of_one_browser_run_at_once(open_page: OpenPage) -> None:
    both = threading.Barrier(2, timeout=20)

    def meet(_name: str, _given: list[Any]) -> None:
        both.wait()

    pages = [open_page(name, answer=meet) for name in ("alice", "bob")]
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda one: run(one, "await pywebview.api.get_session()"), pages))


def test_a_flood_of_calls_is_refused_and_the_page_goes_on(open_page: OpenPage) -> None:
    may_go_on = threading.Event()

    def slow(_name: str, given: list[Any]) -> Any:
        may_go_on.wait(20)
        return given[0]

    source = """let refused = 0;
    const refuse = (error) => { if (++refused === 144) console.log("all that are too many"); return error.name };
    const told = Array.from({length: 400}, (_, number) => pywebview.api.get_session(number).catch(refuse));
    return (await Promise.all(told)).map((one) => typeof one === "number" ? "answered" : one)"""
    page = open_page(answer=slow)
    counted = Counter(run(page, source, console=lambda _line: may_go_on.set()))
    assert counted == {"answered": 256, "TooManyRequests": 144}
    assert run(page, "return 1") == 1


def test_a_flood_of_calls_is_held_in_its_own_page(open_page: OpenPage) -> None:
    may_go_on, heard = threading.Event(), Counter[str]()

    def slow(_name: str, _given: list[Any]) -> None:
        may_go_on.wait(20)

    page = open_page(answer=slow)
    with patch.object(Calls, "take", autospec=True, side_effect=_counting(Calls.take, heard)):
        source = "const all = Array.from({length: 200}, () => pywebview.api.get_session()); console.log(1);"
        source += "await new Promise((go) => setTimeout(go, 300)); console.log(2); await Promise.all(all)"

        def tell(line: ConsoleLine) -> None:
            if line.text == "2":
                heard["at first"] = heard["all"]
                may_go_on.set()

        run(page, source, console=tell)
    assert heard == {"at first": 8, "all": 200}


def _counting(take: Any, heard: Counter[str]) -> Any:
    def counted(*given: Any) -> None:
        heard["all"] += 1
        take(*given)

    return counted


def test_a_call_that_is_too_long_is_refused(page: Page) -> None:
    source = "try { await pywebview.api.get_session('x'.repeat(1_100_000)) } catch (error) { return error.name }"
    assert run(page, source) == "PayloadTooLarge"


def test_lines_of_the_console_are_told_by_level(page: Page) -> None:
    lines: list[ConsoleLine] = []
    source = """console.log('a', 1); console.warn('b'); console.error('c'); console.debug('d');
    console.info('x'.repeat(10_000))"""
    run(page, source, console=lines.append)
    wait_until(lambda: len(lines) == 5, 10, "five lines")
    assert [line.level for line in lines] == ["info", "warn", "error", "debug", "info"]
    assert [line.text for line in lines[:4]] == ["a 1", "b", "c", "d"]
    assert len(lines[4].text) < 9_000, "a long line is cut"


def test_a_script_that_does_not_end_is_ended(page: Page, open_page: OpenPage) -> None:
    for source in (FOR_EVER, "for (;;);"):
        stuck = open_page()
        with pytest.raises(TooSlow) as told:
            run(stuck, source, timeout_s=0.5)
        assert told.value.timeout_s == 0.5
        assert not stuck.is_open
        with pytest.raises(PageGone):
            run(stuck, "return 1")
    assert run(page, "return 1") == 1, "its neighbour goes on"


@pytest.mark.parametrize("named", [False, True])
def test_a_run_in_a_page_that_does_not_answer_lasts_no_longer_than_it_may(page: Page, site: Site, named: bool) -> None:
    page.navigate(f"{site.url}/cookies")
    run(page, "setTimeout(() => { for (;;); }, 0)")
    with pytest.raises(TooSlow) as told:
        run(page, "return 1", timeout_s=1, origins=frozenset({site.url} if named else ()))
    assert told.value.timeout_s == 1
    assert not page.is_open


def test_a_page_that_is_closed_in_mid_script_says_so(page: Page) -> None:
    def close(_line: ConsoleLine) -> None:
        threading.Thread(target=page.close).start()

    with pytest.raises(PageGone):
        run(page, f"console.log('running'); {FOR_EVER}", console=close)
    page.close()
    assert not page.is_open


def test_a_script_that_leads_its_page_elsewhere_ends_there(page: Page, site: Site) -> None:
    with pytest.raises(ScriptFailed) as told:
        run(page, f"location.href = '{site.url}/table'; {FOR_EVER}")
    assert told.value.name == "PageLeft"
    wait_until(lambda: page.state().title == "Wonders", 10, "the other page")


def test_an_alert_holds_nobody_up(page: Page) -> None:
    assert run(page, "alert('look'); return [confirm('sure?'), prompt('name?')]") == [False, None]


def test_windows_that_a_script_opens_are_none(engine: Engine, browser: Any, page: Page, scale: int) -> None:
    before = num_windows(engine, browser)
    source = f"""let opened = 0;
    for (let n = 0; n < {100 * scale}; n++) {{
      if (window.open("about:blank", "_blank", n % 2 ? "popup" : "")) opened++;
      const link = document.createElement("a");
      Object.assign(link, {{href: "about:blank", target: "_blank"}}).click();
    }}
    return opened"""
    assert run(page, source) == 0
    assert run(page, "return 1") == 1
    assert num_windows(engine, browser) == before


def num_windows(engine: Engine, browser: Any) -> int:
    """Return how many windows and tabs a browser has."""
    if engine.name == "window":
        return int(browser.count()["windows"])
    return int(browser.num_tabs())


def test_sessions_share_neither_cookies_nor_storage(open_page: OpenPage, site: Site) -> None:
    alice, bob = open_page("alice"), open_page("bob")
    for page in (alice, bob):
        page.navigate(f"{site.url}/cookies")
    run(
        alice,
        "document.cookie = 'who=alice'; localStorage.who = sessionStorage.who = 'alice'; await caches.open('alice')",
    )
    read = "return [document.cookie, localStorage.who ?? '', sessionStorage.who ?? '', await caches.keys()]"
    assert run(bob, read) == ["", "", "", []]
    assert run(alice, read) == ["who=alice", "alice", "alice", ["alice"]]


def test_a_closed_page_leaves_nothing_to_the_next_of_its_session(open_page: OpenPage, site: Site) -> None:
    first = open_page("alice")
    first.navigate(f"{site.url}/cookies")
    run(first, "document.cookie = 'who=alice; max-age=1000'; localStorage.who = 'alice'")
    first.close()
    second = open_page("alice")
    second.navigate(f"{site.url}/cookies")
    assert run(second, "return [document.cookie, localStorage.length]") == ["", 0]


def test_a_named_origin_has_the_methods_while_the_run_lasts(page: Page, site: Site) -> None:
    page.navigate(f"{site.url}/looking")
    source = "while (document.title === 'Looking') await new Promise((go) => setTimeout(go, 20)); return document.title"
    seen = run(page, source, origins=frozenset({site.url}))
    assert seen == '["ready",["get_session","from the page"]]'


@pytest.mark.parametrize("capability", sorted(Capability))
def test_what_an_engine_lacks_it_says(engine: Engine, page: Page, site: Site, capability: Capability) -> None:
    page.navigate(f"{site.url}/input")
    acts = {
        Capability.ISOLATED: lambda: is_isolated(page),
        Capability.SCREENSHOT: lambda: page.screenshot().startswith(b"\xff\xd8"),
        Capability.PDF: lambda: page.pdf().startswith(b"%PDF"),
        Capability.INPUT: lambda: types(page),
    }
    if capability in engine.capabilities:
        assert acts[capability]()
    elif capability is not Capability.ISOLATED:
        with pytest.raises(Lacking) as told:
            acts[capability]()
        assert (told.value.engine, told.value.capability) == (engine.name, capability)


def is_isolated(page: Page) -> bool:
    run(page, "window.mine = 1")
    source = """const own = document.createElement("script");
    own.textContent = "document.title = typeof window.mine";
    document.body.append(own);
    return document.title"""
    return bool(run(page, source) == "undefined")


def types(page: Page) -> bool:
    page.send_input(
        [Input(kind="click", x=100, y=30), Input(kind="text", text="Grüße"), Input(kind="key", text="Backspace")]
    )
    return bool(run(page, "return document.querySelector('input').value") == "Grüß")


def test_a_browser_that_is_closed_says_so(engine: Engine) -> None:
    browser = engine.start()
    page = open_in(browser)
    assert browser.is_alive
    assert browser.memory_mb() > 10
    browser.close()
    assert not browser.is_alive
    with pytest.raises(PageGone):
        run(page, "return 1")
    with pytest.raises(PageGone):
        open_in(browser)


def open_in(browser: Browser) -> Page:
    from engines.base import Ground

    def refuse(name: str, _given: list[Any]) -> Any:
        raise CallRefused("NotFound", name)

    return browser.open(Ground(session="alice", methods=(), answer=refuse))
