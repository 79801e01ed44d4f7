"""(l) The queue beside Huey and Celery; what it costs to submit, to die, and to stream."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.report import Aim, Section, Table, percentile
from bench.task_deaths import pauses_after_death
from bench.task_events import NUM_EVENTS, Cost, cost_of_events, cost_of_rows
from bench.task_queues import NUM_VISITORS, Found, Ours, Peer, Queue, redis
from tests.postgres import PostgresServer

NUM_JOBS = 600
NUM_ROUNDS = 2
STREAMING = (1, 100, 1000)
RUNNERS = (1, 4)
OURS, POSTGRES = "ours, SQLite", "ours, PostgreSQL"
HUEY, HASTY = "Huey", "Huey, no fsync"
PREFORK, THREADS = "Celery, prefork", "Celery, threads"
MOST_HUEY, MOST_SUBMIT_MS, MOST_HERE_S, MOST_THERE_S, MOST_GROWTH = 2.0, 5.0, 2.0, 30.0, 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured: runs by queue and number of runners, pauses in seconds, costs by number of tasks."""

    runs: Mapping[tuple[str, int], Sequence[Found]]
    here_s: Sequence[float]
    there_s: Sequence[float]
    costs: Mapping[int, Cost]
    floor: Cost

    def rate(self, name: str, num: int) -> float:
        """Return jobs a second, the median of the rounds."""
        return median(one.rate for one in self.runs[name, num])

    def ratio(self, name: str, num: int) -> float:
        """Return how many times our rate a queue's is, the median of the rounds' own ratios."""
        return median(
            one.rate / ours.rate for one, ours in zip(self.runs[name, num], self.runs[OURS, num], strict=True)
        )

    def submit_ms(self, name: str, share: float) -> float:
        """Return how long a submit takes, over all rounds."""
        times = [one for num in RUNNERS for found in self.runs[name, num] for one in found.submits_s]
        return percentile(times, share) * 1000


