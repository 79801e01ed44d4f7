"""Locks between threads and processes: one holder at a time, and none that outlives its process."""

import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from store.file_lock import LockTimeout as FileLockTimeout
from store.file_lock import file_lock
from store.file_places import FilePlaces
from store.session_lock import PLACES, LockTimeout, SessionLocks
from tests.store.rows import another_process, end, said

HOLD_SESSION = """
import sys
from pathlib import Path
from uuid import UUID
from store.file_places import FilePlaces
from store.session_lock import SessionLocks
locks = SessionLocks(FilePlaces(Path(sys.argv[1])))
with locks.hold(UUID(sys.argv[2]), 5):
    print("held", flush=True)
    sys.stdin.readline()
print("given back", flush=True)
sys.stdin.readline()
"""

HOLD_FILE = """
import sys
from pathlib import Path
from store.file_lock import file_lock
with file_lock(Path(sys.argv[1]), 5):
    print("held", flush=True)
    sys.stdin.readline()
"""

COUNT = """
import sys
from pathlib import Path
from uuid import UUID
from store.file_places import FilePlaces
from store.session_lock import SessionLocks
locks, counter = SessionLocks(FilePlaces(Path(sys.argv[1]))), Path(sys.argv[3])
for _ in range(int(sys.argv[4])):
    with locks.hold(UUID(sys.argv[2]), 20):
        counter.write_text(str(int(counter.read_text()) + 1))
print("done", flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sessions.lock"


@pytest.fixture
def locks(path: Path) -> Iterator[SessionLocks]:
    made = SessionLocks(FilePlaces(path))
    yield made
    made.close()


def count_up(locks: SessionLocks, session_id: UUID, counter: list[int], times: int) -> None:
    for _ in range(times):
        with locks.hold(session_id, 20):
            seen = counter[0]
            threading.Event().wait(0.0005)
            counter[0] = seen + 1


def test_threads_of_one_process_hold_it_one_after_the_other(locks: SessionLocks) -> None:
    session_id, counter = uuid.uuid4(), [0]
    threads = [threading.Thread(target=count_up, args=(locks, session_id, counter, 10)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert counter == [80]
    assert locks._threads == {}, "a lock nobody wants any more is forgotten"


def test_processes_hold_it_one_after_the_other(path: Path, tmp_path: Path, scale: int) -> None:
    counter, session_id, times = tmp_path / "counter", uuid.uuid4(), 100 * scale
    counter.write_text("0")
    processes = [another_process(COUNT, path, session_id, counter, times) for _ in range(3)]
    assert [said(process) for process in processes] == ["done"] * 3
    for process in processes:
        end(process)
    assert counter.read_text() == str(3 * times)


def test_another_process_is_waited_for_and_no_longer_than_told(locks: SessionLocks, path: Path) -> None:
    session_id = uuid.uuid4()
    process = another_process(HOLD_SESSION, path, session_id)
    assert said(process) == "held"
    begun = time.monotonic()
    with pytest.raises(LockTimeout), locks.hold(session_id, 0.1):
        pass
    assert 0.1 <= time.monotonic() - begun < 2
    with locks.hold(uuid.uuid4(), 0):
        pass  # another session's is free
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
    assert said(process) == "given back"
    with locks.hold(session_id, 5):
        pass
    end(process)


def test_a_holder_that_is_killed_holds_no_longer(locks: SessionLocks, path: Path) -> None:
    session_id = uuid.uuid4()
    process = another_process(HOLD_SESSION, path, session_id)
    assert said(process) == "held"
    end(process)
    with locks.hold(session_id, 5):
        pass


def test_a_thread_that_waits_for_another_one_gives_up_as_told(locks: SessionLocks) -> None:
    session_id, refused = uuid.uuid4(), threading.Event()

    def try_it() -> None:
        with pytest.raises(LockTimeout), locks.hold(session_id, 0.05):
            pass
        refused.set()

    with locks.hold(session_id, 1):
        thread = threading.Thread(target=try_it)
        thread.start()
        assert refused.wait(5)
    thread.join(5)
    assert locks._threads == {}


def test_a_method_that_raises_gives_it_back(locks: SessionLocks) -> None:
    session_id = uuid.uuid4()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), locks.hold(session_id, 0):
            raise ZeroDivisionError


def test_two_sessions_that_share_a_place_only_wait_for_each_other(locks: SessionLocks) -> None:
    one, other = UUID(int=7), UUID(int=7 + PLACES)
    with locks.hold(one, 1), pytest.raises(LockTimeout), locks.hold(other, 0.02):
        pass
    with locks.hold(other, 1):
        pass


def test_the_lock_file_stays_small_and_private(locks: SessionLocks, path: Path) -> None:
    with locks.hold(UUID(int=PLACES - 1), 1):
        assert path.stat().st_size <= 1
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("is_killed", [True, False])
def test_a_file_lock_waits_until_its_holder_lets_go_or_is_gone(tmp_path: Path, is_killed: bool) -> None:
    path, got = tmp_path / "lock", threading.Event()
    process = another_process(HOLD_FILE, path)
    assert said(process) == "held"

    def take() -> None:
        with file_lock(path, 5):
            got.set()

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    assert not got.wait(0.1)
    if is_killed:
        end(process)
    else:
        process.communicate("\n", timeout=5)
    assert got.wait(5)
    thread.join(5)


def test_a_file_lock_is_waited_for_no_longer_than_told_also_within_a_process(tmp_path: Path) -> None:
    with file_lock(tmp_path / "lock", 0), pytest.raises(FileLockTimeout), file_lock(tmp_path / "lock", 0.05):
        pass
    with file_lock(tmp_path / "lock", 0):
        pass
