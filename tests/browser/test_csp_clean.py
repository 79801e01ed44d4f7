"""A walk over all pages and states: the policy is strict, and nothing breaks it or fails in the console."""

import pytest
import requests
from selenium.webdriver.common.keys import Keys

from tests.browser.areas import walk_files, walk_items, walk_scripts, walk_tasks, walk_tokens
from tests.browser.chromium import Page
from tests.browser.conftest import Browsers
from tests.browser.phone import as_phone
from tests.browser.seeds import Turn, add_conversation, open_conversation
from tests.browser.test_axe import ANSWERED, FAILED
from tests.browser.watch import seen, watch
from tests.browser.words import Words, words
from tests.running import Server

ADDRESSES = ("/", "/new", "/uuid=none", "/nowhere", "/uuid=00000000-0000-4000-8000-000000000000")
TURNS = [ANSWERED, FAILED, Turn(question="Was it cut?", answer="Hal", state="stopped")]

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_policy_of_every_page_is_strict(chat_server: Server, address: str) -> None:
    answer = requests.get(chat_server.url + address, timeout=5)
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    assert "unsafe-" not in answer.headers["Content-Security-Policy"]
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    for kind in ("script-src", "style-src"):
        assert "*" not in policy[kind]
        assert not any(word in policy[kind] for word in ("data:", "blob:", "http"))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_two_visits_never_share_a_nonce(chat_server: Server) -> None:
    policies = {requests.get(chat_server.url, timeout=5).headers["Content-Security-Policy"] for _ in range(5)}
    assert len(policies) == 5


def test_a_walk_over_every_state_breaks_no_policy(browsers: Browsers, chat_server: Server) -> None:
    page, said = watch(browsers()), words("en")
    page.open(chat_server.url)
    page.wait(lambda: said("chat.empty.title") in page.text, "the first visit")
    walk(page, chat_server, said)
    is_clean(page)
    page.driver.back()
    page.driver.back()
    page.driver.refresh()
    page.wait(lambda: page.answers, "the conversation after a reload")
    is_clean(page)


def test_items_files_and_tokens_break_no_policy(browsers: Browsers, chat_server: Server) -> None:
    page, said = watch(browsers()), words("en")
    page.open(chat_server.url)
    page.labelled(said("chat.message"))
    for walk in (walk_items, walk_files, walk_tokens):
        walk(page, said, lambda _state: None)
        is_clean(page)


def test_scripts_break_no_policy(browsers: Browsers, chat_server: Server) -> None:
    page, said = watch(browsers()), words("en")
    page.open(chat_server.url)
    page.labelled(said("chat.message"))
    walk_scripts(page, said, lambda _state: None)
    # The browser writes each refused call into its console: a script that cannot run, and two versions of one.
    found, refused = seen(page), [each for each in page.problems if "/api/" not in each]
    assert refused == found.violations == found.errors == found.hits == found.framed == []


def test_tasks_break_no_policy(browsers: Browsers, task_server: Server) -> None:
    page, said = watch(browsers()), words("en")
    page.open(task_server.url)
    page.labelled(said("chat.message"))
    walk_tasks(page, said, lambda _state: None)
    is_clean(page)


def test_the_phone_and_the_chinese_page_break_no_policy(browsers: Browsers, chat_server: Server) -> None:
    page, said = watch(as_phone(browsers(language="zh-CN", has_mouse=False))), words("zh-CN")
    page.open(chat_server.url)
    page.wait(lambda: said("chat.empty.title") in page.text, "the first visit")
    open_conversation(page, add_conversation(chat_server, page, "Long", TURNS), said)
    page.button(said("shell.openMenu")).click()
    page.button(said("shell.settings")).click()
    page.item("English").click()
    page.wait(lambda: words("en")("shell.settings") in page.text, "the page in English")
    is_clean(page)


def test_the_page_for_nothing_breaks_no_policy(browsers: Browsers, chat_server: Server) -> None:
    page = watch(browsers()).open(f"{chat_server.url}/uuid=none")
    page.wait(lambda: "There is nothing to open here" in page.text, "the page")
    told = [one for one in page.problems if "status of 404" not in one]
    assert told == seen(page).violations == seen(page).errors == []


def test_a_page_of_a_persons_own_breaks_no_policy(browsers: Browsers, counter_server: Server) -> None:
    page = watch(browsers()).open(counter_server.url)
    page.one("#add").click()
    page.wait(lambda: page.one("#count").text == "1", "the count")
    is_clean(page)


def walk(page: Page, server: Server, said: Words) -> None:
    open_conversation(page, add_conversation(server, page, "Long", TURNS), said)
    page.wait(lambda: page.all(".hljs-keyword") and page.all("math"), "the answer in colours, with its formula")
    page.ask("[[count:5000:10]]")
    page.wait(lambda: "w5 " in page.answer_text(), "the first words")
    page.button(said("chat.stop")).click()
    page.wait(lambda: page.answer_state() == "stopped", "the stopped answer")
    page.ask("[[reasoning]]")
    page.wait_for_answer()
    page.ask("[[error-500]]")
    page.wait(lambda: page.answer_state() == "failed", "the failed answer")
    page.button(said("shell.settings")).click()
    page.item(said("shell.themeDark")).click()
    page.press(Keys.ESCAPE)
    page.driver.switch_to.active_element.send_keys(Keys.CONTROL, "k")
    page.labelled(said("shell.palette.field")).send_keys("Lo")
    page.wait(lambda: page.all('[role="option"]'), "what the palette finds")
    page.press(Keys.ESCAPE)
    page.open(page.driver.current_url.partition("#")[0] + "#/chat/none")
    page.wait(lambda: said("chat.missing") in page.text, "the missing conversation")
    page.open(page.driver.current_url.partition("#")[0] + "#/nowhere")
    page.wait(lambda: said("chat.empty.title") in page.text, "the first page")


def is_clean(page: Page) -> None:
    found = seen(page)
    assert page.problems == found.violations == found.errors == found.hits == found.framed == []
    assert found.strangers(page.driver.current_url) == []
