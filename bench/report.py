"""What a measurement answers, and how docs/benchmarks.md shows it."""

import datetime as dt
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("flask", "werkzeug", "starlette", "uvicorn", "gunicorn", "pydantic", "SQLAlchemy", "pysqlite3")
_HEAD = """# Benchmarks

Written by `make bench`; do not edit. Each figure is measured beside a floor or a peer in the same run, in alternating
rounds, because a number alone says more about a machine than about a program. Figures are medians of the rounds; a
ratio is the median of the rounds' own ratios. Clients and servers share the processors named below.

"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of text under a heading row."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def as_markdown(self) -> str:
        """Return it as Markdown, its columns aligned."""
        all_rows = [self.head, *self.rows]
        widths = [max(len(row[place]) for row in all_rows) for place in range(len(self.head))]
        lines = [_line(row, widths) for row in all_rows]
        return "\n".join([lines[0], _line(["-" * width for width in widths], widths), *lines[1:]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """One aim: what was asked, what was reached, and whether that meets it."""

    asked: str
    reached: str
    is_met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One figure of the report. `why` is said only where an aim is missed."""

    title: str
    about: str
    table: Table
    aims: Sequence[Aim]
    why: str = ""

    @property
    def is_met(self) -> bool:
        """Tell whether every aim is met."""
        return all(aim.is_met for aim in self.aims)

    def as_markdown(self) -> str:
        """Return the section as Markdown."""
        aims = Table(head=("aim", "reached", "met"), rows=[(one.asked, one.reached, _word(one)) for one in self.aims])
        parts = [f"## {self.title}", self.about, self.table.as_markdown()]
        if self.aims:
            parts.append(aims.as_markdown())
        if self.why and not self.is_met:
            parts.append(f"Why it is missed: {self.why}")
        return "\n\n".join(parts)


def document(sections: Sequence[Section], facts: Sequence[str], seconds: float) -> str:
    """Return the whole report; `facts` are of the machine before the run."""
    said = "".join(f"- {fact}\n" for fact in [*facts, f"whole run: {seconds / 60:.1f} minutes"])
    return _HEAD + said + "\n" + "\n\n".join(section.as_markdown() for section in sections) + "\n"


def machine_facts() -> list[str]:
    """Return what one must know to compare: the day, the machine without its name, versions."""
    import pysqlite3.dbapi2 as sqlite

    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    system = f"{platform.system()} {platform.machine()}"
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return [
        f"day: {dt.datetime.now(dt.UTC).date()}",
        f"machine: {os.cpu_count()} processors ({_processor()}), {memory_gb:.0f} GB of memory, {system}",
        f"Python {platform.python_version()}, SQLite {sqlite.sqlite_version}, {packages}",
        f"others' load at the start of the run: {os.getloadavg()[0]:.1f}",
    ]


def median_of(rounds: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the median of each figure over rounds."""
    return {name: statistics.median([one[name] for one in rounds]) for name in rounds[0]}


def ratios_of(ours: Sequence[Mapping[str, float]], theirs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return for each figure the median of its ratios, ours to theirs, round by round."""
    pairs = list(zip(ours, theirs, strict=True))
    return {name: statistics.median([one[name] / other[name] for one, other in pairs]) for name in ours[0]}


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` (0 to 1) of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _word(aim: Aim) -> str:
    return "yes" if aim.is_met else "**no**"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
