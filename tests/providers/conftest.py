"""A fake model server, and a client for it that is not patient."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from providers.base import Timeouts
from providers.fakes.openai_server import FakeOpenAI
from providers.openai_compatible import OpenAICompatible, import_sdk
from tests.providers.asking import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", autouse=True)
def _sdk() -> None:
    import_sdk()  # once, so that no test's clock counts it


@pytest.fixture
def fake() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(key=KEY) as fake:
        yield fake


@pytest.fixture
def server(fake: FakeOpenAI) -> OpenAICompatible:
    return OpenAICompatible("fake", fake.url, KEY, Timeouts(connect_s=0.5, first_s=0.5, stall_s=0.4, alive_s=1.5))


@pytest.fixture
def full_address() -> Iterator[str]:
    """An address whose line of callers is full, so that a connection is neither taken nor refused."""
    with socket.socket() as listener, ExitStack() as callers:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            caller = callers.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
