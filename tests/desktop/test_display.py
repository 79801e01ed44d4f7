"""Where no window can be opened, a sentence says why and offers the other way."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from doors import display
from doors.display import NoWindow, check_display, has_x11
from tests.running import ROOT, clean_environment

HIDDEN = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}


def start(data_dir: Path, *arguments: str, **words: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in clean_environment(data_dir, {}).items() if name not in HIDDEN}
    command = [sys.executable, str(ROOT / "main.py"), *arguments]
    return subprocess.run(
        command, env={**environment, **words}, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize("words", [{}, {"DISPLAY": ":7654"}, {"WAYLAND_DISPLAY": "wayland-0"}])
def test_without_a_display_it_says_so_and_offers_web_mode(tmp_path: Path, words: dict[str, str]) -> None:
    ended = start(tmp_path / "data", **words)
    assert ended.returncode == 1
    assert "There is no display here" in ended.stderr
    assert "`python main.py web`" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert not (tmp_path / "data").exists()


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    root = {"QTWEBENGINE_DISABLE_SANDBOX": "1"} if os.geteuid() == 0 else {}
    ended = start(tmp_path, "--attach", "studiolo.example", QT_QPA_PLATFORM="offscreen", **root)
    assert ended.returncode == 1
    assert "--attach takes the address of a Studiolo" in ended.stderr


def test_without_its_packages_it_says_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(NoWindow, match=r"python main\.py setup --desktop"):
        check_display({"QT_QPA_PLATFORM": "offscreen"})


def test_a_library_that_is_missing_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*, needs_x11: bool) -> None:
        raise ImportError("libEGL.so.1: cannot open shared object file")

    monkeypatch.setattr(display, "_load_qt", fail)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(NoWindow, match=r"libEGL\.so\.1.*apt-get install libegl1"):
        check_display({"QT_QPA_PLATFORM": "offscreen"})


def test_root_is_told_that_the_windows_browser_refuses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(NoWindow, match="start it as another user"):
        check_display({"QT_QPA_PLATFORM": "offscreen"})
    check_display({"QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox"})


@pytest.mark.parametrize("word", ["", "nonsense", ":", ":7654", "127.0.0.1:7654"])
def test_a_display_that_is_none_is_seen(word: str) -> None:
    assert not has_x11(word)
