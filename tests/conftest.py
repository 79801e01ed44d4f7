"""What all tests share: one running server a test process, and its visitors alice, bob and charlie."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from providers.fakes.openai_server import FakeOpenAI
from tests.postgres import PostgresServer
from tests.running import ROOT, Server
from tests.stored import new_postgres, postgres_server
from tests.visitors import Visitor, new_visitor

PROBE = ROOT / "tests" / "probe"

# A shell's background job ignores Ctrl-C, and so would every program that a test starts and interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)

# What takes long begins first, so that nobody waits for the last of it alone.
LONG = ("test_schemathesis", "test_long_conversation", "tests/faults", "tests/browser", "test_backup", "test_cli")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take long before the others."""
    items.sort(key=lambda item: next((place for place, word in enumerate(LONG) if word in str(item.path)), len(LONG)))


@pytest.fixture(scope="session")
def scale() -> int:
    """How many times the small counts of fault, soak and fuzz tests are run: 1; with STUDIOLO_TEST_SCALE=full, 10."""
    return 10 if os.environ.get("STUDIOLO_TEST_SCALE") == "full" else 1


@pytest.fixture(scope="session")
def fake_models() -> Iterator[FakeOpenAI]:
    """A model server that speaks OpenAI's wire."""
    with FakeOpenAI() as fake:
        yield fake


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, fake_models: FakeOpenAI) -> Iterator[Server]:
    """A real server with the probe plugin and the fake models."""
    data_dir: Path = tmp_path_factory.mktemp("data")
    settings = {"model_url": fake_models.url, "model_name": "ok", "local_model": "false"}
    with Server(data_dir, "--plugin", str(PROBE), **settings) as running:
        yield running


@pytest.fixture
def alice(server: Server) -> Visitor:
    """The owner of a workspace."""
    return new_visitor(server.url, "alice")


@pytest.fixture
def bob(server: Server) -> Visitor:
    """Another visitor."""
    return new_visitor(server.url, "bob")


@pytest.fixture
def charlie(server: Server) -> Visitor:
    """A stranger."""
    return new_visitor(server.url, "charlie")


@pytest.fixture(scope="session")
def postgres() -> PostgresServer:
    """The PostgreSQL of this test process."""
    return postgres_server()


@pytest.fixture(params=["sqlite", "postgres"])
def store_at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """Where a test's own database is: what takes this runs on both kinds.

    `@pytest.mark.parametrize("store_at", ["sqlite"], indirect=True)` keeps to the one that a test is about.
    """
    if request.param == "sqlite":
        yield tmp_path / "studiolo.db"
        return
    address = new_postgres()
    yield address
    postgres_server().drop_database(address)
