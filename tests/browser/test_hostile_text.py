"""Hostile texts in every place a user or a model can put text: nothing runs, nothing leaves, all is shown as text."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from providers.fakes.openai_behaviours import BEHAVIOURS, Chat, last_question
from tests.browser.areas import DROP
from tests.browser.chromium import Page, letters
from tests.browser.conftest import Browsers
from tests.browser.hostile_texts import HOSTILE, MARKS
from tests.browser.watch import seen, watch
from tests.browser.words import Words, words
from tests.running import Server

SERVER = "127.0.0.1"
MAX_TITLE, MAX_NAME, MAX_DETAIL, MAX_TAG = 200, 100, 250, 50
EACH = 7  # of the texts, one in so many is looked at in a window of its own
HTML_PIECE = re.compile(r"<(?:img|script|svg|video|iframe|style)\b[^>`]*>")
FENCE = re.compile(r"^```.*$", re.MULTILINE)  # of what follows it, only the language is shown

# What an answer may be made of; everything else in it would have come out of its text. A picture of the page itself
# (`lucide`) is drawn by the page.
FOREIGN_PARTS = """
const [css] = arguments, found = [];
const links = ['http:', 'https:', 'mailto:'];
const allowed = 'p, a, code, pre, span, div, figure, figcaption, button, em, strong, del, br, hr, h1, h2, h3, h4, h5,' +
  'h6, ul, ol, li, blockquote, table, thead, tbody, tr, th, td, section, sup, input[type=checkbox]:disabled,' +
  'article, header, label, svg.lucide, svg.lucide *, math, math *:not(maction, mglyph, annotation-xml), kbd';
for (const e of document.querySelectorAll(`${css} *`)) {
  const told = e.outerHTML.slice(0, 200);
  if (!e.matches(allowed)) found.push('element: ' + told);
  if (e.matches('a') && !e.getAttribute('href')?.startsWith('#') && !links.includes(e.protocol))
    found.push('link: ' + told);
  for (const { name, value } of e.attributes)
    if (name.startsWith('on') || ['src', 'srcdoc', 'xlink:href', 'formaction', 'action'].includes(name))
      found.push(`${name}=${value}: ${told}`);
}
return found;
"""
LABELS = "return [...document.querySelectorAll('nav button')].map((button) => button.ariaLabel)"
TEXT = "return document.querySelector(arguments[0])?.textContent ?? null"
ROW_TITLE = '[role=row][aria-rowindex="2"] [role=gridcell]:nth-child(2) > span > span'
ROW_TAG = '[role=row][aria-rowindex="2"] [role=gridcell]:nth-child(5) > span > span'
CHOICE = "[role=dialog] [role=group] button"
NOT_IN_NAMES = re.compile(r"[/\\\x00-\x1f]")
LAST_TURN = """
const [question, answer] = [...document.querySelectorAll('article')].slice(-2);
const said = answer?.querySelector('.prose') ?? answer;
return [question?.querySelector('p')?.textContent, answer?.dataset.state, said?.textContent];
"""

pytestmark = pytest.mark.timeout(180)


async def _refuse_in_its_words(chat: Chat) -> None:
    error = {"message": last_question(chat.exchange.request.body), "code": 400}
    await chat.error(400, error)


@contextmanager
def refusing_model() -> Iterator[str]:
    """Let the fake model server refuse each question in the question's own words."""
    BEHAVIOURS["refuse-in-its-words"] = _refuse_in_its_words
    try:
        yield f"{SERVER}/refuse-in-its-words"
    finally:
        del BEHAVIOURS["refuse-in-its-words"]


def test_questions_and_answers_are_only_text(browsers: Browsers, chat_server: Server) -> None:
    page = opened(browsers, chat_server)
    conversation = None
    for text in HOSTILE:
        conversation = say(page, text, conversation, f"{SERVER}/echo")
        answer = wait_for_turn(page, text, "complete")
        assert foreign_parts(page, "article") == []
        assert is_literal(text, answer), f"{text!r} is shown as {answer!r}"
    is_unharmed(page)


def test_errors_of_a_model_server_are_only_text(browsers: Browsers, chat_server: Server) -> None:
    page = opened(browsers, chat_server)
    conversation = None
    with refusing_model() as model:
        for text in HOSTILE:
            conversation = say(page, text, conversation, model)
            wait_for_turn(page, text, "failed")
            wanted = letters(text)[:MAX_DETAIL]  # the server's own words come a moment after the state
            page.wait(lambda wanted=wanted: wanted in letters(str(last_turn(page)[2])), f"{text!r}")  # type: ignore[misc]
            assert foreign_parts(page, "article") == []
    is_unharmed(page)


def test_titles_and_names_are_only_text(browsers: Browsers, chat_server: Server) -> None:
    page, said = opened(browsers, chat_server), words("en")
    conversation = say(page, "Hello", None, f"{SERVER}/ok")
    page.wait_for_answer()
    for text in HOSTILE:
        title, name = text[:MAX_TITLE].strip(), text[:MAX_NAME].strip()
        page.call("update_conversation", conversation, title)
        page.call("update_session", name)
        told = {said("chat.moreFor", title=title), said("shell.workspace.menu", name=name)}
        wait_for_names(page, title, told)
        assert foreign_parts(page, "h1") == foreign_parts(page, 'section[aria-label="Conversations"] a') == []
    is_unharmed(page)


