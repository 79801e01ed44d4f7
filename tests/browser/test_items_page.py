"""The area of items in a real browser: made, found, sorted, written in place, deleted and brought back."""

from typing import Any

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.browser.chromium import Page
from tests.browser.conftest import Browsers
from tests.browser.items import LAMP, SALT, TEA, add_items, cell, open_items, stored, titles
from tests.browser.phone import as_phone, overflowing, small_targets, tap
from tests.browser.words import Words, words
from tests.running import Server

NUM_MANY = 450

pytestmark = pytest.mark.timeout(120)


def test_the_first_item_is_made_in_a_form_that_helps(browsers: Browsers, chat_server: Server) -> None:
    page, said = browsers(), words("en")
    open_items(page, chat_server.url, said)
    page.button(said("items.new")).click()
    page.wait(lambda: page.driver.switch_to.active_element == page.field(said("items.column.title")), "the focus")
    page.button(said("ui.save")).click()
    page.wait(lambda: said("items.problem.titleMissing") in page.text, "that the title is missing")
    fill(page, said, title="Tea", text="From the hills", number="3.5", tags="shop, kitchen", attributes='{"land": J}')
    page.button(said("ui.save")).click()
    page.wait(lambda: said("items.problem.attributesBad", line="1", near="J}") in page.text, "where the JSON breaks")
    page.write(said("items.column.attributes"), '{"land": "Japan"}')
    page.button(said("ui.save")).click()
    page.wait(lambda: titles(page) == ["Tea"], "the item in the list")
    made = page.call("list_items")["items"][0]
    wanted = {"text": "From the hills", "number": 3.5, "tags": ["shop", "kitchen"], "attributes": {"land": "Japan"}}
    assert {name: made[name] for name in wanted} == wanted
    assert page.problems == []


def test_what_was_typed_and_not_saved_is_there_again(browsers: Browsers, chat_server: Server) -> None:
    page, said = browsers(), words("en")
    (tea,) = open_items(page, chat_server.url, said, TEA)
    page.go(f"#/items/{tea}")
    page.write(said("items.column.text"), "Half a thought")
    page.press(Keys.ESCAPE)
    page.wait(lambda: not page.all('[role="dialog"]'), "the closed form")
    page.driver.refresh()
    page.wait(lambda: titles(page) == ["Tea"], "the list after a reload")
    page.go(f"#/items/{tea}")
    page.wait(lambda: said("items.typedEarlier") in page.text, "the old words")
    assert page.field(said("items.column.text")).get_attribute("value") == "Half a thought"
    page.button(said("items.forgetTyped")).click()
    page.wait(lambda: page.field(said("items.column.text")).get_attribute("value") == TEA["text"], "the stored text")


def test_items_are_searched_filtered_and_sorted(browsers: Browsers, chat_server: Server) -> None:
    page, said = browsers(), words("en")
    open_items(page, chat_server.url, said, TEA, SALT, LAMP)
    assert titles(page) == ["Lamp", "Salt", "Tea"]
    page.button(said("items.column.number")).click()
    page.wait(lambda: titles(page) == ["Salt", "Tea", "Lamp"], "the list by number")
    page.button(said("items.column.number")).click()
    page.wait(lambda: titles(page) == ["Lamp", "Tea", "Salt"], "the list by number, the other way")
    assert page.one('[aria-sort="descending"]').text == said("items.column.number")
    page.write(said("items.search"), "hills")
    page.wait(lambda: titles(page) == ["Tea"], "what is found")
    page.write(said("items.search"), "nowhere")
    page.wait(lambda: said("items.notFound") in page.text, "that nothing is found")
    page.field(said("items.search")).send_keys(Keys.CONTROL, "a", Keys.NULL, Keys.DELETE)
    page.button(said("items.filter")).click()
    page.button("shop").click()
    page.wait(lambda: titles(page) == ["Tea", "Salt"], "those with the tag")
    page.write(said("items.from", name=said("items.column.number")), "2")
    page.wait(lambda: titles(page) == ["Tea"], "those from 2 on")
    page.button(said("items.clearFilter")).click()
    page.wait(lambda: len(titles(page)) == 3, "all of them")
    assert page.problems == []


