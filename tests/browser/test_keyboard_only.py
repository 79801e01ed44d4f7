"""A whole conversation without a pointer: the focus is always in sight and never lost."""

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.chromium import Page
from tests.browser.conftest import Browsers
from tests.browser.keyboard import Keyboard
from tests.browser.words import Words, words
from tests.running import Server

FIRST, SECOND, RENAMED = "Count for me", "And once more", "Counting"

pytestmark = pytest.mark.timeout(120)


def test_a_whole_conversation_needs_no_pointer(browsers: Browsers, chat_server: Server) -> None:
    page, said = browsers(), words("en")
    page.prefer(prefers_reduced_motion="reduce")
    page.open(chat_server.url)
    page.wait(lambda: said("chat.empty.title") in page.text, "the first visit")
    keyboard = Keyboard(page)
    ask_stop_and_ask_again(page, keyboard, said)
    rename(page, keyboard, said)
    leave_and_come_back(page, keyboard, said)
    delete_and_undo(page, keyboard, said)
    change_theme_and_language(page, keyboard, said)
    assert keyboard.unseen == []
    assert keyboard.lost == []
    assert page.problems == []


def ask_stop_and_ask_again(page: Page, keyboard: Keyboard, said: Words) -> None:
    keyboard.reach(said("chat.message"))
    keyboard.press(f"{FIRST} [[count:5000:10]]", Keys.ENTER)
    page.wait(lambda: "w5 " in page.answer_text(), "the first words")
    keyboard.keeps("asking")
    keyboard.reach(said("chat.stop"))
    keyboard.press(Keys.ENTER)
    page.wait(lambda: page.answer_state() == "stopped", "the stopped answer")
    keyboard.keeps("stopping")
    keyboard.reach(said("chat.askAgain"), backwards=True)
    keyboard.press(Keys.ENTER)
    page.wait(lambda: page.answer_state() == "streaming", "the answer once more")
    keyboard.keeps("asking again")
    keyboard.reach(said("chat.stop"))
    keyboard.press(Keys.SPACE)
    page.wait(lambda: page.answer_state() == "stopped", "the stopped answer")
    keyboard.keeps("stopping again")
    keyboard.reach(said("chat.message"), backwards=True)
    keyboard.press(SECOND, Keys.ENTER)
    page.wait(lambda: len(page.questions) == 2 and page.answer_state() == "complete", "the second answer")
    keyboard.keeps("asking a second question")


def rename(page: Page, keyboard: Keyboard, said: Words) -> None:
    title = page.driver.find_element("css selector", 'nav a[aria-current][href^="#/chat/"]').text
    keyboard.reach(said("chat.moreFor", title=title), backwards=True)
    keyboard.choose(said("chat.rename"))
    page.wait(lambda: keyboard.name == said("chat.title"), "the field of the title")
    keyboard.press("a", held=Keys.CONTROL)
    keyboard.press(RENAMED, Keys.ENTER)
    page.wait(lambda: listed(page) == [RENAMED], "the new title in the list")
    keyboard.keeps("renaming")


def leave_and_come_back(page: Page, keyboard: Keyboard, said: Words) -> None:
    keyboard.reach(said("chat.newConversation"), backwards=True)
    keyboard.press(Keys.ENTER)
    page.wait(lambda: said("chat.empty.title") in page.text, "the new conversation")
    keyboard.keeps("beginning anew")
    keyboard.reach(RENAMED, backwards=True)
    keyboard.press(Keys.ENTER)
    page.wait(lambda: len(page.questions) == 2, "the first conversation again")
    keyboard.keeps("coming back")


def delete_and_undo(page: Page, keyboard: Keyboard, said: Words) -> None:
    keyboard.reach(said("chat.moreFor", title=RENAMED), backwards=True)
    keyboard.choose(said("chat.delete"))
    page.wait(lambda: listed(page) == [], "the empty list")
    keyboard.keeps("deleting")
    keyboard.reach(said("ui.undo"))
    keyboard.press(Keys.ENTER)
    page.wait(lambda: listed(page) == [RENAMED] and len(page.questions) == 2, "the conversation again")
    keyboard.keeps("bringing back")


def change_theme_and_language(page: Page, keyboard: Keyboard, said: Words) -> None:
    keyboard.reach(said("shell.settings"))
    keyboard.choose(said("shell.themeDark"))
    page.wait(lambda: "dark" in page.driver.execute_script("return document.documentElement.dataset.theme"), "the dark")
    keyboard.press(Keys.ESCAPE)
    keyboard.keeps("changing the theme")
    keyboard.reach(said("shell.settings"))
    keyboard.choose("简体中文")
    page.wait(lambda: words("zh-CN")("shell.settings") in page.text, "the page in Chinese")
    keyboard.press(Keys.ESCAPE)
    keyboard.keeps("changing the language")


def listed(page: Page) -> list[str]:
    return [link.text for link in page.all('nav a[href^="#/chat/"]')]
