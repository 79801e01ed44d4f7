"""Browsers and servers for the browser tests."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from providers.fakes.openai_server import FakeOpenAI
from tests.browser.chromium import Page
from tests.browser.shelf import Shelf
from tests.browser.task_server import TaskServer
from tests.running import Server

if TYPE_CHECKING:
    from pathlib import Path

Browsers = Callable[..., Page]


@pytest.fixture(scope="session")
def model_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server as a new user has it: nothing set, the real local model."""
    with Server(tmp_path_factory.mktemp("model")) as running:
        yield running


@pytest.fixture(scope="session")
def counter_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the counter plugin."""
    data_dir: Path = tmp_path_factory.mktemp("counter")
    with Server(data_dir, "--plugin", "plugins/counter", local_model="false") as running:
        yield running


@pytest.fixture(scope="session")
def chat_server(tmp_path_factory: pytest.TempPathFactory, fake_models: FakeOpenAI) -> Iterator[Server]:
    """A server whose model does what a question's mark says: `[[count:500:10]]`, `[[echo]]`, none: a short answer."""
    data_dir: Path = tmp_path_factory.mktemp("chat")
    with Server(data_dir, model_url=fake_models.url, model_name="ok", local_model="false") as running:
        yield running


@pytest.fixture(scope="session")
def task_server(tmp_path_factory: pytest.TempPathFactory, fake_models: FakeOpenAI) -> Iterator[Server]:
    """The same with long work that counts, asks, fails and waits."""
    data_dir: Path = tmp_path_factory.mktemp("tasks")
    settings = {"model_url": fake_models.url, "model_name": "ok", "local_model": "false"}
    with TaskServer(data_dir, **settings) as running:
        yield running


@pytest.fixture(scope="package")
def shelf() -> Iterator[Shelf]:
    """Browsers for one test after another."""
    with Shelf() as filled:
        yield filled


@pytest.fixture
def browsers(shelf: Shelf) -> Iterator[Browsers]:
    """Open browsers, each a visitor of its own; what they hold is gone with the test."""
    with ExitStack() as opened:
        yield lambda **words: opened.enter_context(shelf.lend(**words))
