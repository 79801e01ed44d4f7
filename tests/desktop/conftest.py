"""One window for the tests of a file, and what stands behind it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from providers.fakes.openai_server import FakeOpenAI
from tests.desktop.window import Window

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory, fake_models: FakeOpenAI) -> Iterator[Window]:
    """The window of the chat page, with the fake models."""
    data_dir: Path = tmp_path_factory.mktemp("window")
    with Window(data_dir, model_url=fake_models.url, model_name="ok") as opened:
        yield opened
