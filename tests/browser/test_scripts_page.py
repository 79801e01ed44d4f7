"""The area of scripts: written, run, saved, scheduled and watched, with a real browser behind it."""

from collections.abc import Iterator

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select

from tests.browser.chromium import Page
from tests.browser.conftest import Browsers
from tests.browser.phone import as_phone, overflowing, small_targets
from tests.browser.scripts import (
    add_script,
    begin,
    code_of,
    console,
    is_saved,
    open_scripts,
    run,
    save,
    show_part,
    wait_for_end,
    write_code,
)
from tests.browser.words import words
from tests.engines.served import engine_server
from tests.engines.site import Site
from tests.running import Server

LINES = 'console.log("one");\nconsole.warn("two");\nconsole.error("three");\nreturn { found: [1, null] };'
MOVING = "let at = 0;\nsetInterval(() => { document.body.textContent = ++at; }, 50);\nreturn at;"
# The pictures that were shown, each once.
SEEN = """
window.pictures = new Set();
setInterval(() => {
  for (const picture of document.querySelectorAll('[role=application] img')) window.pictures.add(picture.src);
}, 20);
"""
# How high the picture of a console is, and how much of the console is below what is seen.
BELOW = """
const picture = document.querySelector("section img"), log = picture?.closest("section");
return picture?.naturalWidth > 1 && [picture.height, log.scrollHeight - log.scrollTop - log.clientHeight];
"""
EN = words("en")

pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("scripts-page")]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """What the pages may reach."""
    with Site() as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[Server]:
    """A server with Chrome behind it."""
    with engine_server(tmp_path_factory.mktemp("scripts"), "chrome", egress=site.address) as running:
        yield running


