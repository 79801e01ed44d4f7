"""A peer of the queue: Celery on the Redis that BENCH_QUEUE names, as broker and for the results."""

import os
import time

from celery import Celery

_PLACE = os.environ.get("BENCH_QUEUE", "redis://127.0.0.1:1/0")
queue = Celery("peer", broker=_PLACE, backend=_PLACE)
queue.conf.update(worker_hijack_root_logger=False, broker_connection_retry_on_startup=True)


@queue.task  # type: ignore[untyped-decorator]
def nothing() -> float:
    """Do nothing, and say when."""
    return time.time()
