"""What the task kind `watch` does: it shows a page for as long as somebody looks."""

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from api.page_pictures import picture_of
from engines.base import EngineError
from engines.pool import Pool
from store import event_rows, task_rows
from store.clock import now_ms
from store.database import Database, Write
from store.event_rows import Event
from store.task_rows import TaskRow
from tasks.folding import USUAL_FOLD, fold_stream
from tasks.journal import Entry
from tasks.kinds import Ending
from tasks.work import Work

PAUSE_S = 0.3  # between the beginnings of two pictures
QUALITIES = (0.5, 0.2)
PICTURE = "picture"


@dataclass(slots=True)
class _Shown:
    """What was told last."""

    place: dict[str, Any] | None = None
    picture: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class PageWatch:
    """Tells what a page shows, and where it is, whenever that has changed; at most half of the time goes into it."""

    pool: Pool
    database: Database

    def run(self, work: Work) -> None:
        """Show the workspace's page until nobody wants to see it any more."""
        ended, shown = threading.Event(), _Shown()
        work.on_cancel(ended.set)
        while not ended.is_set() and self._is_wanted(work.task):
            begun = time.monotonic()
            self._look(work, shown)
            took_s = time.monotonic() - begun
            ended.wait(max(PAUSE_S - took_s, took_s))

    def _is_wanted(self, task: TaskRow) -> bool:
        with self.database.read() as connection:
            row = task_rows.find(connection, task.id)
        return row is not None and bool(row.facts["until_ms"] > now_ms())

    def _look(self, work: Work, shown: _Shown) -> None:
        page, place, picture = self.pool.look(str(work.task.session_id)), _NOWHERE, None
        if page is not None:
            with suppress(EngineError):  # it ends, or does not answer just now
                state = page.state()
                place = {"is_open": True, "url": state.url, "title": state.title}
                picture = picture_of(page, QUALITIES)
        if place != shown.place:
            shown.place = place
            work.emit("page", place)
        if picture is not None and picture != shown.picture:
            shown.picture = picture
            work.emit(PICTURE, picture)


_NOWHERE: dict[str, Any] = {"is_open": False, "url": "", "title": ""}


def forget_pictures(write: Write, task: TaskRow, _ending: Ending) -> Sequence[Entry]:
    """Keep nothing of what was shown, once nobody looks any more."""
    last, _folded = event_rows.position(write.connection, task.id)
    fold_stream(write.connection, task.id, last, _without_pictures)
    return ()


def _without_pictures(events: Sequence[Event]) -> list[Event]:
    return USUAL_FOLD([event for event in events if event.kind != PICTURE])
