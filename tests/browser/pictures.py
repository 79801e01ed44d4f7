"""The pictures of the docs, made from the running page: `python -m tests.browser.pictures`."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.browser.chromium import Page, chromium
from tests.running import ROOT, Server

FOLDER = ROOT / "docs" / "images"
QUESTION = "What is a studiolo?"
DESK, PHONE = (1280, 800), (390, 844)

Scene = Callable[[Page], None]


def answered(page: Page) -> None:
    """A question and its whole answer."""
    page.ask(QUESTION)
    page.wait_for_answer()


def nothing_yet(page: Page) -> None:
    """The first visit."""
    page.wait(lambda: "SmolLM2" in page.text or "127.0.0.1" in page.text, "the model's name")


SCENES: dict[str, tuple[Scene, tuple[int, int], str]] = {
    "chat": (answered, DESK, "en"),
    "empty": (nothing_yet, DESK, "en"),
    "phone": (answered, PHONE, "en"),
    "chinese": (nothing_yet, DESK, "zh-CN"),
}


def main() -> None:
    """Make every picture."""
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server:
        for name, (scene, size, language) in SCENES.items():
            with chromium(*size, language=language) as page:
                page.resize(*size)
                page.open(server.url)
                scene(page)
                page.driver.save_screenshot(str(FOLDER / f"{name}.png"))


if __name__ == "__main__":
    main()
