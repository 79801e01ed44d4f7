"""The papers of the REST door in a real browser: who opens /docs for the first time presses "Execute", and it works."""

import pytest
from selenium.webdriver.common.by import By

import web_mode  # noqa: F401 — registers the areas
from api.method import METHODS
from tests.browser.chromium import Page
from tests.browser.conftest import Browsers
from tests.browser.watch import seen, watch
from tests.running import Server

pytestmark = pytest.mark.timeout(120)


def test_who_opens_the_docs_first_executes_a_call_and_a_question(browsers: Browsers, chat_server: Server) -> None:
    page = watch(browsers()).open(f"{chat_server.url}/docs")
    status, body = execute(page, "Sessions-get_session")
    assert status == "200"
    assert '"status": "success"' in body
    assert '"stored": false' in body
    status, body = execute(page, "Chat-send_message")
    assert status == "202"
    assert '"kind": "chat"' in body
    status, body = execute(page, "Sessions-get_session")
    assert '"stored": true' in body
    is_of_this_server(page, chat_server)


def test_the_docs_call_for_the_workspace_that_this_browser_had_open(browsers: Browsers, chat_server: Server) -> None:
    page = watch(browsers()).open(chat_server.url)
    mine = page.wait(lambda: page.session_id, "the page")
    page.open(f"{chat_server.url}/docs")
    _status, body = execute(page, "Sessions-get_session")
    assert mine in body
    is_of_this_server(page, chat_server)


def test_redoc_shows_every_method_and_finds_one(browsers: Browsers, chat_server: Server) -> None:
    page = watch(browsers()).open(f"{chat_server.url}/redoc")
    page.wait(lambda: "/chat/conversations/{conversation_id}/transcript" in page.text, "the last of the conversations")
    shown = " ".join(page.text.split())
    assert [one.name for one in METHODS.at("rest") if one.help.replace("`", "") not in shown] == []
    page.one('input[placeholder="Search..."]').send_keys("transcript")
    page.wait(lambda: page.all('[data-role="search:results"] li'), "what the search finds")
    is_of_this_server(page, chat_server)


def execute(page: Page, name: str) -> tuple[str, str]:
    """Press "Try it out" and "Execute" at an operation; answers the status and the body that are shown."""
    block = page.one(f"#operations-{name}")
    if not block.find_elements(By.CSS_SELECTOR, ".opblock-body"):
        page.one(f"#operations-{name} .opblock-summary-control").click()
        press(page, name, ".try-out__btn")
    else:
        press(page, name, ".btn-clear")
    press(page, name, ".execute")
    shown = f"#operations-{name} .live-responses-table .response"
    page.wait(lambda: page.all(f"{shown} .microlight, {shown} pre"), "the answer")
    return page.one(f"{shown} .response-col_status").text.split()[0], page.one(f"{shown} .highlight-code").text


def press(page: Page, name: str, css: str) -> None:
    button = page.one(f"#operations-{name} {css}")
    page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()


def is_of_this_server(page: Page, server: Server) -> None:
    found = seen(page)
    assert page.problems == found.violations == found.errors == found.hits == []
    assert found.strangers(server.url) == []
