"""What the kernel says of a process and those it started: processor time and memory."""

import os
from pathlib import Path

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_SELF = Path("/proc")


def cpu_s(pid: int) -> float:
    """Return the processor seconds that a process and its children have used so far (Linux: proc(5), stat)."""
    return sum(_cpu_s(one) for one in _with_children(pid))


def rss_bytes(pid: int) -> int:
    """Return the resident memory of one process, in bytes."""
    return int((_SELF / str(pid) / "statm").read_text().split()[1]) * _PAGE_BYTES


def _cpu_s(pid: int) -> float:
    fields = (_SELF / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_A_SECOND


def _with_children(pid: int) -> list[int]:
    children = (_SELF / str(pid) / "task" / str(pid) / "children").read_text().split()
    return [pid, *(one for child in children for one in _with_children(int(child)))]
