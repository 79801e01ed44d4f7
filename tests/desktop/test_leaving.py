"""Closing the window is leaving: what shall end with its visitor ends, the rest is there at the next opening."""

from pathlib import Path
from uuid import UUID

from store import task_rows
from store.database import Database
from store.task_rows import TaskRow
from tests.conftest import PROBE
from tests.desktop.window import Window
from tests.leavers import KINDS
from tests.running import wait_until


def test_closing_the_window_ends_what_shall_end_with_its_visitor(tmp_path: Path) -> None:
    with Window(tmp_path, plugin=PROBE) as window:
        tasks = {kind: window.run(f"pywebview.api.start_stay('{kind}')")["id"] for kind in KINDS}
        for task in tasks.values():
            asked = f"pywebview.api.get_task('{task}')"
            wait_until(lambda asked=asked: window.run(asked)["state"] == "processing", 20, "the runner")  # type: ignore[misc]
    database = Database(tmp_path / "studiolo.db")
    with database.read() as connection:
        rows = {kind: found(task_rows.find(connection, UUID(task))) for kind, task in tasks.items()}
    database.close()
    left = rows["stay_while_here"]
    assert left.cancel_asked or left.state == "cancelled"
    assert {rows[kind].state for kind in ("stay_on", "stay_a_while")} <= {"pending", "processing"}
    assert not rows["stay_on"].cancel_asked


def found(row: TaskRow | None) -> TaskRow:
    assert row is not None
    return row
