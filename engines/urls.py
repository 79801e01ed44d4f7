"""Which addresses a page may be led to at all; where they lead to is the guard's to say."""

from urllib.parse import urlsplit

from engines.base import BLANK, NotOpened

MAX_URL = 8_192
SCHEMES = ("http", "https")


def check_url(url: str) -> None:
    """Raise NotOpened where this is no address of the web: files and the browser's own pages are none."""
    try:
        parts = urlsplit(url)
        is_ours = url == BLANK or (parts.scheme in SCHEMES and bool(parts.hostname))
    except ValueError:
        is_ours = False
    if not is_ours or len(url) > MAX_URL:
        raise NotOpened(url, "only addresses that begin with http:// or https:// can be opened")
