"""What the tests of the store share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.database import Database


@pytest.fixture
def database(store_at: Path | str) -> Iterator[Database]:
    """A new database."""
    made = Database(store_at)
    yield made
    made.close()


@pytest.fixture
def neighbour(database: Database) -> Iterator[Database]:
    """The same rows as another process opens them."""
    made = Database(database.at)
    yield made
    made.close()
