"""Who left and who did not, over several workers and restarts of the server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROBE
from tests.faults.workers import asleep, worker_pids
from tests.leavers import Guest
from tests.probe.api import GRACE_S
from tests.running import Gunicorn, Server, wait_until
from tests.visitors import new_visitor

SETTLED_S = 9.0  # five seconds to settle, and a look each second
ENDED = {"stay_while_here", "stay_a_while"}
pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("leaving")]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Two workers."""
    with Gunicorn(tmp_path_factory.mktemp("data"), 2, plugin=PROBE, local_model="false", num_runners=16) as running:
        yield running


def guest_of(server: Server, name: str) -> Guest:
    return Guest(new_visitor(server.url, name))


def test_the_last_page_of_two_workers_that_says_goodbye_ends_what_shall_end(two: Server) -> None:
    guest = guest_of(two, "alice")
    first = guest.open_page()
    guest.start()  # the workspace is stored only now: its pages hear of it, and are noted
    with asleep([min(worker_pids(two))]):
        second = guest.open_page()
    first.say_goodbye()
    silent = guest_of(two, "bob").start()
    silent.open_page().lose()
    wait_until(lambda: not guest.ended(), 1)
    second.say_goodbye()
    wait_until(lambda: guest.ended() == {"stay_while_here"}, SETTLED_S, "its end")
    wait_until(
        lambda: guest.ended() == {"stay_while_here", "stay_a_while"}, GRACE_S + SETTLED_S, "the end of the grace"
    )
    assert silent.ended() == set(), "a connection that breaks is no goodbye"


def test_a_goodbye_outlives_the_server_and_its_kill_is_none(tmp_path: Path) -> None:
    with Server(tmp_path / "data", "--plugin", str(PROBE), local_model="false", num_runners=16) as server:
        leaves, stays, returns = (guest_of(server, name) for name in ("alice", "bob", "charlie"))
        pages = [guest.start().open_page() for guest in (leaves, stays, returns)]
        pages[0].say_goodbye()
        pages[2].say_goodbye()
        server.kill()
        server.start()
        again = returns.open_page()
        wait_until(lambda: leaves.ended() == ENDED, GRACE_S + SETTLED_S, "its end")
        assert stays.ended() == set(), "the server's end is no goodbye"
        assert returns.ended() == set(), "who loads the page again has not left"
        again.live.close()


def test_a_goodbye_from_elsewhere_is_none(two: Server) -> None:
    alice, charlie, measure = (guest_of(two, name) for name in ("alice", "charlie", "a measure"))
    alice.start()
    measure.start()
    page = alice.open_page()
    address = f"{two.url}/leave/{alice.visitor.session_id}"
    assert charlie.visitor.http.post(f"{address}/{page.id}", timeout=5).status_code == 204
    assert alice.visitor.http.post(f"{address}/nonsense", timeout=5).status_code == 204
    evil = {"Origin": "https://evil.example"}
    assert alice.visitor.http.post(f"{address}/{page.id}", headers=evil, timeout=5).status_code == 403
    alice.open_page().say_goodbye()
    measure.open_page().say_goodbye()
    wait_until(measure.ended, SETTLED_S, "the end of who left later")
    assert alice.ended() == set()
