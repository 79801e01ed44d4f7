"""`python -m bench` measures everything and writes docs/benchmarks.md; `python -m bench calls` measures one thing."""

import argparse
import importlib
import sys
import time

from bench.report import Section, document, machine_facts
from tests.running import ROOT

WORDS = (
    "calls",
    "page",
    "memory",
    "readers",
    "neighbours",
    "start",
    "first_visit",
    "doors",
    "files",
    "items",
    "item_import",
    "tasks",
    "engines",
    "hostile_pages",
)
REPORT = ROOT / "docs" / "benchmarks.md"


def main(arguments: list[str]) -> int:
    """Run the measurements named, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("words", nargs="*", choices=[*WORDS, []], help="what to measure; nothing: all, and keep it")
    words = parser.parse_args(arguments).words
    begun_s, facts = time.monotonic(), machine_facts()
    sections = [_measure(word) for word in words or WORDS]
    if not words:
        REPORT.write_text(document(sections, facts, time.monotonic() - begun_s), encoding="utf-8")
        print(f"\nKept in {REPORT.relative_to(ROOT)}.")
    return 0


def _measure(word: str) -> Section:
    print(f"Measuring {word} ...", file=sys.stderr, flush=True)
    section: Section = importlib.import_module(f"bench.{word}").measure()
    print(f"\n{section.as_markdown()}\n", flush=True)
    return section


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
