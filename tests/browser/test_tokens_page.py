"""The window of tokens: one is made, shown once with the lines that use it, works, and is deleted for good."""

import json

import pytest
import requests
from selenium.webdriver.common.keys import Keys

from tests.browser.chromium import Page
from tests.browser.conftest import Browsers
from tests.browser.words import Words, words
from tests.running import Server

NAME = "My assistant"

pytestmark = pytest.mark.timeout(120)


def test_a_token_is_made_shown_once_used_and_deleted(browsers: Browsers, chat_server: Server) -> None:
    page, said = opened(browsers, chat_server)
    make(page, said, NAME)
    token, curl, mcp = shown(page, said)
    assert token in curl
    assert requests.get(f"{chat_server.url}/api/v1/session", headers=bearer(token), timeout=5).ok
    server = json.loads(mcp)["mcpServers"]["studiolo"]
    assert server == {"type": "http", "url": f"{chat_server.url}/mcp", "headers": bearer(token)}
    close_and_open(page, said)
    assert token not in page.driver.page_source
    page.wait(lambda: NAME in page.text and said("tokens.unused") not in page.text, "when it was last used")
    delete(page, said)
    answer = requests.get(f"{chat_server.url}/api/v1/session", headers=bearer(token), timeout=5)
    assert answer.status_code == 401
    assert page.problems == []


def test_deleting_asks_and_can_be_left(browsers: Browsers, chat_server: Server) -> None:
    page, said = opened(browsers, chat_server)
    make(page, said, NAME)
    page.labelled(said("tokens.delete", name=NAME)).click()
    page.wait(lambda: said("tokens.sure", name=NAME) in page.text, "the question")
    page.button(said("tokens.keep")).click()
    page.wait(lambda: said("tokens.sure", name=NAME) not in page.text, "the question gone")
    assert [token["name"] for token in page.call("list_tokens")["items"]] == [NAME]


def test_what_cannot_be_made_says_why(browsers: Browsers, chat_server: Server) -> None:
    page, said = opened(browsers, chat_server)
    page.button(said("tokens.make")).click()
    page.wait(lambda: said("tokens.nameMissing") in page.text, "that it has no name")
    page.write(said("tokens.days"), "0")
    make(page, said, NAME)
    page.wait(lambda: page.all('form [role="alert"]') and "days" in page.one('form [role="alert"]').text, "why not")
    assert page.field(said("tokens.name")).get_attribute("value") == NAME
    assert page.call("list_tokens")["items"] == []


def test_the_workspace_menu_opens_it_and_has_the_focus_again(browsers: Browsers, chat_server: Server) -> None:
    page, said = browsers().open(chat_server.url), words("en")
    page.labelled(said("chat.message"))
    opener = page.one('nav [aria-haspopup="menu"]')
    opener.click()
    page.item(said("tokens.title")).click()
    page.wait(lambda: said("tokens.about") in page.text, "the window")
    page.press(Keys.ESCAPE)
    page.wait(lambda: page.driver.switch_to.active_element == opener, "the focus on what opened it")


def opened(browsers: Browsers, server: Server) -> tuple[Page, Words]:
    """Open the page, and the window by the palette."""
    page, said = browsers().open(server.url), words("en")
    page.labelled(said("chat.message"))
    open_window(page, said)
    return page, said


def open_window(page: Page, said: Words) -> None:
    page.driver.switch_to.active_element.send_keys(Keys.CONTROL, "k")
    page.labelled(said("shell.palette.field")).send_keys("tokens", Keys.ENTER)
    page.wait(lambda: said("tokens.about") in page.text, "the window")


def close_and_open(page: Page, said: Words) -> None:
    page.press(Keys.ESCAPE)
    page.wait(lambda: said("tokens.about") not in page.text, "the closed window")
    open_window(page, said)


def make(page: Page, said: Words, name: str) -> None:
    page.write(said("tokens.name"), name)
    page.button(said("tokens.make")).click()


def shown(page: Page, said: Words) -> list[str]:
    """Return the token and the lines that use it."""
    page.wait(lambda: said("tokens.once", name=NAME) in page.text, "the token")
    return [page.one(f'[aria-label="{said(key)}"] pre').text for key in ("tokens.word", "tokens.curl", "tokens.mcp")]


def delete(page: Page, said: Words) -> None:
    page.labelled(said("tokens.delete", name=NAME)).click()
    page.button(said("tokens.deleteForGood")).click()
    page.wait(lambda: said("tokens.none") in page.text, "the empty list")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
