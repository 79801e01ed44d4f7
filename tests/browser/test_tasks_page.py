"""The task monitor in a real browser: what runs moves, what asks stands out everywhere, what failed is done anew."""

from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select

from tests.browser.areas import closed
from tests.browser.chromium import Page
from tests.browser.conftest import Browsers
from tests.browser.phone import as_phone, overflowing, small_targets, tap
from tests.browser.task_server import TaskServer
from tests.browser.words import Words, words
from tests.running import Server

QUESTION = "Shall the letter go to the museum?"
GROUPS = "return [...document.querySelectorAll('main li h2')].map((head) => head.firstChild.textContent)"
# The page calls whatever stands there at the moment of the call.
DEAF = "window.pywebview.api.list_tasks = () => new Promise(() => {})"
LOG = """
const log = document.querySelector('[role=dialog] section[tabindex]');
const pieces = [...log.querySelectorAll('pre')].map((piece) => piece.textContent);
return {text: log.textContent, letters: pieces.join('').length, pieces: pieces.length,
        below: log.scrollHeight - log.scrollTop - log.clientHeight, more: log.scrollHeight - log.clientHeight};
"""

pytestmark = pytest.mark.timeout(120)


def test_a_running_task_moves_tells_what_is_left_and_ends(browsers: Browsers, task_server: Server) -> None:
    page, said = opened(browsers, task_server.url)
    page.wait(lambda: said("tasks.empty.title") in page.text, "the empty list")
    long, task = page.call("start_count", 1000, 0.1), page.call("start_count", 120, 0.04)
    page.wait(lambda: state(page, task) == "processing", "the task that runs")
    seen = [percent(page, task)]
    while state(page, task) == "processing":
        page.wait(lambda: percent(page, task) != seen[-1], "a step")
        seen.append(percent(page, task))
    assert len(set(seen)) >= 4
    assert seen == sorted(seen)
    assert (state(page, task), seen[-1]) == ("completed", 100)
    about = said("tasks.left.minutes", num="2")
    page.wait(lambda: about in row(page, long).text, "the estimate")
    page.go(f"#/tasks/{long['id']}")
    page.wait(lambda: about in page.one('[role="dialog"]').text, "the estimate in the window")
    page.button(said("tasks.cancel")).click()
    page.press(Keys.ESCAPE)
    page.wait(lambda: groups(page) == [said("tasks.group.ended")], "the end of both")
    assert page.problems == []


def test_a_task_is_cancelled_and_says_so_where_it_stops_slowly(browsers: Browsers, task_server: Server) -> None:
    page, said = opened(browsers, task_server.url)
    task = page.call("start_count", 100_000, 0.01)
    page.wait(lambda: state(page, task) == "processing", "the task that runs")
    page.labelled(said("tasks.moreFor", name="count")).click()
    page.item(said("tasks.cancel")).click()
    page.wait(lambda: state(page, task) == "cancelled", "its end")
    slow = page.call("start_stubborn")
    page.go(f"#/tasks/{slow['id']}")
    page.wait(lambda: said("tasks.state.processing") in page.one('[role="dialog"]').text, "that it runs")
    page.button(said("tasks.cancel")).click()
    page.wait(lambda: said("tasks.state.stopping") in page.one('[role="dialog"]').text, "that it stops")
    page.wait(lambda: said("tasks.state.cancelled") in page.one('[role="dialog"]').text, "its end")


def test_a_failed_task_tells_why_and_is_done_anew(browsers: Browsers, task_server: Server) -> None:
    page, said = opened(browsers, task_server.url, language="zh-CN")
    task = page.call("start_failure")
    page.wait(lambda: state(page, task) == "failed", "its end")
    assert "请在 2 秒后重试" in row(page, task).text
    row(page, task).find_element(By.TAG_NAME, "a").click()
    dialog = page.one('[role="dialog"]')
    page.wait(lambda: "请在 2 秒后重试" in dialog.text and "It begins well." in dialog.text, "why, and its log")
    page.button(said("tasks.retry")).click()
    page.wait(lambda: opened_task(page) not in ("", task["id"]), "the new task")
    again = page.call("get_task", opened_task(page))
    assert again["facts"] == {"retry_of": task["id"]}
    page.press(Keys.ESCAPE)
    closed(page)
    page.wait(lambda: len(page.all('[data-state="failed"]')) == 2, "both in the list")
    done = page.call("start_count", 1)
    page.wait(lambda: state(page, done) == "completed", "one that did not fail")
    page.go(f"#/tasks/{done['id']}")
    page.button(said("tasks.delete"))
    assert said("tasks.retry") not in page.one('[role="dialog"]').text


