"""The data folder: which ones SQLite cannot be trusted on."""

import re
from pathlib import Path

NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs"}
)
MOUNTS = Path("/proc/mounts")


class NetworkFolder(Exception):
    """The data folder lies on another machine, where file locks do not hold."""


def refuse_network_folder(folder: Path, mounts: Path = MOUNTS) -> None:
    """Raise NetworkFolder where `folder` lies on a network file system (Linux; elsewhere nothing is checked)."""
    kind = _file_system(folder.resolve(), mounts.read_text().splitlines()) if mounts.exists() else ""
    if kind in NETWORK_FILE_SYSTEMS:
        raise NetworkFolder(
            f"The data folder {folder} is on {kind}, where SQLite's locks do not hold and data would be lost. "
            "Set STUDIOLO_DATA_DIR to a folder on a local disk."
        )


def _file_system(folder: Path, lines: list[str]) -> str:
    best, kind = "", ""
    for line in lines:
        _device, escaped, name, *_rest = line.split(" ")
        point = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), escaped)  # fstab(5): \040 is a space
        if folder.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, name
    return kind