def measure() -> Section:
    """Measure it all."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        runs = _runs(folder)
        here_s, there_s = pauses_after_death(folder / "deaths")
        costs = {num: cost_of_events(_made(folder / f"events {num}"), num) for num in STREAMING}
        found = Figures(runs=runs, here_s=here_s, there_s=there_s, costs=costs, floor=cost_of_rows(folder))
    return Section(title=TITLE, about=ABOUT, table=_table(found), aims=_aims(found), why=WHY)


def _runs(folder: Path) -> dict[tuple[str, int], list[Found]]:
    found: dict[tuple[str, int], list[Found]] = {}
    with PostgresServer(fsync="on", full_page_writes="on", synchronous_commit="off") as postgres, redis() as address:
        for number in range(NUM_ROUNDS):
            for (name, num), queue in _queues(postgres, address).items():
                sys.stderr.write(f"  {name}, {num}\n")
                found.setdefault((name, num), []).append(queue.run(folder / f"{name} {num} {number}", NUM_JOBS))
    return found


def _queues(postgres: PostgresServer, address: str) -> dict[tuple[str, int], Queue]:
    huey = ("huey.bin.huey_consumer", "bench.peer_huey.queue", "-q", "-k", "thread", "-w")
    celery = ("celery", "-A", "bench.peer_celery:queue", "worker", "--without-gossip", "--without-mingle", "-c")
    found: dict[tuple[str, int], Queue] = {}
    for num in RUNNERS:
        found[OURS, num] = Ours(num_threads=num)
        found[POSTGRES, num] = Ours(num_threads=num, url=postgres.new_database())
        found[HUEY, num] = Peer(module="bench.peer_huey", words=(*huey, str(num)))
        found[HASTY, num] = Peer(module="bench.peer_huey", words=(*huey, str(num)), more={"BENCH_FSYNC": "no"})
        for name, pool in ((PREFORK, "prefork"), (THREADS, "threads")):
            words = (*celery, str(num), "-P", pool)
            found[name, num] = Peer(module="bench.peer_celery", words=words, more={"BENCH_QUEUE": address})
    return found


def _table(found: Figures) -> Table:
    names = list(dict.fromkeys(name for name, _num in found.runs))
    rows = [_row(found, name) for name in names]
    return Table(head=HEAD, rows=[*rows, *_other_rows(found)])


def _row(found: Figures, name: str) -> tuple[str, ...]:
    rates = [f"{found.rate(name, num):,.0f} ({found.ratio(name, num):.2f})" for num in RUNNERS]
    return (f"{name}", *rates, *(f"{found.submit_ms(name, share):.2f}" for share in (0.5, 0.99)))


def _other_rows(found: Figures) -> list[tuple[str, ...]]:
    here = [f"{percentile(found.here_s, share):.2f} s" for share in (0.5, 0.99)]
    there = [f"{percentile(found.there_s, share):.2f} s" for share in (0.5, 0.99)]
    costs = [(f"an event, {num} streaming", one) for num, one in found.costs.items()]
    costs.append(("floor: a row of SQLite's", found.floor))
    return [
        (f"kill -9 to taken up again, same machine ({len(found.here_s)} tasks)", "", "", *here),
        (f"kill -9 to taken up again, another machine ({len(found.there_s)} tasks)", "", "", *there),
        *(
            (f"{name}: processor, clock (µs)", "", "", f"{one.cpu_us:.1f}", f"{one.clock_us:.1f}")
            for name, one in costs
        ),
    ]


def _aims(found: Figures) -> list[Aim]:
    return [*_aims_of_rates(found), *_aims_of_times(found)]


def _aims_of_rates(found: Figures) -> list[Aim]:
    aims = []
    for num in RUNNERS:
        celery = max(found.ratio(name, num) for name in (PREFORK, THREADS))
        aims.append(Aim(asked=f"{num} runners: ahead of Celery", reached=f"{1 / celery:.2f} times", is_met=celery < 1))
        for name in (HUEY, HASTY):
            ratio = found.ratio(name, num)
            asked = f"{num} runners: {name} at most {MOST_HUEY:.0f} times as many"
            aims.append(Aim(asked=asked, reached=f"{ratio:.2f} times", is_met=ratio <= MOST_HUEY))
    return aims


def _aims_of_times(found: Figures) -> list[Aim]:
    submit, here, there = found.submit_ms(OURS, 0.99), percentile(found.here_s, 0.99), max(found.there_s)
    growth = max(found.costs[num].cpu_us for num in STREAMING) / found.costs[1].cpu_us
    asked_submit = f"p99 of a submit under {MOST_SUBMIT_MS:.0f} ms on SQLite"
    return [
        Aim(asked=asked_submit, reached=f"{submit:.2f} ms", is_met=submit < MOST_SUBMIT_MS),
        Aim(asked="taken up again within 2 s (p99)", reached=f"{here:.2f} s", is_met=here <= MOST_HERE_S),
        Aim(asked="within 30 s from another machine", reached=f"{there:.1f} s", is_met=there <= MOST_THERE_S),
        Aim(
            asked=f"an event's cost grows by {MOST_GROWTH:.1f} at most",
            reached=f"{growth:.2f}",
            is_met=growth <= MOST_GROWTH,
        ),
    ]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


TITLE = "(l) Tasks: the queue, its workers, its journal"
HEAD = ("what", "jobs a second, 1 runner (times ours)", "4 runners (times ours)", "submit p50 (ms)", "p99 (ms)")
ABOUT = f"""{NUM_JOBS:,} jobs that do nothing are submitted, then the worker is started: jobs a second are counted from
the first end to the last. Ours: a call of {NUM_VISITORS} visitors in turn, without a network; one process (`main.py
worker`) of 1 or 4 threads. Each job of ours leaves a row with its moments and six numbered events, for whoever looks
on. Peers: Huey on SQLite, one process of 1 or 4 threads, as it comes (each commit waits for the disk: it outlives a
power cut, as ours does not) and without that; Celery on a Redis that keeps nothing on disk, with processes and with
threads. All keep the results. PostgreSQL does not wait for the disk either (`synchronous_commit=off`).
{NUM_ROUNDS} rounds.

kill -9: a worker that holds tasks beside one that is idle; "another machine" is one whose name was changed, with the
usual lease of 20 s. Events: {NUM_EVENTS:,} from 1, 100 and 1,000 tasks in turn, as fast as the journal takes them, each
task with its reader, in one process; floor: as many rows written and read by SQLite alone."""
WHY = """a job that does nothing costs Huey two small statements, a row deleted and a row written. Ours is taken up in
turn by priority, age and fairness, under a lease and a fence, is told to its readers and its workspace by numbered
events, and ends with what its end means for others: one transaction a job, ten statements through SQLAlchemy, where
profiling began with fourteen in four transactions and 2.5 ms of the processor; now it is 1 ms. Work worth queueing
takes longer."""


if __name__ == "__main__":
    sys.stdout.write(measure().as_markdown())
