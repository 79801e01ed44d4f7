"""A power cut takes the end of what was not yet on the disk: what is left is whole, and only the newest is missing."""

import random
import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from store import event_rows
from store.database import Database
from tests.store.rows import add_session

NUM_COMMITS = 60
NUM_CUTS = 25  # and more with the scale
SEED = 20_261_121


@pytest.fixture
def store_at(tmp_path: Path) -> Path:
    return tmp_path / "studiolo.db"


def test_a_log_cut_anywhere_leaves_a_whole_database_of_the_first_commits(
    store_at: Path, tmp_path: Path, scale: int
) -> None:
    database = Database(store_at)
    stream = add_session(database)
    for number in range(NUM_COMMITS):
        with database.write() as write:
            event_rows.append(write.connection, stream, [("text", {"text": "x" * (number * 40)})])
    log = store_at.with_name("studiolo.db-wal").read_bytes()
    chance, found = random.Random(SEED), set[int]()
    for cut in range(NUM_CUTS * scale):
        copy = tmp_path / str(cut) / "studiolo.db"
        copy.parent.mkdir()
        shutil.copy(store_at, copy)
        copy.with_name("studiolo.db-wal").write_bytes(damaged(log, chance))
        found.add(num_kept(copy, stream.hex))
        shutil.rmtree(copy.parent)
    database.close()
    assert len(found) > NUM_CUTS / 3, "the cuts were all alike"
    assert max(found) < NUM_COMMITS + 1


def damaged(log: bytes, chance: random.Random) -> bytes:
    """Return a log without its end, or with noise or nothing where the end was."""
    cut = chance.randrange(len(log) // 8, len(log))
    rest = len(log) - cut
    return log[:cut] + chance.choice([b"", bytes(rest), chance.randbytes(rest)])


def num_kept(path: Path, stream: str) -> int:
    """Open what a cut left as the next start does; return how many commits are there: the first, in their order."""
    database = Database(path)
    try:
        with database.read() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            query = text("SELECT number FROM events WHERE stream_id = :stream ORDER BY number")
            numbers = list(connection.execute(query, {"stream": stream}).scalars())
        assert numbers == list(range(1, len(numbers) + 1))
        add_session(database)
    finally:
        database.close()
    return len(numbers)