def test_cells_are_written_by_keys_alone(browsers: Browsers, chat_server: Server) -> None:
    page, said = browsers(), words("en")
    _lamp, salt, tea = open_items(page, chat_server.url, said, LAMP, SALT, TEA)
    page.driver.execute_script("arguments[0].focus()", cell(page, "Tea"))
    page.press(Keys.ARROW_DOWN, Keys.ENTER)
    write_cell(page, "Sea salt", Keys.TAB)
    write_cell(page, "many", Keys.ENTER)
    page.wait(lambda: said("items.problem.numberBad") in page.text, "what a number is")
    write_cell(page, "2.25", Keys.ENTER)
    page.wait(lambda: stored(page, salt)["number"] == 2.25, "the number kept")
    page.wait(lambda: focused(page) == "2.25", "the focus on the cell again")
    page.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.F2)
    write_cell(page, "sea, kitchen", Keys.ENTER)
    page.wait(lambda: stored(page, salt)["tags"] == ["sea", "kitchen"], "the tags kept")
    assert stored(page, salt)["title"] == "Sea salt"
    page.press(Keys.HOME, Keys.ENTER)
    write_cell(page, "Not this", Keys.ESCAPE)
    page.wait(lambda: focused(page) == "Sea salt", "the old words")
    ActionChains(page.driver).key_down(Keys.CONTROL).send_keys(Keys.HOME, Keys.ENTER).key_up(Keys.CONTROL).perform()
    page.wait(lambda: page.driver.current_url.endswith(tea), "the form of the first item")
    page.press(Keys.ESCAPE)
    page.wait(lambda: focused(page).startswith("Tea"), "the focus on its cell")
    assert stored(page, salt)["title"] == "Sea salt"
    assert page.problems == []


def test_deleting_is_undone_and_the_trash_gives_back(browsers: Browsers, chat_server: Server) -> None:
    page, said = browsers(), words("en")
    open_items(page, chat_server.url, said, TEA, SALT, LAMP)
    page.driver.execute_script("arguments[0].focus()", cell(page, "Lamp"))
    page.press(Keys.SPACE, Keys.ARROW_DOWN, Keys.SPACE)
    page.wait(lambda: said("items.selected", num="2") in page.text, "the selection")
    page.press(Keys.DELETE)
    page.wait(lambda: titles(page) == ["Tea"] and focused(page).startswith("Tea"), "what is left, with the focus")
    page.button(said("ui.undo")).click()
    page.wait(lambda: len(titles(page)) == 3, "all of them again")
    page.driver.execute_script("arguments[0].focus()", cell(page, "Salt"))
    page.press(Keys.DELETE)
    page.wait(lambda: len(titles(page)) == 2, "two of them")
    page.go("#/items/trash")
    page.wait(lambda: titles(page) == ["Salt"], "the trash")
    page.driver.execute_script("arguments[0].focus()", cell(page, "Salt"))
    page.press(Keys.ENTER)
    page.wait(lambda: said("items.trashEmpty") in page.text, "the empty trash")
    page.button(said("items.back")).click()
    page.wait(lambda: len(titles(page)) == 3, "all of them again")
    assert page.problems == []


def test_many_are_tagged_at_once_and_that_is_undone(browsers: Browsers, chat_server: Server) -> None:
    page, said = browsers(), words("en")
    ids = open_items(page, chat_server.url, said, TEA, SALT, LAMP)
    page.labelled(said("items.selectAll")).click()
    page.button(said("items.addTag")).click()
    page.labelled(said("items.tagToAdd")).send_keys("kitchen", Keys.ENTER)
    page.wait(lambda: tags(page, ids) == [["shop", "kitchen"], ["shop", "kitchen"], ["home", "kitchen"]], "the tag")
    page.button(said("ui.undo")).click()
    page.wait(lambda: tags(page, ids) == [["shop"], ["shop", "kitchen"], ["home"]], "the tags as they were")
    page.button(said("items.removeTag")).click()
    page.item("shop").click()
    page.wait(lambda: tags(page, ids) == [[], ["kitchen"], ["home"]], "the tag gone")
    assert page.problems == []