def test_a_notice_names_a_title_and_nothing_more(browsers: Browsers, chat_server: Server) -> None:
    page, said = opened(browsers, chat_server), words("en")
    for title in ("{{title}} $t(chat.delete) {{{model}}} {0}", "<img src=x onerror=hit(1)>"):
        say(page, title, None, f"{SERVER}/ok")
        page.revealed(said("chat.moreFor", title=title)).click()
        page.item(said("chat.delete")).click()
        wait_for_text(page, said("chat.deleted", title=title))
    is_unharmed(page)


def test_drafts_and_search_words_are_only_text(browsers: Browsers, chat_server: Server) -> None:
    page, said = opened(browsers, chat_server), words("en")
    draft = "\n".join(HOSTILE)
    page.call("update_session_data", {"drafts": {"new": draft}})
    page.driver.refresh()
    page.wait(lambda: page.labelled("Message").get_attribute("value") == draft, "the draft")
    say(page, "<img src=x onerror=hit(1)> needle <script>hit(1)</script>", None, f"{SERVER}/ok")
    field = page.labelled(said("chat.search"))
    for text in HOSTILE:
        field.click()
        page.driver.execute_script("arguments[0].select()", field)
        page.driver.execute_cdp_cmd("Input.insertText", {"text": text[:MAX_TITLE].replace("\n", " ")})
    page.wait(lambda: said("chat.notFound") in page.text, "that nothing is found")
    page.driver.execute_script("arguments[0].select()", field)
    page.driver.execute_cdp_cmd("Input.insertText", {"text": "needle"})
    page.wait(lambda: page.all('nav a[href^="#/chat/"] .block'), "what is found")
    assert "<img src=x onerror=hit(1)> needle" in str(shown(page, 'nav a[href^="#/chat/"] .block'))
    is_unharmed(page)


def test_items_are_only_text(browsers: Browsers, chat_server: Server) -> None:
    page, said = opened(browsers, chat_server), words("en")
    page.go("#/items")
    for place, text in enumerate(HOSTILE):
        title, tag = text[:MAX_TITLE].strip(), text[:MAX_TAG].strip()
        item = {"title": title, "text": text, "tags": [tag], "attributes": {text: text}}
        item_id = page.call("create_item", item)["id"]
        page.wait(lambda title=title: shown(page, ROW_TITLE) == title, f"{title!r} in the list")  # type: ignore[misc]
        assert shown(page, ROW_TAG) == tag
        if place % EACH == 0:
            look_at_form(page, said, item_id, title)
    assert foreign_parts(page, "[role=rowgroup] [role=gridcell]:not(:first-child)") == []
    is_unharmed(page)


def test_names_and_contents_of_files_are_only_text(browsers: Browsers, chat_server: Server) -> None:
    page = opened(browsers, chat_server)
    page.go("#/files")
    page.wait(lambda: page.all('input[type="file"]'), "the area")
    for place, text in enumerate(HOSTILE[::EACH]):
        name = f"{place} {NOT_IN_NAMES.sub('-', text)[:MAX_TAG].strip()}.html"
        page.driver.execute_script(DROP, name, text)
        link = page.wait(lambda place=place: first_link(page, str(place)), f"{name!r} in the list")  # type: ignore[misc]
        link.click()
        page.wait(lambda text=text: letters(str(shown(page, "[role=dialog] pre"))) == letters(text), f"{text!r}")  # type: ignore[misc]
        page.press(Keys.ESCAPE)
        page.wait(lambda: not page.all('[role="dialog"]'), "the closed window")
    assert foreign_parts(page, "main ul") == []
    is_unharmed(page)


def test_names_of_tokens_are_only_text(browsers: Browsers, chat_server: Server) -> None:
    page, said = opened(browsers, chat_server), words("en")
    names = [text[:MAX_NAME].strip() for text in HOSTILE[::EACH]]
    for name in names:
        page.call("create_token", name)
    page.one('nav [aria-haspopup="menu"]').click()
    page.item(said("tokens.title")).click()
    page.wait(lambda: len(page.all("[role=dialog] li p.font-medium")) == len(names), "the tokens")
    listed = page.driver.execute_script(
        "return [...document.querySelectorAll('[role=dialog] li p.font-medium')].map((line) => line.textContent)"
    )
    assert listed == names[::-1]
    assert foreign_parts(page, "[role=dialog] ul") == []
    is_unharmed(page)


