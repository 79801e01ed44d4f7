"""What an event costs, from its runner's word to its reader, with few and with many tasks that stream at once."""

import asyncio
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pysqlite3.dbapi2 as sqlite

from store.task_rows import TaskRow
from tasks.readers import Readers
from tests.tasks.workshop import Workshop

NUM_EVENTS = 20_000
BARE_BATCH = 1000
TEXT = "word "


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds an event: of the clock, and of the processor."""

    clock_us: float
    cpu_us: float


def cost_of_events(folder: Path, num_tasks: int) -> Cost:
    """Have so many tasks stream in turn, as fast as they may, each to a reader; all in one process."""
    workshop = Workshop(folder / "studiolo.db")
    try:
        held = [workshop.held() for _ in range(num_tasks)]
        return asyncio.run(_streamed(workshop, held))
    finally:
        workshop.close()


def cost_of_rows(folder: Path) -> Cost:
    """The floor: as many rows written by SQLite alone, in transactions of a thousand, and read again."""
    with sqlite.connect(str(folder / "bare.db"), isolation_level=None) as bare:
        bare.execute("PRAGMA journal_mode=WAL")
        bare.execute("PRAGMA synchronous=NORMAL")
        columns = "stream TEXT, number INTEGER, kind TEXT, data TEXT, at INTEGER"
        bare.execute(f"CREATE TABLE events ({columns}, PRIMARY KEY (stream, number)) WITHOUT ROWID")
        begun_s, begun_cpu_s = time.perf_counter(), time.process_time()
        for start in range(0, NUM_EVENTS, BARE_BATCH):
            rows = [("one", start + place, "text", json.dumps({"text": TEXT}), 0) for place in range(BARE_BATCH)]
            bare.execute("BEGIN IMMEDIATE")
            bare.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", rows)
            bare.execute("COMMIT")
        assert len(bare.execute("SELECT * FROM events").fetchall()) == NUM_EVENTS
        return _cost(begun_s, begun_cpu_s)


async def _streamed(workshop: Workshop, held: Sequence[TaskRow]) -> Cost:
    readers = Readers(workshop.database)
    readers.start(asyncio.get_running_loop())
    workshop.journal.listen(readers.hear)
    shares = [NUM_EVENTS // len(held)] * len(held)
    before = [len(workshop.events(task.id)) for task in held]
    reading = [
        asyncio.create_task(_read(readers, task, seen, seen + share))
        for task, seen, share in zip(held, before, shares, strict=True)
    ]
    await asyncio.sleep(0.2)  # all of them follow
    begun_s, begun_cpu_s = time.perf_counter(), time.process_time()
    threading.Thread(target=_say_all, args=(workshop, held), daemon=True).start()
    await asyncio.gather(*reading)
    return _cost(begun_s, begun_cpu_s)


def _say_all(workshop: Workshop, held: Sequence[TaskRow]) -> None:
    for _ in range(NUM_EVENTS // len(held)):
        for task in held:
            workshop.journal.append(task.id, task.fence, ("text", {"text": TEXT}))


async def _read(readers: Readers, task: TaskRow, seen: int, last: int) -> None:
    news = asyncio.Event()
    reader = await readers.follow(task.id, seen, news.set)
    while reader.seen < last:
        news.clear()
        if await readers.read(reader) is None:
            await news.wait()
    readers.leave(reader)


def _cost(begun_s: float, begun_cpu_s: float) -> Cost:
    clock_s, cpu_s = time.perf_counter() - begun_s, time.process_time() - begun_cpu_s
    return Cost(clock_s * 1e6 / NUM_EVENTS, cpu_s * 1e6 / NUM_EVENTS)
