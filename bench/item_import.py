"""(k) A hundred thousand rows of CSV into items, beside what the sqlite3 program takes to import them."""

import csv
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pysqlite3.dbapi2 as sqlite

from api.api import Api
from api.file_store import NewFile
from bench.item_rows import made_items
from bench.report import Section, Table, median_of
from doors.own import open_own, own_caller
from sessions.own_key import own_keys
from settings import load_settings
from tests.running import wait_until
from web_mode import build

NUM_ROWS = 100_000
NUM_ROUNDS = 3
PATIENCE_S = 600
COLUMNS = ("title", "text", "number", "date", "tags", "attributes")
OURS, BACK, PLAIN, INDEXED_TOO = "ours: start_import", "ours: start_export", "sqlite3, plain", "sqlite3, indexed"
# The same columns under indexes as ours has them, and the same words in FTS5: what it all costs without Python.
INDEXED = """
CREATE TABLE items(key INTEGER PRIMARY KEY, id TEXT, session TEXT, created INTEGER, title TEXT, text TEXT, number REAL,
  date TEXT, tags TEXT, attributes TEXT);
CREATE UNIQUE INDEX by_id ON items(id);
CREATE INDEX by_update ON items(session, created, key);
CREATE INDEX by_creation ON items(session, created, key);
CREATE INDEX by_title ON items(session, title, key);
CREATE INDEX by_number ON items(session, number, key);
CREATE INDEX by_date ON items(session, date, key);
CREATE VIRTUAL TABLE words USING fts5(said, content='', prefix='1 2');
INSERT INTO items(id, session, created, title, text, number, date, tags, attributes)
  SELECT hex(randomblob(16)), 'one', 1, * FROM plain;
INSERT INTO words(rowid, said) SELECT key, title || ' ' || text || ' ' || tags FROM items;
"""


def measure() -> Section:
    """Measure it all."""
    with TemporaryDirectory() as folder:
        source = _written(Path(folder) / "items.csv")
        rounds = [_round(Path(folder) / str(number), source) for number in range(NUM_ROUNDS)]
    return _section(rounds)


def _written(path: Path) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for made in made_items(NUM_ROWS):
            rows.writerow((made.title, made.text, made.number, made.date, ";".join(made.tags), ""))
    return path


def _round(folder: Path, source: Path) -> dict[str, float]:
    folder.mkdir()
    found = _ours(folder / "data", source)
    found[PLAIN] = _taken_s(lambda: _sqlite3(folder / "plain.db", source, ""))
    found[INDEXED_TOO] = _taken_s(lambda: _sqlite3(folder / "indexed.db", source, INDEXED))
    shutil.rmtree(folder)
    return found


def _ours(data: Path, source: Path) -> dict[str, float]:
    parts = build(load_settings(data_dir=data, local_model=False))
    parts.start()
    try:
        api = open_own(parts.entrance, own_keys(data))
        api.call(own_caller(api, "rpc"), "update_session", {})
        new = NewFile(session_id=api.session_id, name="items.csv")
        file_id = str(parts.services.files.add_file(new, lambda stream: stream.write(source.read_bytes())).id)
        return {
            OURS: _taken_s(lambda: _run(api, "start_import", {"file_id": file_id, "form": "csv"})),
            BACK: _taken_s(lambda: _run(api, "start_export", {"form": "csv"})),
        }
    finally:
        parts.stop()


def _run(api: Api, name: str, arguments: Mapping[str, str]) -> None:
    def ask(method: str, given: Mapping[str, str]) -> dict[str, object]:
        answer: dict[str, object] = api.call(own_caller(api, "rpc"), method, dict(given))
        return answer

    task_id = str(ask(name, arguments)["id"])
    wait_until(lambda: ask("get_task", {"task_id": task_id})["ended_at"], PATIENCE_S, "the task's end")
    made = ask("get_task", {"task_id": task_id})["facts"]
    assert isinstance(made, dict)
    assert NUM_ROWS in made["made"].values(), made


def _sqlite3(path: Path, source: Path, then: str) -> None:
    """Import by the sqlite3 program; where there is none, as Python's module would."""
    create = f"CREATE TABLE plain({', '.join(COLUMNS)});"
    program = shutil.which("sqlite3")
    if program is not None:
        words = f"PRAGMA journal_mode=WAL;\n{create}\n.import --csv --skip 1 {source} plain\n{then}"
        subprocess.run([program, str(path)], input=words, text=True, check=True, stdout=subprocess.DEVNULL)
        return
    connection = sqlite.connect(str(path))
    with source.open(newline="", encoding="utf-8") as file, connection:
        connection.executescript(f"PRAGMA journal_mode=WAL; {create}")
        rows = csv.reader(file)
        next(rows)
        connection.executemany("INSERT INTO plain VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.executescript(then)
    connection.close()


def _taken_s(work: Callable[[], object]) -> float:
    begun_s = time.perf_counter()
    work()
    return time.perf_counter() - begun_s


def _section(rounds: Sequence[Mapping[str, float]]) -> Section:
    found = median_of(rounds)
    rows = [
        (name, f"{taken_s:.2f}", f"{NUM_ROWS / taken_s:,.0f}", f"{found[OURS] / taken_s:.1f}")
        for name, taken_s in found.items()
    ]
    return Section(title=TITLE, about=ABOUT, table=Table(head=HEAD, rows=rows), aims=[])


TITLE = "(k) A hundred thousand rows of CSV into items"
HEAD = ("by", "s", "rows a second", "our import, times this")
ABOUT = f"""From the call of `start_import` to the task's end, in a process without a door: each row is read, checked
and given an id, and comes with its words, its tags' counts and the task's figures, 1,000 in a transaction that other
calls can come between. Peers: `.import` of the program sqlite3 (or Python's module where there is none; here:
{"the program" if shutil.which("sqlite3") else "the module"}), in one transaction, into a table without an index; and
the same with indexes and FTS5 as ours has them, filled by SQL alone. Medians of {NUM_ROUNDS} rounds."""
