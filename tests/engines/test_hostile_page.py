"""A page that looks for the methods: on an origin that no run named it finds none and can call none."""

from typing import Any

import pytest

from engines.base import Capability, Engine, Ground, Page, Script
from tests.engines.conftest import OpenPage
from tests.engines.site import ROADS, Site
from tests.running import wait_until

pytestmark = pytest.mark.timeout(120)

PUT_IN = """const own = document.createElement("script");
own.textContent = ROADS;
document.documentElement.append(own);
"""
READ = """const told = document.createElement("script");
told.textContent = "document.documentElement.dataset.roads = JSON.stringify(window.roads)";
document.documentElement.append(told);
return JSON.parse(document.documentElement.dataset.roads)"""
NOTHING = {**dict.fromkeys(("bare", "window", "top", "frame", "constructor", "settle"), "refused"), "globals": "[]"}


Called = list[tuple[str, list[Any]]]  # what reached Python, in order


def run(page: Page, source: str, **words: Any) -> Any:
    return page.run(Script(source=source, **words))


@pytest.fixture
def called(engine: Engine) -> Called:
    """What reached Python."""
    return []


@pytest.fixture
def heard(open_page: OpenPage, called: Called) -> Page:
    """A page whose calls are noted."""

    def answer(name: str, given: list[Any]) -> Any:
        called.append((name, given))
        return "answered"

    return open_page(answer=answer)


@pytest.fixture
def hostile(heard: Page, site: Site) -> Page:
    """A page whose own scripts try each road, before any run of ours."""
    return led_to_hostile(heard, site)


def led_to_hostile(page: Page, site: Site) -> Page:
    page.navigate(f"{site.url}/hostile")
    wait_until(lambda: page.state().title == "tried", 10, "its tries")
    return page


def test_a_page_finds_no_method_before_a_run(hostile: Page, called: Called) -> None:
    assert run(hostile, READ) == NOTHING
    assert called == []


def test_a_runs_own_script_calls_on_that_same_page_while_the_page_finds_nothing(
    engine: Engine, hostile: Page, called: Called
) -> None:
    if Capability.ISOLATED not in engine.capabilities:
        assert run(hostile, "return typeof window.pywebview") == "undefined", "it says so by having none there"
        return
    source = f"""const first = await pywebview.api.get_session("ours");
    document.title = "again";
    {PUT_IN.replace("ROADS", repr(ROADS))}
    while (document.title !== "tried") await new Promise((go) => setTimeout(go, 10));
    const last = await pywebview.api.get_session("ours again");
    {READ.replace("return ", "const roads = ")};
    return [first, last, roads]"""
    assert run(hostile, source) == ["answered", "answered", NOTHING]
    assert called == [("get_session", ["ours"]), ("get_session", ["ours again"])]


def test_what_a_page_does_to_its_own_globals_does_not_reach_a_run(
    engine: Engine, open_page: OpenPage, site: Site
) -> None:
    page = open_page()
    page.navigate(f"{site.url}/spoilt")
    if Capability.ISOLATED in engine.capabilities:
        assert run(page, "return await pywebview.api.get_session([1, 'x'])") == ["get_session", [1, "x"]]
        assert run(page, "return [1, 2].map((one) => one + 1)") == [2, 3]


def test_another_origin_finds_nothing_while_a_run_names_one(
    heard: Page, site: Site, other_site: Site, called: Called
) -> None:
    page = led_to_hostile(heard, other_site)
    source = f"""document.title = "again";
    {PUT_IN.replace("ROADS", repr(ROADS))}
    while (document.title !== "tried") await new Promise((go) => setTimeout(go, 10));
    {READ}"""
    assert run(page, source, origins=frozenset({site.url})) == NOTHING
    assert called == []


def test_a_frame_of_a_named_origin_in_a_strangers_page_finds_nothing(
    heard: Page, site: Site, other_site: Site, called: Called
) -> None:
    heard.navigate(f"{other_site.url}/cookies")
    framed = f"""const frame = document.createElement("iframe");
    frame.src = "{site.url}/hostile";
    const loaded = new Promise((go) => frame.onload = go);
    document.documentElement.append(frame);
    await loaded;
    await new Promise((go) => setTimeout(go, 300));
    return 1"""
    assert run(heard, framed, origins=frozenset({site.url})) == 1
    assert called == []


def test_a_frame_of_a_named_origin_in_a_strangers_page_sees_no_methods(
    heard: Page, site: Site, other_site: Site
) -> None:
    heard.navigate(f"{other_site.url}/cookies")
    framed = f"""const frame = document.createElement("iframe"), told = new Set();
    frame.src = "{site.url}/telling";
    addEventListener("message", ({{ data }}) => told.add(data));
    document.documentElement.append(frame);
    while (told.size === 0) await new Promise((go) => setTimeout(go, 20));
    await new Promise((go) => setTimeout(go, 300));
    return [...told]"""
    assert run(heard, framed, origins=frozenset({site.url})) == ["undefined"]


def test_a_run_that_speaks_as_what_passes_calls_on_calls_nothing(
    engine: Engine, heard: Page, site: Site, called: Called
) -> None:
    heard.navigate(f"{site.url}/cookies")
    if Capability.ISOLATED in engine.capabilities:
        call = """'{"id": 1, "name": "get_session", "given": ["forged"]}'"""
        forged = f"for (const number of ['', 'x', '-1', '1 2']) studioloForward(`${{number}} ${{{call}}}`)"
        run(heard, forged, origins=frozenset({site.url}))
        assert run(heard, "return await pywebview.api.get_session('ours')") == "answered"
        assert called == [("get_session", ["ours"])]


def test_what_a_named_origin_kept_can_call_nothing_after_the_run(heard: Page, site: Site, called: Called) -> None:
    page = heard
    page.navigate(f"{site.url}/keeping")
    wait = "while (document.title !== 'kept') await new Promise((go) => setTimeout(go, 10));"
    run(page, wait, origins=frozenset({site.url}))
    assert [given for _name, given in called] == [["kept"]]
    run(page, "dispatchEvent(new Event('use'))")
    wait_until(lambda: page.state().title == "used", 10, "its try")
    assert run(page, "return 1") == 1
    assert [given for _name, given in called] == [["kept"]]


def test_an_origin_that_passes_itself_off_for_a_named_one_calls_nothing(
    heard: Page, site: Site, other_site: Site, called: Called
) -> None:
    heard.navigate(f"{other_site.url}/lying")
    wait = "while (document.title !== 'tried') await new Promise((go) => setTimeout(go, 10)); return 1"
    assert run(heard, wait, origins=frozenset({site.url})) == 1
    assert called == []


def test_a_named_origin_finds_nothing_in_what_is_opened_after_the_run(heard: Page, site: Site, called: Called) -> None:
    assert run(heard, "return 1", origins=frozenset({site.url})) == 1
    assert run(led_to_hostile(heard, site), READ) == NOTHING
    assert called == []


def test_a_ground_without_methods_gives_none(browser: Any, site: Site) -> None:
    page = browser.open(Ground(session="alice", methods=(), answer=lambda *_: None))
    try:
        assert run(page, "return Object.keys(pywebview.api)") == []
    finally:
        page.close()
