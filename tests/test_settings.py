"""Settings: an unknown or bad one stops the start with a sentence; the secret is made once and kept private."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from settings import Settings, SettingsError, load_settings
from tests.running import ROOT, clean_environment, free_port


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("STUDIOLO_")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"),
        ("PORT", "70000"),
        ("SESSION_IDLE_DAYS", "0"),
        ("SECRET_KEY", "short"),
        ("LOG_LEVEL", "LOUD"),
        ("EGRESS", "example.com"),
    ],
)
def test_a_bad_value_is_told_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"STUDIOLO_{name}", value)
    with pytest.raises(SettingsError, match=f"STUDIOLO_{name}"):
        load_settings()


def test_an_unknown_setting_is_told_with_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIOLO_PROT", "5000")
    with pytest.raises(SettingsError, match=r"STUDIOLO_PROT.*STUDIOLO_PORT"):
        load_settings()


def test_hosts_come_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIOLO_ALLOWED_HOSTS", "Studio.example, other.example")
    assert load_settings().allowed_hosts == ("studio.example", "other.example")


def test_targets_beside_the_public_ones_are_kept_as_they_were_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIOLO_EGRESS", "none, db.example:5432")
    assert load_settings().egress == "none, db.example:5432"


def test_a_bad_target_is_told_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIOLO_EGRESS", "example.com")
    with pytest.raises(SettingsError, match=r"^STUDIOLO_EGRESS: 'example.com' has no port: write example.com:443, for"):
        load_settings()


def test_the_secret_is_made_once_and_is_private(tmp_path: Path) -> None:
    first, second = Settings(data_dir=tmp_path).secret(), Settings(data_dir=tmp_path).secret()
    assert first == second
    assert len(first) == 32
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_a_key_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIOLO_MODEL_KEY", "sk-very-secret")
    assert "very-secret" not in repr(load_settings())


def test_a_bad_setting_stops_the_start_with_one_sentence(tmp_path: Path) -> None:
    environment = clean_environment(tmp_path, {"port": "many"})
    started = subprocess.run(
        [sys.executable, "main.py", "web"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert started.returncode == 1
    assert "STUDIOLO_PORT" in started.stderr
    assert "Traceback" not in started.stderr


def test_a_folder_that_is_no_plugin_stops_the_start_with_the_cure(tmp_path: Path) -> None:
    environment = clean_environment(tmp_path / "data", {"port": free_port()})
    words = [sys.executable, "main.py", "web", "--plugin", str(tmp_path)]
    started = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert started.returncode == 1
    assert "api.py" in started.stderr
    assert "Traceback" not in started.stderr


def test_a_worker_without_a_place_for_a_task_does_not_start(tmp_path: Path) -> None:
    environment = clean_environment(tmp_path, {"num_runners": 0})
    words = [sys.executable, "main.py", "worker"]
    started = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert started.returncode == 1
    assert "STUDIOLO_NUM_RUNNERS" in started.stderr
    assert "Traceback" not in started.stderr
