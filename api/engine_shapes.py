"""What goes in and out of the area of the engine."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from engines.urls import MAX_URL

MAX_SCRIPT = 262_144
MAX_RUN_S = 600
MAX_ACTS = 64
ORIGIN = r"^https?://[^/?#\s@]{1,300}$"

Source = Annotated[str, Field(max_length=MAX_SCRIPT)]
Url = Annotated[str, Field(max_length=MAX_URL, pattern="^(https?://|about:blank$)")]
Origins = Annotated[list[Annotated[str, Field(pattern=ORIGIN)]], Field(max_length=16)]
Seconds = Annotated[float, Field(gt=0, le=MAX_RUN_S)]
Pixels = Annotated[int, Field(ge=-20_000, le=20_000)]


class PageAct(BaseModel):
    """One act of a person on a page: a click or a move at x, y, a wheel's turn by dx, dy, a text, or a key's name."""

    kind: Literal["click", "move", "wheel", "text", "key"]
    x: Pixels = 0
    y: Pixels = 0
    dx: Pixels = 0
    dy: Pixels = 0
    text: Annotated[str, Field(max_length=10_000)] = ""


class EnginePage(BaseModel):
    """The workspace's page: whether it is open, where it is, and with which engine; `engine` is None where none is.

    `capabilities` are what the engine can do besides running scripts: isolated_scripts, screenshot, pdf, trusted_input.
    """

    is_open: bool
    url: str
    title: str
    used_at: datetime | None
    engine: str | None
    capabilities: list[str]
    note: str