def test_what_another_tab_does_appears(browsers: Browsers, chat_server: Server) -> None:
    page, said = browsers(), words("en")
    (tea,) = open_items(page, chat_server.url, said, TEA)
    first = page.driver.current_window_handle
    page.new_tab(page.driver.current_url)
    page.wait(lambda: titles(page) == ["Tea"], "the list in the other tab")
    page.call("create_item", SALT)
    page.call("update_item", tea, {"title": "Green tea"})
    page.wait(lambda: sorted(titles(page)) == ["Green tea", "Salt"], "both in this tab")
    page.driver.switch_to.window(first)
    page.wait(lambda: sorted(titles(page)) == ["Green tea", "Salt"], "both in the first tab")
    page.call("delete_item", tea)
    page.wait(lambda: titles(page) == ["Salt"], "one of them gone")


def test_a_long_list_comes_page_by_page_and_keeps_few_rows(browsers: Browsers, chat_server: Server) -> None:
    page, said = browsers(), words("en")
    page.open(chat_server.url)
    page.labelled(said("chat.message"))
    add_items(page, NUM_MANY)
    page.go("#/items")
    page.button(said("items.column.number")).click()
    page.wait(lambda: titles(page)[:1] == ["Item 0"], "the first rows")
    page.driver.execute_script("arguments[0].focus()", cell(page, "Item 0"))
    page.wait(lambda: to_the_end(page) == f"Item {NUM_MANY - 1}", "the last row")
    assert len(page.all('[role="grid"] [role="row"]')) < 80
    assert page.one('[role="grid"]').get_attribute("aria-rowcount") == str(NUM_MANY + 1)
    assert page.problems == []


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_on_a_phone_items_are_cards_that_nothing_overflows(
    browsers: Browsers, chat_server: Server, language: str
) -> None:
    page, said = as_phone(browsers(language=language, has_mouse=False)), words(language)
    page.open(chat_server.url)
    page.wait(lambda: said("chat.empty.title") in page.text, "the first visit")
    for item in (TEA, SALT, {**LAMP, "title": "Donaudampfschifffahrt" * 9, "tags": ["a" * 50, "b" * 50]}):
        page.call("create_item", item)
    page.go("#/items")
    opener = page.wait(lambda: card(page, "Tea"), "the card")
    wrong = {"cards": overflowing(page) + small_targets(page)}
    tap(page, opener)
    page.wait(lambda: page.field(said("items.column.title")).get_attribute("value") == "Tea", "the form")
    wrong["form"] = overflowing(page) + small_targets(page)
    tap(page, page.button(said("ui.cancel")))
    page.wait(lambda: not page.all('[role="dialog"]'), "the closed form")
    tap(page, page.one(f'[aria-label="{said("items.select", title="Salt")}"]'))
    page.wait(lambda: said("items.selected", num="1") in page.text, "the selection")
    wrong["selection"] = overflowing(page) + small_targets(page)
    assert {state: found for state, found in wrong.items() if found} == {}
    assert page.problems == []


def card(page: Page, title: str) -> Any:
    """Return the button of the card with this title."""
    return next((one for one in page.all("li button") if one.text.startswith(title)), None)


def fill(page: Page, said: Words, **texts: str) -> None:
    """Write into the fields of the form."""
    for name, text in texts.items():
        page.write(said(f"items.column.{name}"), text)


def write_cell(page: Page, text: str, key: str) -> None:
    """Write into the cell that is open, once it is, and press a key."""
    page.wait(lambda: page.all('[role="gridcell"] input:not([type="checkbox"])'), "the open cell")
    field = page.one('[role="gridcell"] input:not([type="checkbox"])')
    field.send_keys(Keys.CONTROL, "a", Keys.NULL, text, key)


def focused(page: Page) -> str:
    """Return the words of the cell that has the focus."""
    return str(page.driver.switch_to.active_element.text)


def to_the_end(page: Page) -> str:
    ActionChains(page.driver).key_down(Keys.CONTROL).send_keys(Keys.END).key_up(Keys.CONTROL).perform()
    return (titles(page) or [""])[-1]


def tags(page: Page, ids: list[str]) -> list[Any]:
    return [stored(page, item_id)["tags"] for item_id in ids]
