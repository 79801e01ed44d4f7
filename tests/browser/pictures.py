"""The pictures of the docs, each of one state of the running page: `python -m tests.browser.pictures [name ...]`."""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.browser import scenes, script_scenes
from tests.browser.chromium import Page, chromium
from tests.browser.phone import as_phone
from tests.browser.script_scenes import Museum
from tests.browser.seeds import Turn, add_conversation, open_conversation
from tests.browser.task_server import TaskServer
from tests.browser.words import Words, words
from tests.engines.served import engine_server
from tests.running import ROOT, Server, free_port

FOLDER = ROOT / "docs" / "images"
DESK = (1280, 800)
MODEL = "SmolLM2"
OTHER_MODEL = "example/large-model"
QUESTION = "Explain in three sentences why the sky is blue."
LONG_QUESTION = "Tell me the whole story of how books were made, from clay to paper."
NUM_TURNS = 1000
SHOWN_LETTERS = 500

RICH = """The mean of a list is its sum divided by how many numbers it has:

$$\\bar{x} = \\frac{1}{n} \\sum_{i=1}^{n} x_i$$

```python
def mean(numbers: list[float]) -> float:
    \"\"\"Return the mean; raises ValueError for an empty list.\"\"\"
    if not numbers:
        raise ValueError("the mean of nothing is not defined")
    return sum(numbers) / len(numbers)
```

| list | mean |
|---|---|
| 2, 4 | 3 |
| 1, 2, 6 | 3 |

- [x] the mean
- [ ] the median
"""
RICH_CHINESE = """平均数是总和除以个数：

$$\\bar{x} = \\frac{1}{n} \\sum_{i=1}^{n} x_i$$

```python
def mean(numbers: list[float]) -> float:
    \"\"\"返回平均数；空列表时引发 ValueError。\"\"\"
    if not numbers:
        raise ValueError("空列表没有平均数")
    return sum(numbers) / len(numbers)
```

| 列表 | 平均数 |
|---|---|
| 2, 4 | 3 |
| 1, 2, 6 | 3 |
"""
OTHERS = ("Move the meeting to Thursday", "Why is the sky blue?", "A packing list for Florence")
OTHERS_CHINESE = ("把会议改到星期四", "天空为什么是蓝色的？", "去佛罗伦萨的行李清单")

