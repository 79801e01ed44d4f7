"""The change watch: a commit of any process is heard, and one deaf listener harms no other."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from store import session_rows
from store.database import Database
from store.signals import ChangeWatch
from tests.running import wait_until
from tests.store.rows import DAY_MS, add_session, another_process, end, said

COMMIT = """
import sys
from store.database import Database
from tests.store.rows import place
database = Database(place(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
with database.write() as write:
    write.connection.exec_driver_sql("DELETE FROM sessions")
    write.tell_others()
print("committed", flush=True)
sys.stdin.readline()
"""
HEARD_S = 0.2


class Ear:
    """Counts what it hears."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def hear(self) -> None:
        """Note the moment."""
        self.times.append(time.monotonic())


def commit(database: Database) -> None:
    """Write what others are to hear of."""
    with database.write() as write:
        session_rows.add_if_missing(write.connection, uuid4(), b"o" * 32, DAY_MS)
        write.tell_others()


@contextmanager
def watching(database: Database, ear: Ear) -> Iterator[ChangeWatch]:
    watch = database.watch()
    watch.listen(ear.hear)
    watch.start()
    wait_until(lambda: ear.times, what="the first look")
    try:
        yield watch
    finally:
        watch.stop()


def test_a_commit_of_another_process_is_heard_soon(database: Database) -> None:
    add_session(database)
    process, ear = another_process(COMMIT, database.at), Ear()
    assert said(process) == "ready"
    with watching(database, ear):
        before = len(ear.times)
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
        assert said(process) == "committed"
        wait_until(lambda: len(ear.times) > before, what="the news")
    end(process)


def test_every_commit_of_a_neighbour_is_heard_within_200_ms(database: Database, neighbour: Database) -> None:
    ear, waits = Ear(), []
    with watching(database, ear):
        for _ in range(5):
            before, begun = len(ear.times), time.monotonic()
            commit(neighbour)
            wait_until(lambda before=before: len(ear.times) > before, what="the news")  # type: ignore[misc]
            waits.append(ear.times[before] - begun)
    assert min(waits) < HEARD_S, waits


def test_where_nothing_is_written_nothing_is_told(database: Database, neighbour: Database) -> None:
    ear = Ear()
    with watching(database, ear):
        before = len(ear.times)
        with neighbour.read() as connection:
            connection.exec_driver_sql("SELECT * FROM sessions").all()
        assert not threading.Event().wait(0.1)
        assert len(ear.times) == before


def test_one_deaf_listener_harms_no_other_and_hears_of_it_again(database: Database, neighbour: Database) -> None:
    watch, ear = database.watch(), Ear()
    tries: list[int] = []

    def fail_twice() -> None:
        tries.append(len(tries))
        if len(tries) in (2, 3):
            raise ZeroDivisionError

    watch.listen(fail_twice)
    watch.listen(ear.hear)
    watch.start()
    wait_until(lambda: len(tries) == 1, what="the first look")
    heard = len(ear.times)
    commit(neighbour)
    wait_until(lambda: len(tries) >= 4, what="another try without another commit")
    assert len(ear.times) > heard
    watch.stop()
