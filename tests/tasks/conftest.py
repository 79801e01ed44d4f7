"""What the tests of tasks share: a workshop on a database of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tasks.workshop import Workshop, workshop_at


@pytest.fixture
def workshop(store_at: Path | str) -> Iterator[Workshop]:
    """A queue and a journal without runners."""
    with workshop_at(store_at) as made:
        yield made


@pytest.fixture
def neighbour(workshop: Workshop) -> Iterator[Workshop]:
    """The same data folder as another process has it: its own connections, journal and queue."""
    with workshop_at(workshop.at) as made:
        yield made
