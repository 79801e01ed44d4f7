"""A phone of 390 x 844, by touch, in both languages: nothing overflows, and everything can be met with a finger."""

import pytest

from tests.browser.areas import walk_files, walk_items, walk_scripts, walk_tasks, walk_tokens
from tests.browser.chromium import Page
from tests.browser.conftest import Browsers
from tests.browser.phone import HEIGHT, as_phone, overflowing, small_targets, tap, write
from tests.browser.seeds import Turn, add_conversation, open_conversation
from tests.browser.words import LANGUAGES, Words, words
from tests.running import Server

LONG_WORD = "Donaudampfschifffahrt" * 10
CODE = "def count(text):\n    return " + " + ".join(f"len(text.split('{number}'))" for number in range(60))
TABLE = "| " + " | ".join(f"column {number}" for number in range(12)) + " |\n" + "|---" * 12 + "|\n"
ROWS = ("| " + " | ".join(["a value that is wide"] * 12) + " |\n") * 3
ADDRESS = "https://example.com/" + "a" * 200
WORDS = f"{LONG_WORD} `{LONG_WORD}` <{ADDRESS}>\n\n# {LONG_WORD}\n\n- {LONG_WORD}"
WIDE = f"Look:\n\n```python\n{CODE}\n```\n\n{TABLE}{ROWS}\n{WORDS}"
WHY = "model_bad_request", {"server": LONG_WORD, "reason": LONG_WORD, "next": LONG_WORD}

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_overflows_and_all_is_done_by_touch(browsers: Browsers, chat_server: Server, language: str) -> None:
    page = as_phone(browsers(language=language, has_mouse=False)).open(chat_server.url)
    said = words(language)
    page.wait(lambda: said("chat.empty.title") in page.text, "the first visit")
    look = Look(page)
    look.at("first visit")
    composer = page.labelled(said("chat.message"))
    assert 0 <= composer.rect["y"] <= composer.rect["y"] + composer.rect["height"] <= HEIGHT
    ask_by_touch(page, said)
    look.at("conversation")
    assert page.driver.execute_script("return visualViewport.scale") == 1
    look_at_a_wide_conversation(look, chat_server, said)
    look_at_the_menus(look, said)
    assert look.wrong == {}
    assert page.problems == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_items_files_and_tokens_overflow_nowhere(browsers: Browsers, chat_server: Server, language: str) -> None:
    page = as_phone(browsers(language=language, has_mouse=False)).open(chat_server.url)
    said = words(language)
    page.wait(lambda: said("chat.empty.title") in page.text, "the first visit")
    look = Look(page)
    walk_items(page, said, look.at)
    walk_files(page, said, look.at)
    tap(page, page.button(said("shell.openMenu")))
    page.wait(lambda: page.one('[role="dialog"] a[href="#/chat"]').rect["x"] >= 0, "the drawer")
    look.at("drawer")
    walk_tokens(page, said, look.at)
    assert look.wrong == {}
    assert page.problems == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_scripts_overflow_nowhere(browsers: Browsers, chat_server: Server, language: str) -> None:
    page = as_phone(browsers(language=language, has_mouse=False)).open(chat_server.url)
    said = words(language)
    page.wait(lambda: said("chat.empty.title") in page.text, "the first visit")
    look = Look(page)
    walk_scripts(page, said, look.at)
    assert look.wrong == {}
    assert page.problems == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_tasks_overflow_nowhere(browsers: Browsers, task_server: Server, language: str) -> None:
    page = as_phone(browsers(language=language, has_mouse=False)).open(task_server.url)
    said = words(language)
    page.wait(lambda: said("chat.empty.title") in page.text, "the first visit")
    look = Look(page)
    walk_tasks(page, said, look.at)
    assert look.wrong == {}
    assert page.problems == []


class Look:
    """What is wrong in each state of the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: dict[str, list[str]] = {}

    def at(self, state: str) -> None:
        """Look at the page as it is."""
        if found := overflowing(self.page) + small_targets(self.page):
            self.wrong[state] = found


def ask_by_touch(page: Page, said: Words) -> None:
    tap(page, page.labelled(said("chat.message")))
    page.wait(lambda: page.driver.switch_to.active_element.tag_name == "textarea", "the keyboard")
    write(page, "Who goes there? [[count:20:10]]")
    tap(page, page.button(said("chat.send")))
    page.wait(lambda: latest_state(page, said) == "complete", "the answer")
    assert "w0 w1 w2" in page.text
    assert "w19" in page.text


def latest_state(page: Page, said: Words) -> str:
    found = page.all(f'article[aria-label="{said("chat.answer")}"]')
    return str(found[-1].get_attribute("data-state")) if found else ""


def look_at_a_wide_conversation(look: Look, server: Server, said: Words) -> None:
    page, (code, facts) = look.page, WHY
    turns = [
        Turn(question=f"{LONG_WORD} {ADDRESS}", answer=WIDE),
        Turn(question="And?", state="failed", error={"code": code, "facts": facts}),
    ]
    conversation = add_conversation(server, page, LONG_WORD[:200], turns)
    open_conversation(page, conversation, said)
    page.wait(lambda: page.all(".prose table") and page.all(".prose pre"), "the wide answer")
    look.at("wide conversation")
    assert page.driver.execute_script(
        "return ['.prose pre', '.prose .wide'].every((css) => document.querySelector(css).scrollWidth > 390)"
    ), "the code and the table scroll in their own boxes"


def look_at_the_menus(look: Look, said: Words) -> None:
    page, title = look.page, LONG_WORD[:200]
    tap(page, page.button(said("shell.openMenu")))
    more = page.labelled(said("chat.moreFor", title=title))
    look.at("drawer")
    tap(page, more)
    delete = page.item(said("chat.delete"))
    look.at("menu of a conversation")
    tap(page, delete)
    undo = page.button(said("ui.undo"))
    look.at("undo")
    tap(page, undo)
    page.wait(lambda: page.all(".prose table"), "the conversation again")
    tap(page, page.button(said("shell.openMenu")))
    tap(page, page.button(said("shell.settings")))
    dark = page.item(said("shell.themeDark"))
    look.at("settings")
    tap(page, dark)
    page.wait(lambda: is_dark(page), "the dark page")
    look.at("dark")


def is_dark(page: Page) -> bool:
    return bool(page.driver.execute_script("return document.documentElement.dataset.theme === 'dark'"))
