"""The benchmark of tasks really has them done, by ours and by a peer, and counts what an event costs."""

from pathlib import Path

from bench.task_events import cost_of_events, cost_of_rows
from bench.task_queues import Ours, Peer, Queue

NUM_JOBS = 20
HUEY = ("huey.bin.huey_consumer", "bench.peer_huey.queue", "-q", "-k", "thread", "-w", "1")


def test_ours_and_a_peer_do_every_job(tmp_path: Path) -> None:
    queues: list[Queue] = [Ours(num_threads=1), Peer(module="bench.peer_huey", words=HUEY)]
    for place, queue in enumerate(queues):
        found = queue.run(tmp_path / str(place), NUM_JOBS)
        assert len(found.submits_s) == NUM_JOBS
        assert min(found.submits_s) > 0
        assert found.rate > 0


def test_every_event_comes_to_its_reader_and_its_cost_is_told(tmp_path: Path) -> None:
    assert min(cost_of_events(tmp_path, 10).cpu_us, cost_of_rows(tmp_path).cpu_us) > 0