def test_a_waiting_task_gets_another_priority(browsers: Browsers, task_server: Server) -> None:
    page, said = opened(browsers, task_server.url)
    asking = page.call("start_question", QUESTION)
    low = page.call("start_later", 600, asking["id"])
    page.wait(lambda: state(page, low) == "pending", "the task that waits")
    page.go(f"#/tasks/{low['id']}")
    dialog = page.one('[role="dialog"]')
    page.wait(lambda: dialog.find_elements(By.TAG_NAME, "select"), "the choice")
    choice = Select(dialog.find_element(By.TAG_NAME, "select"))
    assert choice.first_selected_option.text == f"5 · {said('tasks.rank.usual')}"
    choice.select_by_value("9")
    page.wait(lambda: page.call("get_task", low["id"])["priority"] == 9, "the new priority")
    assert said("tasks.needsOne") in dialog.text
    dialog.find_element(By.CSS_SELECTOR, f'a[href="#/tasks/{asking["id"]}"]').click()
    page.wait(lambda: QUESTION in page.one('[role="dialog"]').text, "the task it waits for")


def test_a_question_stands_out_everywhere_and_is_answered_there(browsers: Browsers, task_server: Server) -> None:
    page, said = opened(browsers, task_server.url, "#/chat")
    task = page.call("start_question", QUESTION)
    for area in ("chat", "items", "files"):
        page.go(f"#/{area}")
        page.wait(lambda: said(f"areas.{area}") in page.driver.title or area == "chat", "the area")  # noqa: B023
        page.wait(lambda: QUESTION in strip(page, said).text, "the question")
        assert page.driver.title.startswith("(1) ")
        assert said("shell.questions", num="1") in str(page.one('nav a[href="#/tasks"]').get_attribute("textContent"))
    page.button("yes").click()
    page.wait(lambda: not strips(page, said), "no question any more")
    page.wait(lambda: not page.driver.title.startswith("("), "the title without a mark")
    page.wait(lambda: page.driver.switch_to.active_element.tag_name == "main", "the focus where it is of use")
    page.wait(lambda: page.call("get_task", task["id"])["state"] == "completed", "its end")
    page.go("#/tasks")
    page.wait(lambda: state(page, task) == "completed", "its end in the list")
    assert page.problems == []


def test_a_question_is_there_after_a_reload_and_after_the_server_was_killed(browsers: Browsers, tmp_path: Path) -> None:
    with TaskServer(tmp_path, local_model="false") as server:
        page, said = opened(browsers, server.url, "#/files")
        task = page.call("start_question", QUESTION)
        page.wait(lambda: strips(page, said), "the question")
        page.driver.refresh()
        page.wait(lambda: QUESTION in strip(page, said).text, "the question after a reload")
        server.kill()
        server.start()
        page.wait(lambda: page.all('[data-connection="open"]'), "the connection")
        page.driver.refresh()
        page.wait(lambda: QUESTION in strip(page, said).text, "the question after the server's end")
        page.button("no").click()
        page.wait(lambda: page.call("get_task", task["id"])["state"] == "completed", "its end")
        page.wait(lambda: not strips(page, said), "no question any more")


def test_a_question_that_is_over_says_so(browsers: Browsers, task_server: Server) -> None:
    page, said = opened(browsers, task_server.url, "#/chat")
    task = page.call("start_question", QUESTION)
    page.wait(lambda: strips(page, said), "the question")
    page.driver.execute_script(DEAF)
    page.call("cancel_task", task["id"])
    page.button("yes").click()
    page.wait(lambda: said("tasks.question.over") in page.text, "that it is over")
    page.wait(lambda: not strips(page, said), "no question any more")


def test_answers_are_written_kept_and_taken_only_where_they_fit(browsers: Browsers, task_server: Server) -> None:
    page, said = opened(browsers, task_server.url, "#/chat")
    task = page.call("start_ask", "How high is it?", "height", None, "integer")
    page.wait(lambda: strips(page, said), "the question")
    strip(page, said).find_element(By.LINK_TEXT, said("tasks.question.answer")).click()
    field = page.one('[role="dialog"] form textarea')
    page.wait(lambda: page.driver.switch_to.active_element == field, "the focus in the field")
    field.send_keys("about ten", Keys.ENTER)
    page.wait(lambda: said("tasks.question.noWhole") in page.text, "what is wrong")
    page.press(Keys.ESCAPE)
    closed(page)
    page.go(f"#/tasks/{task['id']}")
    field = page.one('[role="dialog"] form textarea')
    assert field.get_attribute("value") == "about ten"
    field.send_keys(Keys.CONTROL, "a", Keys.NULL, "12")
    page.one('[role="dialog"] form button').click()
    page.wait(lambda: said("tasks.state.completed") in page.one('[role="dialog"]').text, "its end")
    page.wait(lambda: page.driver.execute_script(LOG)["text"].find(said("tasks.log.answer", answer="12")) > 0, "12")
    assert "12" in page.driver.execute_script(LOG)["text"]


