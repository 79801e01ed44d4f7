"""Keeps the last result of `make soak` in docs/soak.md: `python -m bench.soak build/soak.xml`."""

import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

from version import VERSION

PATH = Path(__file__).resolve().parent.parent / "docs" / "soak.md"
HEAD = """# The last soak

`make soak` runs the same tests with the full counts of the fault, load and fuzz tests, and writes this page.

"""


def table(report: Path) -> str:
    """Return pytest's report as a Markdown table: a row a test file, with counts and seconds."""
    rows: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0.0])
    for case in ET.parse(report).iter("testcase"):
        row = rows[str(case.get("classname", "")).replace(".", "/") + ".py"]
        is_bad = any(case.find(word) is not None for word in ("failure", "error", "skipped"))
        row[is_bad] += 1
        row[2] += float(case.get("time", 0))
    lines = [
        f"| {name} | {passed:.0f} | {bad:.0f} | {taken_s:.1f} |"
        for name, (passed, bad, taken_s) in sorted(rows.items())
    ]
    return "\n".join(["| tests | passed | failed or skipped | s |", "|---|---|---|---|", *lines]) + "\n"


def main(report: Path) -> None:
    """Write the page."""
    made = datetime.now(UTC).date()
    PATH.write_text(f"{HEAD}{made}, version {VERSION}.\n\n{table(report)}", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
