"""The window's place is kept, whatever the file has become; and it is the only one of its data folder."""

from contextlib import closing
from pathlib import Path

import pytest

from doors.one_window import OneWindow
from doors.window_place import WindowPlace


def test_what_was_kept_is_read(tmp_path: Path) -> None:
    kept = WindowPlace(width=900, height=700, x=30, y=40, is_maximized=True, port=41000)
    kept.write(tmp_path / "window.json")
    assert WindowPlace.read(tmp_path / "window.json") == kept


@pytest.mark.parametrize(
    "text", ["", "nonsense", "[]", "null", '{"width": -5, "height": "tall", "x": 1e9, "port": 80, "is_maximized": 1}']
)
def test_what_cannot_be_right_is_left_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "window.json").write_text(text)
    assert WindowPlace.read(tmp_path / "window.json") == WindowPlace()


def test_a_missing_file_is_a_first_launch(tmp_path: Path) -> None:
    assert WindowPlace.read(tmp_path / "window.json") == WindowPlace()


def test_a_second_window_of_the_same_folder_is_not_the_one(tmp_path: Path) -> None:
    first, second, elsewhere = OneWindow(tmp_path), OneWindow(tmp_path), OneWindow(tmp_path / "elsewhere")
    with closing(first), closing(second), closing(elsewhere):
        assert first.take()
        assert not second.take()
        assert elsewhere.take()
        first.close()
        assert second.take()


def test_nobody_is_at_an_address_that_is_old(tmp_path: Path) -> None:
    one = OneWindow(tmp_path)
    assert not one.knock()
    one.listen_at(1)
    assert not one.knock()
    assert (tmp_path / "window.address").stat().st_mode & 0o077 == 0