Scene = Callable[[Server, Page, Words], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One state of the page, and who looks at it."""

    scene: Scene
    language: str = "en"
    is_phone: bool = False
    is_dark: bool = False
    has_model: bool = True
    has_tasks: bool = False  # the long work of the probe
    has_engine: bool = False


def nothing_yet(_server: Server, page: Page, _said: Words) -> None:
    """The first visit."""
    page.wait(lambda: MODEL in page.text, "the model's name")


def answered(_server: Server, page: Page, said: Words) -> None:
    """A question and the whole answer of the model on this machine."""
    ask(page, said, QUESTION)
    page.wait_for_answer()


def streaming(_server: Server, page: Page, said: Words) -> None:
    """An answer that is still growing."""
    ask(page, said, LONG_QUESTION)
    page.wait(lambda: len(page.answer_text()) > SHOWN_LETTERS, "a part of the answer", 60)
    assert page.answer_state() == "streaming", "the picture would show an answer that has ended"


def failed(_server: Server, page: Page, said: Words) -> None:
    """A model server that is not there."""
    ask(page, said, QUESTION)
    page.wait(lambda: page.answer_state() == "failed", "the error")


def rich(server: Server, page: Page, said: Words) -> None:
    """An answer with all that answers are made of, below older conversations."""
    is_chinese = said.language != "en"
    for title in OTHERS_CHINESE if is_chinese else OTHERS:
        add_conversation(server, page, title, [Turn(question=title, answer="…")])
    title, answer = ("怎样计算平均数？", RICH_CHINESE) if is_chinese else ("How do I compute a mean?", RICH)
    show(server, page, said, title, [Turn(question=title, answer=answer, model=OTHER_MODEL)])
    page.wait(lambda: page.all(".katex") and page.all("pre code span"), "the formula and the colours")


def long(server: Server, page: Page, said: Words) -> None:
    """The middle of two thousand messages."""
    turns = [
        Turn(question=f"Question {number}: what comes next?", answer=f"Answer {number}. {'And so it goes on. ' * 9}")
        for number in range(NUM_TURNS)
    ]
    show(server, page, said, "A thousand questions", turns)
    page.wait(lambda: f"Answer {NUM_TURNS - 1}." in page.text, "the newest answer")
    page.driver.execute_script("document.querySelector('[role=log], main article').scrollIntoView({block: 'start'})")


def ask(page: Page, said: Words, text: str) -> None:
    """Type a question and send it."""
    page.labelled(said("chat.message")).send_keys(text)
    page.button(said("chat.send")).click()


def show(server: Server, page: Page, said: Words, title: str, turns: list[Turn]) -> None:
    """Put a conversation there and open it."""
    conversation = add_conversation(server, page, title, turns)
    page.driver.refresh()  # the page hears nothing of rows that were put beside it
    open_conversation(page, conversation, said)


PICTURES = {
    "empty": Picture(scene=nothing_yet),
    "chat": Picture(scene=answered),
    "streaming": Picture(scene=streaming),
    "rich": Picture(scene=rich),
    "error": Picture(scene=failed, has_model=False),
    "long": Picture(scene=long),
    "dark": Picture(scene=rich, is_dark=True),
    "chinese": Picture(scene=nothing_yet, language="zh-CN"),
    "chinese-chat": Picture(scene=rich, language="zh-CN"),
    "phone": Picture(scene=answered, is_phone=True),
    "phone-empty": Picture(scene=nothing_yet, is_phone=True),
    "phone-chinese": Picture(scene=rich, language="zh-CN", is_phone=True, is_dark=True),
    "items-empty": Picture(scene=scenes.no_items),
    "items": Picture(scene=scenes.items),
    "items-filter": Picture(scene=scenes.filtered, language="zh-CN"),
    "items-form": Picture(scene=scenes.form),
    "items-conflict": Picture(scene=scenes.conflict),
    "items-import": Picture(scene=scenes.imported, is_dark=True),
    "items-phone": Picture(scene=scenes.items, is_phone=True),
    "items-phone-conflict": Picture(scene=scenes.conflict, language="zh-CN", is_phone=True, is_dark=True),
    "files-empty": Picture(scene=scenes.no_files, language="zh-CN", is_dark=True),
    "files": Picture(scene=scenes.files),
    "files-preview": Picture(scene=scenes.preview, is_dark=True),
    "files-phone": Picture(scene=scenes.files, language="zh-CN", is_phone=True),
    "tasks-empty": Picture(scene=scenes.no_tasks, language="zh-CN", has_tasks=True),
    "tasks": Picture(scene=scenes.tasks, has_tasks=True),
    "tasks-window": Picture(scene=scenes.task, is_dark=True, has_tasks=True),
    "tasks-question": Picture(scene=scenes.question, has_tasks=True),
    "tasks-phone": Picture(scene=scenes.tasks, language="zh-CN", is_phone=True, is_dark=True, has_tasks=True),
    "tasks-phone-question": Picture(scene=scenes.question, is_phone=True, has_tasks=True),
    "scripts": Picture(scene=script_scenes.script, has_engine=True),
    "scripts-conflict": Picture(scene=script_scenes.conflict, has_engine=True),
    "scripts-phone": Picture(scene=script_scenes.script, is_phone=True, has_engine=True),
    "scripts-phone-page": Picture(
        scene=script_scenes.seen, language="zh-CN", is_phone=True, is_dark=True, has_engine=True
    ),
    "scripts-phone-conflict": Picture(
        scene=script_scenes.conflict, language="zh-CN", is_phone=True, is_dark=True, has_engine=True
    ),
    "tokens": Picture(scene=scenes.tokens),
    "tokens-phone": Picture(scene=scenes.tokens, language="zh-CN", is_phone=True),
}


def take(name: str, server: Server) -> None:
    """Make one picture with a browser of its own."""
    picture = PICTURES[name]
    with chromium(*DESK, language=picture.language, has_mouse=not picture.is_phone) as page:
        if picture.is_phone:
            as_phone(page)
        else:
            page.resize(*DESK)
        page.prefer(prefers_color_scheme="dark" if picture.is_dark else "light", prefers_reduced_motion="reduce")
        page.open(server.url)
        picture.scene(server, page, words(picture.language))
        page.driver.save_screenshot(str(FOLDER / f"{name}.png"))


def main(names: list[str]) -> None:
    """Make these pictures, or every one."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    nobody = f"http://127.0.0.1:{free_port()}/v1"
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(Path(folder) / "local") as local,
        Server(Path(folder) / "dead", model_url=nobody, model_name="large", local_model="false") as dead,
        TaskServer(Path(folder) / "tasks") as busy,
        Museum() as museum,
        engine_server(Path(folder) / "scripts", "chrome", egress=museum.address) as engine,
    ):
        for name in names or PICTURES:
            picture = PICTURES[name]
            with_more = busy if picture.has_tasks else engine if picture.has_engine else None
            take(name, with_more or (local if picture.has_model else dead))


if __name__ == "__main__":
    main(sys.argv[1:])
