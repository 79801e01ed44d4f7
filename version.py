"""Studiolo's version: the newest one in CHANGELOG.md."""

import re
from pathlib import Path

_FOUND = re.search(
    r"^## (\d+\.\d+\.\d+)", (Path(__file__).parent / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
)
VERSION = _FOUND[1] if _FOUND else "0.0.0"
