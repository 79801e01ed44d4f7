"""A walk through the states of the areas and tokens, for tests that look at every state of the page."""

from collections.abc import Callable

from selenium.webdriver.common.keys import Keys

from tests.browser.chromium import Page
from tests.browser.scripts import add_script, begin, run, save, show_part, write_code
from tests.browser.words import Words

ITEM = {
    "title": "Lighthouse of Alexandria",
    "text": "Over 100 metres tall.",
    "number": 103,
    "date": "2026-11-21",
    "tags": ["wonders", "towers"],
    "attributes": {"place": "Pharos"},
}
# A file that is chosen, without the dialog of the system.
DROP = """
const [name, text] = arguments, carried = new DataTransfer();
carried.items.add(new File([text], name, {type: 'text/plain'}));
document.querySelector('main').dispatchEvent(new DragEvent('drop', {bubbles: true, dataTransfer: carried}));
"""

Look = Callable[[str], None]


def walk_items(page: Page, said: Words, look: Look) -> None:
    """Walk from the empty list of items through its forms, its windows and the trash."""
    page.go("#/items")
    page.wait(lambda: said("items.empty.title") in page.text, "the empty list")
    look("no items")
    item = page.call("create_item", ITEM)
    page.call("create_item", {**ITEM, "title": "Hanging gardens"})
    page.wait(lambda: "Hanging gardens" in page.text, "the items")
    page.button(said("items.filter")).click()
    page.field(said("items.from", name=said("items.column.number")))
    look("items with their filter")
    page.button(said("items.filter")).click()
    page.go(f"#/items/{item['id']}")
    page.write(said("items.column.attributes"), "{no JSON")
    page.button(said("ui.save")).click()
    page.wait(lambda: said("items.problem.attributesBad", line="1", near="no JSON") in page.text, "the error")
    look("the form with an error")
    page.write(said("items.column.attributes"), "{}")
    page.call("update_item", item["id"], {"title": "Lighthouse"})
    page.button(said("ui.save")).click()
    page.wait(lambda: said("items.conflict.title") in page.text, "both versions")
    look("two versions of an item")
    page.button(said("items.conflict.keepMine")).click()
    closed(page)
    page.go("#/items/import")
    page.button(said("items.import.choose"))
    look("import")
    page.press(Keys.ESCAPE)
    closed(page)
    tick = page.wait(lambda: page.all(f'[aria-label="{said("items.select", title="Hanging gardens")}"]'), "the box")[0]
    page.driver.execute_script("arguments[0].click()", tick)
    page.button(said("items.delete"))
    look("a selection")
    page.button(said("items.delete")).click()
    page.button(said("ui.undo"))
    look("deleted, undo")
    page.go("#/items/trash")
    page.wait(lambda: "Hanging gardens" in page.text, "the trash")
    look("the trash")


def walk_files(page: Page, said: Words, look: Look) -> None:
    """Walk from the empty list of files through a preview and a menu."""
    page.go("#/files")
    page.wait(lambda: said("files.empty.title") in page.text, "the empty area")
    look("no files")
    page.driver.execute_script(DROP, "notes.html", "<b>Hello</b>")
    link = page.one('a[title="notes.html"]')
    look("files")
    page.driver.execute_script("arguments[0].click()", link)
    page.wait(lambda: page.all('[role="dialog"] pre') and "Hello" in page.one('[role="dialog"] pre').text, "the text")
    look("a file")
    page.press(Keys.ESCAPE)
    closed(page)
    page.labelled(said("files.moreFor", name="notes.html")).click()
    page.item(said("files.rename"))
    look("the menu of a file")
    page.press(Keys.ESCAPE)
    page.wait(lambda: not page.all('[role="menu"]'), "the closed menu")


