"""Folders on other machines are refused, where SQLite's locks do not hold."""

from pathlib import Path

import pytest

import store.folder
from store.database import Database
from store.folder import NETWORK_FILE_SYSTEMS, NetworkFolder, refuse_network_folder

MOUNTS = """\
/dev/vda1 / ext4 rw,relatime 0 0
server:/export {folder}/far {kind} rw,relatime 0 0
tmpfs {folder}/far/near tmpfs rw 0 0
server:/export {folder}/with\\040space nfs4 rw 0 0
"""


def mounts(tmp_path: Path, kind: str = "nfs4") -> Path:
    path = tmp_path / "mounts"
    path.write_text(MOUNTS.format(folder=tmp_path.resolve(), kind=kind))
    return path


@pytest.mark.parametrize("kind", sorted(NETWORK_FILE_SYSTEMS))
def test_a_folder_on_another_machine_is_refused_with_what_to_do(tmp_path: Path, kind: str) -> None:
    with pytest.raises(NetworkFolder, match=rf"is on {kind}, .* Set STUDIOLO_DATA_DIR to a folder on a local disk"):
        refuse_network_folder(tmp_path / "far" / "data", mounts(tmp_path, kind))


def test_a_folder_whose_mount_has_a_space_in_its_name_is_refused_too(tmp_path: Path) -> None:
    with pytest.raises(NetworkFolder):
        refuse_network_folder(tmp_path / "with space" / "data", mounts(tmp_path))


@pytest.mark.parametrize("folder", ["here", "far/near/data", "farther"])
def test_a_folder_on_this_machine_is_taken(tmp_path: Path, folder: str) -> None:
    refuse_network_folder(tmp_path / folder, mounts(tmp_path))


def test_a_link_to_another_machine_is_seen_through(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "far")
    with pytest.raises(NetworkFolder):
        refuse_network_folder(tmp_path / "link", mounts(tmp_path))


def test_where_nothing_tells_of_mounts_nothing_is_refused(tmp_path: Path) -> None:
    refuse_network_folder(tmp_path, tmp_path / "no such file")


def test_a_database_is_not_opened_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.folder.refuse_network_folder, "__defaults__", (mounts(tmp_path),))
    with pytest.raises(NetworkFolder):
        Database(tmp_path / "far" / "studiolo.db")
    assert list((tmp_path / "far").iterdir()) == []
