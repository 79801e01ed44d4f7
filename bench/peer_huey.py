"""A peer of the queue: Huey on SQLite, in the file that BENCH_QUEUE names. It keeps results, as ours does.

As it comes each commit waits for the disk. With BENCH_FSYNC=no it does not: then it outlives, as ours does, the end of
a process, and not a power cut.
"""

import os
import time

from huey import SqliteHuey

_FSYNC = False if os.environ.get("BENCH_FSYNC") == "no" else None
queue = SqliteHuey(filename=os.environ.get("BENCH_QUEUE", ":memory:"), fsync=_FSYNC)


@queue.task()  # type: ignore[untyped-decorator]
def nothing() -> float:
    """Do nothing, and say when."""
    return time.time()