def walk_tasks(page: Page, said: Words, look: Look) -> None:
    """Walk from the empty list of tasks through all that they may be; the server must have the work of the probe."""
    page.go("#/tasks")
    page.wait(lambda: said("tasks.empty.title") in page.text, "the empty list")
    look("no tasks")
    failed, running = page.call("start_failure"), page.call("start_count", 100_000, 0.01)
    page.call("start_later", 600)
    asking = page.call("start_ask", "How high is it?", "height", None, "number")
    page.wait(lambda: len(page.all("main li h2")) == 4, "tasks of every group")
    look("tasks")
    page.all('main button[aria-haspopup="menu"]')[0].click()
    page.item(said("tasks.everyKind"))
    look("the filter of tasks")
    page.press(Keys.ESCAPE)
    page.wait(lambda: not page.all('[role="menu"]'), "the closed menu")
    for task, state in ((failed, "failed"), (running, "running")):
        page.go(f"#/tasks/{task['id']}")
        page.wait(lambda: page.all('[role="dialog"] section[tabindex] pre'), "the log")
        look(f"a task: {state}")
        page.press(Keys.ESCAPE)
        closed(page)
    page.go(f"#/tasks/{asking['id']}")
    page.one('[role="dialog"] form textarea').send_keys("high", Keys.ENTER)
    page.wait(lambda: said("tasks.question.noNumber") in page.text, "what is wrong")
    look("a wrong answer")
    page.press(Keys.ESCAPE)
    closed(page)
    page.call("start_ask", "Shall it be sent?", "send", ["Yes, now", "No"])
    page.go("#/files")
    page.wait(lambda: said("tasks.question.more", num="1") in page.text, "the questions above the files")
    look("questions in another area")
    page.call("cancel_task", running["id"])


def walk_scripts(page: Page, said: Words, look: Look) -> None:
    """Walk from the empty list of scripts through one that is written and scheduled; the server has no engine."""
    page.go("#/scripts")
    page.wait(lambda: said("scripts.empty.title") in page.text and page.all("main ul button"), "the empty area")
    look("no scripts")
    begin(page, said, "return (1")
    page.write(said("scripts.url"), "nowhere at all")
    page.button(said("scripts.options")).click()
    page.write(said("scripts.timeout"), "never")
    run(page, said)
    show_part_of_code(page, said)
    page.wait(lambda: said("scripts.problem.url") in page.text and page.all(".cm-lintRange"), "what is wrong")
    look("a script with errors")
    page.write(said("scripts.url"), "https://example.org/")
    page.write(said("scripts.timeout"), "10")
    script_id = save(page, said)
    page.button(said("scripts.options")).click()
    write_code(page, "await window.pywebview.api.")
    page.press("get_page")  # a long list is walked by arrows with the focus in the code, which axe-core does not know
    page.wait(lambda: page.all(".cm-tooltip-autocomplete li"), "the methods")
    look("completion")
    page.press(Keys.ESCAPE)
    page.call("update_script", script_id, {"script": "return 2"})
    page.button(said("scripts.saveChanges")).click()
    page.wait(lambda: said("scripts.conflict.title") in page.text, "both versions")
    look("two versions of a script")
    page.button(said("scripts.conflict.keepMine")).click()
    closed(page)
    run(page, said)
    page.wait(lambda: said("scripts.notStarted") in page.text, "why it did not start")
    look("a script that cannot run")
    for part in ("picture", "history", "schedule"):
        show_part(page, said, part)
        look(f"a script: {part}")
    page.wait(lambda: len(page.all("ol li time")) == 5, "the next times")
    look("a schedule")
    add_script(page, name="Second")
    page.go("#/scripts")
    page.wait(lambda: "Second" in page.text, "the list")
    look("scripts")
    page.go(f"#/scripts/{script_id}")
    page.button(said("scripts.more")).click()
    page.item(said("scripts.delete"))
    look("the menu of a script")
    page.press(Keys.ESCAPE)
    page.wait(lambda: not page.all('[role="menu"]'), "the closed menu")


def show_part_of_code(page: Page, said: Words) -> None:
    """Go back to the code, where a run has led away from it."""
    if page.all("[role=tablist]"):
        show_part(page, said, "code")


def walk_tokens(page: Page, said: Words, look: Look) -> None:
    """Open the window of tokens from the workspace's menu, make one, and ask to delete it."""
    page.one('nav [aria-haspopup="menu"], [role="dialog"] [aria-haspopup="menu"]').click()
    page.item(said("tokens.title")).click()
    page.write(said("tokens.name"), "Script")
    page.button(said("tokens.make")).click()
    page.labelled(said("tokens.delete", name="Script")).click()
    page.button(said("tokens.deleteForGood"))
    look("tokens")
    page.press(Keys.ESCAPE)
    closed(page)


def closed(page: Page) -> None:
    """Wait until no window is open."""
    page.wait(lambda: not page.all('[role="dialog"]'), "the closed window")
