"""A database of its own for each test of the store, and other processes that use it."""

import subprocess
import sys
import uuid
from pathlib import Path
from uuid import UUID

from sqlalchemy import inspect

from store import event_rows, session_rows
from store.database import Database, backend_at
from tests.running import ROOT

DAY_MS = 86_400_000


def add_session(database: Database) -> UUID:
    """Store a workspace with its stream."""
    session_id = uuid.uuid4()
    with database.write() as write:
        session_rows.add_if_missing(write.connection, session_id, b"o" * 32, DAY_MS)
        event_rows.open_stream(write.connection, session_id, session_id)
    return session_id


def place(word: str) -> Path | str:
    """Return where a database is, from a word on another process's command line."""
    return word if word.startswith("postgresql:") else Path(word)


def another_process(program: str, *words: object) -> "subprocess.Popen[str]":
    """Start Python on a program that says something on standard output and waits on standard input."""
    command = [sys.executable, "-c", program, *map(str, words)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def said(process: "subprocess.Popen[str]") -> str:
    """Return the next line another process says."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: "subprocess.Popen[str]") -> None:
    """End another process and close its pipes."""
    process.kill()
    process.communicate(timeout=5)


def table_names(at: Path | str) -> set[str]:
    """Return the names of the tables in a database, without those of indexes of words."""
    backend = backend_at(at)
    try:
        names = inspect(backend.engine).get_table_names()
    finally:
        backend.close()
    return {name for name in names if not name.startswith("item_words")}