def test_tasks_are_filtered_by_where_they_stand_and_by_kind(browsers: Browsers, task_server: Server) -> None:
    page, said = opened(browsers, task_server.url)
    done, failed = page.call("start_count", 1), page.call("start_failure")
    later, running = page.call("start_later", 600), page.call("start_stubborn")
    asking = page.call("start_question", QUESTION)
    names = [said(f"tasks.group.{name}") for name in ("asks", "runs", "waits", "ended")]
    page.wait(lambda: groups(page) == names and state(page, running) == "processing", "all groups")
    for shown, ids in (
        ("runs", [asking, running]),
        ("waits", [asking, later]),
        ("ended", [asking, failed, done]),
        ("asks", [asking]),
    ):
        filter_button(page, said(f"tasks.shown.{shown}")).click()
        page.wait(lambda: tasks_on(page) == {task["id"] for task in ids}, shown)  # noqa: B023
    filter_button(page, said("tasks.shown.all")).click()
    page.button(said("tasks.everyKind")).click()
    page.item("count").click()
    page.wait(lambda: tasks_on(page) == {later["id"], done["id"]}, "one kind")
    filter_button(page, said("tasks.shown.runs")).click()
    page.wait(lambda: said("tasks.nothing") in page.text, "nothing of that kind")
    page.button(said("tasks.showAll")).click()
    page.wait(lambda: len(tasks_on(page)) == 5, "all of them")
    for task in (running, later, asking):
        page.call("cancel_task", task["id"])


def test_two_tabs_agree(browsers: Browsers, task_server: Server) -> None:
    page, said = opened(browsers, task_server.url)
    first, address = page.driver.current_window_handle, page.driver.current_url
    page.new_tab(address)
    page.wait(lambda: said("tasks.empty.title") in page.text, "the other tab")
    second = page.driver.current_window_handle
    task = page.call("start_question", QUESTION)
    later = page.call("start_later", 600)
    for tab in (first, second):
        page.driver.switch_to.window(tab)
        page.wait(lambda: tasks_on(page) == {task["id"], later["id"]}, "both tasks")
    page.button("no").click()
    page.call("cancel_task", later["id"])
    for tab in (first, second):
        page.driver.switch_to.window(tab)
        page.wait(lambda: (state(page, task), state(page, later)) == ("completed", "cancelled"), "both ends")
        assert not page.driver.title.startswith("(")


def test_an_ended_task_is_deleted_and_brought_back(browsers: Browsers, task_server: Server) -> None:
    page, said = opened(browsers, task_server.url)
    task, other = page.call("start_count", 1), page.call("start_failure")
    page.wait(lambda: tasks_on(page) == {task["id"], other["id"]}, "the tasks")
    page.wait(lambda: state(page, task) == "completed", "its end")
    page.labelled(said("tasks.moreFor", name="count")).click()
    page.item(said("tasks.delete")).click()
    page.wait(lambda: tasks_on(page) == {other["id"]}, "it gone")
    page.button(said("ui.undo")).click()
    page.wait(lambda: tasks_on(page) == {task["id"], other["id"]}, "it again")
    page.go("#/tasks/00000000-0000-4000-8000-000000000000")
    page.wait(lambda: said("tasks.missing") in page.text, "that there is no such task")
    closed(page)


def test_the_log_comes_live_and_stays_small(browsers: Browsers, task_server: Server) -> None:
    page, said = opened(browsers, task_server.url)
    task = page.call("start_count", 100_000, 0.002)
    page.wait(lambda: state(page, task) == "processing", "the task that runs")
    page.go(f"#/tasks/{task['id']}")
    page.wait(lambda: page.all('[role="dialog"] pre'), "its first words")
    page.wait(lambda: page.driver.execute_script(LOG)["more"] > 100, "more words than there is room for")
    page.wait(lambda: page.driver.execute_script(LOG)["below"] < 30, "the end in sight")
    page.driver.execute_script("document.querySelector('[role=dialog] section[tabindex]').scrollTop = 0")
    page.wait(lambda: page.driver.execute_script(LOG)["below"] > 100, "the beginning in sight")
    at = page.driver.execute_script(LOG)["letters"]
    page.wait(lambda: page.driver.execute_script(LOG)["letters"] > at + 1500, "more words")
    assert page.driver.execute_script(LOG)["below"] > 30, "who reads above stays there"
    page.button(said("tasks.cancel")).click()
    page.wait(lambda: said("tasks.log.state.cancelled") in page.driver.execute_script(LOG)["text"], "its end")