@pytest.fixture(scope="module")
def bare_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on a machine without a browser."""
    with Server(tmp_path_factory.mktemp("bare"), local_model="false") as running:
        yield running


@pytest.fixture
def page(browsers: Browsers, server: Server) -> Page:
    """The area, before there is a script."""
    opened = open_scripts(browsers(), server.url, EN)
    opened.wait(lambda: EN("scripts.empty.title") in opened.text, "the empty area")
    return opened


def test_what_is_written_is_run_and_tells_its_lines_and_its_result(page: Page) -> None:
    begin(page, EN, LINES)
    run(page, EN)
    told = wait_for_end(page, EN)
    assert [told.index(line) for line in ("one", "two", "three")] == sorted(
        told.index(line) for line in ("one", "two", "three")
    )
    levels = [each.get_attribute("data-level") for each in page.all("[data-level]")]
    assert levels == ["info", "warn", "error"]
    assert '"found": [' in told
    assert EN("tasks.tookIn", time="").strip() in told
    assert page.problems == []


def test_a_script_that_throws_says_why(page: Page) -> None:
    begin(page, EN, 'throw new RangeError("too high")')
    run(page, EN)
    told = wait_for_end(page, EN, "failed")
    assert "too high" in told


def test_keys_run_stop_and_save(page: Page) -> None:
    begin(page, EN, "await new Promise(() => {})")
    page.one(".cm-content").send_keys(Keys.CONTROL, Keys.ENTER)
    page.button(EN("ui.stop")).click()
    wait_for_end(page, EN, "cancelled")
    page.one(".cm-content").send_keys(Keys.CONTROL, "s")
    page.wait(lambda: is_saved(page, EN), "the saved script")
    assert [script["name"] for script in page.call("list_scripts")["items"]] == [EN("scripts.untitled")]


def test_a_method_is_completed_with_its_arguments(page: Page) -> None:
    begin(page, EN)
    page.one(".cm-content").send_keys("const api = window.pywebview.api;\nawait api.get_i")
    option = page.wait(lambda: [each for each in page.all("[role=option]") if "get_item(" in f"{each.text}("], "it")[0]
    assert "Promise<Item>" in page.one(".cm-tooltip-autocomplete").text
    page.driver.execute_script("arguments[0].scrollIntoView()", option)
    option.click()
    page.wait(lambda: 'await api.get_item("item_id")' in code_of(page), "the call")
    assert page.problems == []


def test_a_run_that_goes_on_is_found_again_with_its_log(page: Page) -> None:
    begin(page, EN, 'console.log("begun");\nawait new Promise((done) => setTimeout(done, 4000));\nreturn "over"')
    run(page, EN)
    page.wait(lambda: "begun" in console(page, EN), "the first line", 60)
    page.driver.refresh()
    page.wait(lambda: "begun" in console(page, EN), "the log from its beginning")
    page.wait(lambda: code_of(page).startswith('console.log("begun")'), "the code")
    assert '"over"' in wait_for_end(page, EN)


def test_a_saved_script_comes_back_with_what_was_not_saved(page: Page) -> None:
    begin(page, EN, "return 1")
    page.write(EN("scripts.name"), "Prices")
    page.write(EN("scripts.url"), "https://example.org/")
    script_id = save(page, EN)
    saved = page.call("get_script", script_id)
    assert (saved["name"], saved["script"], saved["url"]) == ("Prices", "return 1", "https://example.org/")
    write_code(page, "return 2")
    page.driver.refresh()
    page.wait(lambda: code_of(page) == "return 2", "what was typed")
    assert page.call("get_script", script_id)["script"] == "return 1"
    save(page, EN)
    assert page.call("get_script", script_id)["script"] == "return 2"


def test_a_wrong_address_and_a_wrong_time_are_told_at_their_fields(page: Page) -> None:
    begin(page, EN, "return 1")
    page.write(EN("scripts.url"), "javascript:alert(1)")
    page.button(EN("scripts.options")).click()
    page.write(EN("scripts.timeout"), "601")
    run(page, EN)
    page.wait(lambda: EN("scripts.problem.url") in page.text, "what is wrong with the address")
    assert EN("scripts.problem.timeout", most="600") in page.text


def test_a_schedule_is_shown_with_its_next_times(page: Page) -> None:
    script = add_script(page)
    page.go(f"#/scripts/{script['id']}")
    show_part(page, EN, "schedule")
    times = f'[aria-label="{EN("scripts.schedule.next")}"] li'
    page.wait(lambda: len(page.all(times)) == 5, "the next five times")
    choose(page, EN("scripts.schedule.when"), "custom")
    page.write(EN("scripts.schedule.cron"), "61 * * * *")
    page.wait(lambda: page.field(EN("scripts.schedule.cron")).get_attribute("aria-invalid") == "true", "the error")
    page.write(EN("scripts.schedule.cron"), "15 6 * * 1")
    page.write(EN("scripts.schedule.zone"), "Europe/Rome")
    page.wait(lambda: len(page.all(times)) == 5, "the times of that")
    page.button(EN("scripts.schedule.save")).click()
    wanted = {"cron": "15 6 * * 1", "time_zone": "Europe/Rome", "is_on": True}
    page.wait(lambda: page.call("get_script", script["id"])["schedule"] == wanted, "the saved schedule")
    page.wait(lambda: page.one("[role=switch]").get_attribute("aria-checked") == "true", "the switch")
    assert EN("scripts.schedule.kind.weekly") in page.text
    next_word = EN("scripts.next", when="").strip()
    page.wait(lambda: next_word in page.one(f'nav[aria-label="{EN("scripts.list")}"]').text, "its time in the list")
    assert page.problems == []


def test_the_page_is_seen_as_it_moves_and_takes_clicks(page: Page, site: Site) -> None:
    begin(page, EN, "return document.title")
    page.write(EN("scripts.url"), f"{site.url}/input")
    run(page, EN)
    wait_for_end(page, EN)
    show_part(page, EN, "picture")
    screen = page.one("[role=application] img")
    page.wait(lambda: f"{site.url}/input" in page.text, "its address")
    page.driver.execute_script(SEEN)
    ActionChains(page.driver).move_to_element_with_offset(
        screen, -60, -screen.size["height"] // 2 + 8
    ).click().perform()
    page.press("h", "i")
    page.wait(lambda: page.driver.execute_script("return window.pictures.size") >= 2, "a picture of the words", 30)
    page.write(EN("scripts.url"), "")
    write_code(page, "return document.querySelector('input').value")
    run(page, EN)
    page.wait(lambda: '"hi"' in console(page, EN), "what the page had heard", 30)


def test_a_moving_page_gives_many_pictures_and_nobody_looks_when_the_panel_is_closed(page: Page) -> None:
    begin(page, EN, MOVING)
    run(page, EN)
    wait_for_end(page, EN)
    page.driver.execute_script(SEEN)
    show_part(page, EN, "picture")
    page.wait(lambda: page.driver.execute_script("return window.pictures.size") >= 4, "pictures", 30)
    page.button(EN("scripts.closePanel")).click()
    page.wait(lambda: not page.call("list_tasks", "open", 10, None, "watch")["items"], "the end of the watch")
    show_part(page, EN, "picture")
    page.button(EN("scripts.picture.close")).click()
    page.wait(lambda: EN("scripts.picture.closed") in page.text, "no page any more", 30)
    assert page.problems == []


def test_the_runs_of_a_script_are_listed_and_shown_again(page: Page) -> None:
    script = add_script(page, script='return "first"')
    page.go(f"#/scripts/{script['id']}")
    page.wait(lambda: code_of(page) == 'return "first"', "the code")
    run(page, EN)
    page.wait(lambda: '"first"' in console(page, EN), "the first result", 60)
    write_code(page, 'return "second"')
    save(page, EN)
    run(page, EN)
    page.wait(lambda: '"second"' in console(page, EN), "the second result", 60)
    show_part(page, EN, "history")
    rows = page.wait(lambda: page.all(f'ul[aria-label="{EN("scripts.panel.history")}"] button'), "the runs")
    assert len(rows) == 2
    assert EN("scripts.history.byHand") in rows[0].text
    rows[1].click()
    page.wait(lambda: '"first"' in console(page, EN), "the log of the first")


def test_a_deleted_script_comes_back(page: Page) -> None:
    script = add_script(page)
    page.go(f"#/scripts/{script['id']}")
    page.button(EN("scripts.more")).click()
    page.item(EN("scripts.delete")).click()
    page.wait(lambda: EN("scripts.empty.title") in page.text, "the empty area")
    page.button(EN("ui.undo")).click()
    page.wait(lambda: page.all(f'a[href="#/scripts/{script["id"]}"]'), "the script again")


def test_a_script_is_doubled(page: Page) -> None:
    script = add_script(page, url="https://example.org/")
    page.go(f"#/scripts/{script['id']}")
    page.button(EN("scripts.more")).click()
    page.item(EN("scripts.duplicate")).click()
    name = EN("scripts.copyOf", name="Prices")
    page.wait(lambda: page.field(EN("scripts.name")).get_attribute("value") == name, "the copy")
    assert {script["url"] for script in page.call("list_scripts")["items"]} == {"https://example.org/"}


@pytest.mark.parametrize(("choice", "kept"), [("keepMine", "return 'mine'"), ("takeTheirs", "return 'theirs'")])
def test_two_pages_that_change_one_script_are_shown_both_versions(page: Page, choice: str, kept: str) -> None:
    script = add_script(page)
    page.go(f"#/scripts/{script['id']}")
    page.wait(lambda: code_of(page) == "return 1", "the code")
    write_code(page, "return 'mine'")
    page.call("update_script", script["id"], {"script": "return 'theirs'"})
    page.button(EN("scripts.saveChanges")).click()
    page.wait(lambda: EN("scripts.conflict.title") in page.text, "both versions")
    assert compared(page, EN("scripts.code")) == [
        f"−{EN('scripts.conflict.only.theirs')}return 'theirs'",
        f"+{EN('scripts.conflict.only.mine')}return 'mine'",
    ]
    page.button(EN(f"scripts.conflict.{choice}")).click()
    page.wait(lambda: is_saved(page, EN) and code_of(page) == kept, "the one that stays")
    assert page.call("get_script", script["id"])["script"] == kept


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh-CN", "dark")])
def test_what_two_pages_have_changed_is_compared_line_by_line_on_a_phone(
    browsers: Browsers, server: Server, language: str, scheme: str
) -> None:
    said = words(language)
    page = as_phone(browsers(language=language, has_mouse=False))
    page.prefer(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
    open_scripts(page, server.url, said)
    page.wait(lambda: said("scripts.empty.title") in page.text, "the empty area")
    lines = [f"step({number});" for number in range(40)]
    script = add_script(page, script="\n".join(lines))
    page.go(f"#/scripts/{script['id']}")
    page.wait(lambda: code_of(page).startswith(lines[0]), "the code")
    write_code(page, "\n".join([*lines[:30], "mine();", *lines[31:]]))
    theirs = "\n".join([lines[0], "theirs(" + "'a very long text', " * 9 + ");", *lines[1:]])
    page.call("update_script", script["id"], {"script": theirs, "name": "Costs"})
    page.button(said("scripts.saveChanges")).click()
    page.wait(lambda: said("scripts.conflict.title") in page.text, "both versions")
    only_theirs, only_mine = (said(f"scripts.conflict.only.{side}") for side in ("theirs", "mine"))
    assert compared(page, said("scripts.name")) == [f"−{only_theirs}Costs", f"+{only_mine}Prices"]
    told = compared(page, said("scripts.code"))
    changed = [line for line in told if only_theirs in line or only_mine in line]
    assert [line[:1] for line in changed] == ["−", "−", "+"]
    assert changed[1:] == [f"−{only_theirs}step(30);", f"+{only_mine}mine();"]
    folds = page.all('[role="dialog"] summary')
    assert [each.text.splitlines()[-1] for each in folds] == [
        said("scripts.conflict.folded.both", num=num) for num in ("23", "6")
    ]
    assert "step(10);" not in told
    folds[0].click()
    page.wait(lambda: "step(10);" in compared(page, said("scripts.code")), "the lines between")
    assert overflowing(page) + small_targets(page) == []
    last = page.all(f'ol[aria-label="{said("scripts.code")}"] > li')[-1]
    page.driver.execute_script("arguments[0].scrollIntoView()", last)
    keep = page.button(said("scripts.conflict.keepMine"))
    page.wait(lambda: last.rect["y"] + last.rect["height"] <= keep.rect["y"], "the last line above the buttons")
    keep.click()
    page.wait(lambda: is_saved(page, said), "the one that stays")
    assert page.problems == []


def test_what_another_page_changes_is_shown_where_nothing_was_typed(page: Page) -> None:
    script = add_script(page)
    page.go(f"#/scripts/{script['id']}")
    page.wait(lambda: code_of(page) == "return 1", "the code")
    page.call("update_script", script["id"], {"script": "return 2"})
    page.wait(lambda: code_of(page) == "return 2", "the other's code")
    assert is_saved(page, EN)


def test_an_example_never_takes_away_what_was_begun(page: Page) -> None:
    begin(page, EN, "return 'begun'")
    page.button(EN("scripts.new")).click()
    page.all('[role="menuitem"]')[1].click()
    page.wait(lambda: code_of(page) != "return 'begun'", "the example")
    page.button(EN("ui.undo")).click()
    page.wait(lambda: code_of(page) == "return 'begun'", "what was begun")


def test_a_run_that_wants_its_person_told_is_told_in_any_area(page: Page) -> None:
    script = add_script(page, script="return { notice: 'The price is lower.' }")
    page.go("#/items")
    page.call("start_script", script["id"])
    page.wait(lambda: "The price is lower." in page.text, "the notice", 60)
    page.button(EN("shell.show")).click()
    page.wait(lambda: f"#/scripts/{script['id']}" in page.driver.current_url, "its script")


def test_the_task_of_a_run_leads_to_its_script_and_shows_its_picture(page: Page, site: Site) -> None:
    script = add_script(page, url=f"{site.url}/table")
    task = page.call("start_script", script["id"])
    page.go(f"#/tasks/{task['id']}")
    page.wait(lambda: page.all('[role="dialog"] section img'), "the picture in the log", 60)
    page.one(f'[role="dialog"] a[href="#/scripts/{script["id"]}"]').click()
    page.wait(lambda: code_of(page) == "return 1", "the script")


def test_the_end_of_a_run_is_in_sight_below_its_picture(page: Page, site: Site) -> None:
    script = add_script(page, url=f"{site.url}/table", script="for (let at = 0; at < 40; at++) console.log(at);")
    page.go(f"#/scripts/{script['id']}")
    page.wait(lambda: page.all(".cm-line"), "the code")
    run(page, EN)
    wait_for_end(page, EN)
    page.wait(lambda: (page.driver.execute_script(BELOW) or [0, 99])[1] < 2, "the end below the picture")


def test_without_a_browser_scripts_are_written_and_saved_and_the_run_says_what_to_install(
    browsers: Browsers, bare_server: Server
) -> None:
    page = open_scripts(browsers(), bare_server.url, EN)
    begin(page, EN, "return 1")
    save(page, EN)
    run(page, EN)
    page.wait(lambda: EN("scripts.notStarted") in console(page, EN), "why it did not start")
    assert "No browser can run page scripts here" in console(page, EN)
    show_part(page, EN, "picture")
    page.wait(lambda: EN("scripts.picture.none") in page.text, "that there is no picture")


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_phone_shows_one_part_at_a_time(browsers: Browsers, server: Server, language: str) -> None:
    said = words(language)
    page = open_scripts(as_phone(browsers(language=language, has_mouse=False)), server.url, said)
    begin(page, said, 'console.log("one")')
    run(page, said)
    wait_for_end(page, said)
    assert not any(editor.is_displayed() for editor in page.all(".cm-editor"))
    for part in ("code", "schedule", "history", "picture", "console"):
        show_part(page, said, part)
        assert overflowing(page) + small_targets(page) == []
    page.button(said("scripts.all")).click()
    page.wait(lambda: said("scripts.unsaved") in page.text, "the list")
    assert overflowing(page) + small_targets(page) == []
    assert page.problems == []


@pytest.mark.parametrize("engine", ["chrome", "window"])
def test_the_table_of_a_site_becomes_items_although_the_tab_is_closed(
    browsers: Browsers, tmp_path_factory: pytest.TempPathFactory, site: Site, engine: str
) -> None:
    with engine_server(tmp_path_factory.mktemp("done"), engine, egress=site.address) as server:
        page = open_scripts(browsers(), server.url, EN)
        examples = f'ul[aria-label="{EN("scripts.examples")}"] button'
        page.wait(lambda: page.all(examples), "the examples")[0].click()
        page.write(EN("scripts.url"), f"{site.url}/table")
        if engine == "window":  # which has no world apart: it must be told whose pages have the methods
            page.button(EN("scripts.nameOrigin", origin=site.url)).click()
        run(page, EN)
        page.button(EN("ui.stop"))
        close_tab(page)
        page.open(server.url)
        page.go("#/items")
        page.wait(lambda: "Lighthouse" in page.text and "Colossus" in page.text, "the items", 60)
        page.go("#/scripts")
        page.wait(lambda: page.all(".cm-content"), "the script that was not saved")
        wait_for_end(page, EN)


def compared(page: Page, title: str) -> list[str]:
    """Return the lines of a comparison as a screen reader and the eye have them: sign, whose it is, text."""
    lines = "return [...arguments[0].querySelectorAll('li:not(:has(li, summary))')].map((line) => line.textContent)"
    told: list[str] = page.driver.execute_script(lines, page.one(f'ol[aria-label="{title}"]'))
    return told


def click_above(page: Page, screen: WebElement) -> None:
    """Click near the upper left corner of the picture."""
    width, height = screen.size["width"], screen.size["height"]
    ActionChains(page.driver).move_to_element_with_offset(screen, 10 - width // 2, 8 - height // 2).click().perform()


def close_tab(page: Page) -> None:
    page.driver.switch_to.new_window("tab")  # a browser without a tab would end
    page.driver.switch_to.window(page.driver.window_handles[0])
    page.driver.close()
    page.driver.switch_to.window(page.driver.window_handles[0])


def choose(page: Page, label: str, value: str) -> None:
    """Choose in the list that a label names."""
    path = f'//select[@id=//label[.="{label}"]/@for]'
    Select(page.wait(lambda: page.driver.find_elements(By.XPATH, path), label)[0]).select_by_value(value)
