"""Items for tests of the page, made by calls, and the table as a reader sees it."""

from typing import Any

from selenium.webdriver.remote.webelement import WebElement

from tests.browser.chromium import Page
from tests.browser.words import Words

AT_ONCE = 8  # calls of one workspace
ADD = """
const [num, atOnce, done] = arguments, api = window.pywebview.api;
let next = 0;
const work = async () => {
  while (next < num) {
    const number = next++;
    await api.create_item({title: `Item ${number}`, number, tags: [`tag ${number % 7}`]});
  }
};
Promise.all(Array.from({length: atOnce}, work)).then(done);
"""

TEA: dict[str, Any] = {"title": "Tea", "text": "From the hills", "number": 3.5, "date": "2026-11-21", "tags": ["shop"]}
SALT: dict[str, Any] = {"title": "Salt", "number": 1, "date": "2025-01-02", "tags": ["shop", "kitchen"]}
LAMP: dict[str, Any] = {"title": "Lamp", "text": "For the desk", "number": 40, "tags": ["home"]}


def open_items(page: Page, url: str, said: Words, *items: dict[str, Any]) -> list[str]:
    """Open the page and its items, of which these are there; answers their ids."""
    page.open(url)
    page.labelled(said("chat.message"))
    made = [page.call("create_item", item)["id"] for item in items]
    page.go("#/items")
    if items:
        page.wait(lambda: len(titles(page)) == len(items), "the items")
    else:
        page.wait(lambda: said("items.empty.title") in page.text, "the empty list")
    return made


def add_items(page: Page, num: int) -> None:
    """Make items in the open page: `Item 0` with the number 0, and so on."""
    page.driver.execute_async_script(ADD, num, AT_ONCE)


def titles(page: Page) -> list[str]:
    """Return the titles of the rows that are on the page, from above."""
    script = """
    const rows = [...document.querySelectorAll('[role=grid] [role=row][aria-rowindex]')].slice(1);
    rows.sort((one, other) => one.ariaRowIndex - other.ariaRowIndex);
    return rows.map((row) => row.querySelectorAll('[role=gridcell]')[1].querySelector('span')?.title ?? '');
    """
    found: list[str] = page.driver.execute_script(script)
    return found


def cell(page: Page, title: str, column: int = 0) -> WebElement:
    """Return a cell of the row with this title; column 0 is the title's."""
    script = """
    const [title, column] = arguments;
    const at = [...document.querySelectorAll('[role=grid] [role=gridcell] > span[title]')];
    const row = at.find((span) => span.title === title)?.closest('[role=row]');
    return row?.querySelectorAll('[role=gridcell]')[column + 1] ?? null;
    """
    found: WebElement = page.wait(lambda: page.driver.execute_script(script, title, column), f"the row of {title!r}")
    return found


def stored(page: Page, item_id: str) -> dict[str, Any]:
    """Return an item as the server has it."""
    found: dict[str, Any] = page.call("get_item", item_id)
    return found
