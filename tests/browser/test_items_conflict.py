"""Two tabs that write the same item: the second is told, is shown both versions, and nothing typed is lost."""

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.chromium import Page
from tests.browser.conftest import Browsers
from tests.browser.items import TEA, cell, open_items, stored, titles
from tests.browser.words import Words, words
from tests.running import Server

pytestmark = pytest.mark.timeout(120)


def test_two_forms_are_merged_field_by_field(browsers: Browsers, chat_server: Server) -> None:
    page, said, tea = opened(browsers, chat_server)
    write_in_two_tabs(page, said, tea)
    page.wait(lambda: said("items.conflict.title") in page.text, "both versions")
    shown = page.one('[role="dialog"]').text
    assert "Green tea" in shown
    assert "Black tea" in shown
    assert page.all("fieldset")[-1].text.startswith(said("items.column.tags"))
    page.button(said("items.conflict.save")).click()
    page.wait(lambda: not page.all('[role="dialog"]'), "the closed window")
    now = stored(page, tea)
    assert (now["title"], now["number"], now["tags"]) == ("Green tea", 4, ["shop", "kitchen"])
    assert page.problems == []


@pytest.mark.parametrize(
    ("choice", "title", "tags"),
    [
        ("items.conflict.keepMine", "Green tea", ["shop"]),
        ("items.conflict.takeTheirs", "Black tea", ["shop", "kitchen"]),
    ],
)
def test_one_side_is_taken_whole(
    browsers: Browsers, chat_server: Server, choice: str, title: str, tags: list[str]
) -> None:
    page, said, tea = opened(browsers, chat_server)
    write_in_two_tabs(page, said, tea)
    page.button(said(choice)).click()
    page.wait(lambda: not page.all('[role="dialog"]'), "the closed window")
    assert (stored(page, tea)["title"], stored(page, tea)["tags"]) == (title, tags)


def test_leaving_the_choice_keeps_what_was_typed(browsers: Browsers, chat_server: Server) -> None:
    page, said, tea = opened(browsers, chat_server)
    write_in_two_tabs(page, said, tea)
    page.button(said("items.conflict.save"))
    page.press(Keys.ESCAPE)
    page.wait(lambda: not page.all('[role="dialog"]'), "the closed window")
    assert stored(page, tea)["title"] == "Black tea"
    page.go(f"#/items/{tea}")
    page.wait(lambda: page.field(said("items.column.title")).get_attribute("value") == "Green tea", "what was typed")
    page.button(said("ui.save")).click()
    page.wait(lambda: said("items.conflict.title") in page.text, "both versions again")


def test_a_cell_that_was_changed_meanwhile_shows_both(browsers: Browsers, chat_server: Server) -> None:
    page, said, tea = opened(browsers, chat_server)
    page.driver.execute_script("arguments[0].focus()", cell(page, "Tea"))
    page.press(Keys.ENTER)
    field = page.one('[role="gridcell"] input:not([type="checkbox"])')
    field.send_keys(Keys.CONTROL, "a", Keys.NULL, "Green tea")
    page.call("update_item", tea, {"title": "Black tea"})
    field.send_keys(Keys.ENTER)
    page.wait(lambda: said("items.conflict.title") in page.text, "both versions")
    page.button(said("items.conflict.keepMine")).click()
    page.wait(lambda: titles(page) == ["Green tea"], "mine")
    assert stored(page, tea)["title"] == "Green tea"


def test_an_item_deleted_meanwhile_comes_back_with_what_was_typed(browsers: Browsers, chat_server: Server) -> None:
    page, said, tea = opened(browsers, chat_server)
    page.go(f"#/items/{tea}")
    page.write(said("items.column.title"), "Green tea")
    page.call("delete_item", tea)
    page.wait(lambda: titles(page) == [], "the list without it")
    page.button(said("ui.save")).click()
    page.wait(lambda: said("items.gone") in page.text, "that it was deleted")
    page.button(said("items.bringBack")).click()
    page.wait(lambda: not page.all('[role="dialog"]') and titles(page) == ["Green tea"], "the item with the new title")


def opened(browsers: Browsers, server: Server) -> tuple[Page, Words, str]:
    page, said = browsers(), words("en")
    (tea,) = open_items(page, server.url, said, TEA)
    return page, said, tea


def write_in_two_tabs(page: Page, said: Words, item_id: str) -> None:
    """Write in the form of an item, save it from another tab first, and save it here."""
    page.go(f"#/items/{item_id}")
    page.write(said("items.column.title"), "Green tea")
    page.write(said("items.column.number"), "4")
    first = page.driver.current_window_handle
    page.new_tab(page.driver.current_url)
    page.write(said("items.column.title"), "Black tea")
    page.write(said("items.column.tags"), "shop, kitchen")
    page.button(said("ui.save")).click()
    page.wait(lambda: not page.all('[role="dialog"]'), "the other tab's save")
    page.driver.close()
    page.driver.switch_to.window(first)
    page.wait(lambda: said("items.changedElsewhere") in page.text, "the word of the other tab's change")
    page.button(said("ui.save")).click()
