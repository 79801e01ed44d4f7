"""Items, files, tasks and tokens without a pointer: all is reached by keys, seen, and the focus is never lost."""

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.areas import DROP, closed
from tests.browser.chromium import Page
from tests.browser.conftest import Browsers
from tests.browser.items import titles
from tests.browser.keyboard import Keyboard
from tests.browser.words import Words, words
from tests.running import Server

pytestmark = pytest.mark.timeout(120)

# A server that takes its time: what has the focus goes away long before the answer comes.
LATE = """
const { set } = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
Object.defineProperty(WebSocket.prototype, "onmessage", {
  set(hear) {
    set.call(this, hear && ((message) => setTimeout(() => hear.call(this, message), 300)));
  },
});
"""


def test_items_need_no_pointer(browsers: Browsers, chat_server: Server) -> None:
    page, keyboard, said = opened(browsers, chat_server)
    keyboard.reach(said("areas.items"), backwards=True)
    keyboard.press(Keys.ENTER)
    page.wait(lambda: said("items.empty.title") in page.text, "the empty list")
    for title in ("Tea", "Salt"):
        make(page, keyboard, said, title)
    keyboard.reach("Salt")
    keyboard.press(Keys.F2, "Sea salt", Keys.ENTER)
    page.wait(lambda: sorted(titles(page)) == ["Sea salt", "Tea"], "the new title")
    keyboard.keeps("writing in a cell")
    page.wait(lambda: keyboard.name == "Sea salt", "the focus on the cell")
    keyboard.press(Keys.DELETE)
    page.wait(lambda: titles(page) == ["Tea"], "the item gone")
    page.wait(lambda: keyboard.name == "Tea", "the focus on the next one")
    keyboard.press(Keys.F8, Keys.ENTER)
    page.wait(lambda: len(titles(page)) == 2, "the item again")
    keyboard.keeps("bringing back")
    keyboard.reach(said("items.more"), backwards=True)
    keyboard.choose(said("items.export.title"))
    page.wait(lambda: said("items.export.about") in page.text, "the window")
    keyboard.press(Keys.ESCAPE)
    page.wait(lambda: keyboard.name == said("items.more"), "the focus on what opened the window")
    is_well(page, keyboard)


def test_files_need_no_pointer(browsers: Browsers, chat_server: Server) -> None:
    page, keyboard, said = opened(browsers, chat_server)
    keyboard.reach(said("areas.files"), backwards=True)
    keyboard.press(Keys.ENTER)
    page.wait(lambda: said("files.empty.title") in page.text, "the empty area")
    keyboard.reach(said("files.upload"))
    page.driver.execute_script(DROP, "notes.txt", "Hello")
    more = said("files.moreFor", name="notes.txt")
    page.labelled(more)
    keyboard.keeps("uploading")
    keyboard.reach(said("files.search"))
    keyboard.reach(more)
    keyboard.choose(said("files.rename"))
    page.wait(lambda: keyboard.name == said("files.name"), "the field of the name")
    keyboard.press("letters", Keys.ENTER)
    page.wait(lambda: page.all('a[title="letters.txt"]'), "the new name")
    keyboard.keeps("renaming")
    page.wait(lambda: keyboard.name.startswith("letters.txt"), "the focus on the file")
    keyboard.press(Keys.ENTER)
    page.wait(lambda: page.all('[role="dialog"] pre'), "the file's text")
    keyboard.press(Keys.ESCAPE)
    page.wait(lambda: keyboard.name.startswith("letters.txt"), "the focus on the file")
    keyboard.reach(said("files.moreFor", name="letters.txt"))
    keyboard.choose(said("files.delete"))
    page.wait(lambda: not page.all('a[title="letters.txt"]'), "the file gone")
    keyboard.keeps("deleting")
    is_well(page, keyboard)


def test_tasks_need_no_pointer(browsers: Browsers, task_server: Server) -> None:
    page, keyboard, said = opened(browsers, task_server)
    page.call("start_ask", "Shall it be sent?", "send", ["Yes, now", "Not yet"])
    page.wait(lambda: page.all("main > section button"), "the question above the chat")
    keyboard.reach("Not yet", backwards=True)
    keyboard.press(Keys.ENTER)
    page.wait(lambda: not page.all("main > section button"), "no question any more")
    keyboard.keeps("answering above the page")
    keyboard.reach(said("areas.tasks"), backwards=True)
    keyboard.press(Keys.ENTER)
    page.wait(lambda: page.all('[data-state="completed"]'), "the list")
    page.call("start_ask", "How high is it?", "height", None, "number")
    running = page.call("start_count", 100_000, 0.01)
    page.wait(lambda: page.all(f'[data-task="{running["id"]}"] [data-state="processing"]'), "the task that runs")
    keyboard.reach("How high is it?")
    keyboard.press("12", Keys.ENTER)
    page.wait(lambda: len(page.all('[data-state="completed"]')) == 2, "its end")
    keyboard.keeps("answering in the list")
    keyboard.reach(f"{said('tasks.shown.runs')} 1")
    keyboard.press(Keys.SPACE)
    page.wait(lambda: len(page.all("[data-task]")) == 1, "the one that runs")
    keyboard.reach(said("tasks.moreFor", name="count"))
    keyboard.choose(said("tasks.open"))
    page.wait(lambda: page.all('[role="dialog"] pre'), "its window")
    keyboard.reach(said("tasks.fact.priority"))
    keyboard.press("9")
    page.wait(lambda: page.call("get_task", running["id"])["priority"] == 9, "the new priority")
    keyboard.reach(said("tasks.log.title"))
    keyboard.reach(said("tasks.cancel"))
    keyboard.press(Keys.ENTER)
    page.button(said("tasks.delete"))
    keyboard.keeps("cancelling")
    keyboard.press(Keys.ESCAPE)
    closed(page)
    keyboard.keeps("closing")
    keyboard.reach(said("tasks.shown.ended"), backwards=True)
    keyboard.press(Keys.SPACE)
    page.wait(lambda: len(page.all("[data-task]")) == 3, "what has ended")
    keyboard.reach(said("tasks.moreFor", name="count"))
    keyboard.choose(said("tasks.delete"))
    page.wait(lambda: len(page.all("[data-task]")) == 2, "it gone")
    keyboard.keeps("deleting")
    is_well(page, keyboard)


