"""One step of set-up, and the stamp that says it is done."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from set_up.command import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from set_up.place import Place


@dataclass(frozen=True)
class Step:
    """One thing to make: done while its stamp still equals `digest` and its products exist."""

    name: str
    title: str
    digest: str
    products: tuple[Path, ...]
    work: Callable[[], None]

    def is_done(self, place: Place) -> bool:
        return read_stamp(place, self.name) == self.digest and all(product.exists() for product in self.products)

    def do(self, place: Place) -> None:
        stamp = place.stamps / self.name
        stamp.unlink(missing_ok=True)
        started = time.monotonic()
        say(f"{self.title} ...")
        self.work()
        place.stamps.mkdir(parents=True, exist_ok=True)
        stamp.write_text(self.digest, encoding="utf-8")
        say(f"{self.title}: done in {time.monotonic() - started:.1f} s")


def read_stamp(place: Place, name: str) -> str:
    stamp = place.stamps / name
    return stamp.read_text(encoding="utf-8") if stamp.exists() else ""


def digest_of(files: Sequence[Path], *facts: str) -> str:
    """Hash names and contents; a missing file counts as one that is empty."""
    total = hashlib.sha256("\0".join(facts).encode())
    for file in files:
        content = file.read_bytes() if file.exists() else b""
        total.update(f"\0{file.as_posix()}\0{len(content)}\0".encode() + content)
    return total.hexdigest()
