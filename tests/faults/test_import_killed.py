"""An import whose server is killed with -9 ends as interrupted, and says exactly how many rows are in."""

from pathlib import Path
from typing import Any
from uuid import UUID

import web_mode
from api.file_store import NewFile
from settings import load_settings
from tests.asking import ended
from tests.running import Server, wait_until
from tests.stored import settings_of
from tests.visitors import Visitor, new_visitor

NUM_ROWS = 60_000


def made_of(visitor: Visitor, task_id: str) -> Any:
    return visitor.call("get_task", task_id)["facts"]["made"]


def follow_until_first_rows(visitor: Visitor, task_id: str) -> None:
    wait_until(lambda: made_of(visitor, task_id)["num_added"], 20, "the first rows")


def begun_import(data_dir: Path, visitor: Visitor) -> str:
    """Put a file into the workspace and begin to import it."""
    rows = "".join(f"lighthouse {number},{number},t\n" for number in range(NUM_ROWS))
    parts = web_mode.build(load_settings(data_dir=data_dir, local_model=False, **settings_of(data_dir)))
    new = NewFile(session_id=UUID(visitor.session_id), name="items.csv")
    file = parts.services.files.add_file(new, lambda stream: stream.write(f"title,number,tags\n{rows}".encode()))
    parts.database.close()
    task: dict[str, Any] = visitor.call("start_import", str(file.id), "csv")
    return str(task["id"])


def test_a_killed_import_says_how_many_rows_are_in(tmp_path: Path, scale: int) -> None:
    with Server(tmp_path, local_model="false") as server:
        for round_number in range(scale):
            alice = new_visitor(server.url, f"alice {round_number}")
            alice.call("update_session")
            task_id = begun_import(tmp_path, alice)
            follow_until_first_rows(alice, task_id)
            server.kill()
            server.start()
            task = ended(alice, {"id": task_id})
            assert (task["state"], task["error"]["code"]) == ("failed", "interrupted")
            facts = alice.call("get_item_facts")
            assert 0 < facts["num_items"] == task["facts"]["made"]["num_added"] < NUM_ROWS
            assert facts["tags"] == [{"name": "t", "num_items": facts["num_items"]}]
            found = alice.call("list_items", {"search": "lighthouse", "tags": ["t"]}, "created", None, 200)
            assert [one["number"] for one in found["items"]] == list(range(200))
