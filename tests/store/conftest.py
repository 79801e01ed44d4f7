"""What the tests of the store share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A new database."""
    made = Database(tmp_path / "studiolo.db")
    yield made
    made.close()


@pytest.fixture
def neighbour(database: Database) -> Iterator[Database]:
    """The same file as another process opens it."""
    made = Database(database.at)
    yield made
    made.close()