def test_questions_and_logs_of_tasks_are_only_text(browsers: Browsers, task_server: Server) -> None:
    page, said = opened(browsers, task_server), words("en")
    for text in HOSTILE[::EACH]:
        page.go("#/chat")
        task = page.call("start_ask", text, "ask", [text[:MAX_TAG], "no"])
        strip = f'main > section[aria-label="{said("tasks.question.strip")}"]'
        asked = f"{strip} [role=status] > :last-child"
        page.wait(lambda text=text, css=asked: shown(page, css) == text, f"{text!r} above the page")  # type: ignore[misc]
        assert foreign_parts(page, strip) == []
        page.go(f"#/tasks/{task['id']}")
        page.wait(lambda text=text: shown(page, CHOICE) == text[:MAX_TAG], f"{text!r} as a choice")  # type: ignore[misc]
        page.all(CHOICE)[0].click()
        page.wait(lambda text=text: repr(text[:MAX_TAG]) == shown(page, "[role=dialog] pre"), f"{text!r} in the log")  # type: ignore[misc]
        assert foreign_parts(page, "[role=dialog] pre") == foreign_parts(page, "main li [data-task]") == []
        page.press(Keys.ESCAPE)
        page.wait(lambda: not page.all('[role="dialog"]'), "the closed window")
    is_unharmed(page)


def test_names_codes_and_consoles_of_scripts_are_only_text(browsers: Browsers, chat_server: Server) -> None:
    page, listed = opened(browsers, chat_server), 'main nav a[aria-current="page"] > :first-child'
    for text in HOSTILE[::EACH]:
        name = text[:MAX_NAME].strip()
        script = page.call("create_script", {"name": name, "script": text, "url": None})
        page.go(f"#/scripts/{script['id']}")
        page.wait(lambda text=text: letters(str(shown(page, ".cm-content"))) == letters(text), f"{text!r} as code")  # type: ignore[misc]
        page.wait(lambda name=name: shown(page, listed) == name, f"{name!r} in the list")  # type: ignore[misc]
        assert foreign_parts(page, "main nav ul") == []
    is_unharmed(page)


def look_at_form(page: Page, said: Words, item_id: str, title: str) -> None:
    """Open an item's form, which shows its texts in fields, and leave it."""
    on_one_line = title.replace("\n", "")  # as the browser puts it into a field of one line
    page.go(f"#/items/{item_id}")
    page.wait(
        lambda: page.field(said("items.column.title")).get_attribute("value") == on_one_line, f"the form of {title!r}"
    )
    page.press(Keys.ESCAPE)
    page.wait(lambda: not page.all('[role="dialog"]'), "the closed form")


def first_link(page: Page, beginning: str) -> Any:
    """Return the newest file's link, once its name begins so."""
    links = page.all('main a[href^="#/files/"]')
    return links[0] if links and links[0].text.startswith(f"{beginning} ") else None


def opened(browsers: Browsers, server: Server) -> Page:
    page = watch(browsers()).open(server.url)
    page.labelled("Message")
    return page


def say(page: Page, text: str, conversation: str | None, model: str) -> str:
    """Ask a question and go to its conversation; returns its id."""
    task = page.call("send_message", text, conversation, model)
    assert isinstance(task, dict), task
    found = str(task["facts"]["conversation_id"])
    page.driver.execute_script("location.hash = arguments[0]", f"#/chat/{found}")
    return found


def wait_for_text(page: Page, text: str) -> None:
    page.wait(lambda: text in page.text, repr(text))


def wait_for_names(page: Page, title: str, labels: set[str]) -> None:
    """Wait until a title is shown above and in the list, and buttons are labelled so."""
    page.wait(lambda: shown(page, "h1") == title, f"the title {title!r}")
    page.wait(lambda: shown(page, 'nav a[aria-current][href^="#/chat/"] .truncate') == title, f"{title!r} in the list")
    page.wait(lambda: labels <= set(page.driver.execute_script(LABELS)), f"the labels {labels}")


def is_literal(text: str, answer: str) -> bool:
    """Tell whether an answer shows its text: all of it, or where it is Markdown, what of HTML stands in it."""
    if text in MARKS:
        return answer.strip() != "" and all(
            letters(piece) in letters(answer) for piece in HTML_PIECE.findall(FENCE.sub("", text))
        )
    return letters(html.unescape(text)) == letters(answer)


def wait_for_turn(page: Page, question: str, state: str) -> str:
    """Wait until a question and its ended answer stand last; returns what the answer shows."""
    page.wait(lambda: last_turn(page)[:2] == [question, state], f"{question!r} and its {state} answer")
    return str(last_turn(page)[2])


def last_turn(page: Page) -> list[str | None]:
    """Return the last question, the state of its answer, and what that shows."""
    found: list[str | None] = page.driver.execute_script(LAST_TURN)
    return found


def foreign_parts(page: Page, css: str) -> list[str]:
    found: list[str] = page.driver.execute_script(FOREIGN_PARTS, css)
    return found


def shown(page: Page, css: str) -> str | None:
    text: str | None = page.driver.execute_script(TEXT, css)
    return text


def is_unharmed(page: Page) -> None:
    found = seen(page)
    assert found.hits == found.violations == found.errors == found.framed == []
    assert found.strangers(page.driver.current_url) == []
    assert page.problems == []
    assert len(page.driver.window_handles) == 1
