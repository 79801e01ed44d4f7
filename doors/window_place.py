"""What the window keeps between launches: its size, its place and its port."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

LEAST = (360, 360)
MOST = 20_000


@dataclass(slots=True)
class WindowPlace:
    """Size and place in pixels. The port is kept because what a page stores in its browser belongs to an address."""

    width: int = 1180
    height: int = 800
    x: int | None = None
    y: int | None = None
    is_maximized: bool = False
    port: int = 0

    @classmethod
    def read(cls, file: Path) -> "WindowPlace":
        """Return what was kept; whatever cannot be right is left out."""
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return cls()
        known = {one.name for one in fields(cls)}
        given = {name: value for name, value in dict(kept).items() if name in known} if isinstance(kept, dict) else {}
        return cls(**{name: value for name, value in given.items() if _is_sane(name, value)})

    def write(self, file: Path) -> None:
        """Keep it."""
        draft = file.with_suffix(".new")
        draft.write_text(json.dumps(asdict(self)), encoding="utf-8")
        draft.replace(file)


def _is_sane(name: str, value: Any) -> bool:
    if name == "is_maximized":
        return isinstance(value, bool)
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    least = {"width": LEAST[0], "height": LEAST[1], "port": 1024}.get(name, 0)
    return least <= value <= (65_535 if name == "port" else MOST)
