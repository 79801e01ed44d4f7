"""The connection is cut every 3 s while an answer streams and a draft is typed: nothing is lost or doubled."""

import pytest

from tests.browser.chromium import Page
from tests.browser.conftest import Browsers
from tests.browser.cutting_proxy import CuttingProxy
from tests.running import Server

NUM_WORDS, EVERY_MS, CUT_S = 500, 30, 3.0
ANSWER = " ".join(f"w{number}" for number in range(NUM_WORDS))
DRAFT = "While it answers I write the next question, letter by letter, and not one of them is lost. 我也写中文。"

# Each loss is told by the page's own sign of its connection; a reload would take the marker with it.
WATCH = """
window.__marker = 'here';
window.__losses = 0;
const sign = document.querySelector('[data-connection]');
let before = sign.dataset.connection;
new MutationObserver(() => {
  const now = sign.dataset.connection;
  if (before === 'open' && now !== 'open') window.__losses += 1;
  before = now;
}).observe(sign, {attributes: true, attributeFilter: ['data-connection']});
"""

pytestmark = pytest.mark.timeout(120)


def test_a_connection_cut_every_three_seconds_loses_and_doubles_nothing(
    browsers: Browsers, chat_server: Server
) -> None:
    with CuttingProxy(chat_server.url) as proxy:
        page = browsers().open(proxy.url)
        page.labelled("Message")
        page.driver.execute_script(WATCH)
        with proxy.cutting(CUT_S):
            page.ask(f"[[count:{NUM_WORDS}:{EVERY_MS}]]")
            type_while_it_streams(page)
            page.wait_for_answer()
        assert words_of(page) == stored_answer(page).strip() == ANSWER
        assert page.driver.execute_script("return window.__marker") == "here"
        num_cuts = NUM_WORDS * EVERY_MS / 1000 // CUT_S
        assert page.driver.execute_script("return window.__losses") >= num_cuts - 1
        assert proxy.num_cut >= num_cuts - 1
        the_draft_is_everywhere(page)


def type_while_it_streams(page: Page) -> None:
    """Type the draft evenly over the answer's time, and look at each letter whether the words are right so far."""
    composer = page.labelled("Message")
    for number, letter in enumerate(DRAFT):
        place = f"w{number * NUM_WORDS // len(DRAFT)} "
        wait_for_word(page, place)
        composer.send_keys(letter)
        assert (ANSWER + " ").startswith(words_of(page)), "what is shown is what was said so far"
    assert composer.get_attribute("value") == DRAFT


def wait_for_word(page: Page, word: str) -> None:
    page.wait(lambda: word in words_of(page) + " " or page.answer_state() == "complete", f"the word {word}", 60)


def the_draft_is_everywhere(page: Page) -> None:
    conversation = page.driver.current_url.rpartition("/")[2]
    assert page.labelled("Message").get_attribute("value") == DRAFT
    page.wait(lambda: saved_draft(page, conversation) == DRAFT, "the draft in the workspace")
    page.open(page.driver.current_url)
    page.wait(lambda: page.labelled("Message").get_attribute("value") == DRAFT, "the draft after a reload")
    page.wait(lambda: words_of(page) == ANSWER, "the answer after a reload")


def saved_draft(page: Page, conversation: str) -> object:
    return page.call("get_session_data")["data"].get("drafts", {}).get(conversation)


def words_of(page: Page) -> str:
    shown = page.driver.execute_script("return document.querySelector('article .prose')?.textContent ?? ''")
    return str(shown).strip()


def stored_answer(page: Page) -> str:
    conversation = page.driver.current_url.rpartition("/")[2]
    return str(page.call("get_conversation", conversation)["messages"][-1]["text"])
