"""The key of the person whose data folder this is: what the desktop window, the command line and MCP by stdio bring."""

from pathlib import Path

from sessions.keys import BrowserKeys, is_key, new_key
from settings import write_private_once

FILE = "own.key"


def own_keys(data_dir: Path) -> BrowserKeys:
    """Return the person's browser key, made at first use in a file of mode 0600."""
    path = data_dir / FILE
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        write_private_once(path, new_key().encode())
    key = path.read_text(encoding="ascii").strip()
    if not is_key(key):
        raise OSError(f"{path} is not a key. Delete it to begin with a new workspace; the old ones stay in the store.")
    return BrowserKeys(key=key)
