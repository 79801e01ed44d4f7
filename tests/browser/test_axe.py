"""axe-core finds nothing serious in any state of the page."""

import json
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.areas import walk_files, walk_items, walk_scripts, walk_tasks, walk_tokens
from tests.browser.chromium import Page
from tests.browser.conftest import Browsers
from tests.browser.phone import as_phone
from tests.browser.seeds import Turn, add_conversation, open_conversation
from tests.browser.words import Words, words
from tests.running import ROOT, Server

AXE = (ROOT / "page" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RUN = """
const done = arguments[0];
axe.run(document, {resultTypes: ['violations']}).then((found) => done(JSON.stringify(found.violations)));
"""
GRAVE = ("serious", "critical")

MARKDOWN = """# A heading

Words with *stress*, **strength**, ~~error~~, `code`, a [link](https://example.com) and a note[^1].

- [x] done
- [ ] not done

1. one
2. two

> quoted

```python
def count(text: str) -> int:  # a comment
    return len(text.split()) + 1
```

| name | number |
|---|---|
| one | 1 |

$$\\frac{a}{b} = \\sqrt{c}$$

![a picture](https://example.com/picture.png)

---

[^1]: The note.
"""
ANSWERED = Turn(question="What can you show?", answer=MARKDOWN)
FAILED = Turn(
    question="And now?",
    state="failed",
    error={"code": "model_failed", "facts": {"server": "127.0.0.1", "reason": "It went away.", "next": "Ask again."}},
)

pytestmark = pytest.mark.timeout(120)


class Review:
    """What axe-core has against each state of a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: dict[str, list[str]] = {}

    def at(self, state: str) -> None:
        """Look at the page as it is."""
        self.page.driver.execute_script(AXE)
        violations: list[dict[str, Any]] = json.loads(self.page.driver.execute_async_script(RUN))
        if grave := [told(one) for one in violations if one["impact"] in GRAVE]:
            self.found[state] = grave


def told(violation: dict[str, Any]) -> str:
    places = [f"{node['html'][:160]} ({node['failureSummary']})" for node in violation["nodes"][:3]]
    return f"{violation['id']}: {violation['help']}: {places}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_on_a_desk(browsers: Browsers, chat_server: Server, scheme: str) -> None:
    page, said = browsers(), words("en")
    page.prefer(prefers_reduced_motion="reduce", prefers_color_scheme=scheme)
    review = Review(page.open(chat_server.url))
    page.wait(lambda: said("chat.empty.title") in page.text and "127.0.0.1" in page.text, "the first visit")
    review.at("first visit")
    walk_through_a_conversation(review, chat_server, said)
    open_the_menus(review, said)
    page.open(f"{chat_server.url}/uuid=none")
    review.at("nothing to open")
    assert review.found == {}


def test_nothing_serious_on_a_phone_in_chinese(browsers: Browsers, chat_server: Server) -> None:
    page, said = as_phone(browsers(language="zh-CN", has_mouse=False)), words("zh-CN")
    review = Review(page.open(chat_server.url))
    page.wait(lambda: said("chat.empty.title") in page.text and "127.0.0.1" in page.text, "the first visit")
    review.at("first visit")
    open_conversation(page, add_conversation(chat_server, page, "Long", [ANSWERED, FAILED]), said)
    page.wait(lambda: page.all(".prose table"), "the answer")
    review.at("conversation")
    page.button(said("shell.openMenu")).click()
    page.labelled(said("chat.moreFor", title="Long"))
    review.at("drawer")
    assert review.found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_in_items_files_and_tokens(browsers: Browsers, chat_server: Server, scheme: str) -> None:
    page, said = browsers(), words("en")
    page.prefer(prefers_reduced_motion="reduce", prefers_color_scheme=scheme)
    review = Review(page.open(chat_server.url))
    page.labelled(said("chat.message"))
    for walk in (walk_items, walk_files, walk_tokens):
        walk(page, said, review.at)
    assert review.found == {}


def test_nothing_serious_in_items_and_files_on_a_phone_in_chinese(browsers: Browsers, chat_server: Server) -> None:
    page, said = as_phone(browsers(language="zh-CN", has_mouse=False)), words("zh-CN")
    review = Review(page.open(chat_server.url))
    page.wait(lambda: said("chat.empty.title") in page.text, "the first visit")
    for walk in (walk_items, walk_files):
        walk(page, said, review.at)
    assert review.found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_in_scripts(browsers: Browsers, chat_server: Server, scheme: str) -> None:
    page, said = browsers(), words("en")
    page.prefer(prefers_reduced_motion="reduce", prefers_color_scheme=scheme)
    review = Review(page.open(chat_server.url))
    page.labelled(said("chat.message"))
    walk_scripts(page, said, review.at)
    assert review.found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_in_tasks(browsers: Browsers, task_server: Server, scheme: str) -> None:
    page, said = browsers(), words("en")
    page.prefer(prefers_reduced_motion="reduce", prefers_color_scheme=scheme)
    review = Review(page.open(task_server.url))
    page.labelled(said("chat.message"))
    walk_tasks(page, said, review.at)
    assert review.found == {}


def walk_through_a_conversation(review: Review, server: Server, said: Words) -> None:
    page = review.page
    open_conversation(page, add_conversation(server, page, "Long", [ANSWERED, ANSWERED, FAILED]), said)
    page.wait(lambda: page.all(".prose table") and page.all(".hljs-keyword"), "the answer in colours")
    review.at("conversation, error")
    page.revealed(said("chat.edit")).click()
    page.wait(lambda: page.all(f'textarea[aria-label="{said("chat.edit")}"]'), "the editor")
    review.at("editing a question")
    page.button(said("chat.cancel")).click()
    page.ask("[[count:5000:10]]")
    page.wait(lambda: "w5 " in page.answer_text(), "the first words")
    review.at("streaming")
    page.button(said("chat.stop")).click()
    page.wait(lambda: page.answer_state() == "stopped", "the stopped answer")
    review.at("stopped")


def open_the_menus(review: Review, said: Words) -> None:
    page = review.page
    page.button(said("shell.settings")).click()
    page.item(said("shell.themeDark"))
    review.at("settings")
    page.press(Keys.ESCAPE)
    page.wait(lambda: not page.all('[role="menu"]'), "the closed menu")
    page.driver.switch_to.active_element.send_keys(Keys.CONTROL, "k")
    page.labelled(said("shell.palette.field")).send_keys("Lo")
    page.wait(lambda: page.all('[role="option"]'), "what the palette finds")
    review.at("palette")
    page.press(Keys.ESCAPE)
    page.wait(lambda: not page.all('[role="dialog"]'), "the closed palette")
    page.one('nav [aria-haspopup="menu"]').click()
    page.item(said("shell.workspace.rename"))
    review.at("workspaces")
    page.press(Keys.ESCAPE)
    page.wait(lambda: not page.all('[role="menu"]'), "the closed menu")
    page.revealed(said("chat.moreFor", title="Long")).click()
    delete = page.item(said("chat.delete"))
    review.at("menu of a conversation")
    delete.click()
    page.button(said("ui.undo"))
    review.at("deleted, undo")
