"""Where one checkout keeps what set-up makes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Place:
    """One checkout: its folder, and where set-up puts things in it."""

    root: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def uv(self) -> Path:
        return self.venv / ("Scripts/uv.exe" if os.name == "nt" else "bin/uv")

    @property
    def stamps(self) -> Path:
        return self.venv / ".studiolo-stamps"

    @property
    def page(self) -> Path:
        return self.root / "page"
