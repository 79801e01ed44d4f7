"""Pictures of pages, as events tell them."""

import base64
from typing import Any

from engines.base import Page

QUALITIES = (0.7, 0.4, 0.15)  # the first that is small enough
MAX_PICTURE = 190_000  # bytes: in base64 it must fit into an event


def picture_of(page: Page, qualities: tuple[float, ...] = QUALITIES) -> dict[str, Any]:
    """Return what a page shows: a JPEG in base64, and its size in CSS pixels. Raises EngineError."""
    state, data = page.state(), b""
    for quality in qualities:
        data = page.screenshot(quality)
        if len(data) <= MAX_PICTURE:
            break
    else:
        data = b""
    return {
        "media_type": "image/jpeg",
        "data": base64.b64encode(data).decode(),
        "width": state.width,
        "height": state.height,
    }
