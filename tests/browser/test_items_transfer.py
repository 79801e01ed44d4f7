"""Items come in from a file with a report of what was refused, and go out into one."""

import json
from pathlib import Path

import pytest

from tests.browser.chromium import Page
from tests.browser.conftest import Browsers
from tests.browser.items import LAMP, SALT, TEA, open_items, titles
from tests.browser.words import Words, words
from tests.running import Server, wait_until

CSV = 'title,number,date,tags\nTea,3.5,2026-11-21,"shop;kitchen"\n,1,,\nSalt,many,,\nLamp,40,,\n'

pytestmark = pytest.mark.timeout(120)


def test_a_file_is_imported_and_refused_rows_are_told(browsers: Browsers, chat_server: Server, tmp_path: Path) -> None:
    page, said = browsers(), words("en")
    open_items(page, chat_server.url, said)
    page.button(said("items.import.title")).click()
    choose(page, said, tmp_path / "items.csv", CSV)
    page.button(said("ui.done"))
    assert said("items.import.added", num="2") in page.text
    rows = [row.text.split(maxsplit=2) for row in page.all('[role="dialog"] tbody tr')]
    assert [(number, column) for number, column, _why in rows] == [("3", "title"), ("4", "number")]
    assert all(len(why) > 10 for *_, why in rows)
    page.button(said("ui.done")).click()
    page.wait(lambda: sorted(titles(page)) == ["Lamp", "Tea"], "the items in the list")
    assert page.problems == []


def test_a_file_that_is_none_says_what_to_do(browsers: Browsers, chat_server: Server, tmp_path: Path) -> None:
    page, said = browsers(), words("en")
    open_items(page, chat_server.url, said)
    page.button(said("items.import.title")).click()
    choose(page, said, tmp_path / "items.json", "not JSON at all")
    page.wait(lambda: page.all('[role="dialog"] [role="alert"]'), "why not")
    assert "JSON" in page.one('[role="dialog"] [role="alert"]').text
    page.button(said("items.import.another")).click()
    choose(page, said, tmp_path / "good.json", json.dumps([{"title": "Tea"}]))
    page.wait(lambda: said("items.import.added", num="1") in page.text, "the report")


def test_what_is_found_is_exported_and_saved(browsers: Browsers, chat_server: Server, tmp_path: Path) -> None:
    page, said = browsers(), words("en")
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    open_items(page, chat_server.url, said, TEA, SALT, LAMP)
    page.write(said("items.search"), "hills")
    page.wait(lambda: titles(page) == ["Tea"], "what is found")
    page.go("#/items/export")
    page.button(said("items.export.json")).click()
    page.wait(lambda: said("items.export.done", num="1") in page.text, "the file")
    wait_until(lambda: [path for path in tmp_path.iterdir() if path.suffix == ".json"], 10, "the saved file")
    (saved,) = tmp_path.iterdir()
    assert [item["title"] for item in json.loads(saved.read_text(encoding="utf-8"))] == ["Tea"]
    assert page.problems == []


def choose(page: Page, said: Words, path: Path, text: str) -> None:
    """Choose a file to import."""
    path.write_text(text, encoding="utf-8")
    field = page.wait(lambda: page.all(f'[aria-label="{said("items.import.file")}"]'), "the window")[0]
    field.send_keys(str(path))
