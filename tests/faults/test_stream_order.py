"""Many writers on one stream while readers follow: numbers come in the order of commits, so none is ever missed."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import pytest

from store import event_rows
from store.database import Database
from tests.running import wait_until
from tests.store.rows import add_session, another_process, end, said

NUM_WRITERS = 8
NUM_EVENTS = 30  # of each writer, and more with the scale
WRITER = """
import random, sys, time
from uuid import UUID
from store import event_rows
from store.database import Database
from tests.store.rows import place
database, stream, writer, num = Database(place(sys.argv[1])), UUID(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
print("ready", flush=True)
sys.stdin.readline()
for count in range(num):
    with database.write() as write:
        event_rows.append(write.connection, stream, [("text", {"writer": writer, "count": count})])
        write.tell_others()
        time.sleep(random.choice([0, 0, 0.002, 0.01]))
print("done", flush=True)
sys.stdin.readline()
"""


class Follower:
    """Reads what comes after the last number it saw, again and again, as every reader does."""

    def __init__(self, database: Database, stream: UUID) -> None:
        self.numbers: list[int] = []
        self.said: list[tuple[int, int]] = []
        self.num_looks = 0
        self._database = database
        self._stream = stream
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow)

    def __enter__(self) -> "Follower":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _follow(self) -> None:
        while not self._stop.is_set():
            seen = self.numbers[-1] if self.numbers else 0
            with self._database.read() as connection:
                found = event_rows.after(connection, self._stream, seen, 7)
            self.numbers += [event.number for event in found]
            self.said += [(event.data["writer"], event.data["count"]) for event in found]
            self.num_looks += 1
            time.sleep(0.001)


@pytest.fixture
def database(store_at: Path | str) -> Iterator[Database]:
    """The database that all share."""
    made = Database(store_at)
    yield made
    made.close()


@pytest.mark.timeout(180)
def test_eight_writers_and_readers_that_follow_miss_no_number(database: Database, scale: int) -> None:
    stream, num = add_session(database), NUM_EVENTS * scale
    writers = [another_process(WRITER, database.at, stream, place, num) for place in range(NUM_WRITERS)]
    assert [said(writer) for writer in writers] == ["ready"] * NUM_WRITERS
    with ExitStack() as stack:
        followers = [stack.enter_context(Follower(database, stream)) for _ in range(3)]
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.write("go\n")
            writer.stdin.flush()
        assert [said(writer) for writer in writers] == ["done"] * NUM_WRITERS
        last = NUM_WRITERS * num
        wait_until(lambda: all(len(one.numbers) >= last for one in followers), 20, "all numbers")
    for writer in writers:
        end(writer)
    for follower in followers:
        assert follower.numbers == list(range(1, last + 1))
        assert len(set(follower.said)) == len(follower.said) == last
        for writer_place in range(NUM_WRITERS):
            own = [count for writer_number, count in follower.said if writer_number == writer_place]
            assert own == list(range(num)), "a writer's own events changed places"
        assert follower.num_looks > num, "it did not follow while they wrote"
