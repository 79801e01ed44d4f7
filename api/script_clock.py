"""The clock of kept scripts: starts those whose time has come, whether anybody is there or not."""

import threading
from uuid import UUID

from loguru import logger

from api.errors import ApiError, TooManyTasks
from api.page_orders import PageOrders
from api.schedules import next_ms
from store import script_rows, session_rows, task_rows
from store.clock import now_ms
from store.database import Write
from store.script_rows import ScriptRow
from tasks.queue import QueueFull
from tasks.states import OPEN

LOOK_S = 1.0


class StillRunning(ApiError):
    """A schedule's time came while the run before it went on."""

    status = 409
    en = "It was still running from the time before. Give it a schedule with longer pauses, or less to do."
    zh = "上一次运行尚未结束。请延长定时间隔，或减少单次工作量。"


class ScriptClock:
    """Looks every second, on a thread of its own; any number of processes may do so at the same time.

    A time that came while no server was there is made up for once. A run counts as a use of its workspace.
    """

    BATCH = 100

    def __init__(self, orders: PageOrders, look_s: float = LOOK_S) -> None:
        self._orders = orders
        self._database = orders.services.database
        self._look_s = look_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="script-clock", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End; returns when the thread has ended."""
        self._stop.set()
        self._thread.join()

    def look(self) -> int:
        """Start what is due; returns how many scripts' times came."""
        with self._database.read() as connection:
            due = script_rows.due(connection, now_ms(), self.BATCH)
        return sum(self._take_turn(script_id, session_id) for script_id, session_id in due)

    def _take_turn(self, script_id: UUID, session_id: UUID) -> bool:
        with self._database.write(session_id) as write:
            row = script_rows.find(write.connection, session_id, script_id)
            now = now_ms()
            if row is None or row.next_ms is None or row.next_ms > now:
                return False  # another process was quicker, or its schedule is another one by now
            assert row.cron is not None
            assert row.time_zone is not None
            script_rows.change(write.connection, row.id, next_ms=next_ms(row.cron, row.time_zone, now))
            self._start_or_skip(write, row)
            return True

    def _start_or_skip(self, write: Write, row: ScriptRow) -> None:
        try:
            self._refuse_running(write, row)
            self._orders.refuse_missing()
            self._orders.start(write, row, row.language, is_scheduled=True)
        except QueueFull as error:
            self._skip(write, row, TooManyTasks(limit=error.limit, place=error.place, retry_after=error.retry_after))
        except ApiError as error:
            self._skip(write, row, error)
        else:
            session_rows.touch(write.connection, row.session_id, self._orders.services.idle_ms)

    def _refuse_running(self, write: Write, row: ScriptRow) -> None:
        last = None if row.last_task_id is None else task_rows.find(write.connection, row.last_task_id)
        if last is not None and last.state in OPEN:
            raise StillRunning

    def _skip(self, write: Write, row: ScriptRow, error: ApiError) -> None:
        script_rows.change(write.connection, row.id, skipped_ms=now_ms(), skipped=error.kept)
        entry = "script", {"id": str(row.id), "change": "skipped"}
        self._orders.services.journal.append_in(write, row.session_id, [entry])
        logger.info("The script {} was not started at its time: {}", row.id, error.code)

    def _run(self) -> None:
        while not self._stop.wait(self._look_s):
            with logger.catch(message="Looking for scripts whose time has come failed; it is tried again."):
                self.look()