def test_scripts_need_no_pointer(browsers: Browsers, chat_server: Server) -> None:
    page, keyboard, said = opened(browsers, chat_server)
    keyboard.reach(said("areas.scripts"), backwards=True)
    keyboard.press(Keys.ENTER)
    page.wait(lambda: said("scripts.empty.title") in page.text, "the empty area")
    keyboard.reach(said("scripts.new"))
    keyboard.press(Keys.ENTER)
    page.wait(lambda: page.all(".cm-content"), "the editor")
    keyboard.keeps("beginning a script")
    keyboard.reach(said("scripts.name"))
    keyboard.press("Prices")
    keyboard.reach(said("scripts.code"))
    keyboard.press("return 1", Keys.ESCAPE, Keys.TAB)
    page.wait(lambda: keyboard.name != said("scripts.code"), "the way out of the code")
    keyboard.press(Keys.TAB, Keys.ESCAPE, Keys.TAB, held=Keys.SHIFT)  # in one: Esc opens the way for two seconds
    keyboard.reach(said("scripts.name"), backwards=True)
    keyboard.press("s", held=Keys.CONTROL)
    page.wait(lambda: page.all('main nav a[aria-current="page"]') and "/new" not in page.driver.current_url, "it saved")
    keyboard.keeps("saving")
    keyboard.press(Keys.ENTER, held=Keys.CONTROL)
    page.wait(lambda: said("scripts.notStarted") in page.text, "why it did not start")
    keyboard.keeps("running")
    keyboard.reach(said("scripts.panel.schedule"))
    keyboard.press(Keys.ENTER)
    page.wait(lambda: page.all("[role=switch]"), "the schedule")
    keyboard.reach(said("scripts.code"))
    keyboard.press(Keys.ESCAPE, Keys.TAB)
    keyboard.reach(said("scripts.schedule.on"))
    keyboard.press(Keys.SPACE)
    page.wait(lambda: page.one("[role=switch]").get_attribute("aria-checked") == "true", "the switch")
    keyboard.keeps("switching on")
    keyboard.reach(said("scripts.closePanel"), backwards=True)
    keyboard.press(Keys.ENTER)
    page.wait(lambda: not page.all("aside"), "the closed panel")
    keyboard.keeps("closing the panel")
    keyboard.reach(said("scripts.more"))
    keyboard.choose(said("scripts.delete"))
    page.wait(lambda: said("scripts.empty.title") in page.text, "the empty area")
    keyboard.keeps("deleting")
    page.button(said("ui.undo"))
    keyboard.press(Keys.F8, Keys.ENTER)
    page.wait(lambda: page.all('main nav a[href^="#/scripts/"]'), "the script again")
    keyboard.keeps("bringing back")
    is_well(page, keyboard)


def test_tokens_need_no_pointer(browsers: Browsers, chat_server: Server) -> None:
    page, keyboard, said = opened(browsers, chat_server)
    keyboard.press("k", held=Keys.CONTROL)
    page.labelled(said("shell.palette.field")).send_keys("tokens", Keys.ENTER)
    page.wait(lambda: keyboard.name == said("tokens.name"), "the focus on the first field")
    keyboard.press("Script", Keys.ENTER)
    page.wait(lambda: said("tokens.once", name="Script") in page.text, "the token")
    keyboard.keeps("making a token")
    keyboard.reach(said("tokens.delete", name="Script"))
    keyboard.press(Keys.ENTER)
    page.wait(lambda: keyboard.name == said("tokens.keep"), "the focus on the mild answer")
    keyboard.reach(said("tokens.deleteForGood"), backwards=True)
    keyboard.press(Keys.ENTER)
    page.wait(lambda: said("tokens.none") in page.text, "the empty list")
    keyboard.keeps("deleting")
    keyboard.press(Keys.ESCAPE)
    closed(page)
    keyboard.keeps("closing")
    is_well(page, keyboard)


def opened(browsers: Browsers, server: Server) -> tuple[Page, Keyboard, Words]:
    page, said = browsers(), words("en")
    page.prefer(prefers_reduced_motion="reduce")
    page.before_each_document(LATE)
    page.open(server.url)
    page.labelled(said("chat.message"))
    return page, Keyboard(page), said


def make(page: Page, keyboard: Keyboard, said: Words, title: str) -> None:
    """Make an item from wherever the focus is."""
    keyboard.reach(said("items.new"), backwards=title != "Tea")
    keyboard.press(Keys.ENTER)
    page.wait(lambda: keyboard.name == said("items.column.title"), "the focus on the title")
    keyboard.press(title)
    keyboard.press(Keys.ENTER, held=Keys.CONTROL)
    page.wait(lambda: title in titles(page), "the item in the list")
    closed(page)
    keyboard.keeps("making an item")


def is_well(page: Page, keyboard: Keyboard) -> None:
    assert keyboard.unseen == []
    assert keyboard.lost == []
    assert page.problems == []
