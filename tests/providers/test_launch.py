"""A child ends when its parent ends, however that ends; a process is known by more than its number."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

import launch
from tests.providers.waiting import eventually

if TYPE_CHECKING:
    import pytest

ROOT = Path(launch.__file__).parent
CHILD = "import launch, threading; launch.end_with_parent(); print('up', flush=True); threading.Event().wait()"
# A parent that starts a child as `launch` does, says its number, and does what it is told.
PARENT = f"""
import subprocess, sys, os, time
child = subprocess.Popen([sys.executable, "-c", {CHILD!r}], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdout.readline()
{{before}}
print(child.pid, flush=True)
{{then}}
"""


def parent_of_a_child(before: str = "", then: str = "time.sleep(60)") -> tuple[subprocess.Popen[str], int, float]:
    """Start a parent and its child; answer the parent, and the child's number and start."""
    source = PARENT.format(before=before, then=then)
    parent = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.stdout.close()
    started = launch.process_start_time(pid)
    assert started is not None
    return parent, pid, started


def test_a_child_ends_when_its_parent_is_killed() -> None:
    parent, pid, started = parent_of_a_child()
    assert launch.is_running(pid, started)
    parent.kill()
    parent.wait()
    assert eventually(lambda: not launch.is_running(pid, started)) < 2


def test_a_child_ends_when_its_parent_comes_to_its_end() -> None:
    parent, pid, started = parent_of_a_child(then="")
    parent.wait(5)
    assert eventually(lambda: not launch.is_running(pid, started)) < 2


def test_a_child_ends_although_a_fork_of_its_parent_holds_the_pipe() -> None:
    parent, pid, started = parent_of_a_child(before="fork = os.fork() or time.sleep(20)")
    fork = next(child.pid for child in psutil.Process(parent.pid).children() if child.pid != pid)
    parent.kill()
    parent.wait()
    assert eventually(lambda: not launch.is_running(pid, started)) < 2
    os.kill(fork, signal.SIGKILL)


def test_a_childs_last_act_is_done_and_cannot_hold_it(tmp_path: Path) -> None:
    note = tmp_path / "note"
    act = f"lambda: (open({str(note)!r}, 'w').close(), threading.Event().wait())"
    code = f"import launch, threading; launch.end_with_parent({act}); print('up', flush=True); threading.Event().wait()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
    assert child.stdin is not None
    assert child.stdout is not None
    with child.stdout:
        child.stdout.readline()
        child.stdin.close()
    assert child.wait(5) == 0
    assert note.exists()


def test_a_word_of_main_is_started_with_its_arguments() -> None:
    child = launch.launch("setup", "--help", stdout=subprocess.PIPE)
    out, _ = child.communicate(timeout=20)
    assert child.returncode == 0
    assert b"usage" in out.lower()


def test_a_frozen_program_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: commands.append(command))
    launch.launch("model", "--weights", "x")
    assert commands == [[sys.executable, "model", "--weights", "x"]]


def test_a_process_is_known_by_its_number_and_start() -> None:
    started = launch.process_start_time(os.getpid())
    assert started is not None
    assert launch.is_running(os.getpid(), started)
    assert not launch.is_running(os.getpid(), started + 1)


def test_a_process_that_ended_has_no_start_even_before_it_is_reaped() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    eventually(lambda: psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE)
    assert launch.process_start_time(child.pid) is None
    child.wait()
    assert launch.process_start_time(child.pid) is None


def test_waiting_for_a_process_that_lives_on_gives_up() -> None:
    started = launch.process_start_time(os.getpid())
    assert started is not None
    assert not launch.wait_until_ended(os.getpid(), started, 0.05)
    assert launch.wait_until_ended(os.getpid(), started + 1, 0.05)
