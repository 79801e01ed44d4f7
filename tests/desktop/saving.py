"""`python main.py`, with a person who saves each file, under the name it has, into the folder `saved`."""

import sys
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog

from window_mode import run


def save(_parent: Any, _title: str, wished: str) -> tuple[str, str]:
    """Answer as the dialog does."""
    return str(Path(sys.argv[1]) / Path(wished).name), ""


if __name__ == "__main__":
    QFileDialog.getSaveFileName = save  # type: ignore[method-assign,assignment]
    raise SystemExit(run({}))
