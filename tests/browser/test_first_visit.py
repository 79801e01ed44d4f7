"""A new visitor, in real Chromium, with the real local model: asks, reloads, comes back, and loses nothing."""

import pytest

from tests.browser.chromium import Page, letters
from tests.browser.conftest import Browsers
from tests.running import Server

LONG = "Write a long story about an old lighthouse keeper and the sea, with many details."

pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("local-model")]


def begun(page: Page) -> None:
    """Wait until an answer is being written and has words."""
    page.wait(lambda: page.answer_state() == "streaming" and len(page.answer_text()) > 20, "the answer's first words")


def stored_answer(page: Page) -> str:
    """Return the one answer as the server has it."""
    conversations = page.call("list_conversations")["items"]
    assert len(conversations) == 1
    messages = page.call("get_conversation", conversations[0]["id"])["messages"]
    assert [one["role"] for one in messages] == ["user", "assistant"]
    assert messages[1]["state"] == "complete"
    return str(messages[1]["text"])


def test_a_question_is_answered_and_the_answer_grows(browsers: Browsers, model_server: Server) -> None:
    page = browsers().open(model_server.url)
    assert "/uuid=" in page.driver.current_url
    page.ask(LONG)
    begun(page)
    seen = [page.answer_text()]
    while page.answer_state() == "streaming":
        page.wait(lambda: page.answer_state() != "streaming" or page.answer_text() != seen[-1], "more words")
        seen.append(page.answer_text())
    assert len(seen) >= 5
    sizes = [len(letters(text)) for text in seen[:-1]]
    assert sizes == sorted(sizes)
    assert letters(stored_answer(page)) in letters(page.wait_for_answer())
    assert page.problems == []


def test_a_reload_in_the_middle_loses_and_repeats_nothing(browsers: Browsers, model_server: Server) -> None:
    page = browsers().open(model_server.url)
    page.ask(LONG)
    begun(page)
    page.driver.refresh()
    page.wait_for_answer()
    assert (len(page.questions), len(page.answers)) == (1, 1)
    assert letters(stored_answer(page)) in letters(page.answer_text())


def test_a_tab_closed_in_the_middle_finds_the_whole_answer_on_return(browsers: Browsers, model_server: Server) -> None:
    page = browsers().open(model_server.url)
    own = page.driver.current_url.partition("#")[0]
    page.ask(LONG)
    begun(page)
    page.driver.switch_to.new_window("tab")  # a browser without a tab would end
    page.driver.switch_to.window(page.driver.window_handles[0])
    page.driver.close()
    page.driver.switch_to.window(page.driver.window_handles[0])
    page.open(model_server.url)
    assert page.driver.current_url.partition("#")[0] == own
    page.wait(lambda: page.all('nav a[href^="#/chat/"]') or page.answers, "the conversation in the list")
    if not page.answers:
        page.all('nav a[href^="#/chat/"]')[0].click()
    page.wait_for_answer()
    assert (len(page.questions), len(page.answers)) == (1, 1)
    assert letters(stored_answer(page)) in letters(page.answer_text())


def test_two_visitors_see_nothing_of_each_other(browsers: Browsers, model_server: Server) -> None:
    alice, bob = browsers().open(model_server.url), browsers().open(model_server.url)
    alice.ask("Say hello to Alice.")
    alice.wait_for_answer()
    bob.labelled("Message")
    assert "Alice" not in bob.text
    assert bob.call("list_conversations")["items"] == []
    bob.open(alice.driver.current_url)
    assert "Alice" not in bob.driver.page_source
    assert bob.all('[aria-label="Message"]') == []


def test_two_tabs_of_one_workspace_show_the_same_conversation_live(browsers: Browsers, model_server: Server) -> None:
    page = browsers().open(model_server.url)
    first = page.driver.current_window_handle
    page.ask("Say one short sentence about the sea.")
    page.wait_for_answer()
    address = page.driver.current_url
    page.new_tab(address)
    second = page.driver.current_window_handle
    page.wait(lambda: len(page.answers) == 1, "the conversation in the second tab")
    page.driver.switch_to.window(first)
    page.ask(LONG)
    page.driver.switch_to.window(second)
    page.wait(lambda: len(page.questions) == 2, "the second question in the other tab")
    page.wait(lambda: len(page.answers) == 2 and page.answer_text(), "words in the other tab")
    there = page.wait_for_answer()
    page.driver.switch_to.window(first)
    assert letters(page.wait_for_answer()) == letters(there)


def test_the_counter_counts_for_each_visitor_alone(browsers: Browsers, counter_server: Server) -> None:
    alice, bob = browsers().open(counter_server.url), browsers().open(counter_server.url)
    for page, clicks in ((alice, 3), (bob, 1)):
        page.wait(lambda page=page: page.one("#count").text == "0", "the counter's start")  # type: ignore[misc]
        for number in range(clicks):
            page.one("#add").click()
            page.wait(lambda page=page, n=number: page.one("#count").text == str(n + 1), "the count")  # type: ignore[misc]
    alice.driver.refresh()
    alice.wait(lambda: alice.one("#count").text == "3", "the count after a reload")
    assert bob.one("#count").text == "1"
    assert alice.problems == bob.problems == []
