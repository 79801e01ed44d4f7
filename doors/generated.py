"""Everything that is generated from the declarations: `python main.py types`, and `--check` for what is stale."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from api.method import Methods
from doors import completions, python_client, reference, typescript

ROOT = Path(__file__).resolve().parent.parent


def artifacts(methods: Methods) -> dict[str, str]:
    """Return the text of each generated file by its path from the root."""
    return {
        "page/src/api.generated.ts": typescript.generate(methods),
        "page/src/scripts/methods.generated.ts": completions.generate(methods),
        "studiolo_client.py": python_client.generate(methods),
        **{f"docs/reference/{name}": text for name, text in reference.pages(methods).items()},
    }


def main(arguments: Sequence[str], methods: Methods) -> int:
    """Write the files, or with --check say which are stale."""
    parser = argparse.ArgumentParser(prog="main.py types", description="Write what is generated from the declarations.")
    parser.add_argument("--check", action="store_true", help="only say whether all of it is fresh")
    wanted = artifacts(methods)
    if not parser.parse_args(arguments).check:
        for name, text in wanted.items():
            (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / name).write_text(text, encoding="utf-8")
        return 0
    stale = [name for name, text in wanted.items() if _kept(name) != text]
    if stale:
        sys.stderr.write(f"Stale: {', '.join(stale)}. Run `python main.py types`.\n")
    return 1 if stale else 0


def _kept(name: str) -> str | None:
    path = ROOT / name
    return path.read_text(encoding="utf-8") if path.exists() else None