def test_of_a_long_log_the_last_part_is_shown(browsers: Browsers, task_server: Server) -> None:
    page, said = opened(browsers, task_server.url)
    task = page.call("start_flood", 3_000_000)
    page.wait(lambda: state(page, task) == "completed", "its end")
    page.go(f"#/tasks/{task['id']}")
    page.wait(lambda: page.all('[role="dialog"] pre'), "its words")
    ended = said("tasks.log.state.completed")
    page.wait(lambda: page.driver.execute_script(LOG)["text"].rstrip().endswith(ended), "the end of the log")
    log = page.driver.execute_script(LOG)
    assert log["below"] < 30, "its end is in sight"
    assert log["letters"] <= 300_000
    assert "line 59999" in log["text"]
    assert said("tasks.log.cut") in log["text"]
    assert page.problems == []


def test_the_monitor_on_a_phone_in_chinese(browsers: Browsers, task_server: Server) -> None:
    page, said = opened(browsers, task_server.url, language="zh-CN", is_phone=True)
    page.wait(lambda: said("tasks.empty.title") in page.text, "the empty list")
    long = "Donaudampfschifffahrt" * 12
    asking = page.call("start_ask", long, "ask", [long, "nein"])
    running, failed = page.call("start_count", 100_000, 0.01), page.call("start_failure")
    page.wait(lambda: {state(page, running), state(page, failed)} == {"processing", "failed"}, "the tasks")
    wrong = {"list": overflowing(page) + small_targets(page)}
    for name, task in (("asking", asking), ("running", running), ("failed", failed)):
        page.go(f"#/tasks/{task['id']}")
        page.wait(lambda: page.all('[role="dialog"] section[tabindex]'), "its window")
        wrong[name] = overflowing(page) + small_targets(page)
        page.press(Keys.ESCAPE)
        closed(page)
    tap(page, page.button(said("tasks.shown.all")))
    page.item(said("tasks.shown.ended"))
    wrong["filter"] = overflowing(page) + small_targets(page)
    tap(page, page.item(said("tasks.shown.ended")))
    page.wait(lambda: tasks_on(page) == {asking["id"], failed["id"]}, "what has ended, below the question")
    page.go("#/chat")
    page.wait(lambda: strips(page, said), "the question above the chat")
    wrong["chat"] = overflowing(page) + small_targets(page)
    assert {name: found for name, found in wrong.items() if found} == {}
    page.call("cancel_task", running["id"])
    assert page.problems == []


def opened(
    browsers: Browsers, url: str, address: str = "#/tasks", language: str = "en", *, is_phone: bool = False
) -> tuple[Page, Words]:
    """Open the page with the reader among the tasks, or elsewhere."""
    page, said = browsers(language=language, has_mouse=not is_phone), words(language)
    if is_phone:
        as_phone(page)
    page.prefer(prefers_reduced_motion="reduce")
    page.open(url)
    page.labelled(said("chat.message"))
    page.go(address)
    page.wait(lambda: address == "#/chat" or not page.all(f'[aria-label="{said("chat.message")}"]'), "the area")
    return page, said


def row(page: Page, task: dict[str, Any]) -> WebElement:
    """Return the task's row in the list."""
    return page.wait(lambda: page.all(f'[data-task="{task["id"]}"]'), f"the row of {task['kind']}")[0]


def state(page: Page, task: dict[str, Any]) -> str:
    """Return where a task stands by its row, or nothing where it has none."""
    return (page.attributes(f'[data-task="{task["id"]}"] [data-state]', "data-state") or [""])[0]


def percent(page: Page, task: dict[str, Any]) -> int:
    """Return how far a task is by its bar; one that has ended has none."""
    found = page.attributes(f'[data-task="{task["id"]}"] [role="progressbar"]', "aria-valuenow")
    return int(found[0] or 0) if found else 100


def groups(page: Page) -> list[str]:
    """Return the headings of the list."""
    found: list[str] = page.driver.execute_script(GROUPS)
    return found


def tasks_on(page: Page) -> set[str]:
    """Return the ids of the tasks that the list shows."""
    return set(page.attributes("[data-task]", "data-task"))


def strips(page: Page, said: Words) -> list[WebElement]:
    """Return the question above the page, if there is one."""
    return page.all(f'main > section[aria-label="{said("tasks.question.strip")}"]')


def strip(page: Page, said: Words) -> WebElement:
    """Return the question above the page."""
    return page.wait(lambda: strips(page, said), "the question")[0]


def opened_task(page: Page) -> str:
    """Return the id of the task whose window is open, by the page's address."""
    return str(page.driver.current_url.partition("#/tasks/")[2])


def filter_button(page: Page, text: str) -> WebElement:
    """Return the button that shows some of the tasks, whatever number stands in it."""
    path = f'//main//button[@aria-pressed and starts-with(normalize-space(), "{text}")]'
    return page.driver.find_element(By.XPATH, path)
