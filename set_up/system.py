"""The programs of the system that Studiolo's tests need: what they are, whether they are here, how to get them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from set_up.command import SetUpError, say

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class SystemPackage:
    """A Debian package, what proves that it (or its like elsewhere) is here, and where others get it."""

    debian: str
    needed_for: str
    elsewhere: str
    commands: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def is_here(self) -> bool:
        return any(shutil.which(command) for command in self.commands) or any(
            next(Path("/").glob(pattern), None) for pattern in self.files
        )


# What Qt's window needs besides what a Chromium brings.
QT_LIBRARIES = {
    "libegl1": "libEGL.so.1",
    "libgl1": "libGL.so.1",
    "libxkbfile1": "libxkbfile.so.1",
    "libxtst6": "libXtst.so.6",
}
# NOTE: the one list of them; README.md and CONTRIBUTING.md name this file.
PACKAGES = (
    SystemPackage(
        debian="chromium",
        needed_for="tests in a real browser",
        elsewhere="install Chromium or Google Chrome",
        commands=("chromium", "google-chrome", "chrome"),
        files=("Applications/Google Chrome.app", "Program Files/Google/Chrome/Application/chrome.exe"),
    ),
    SystemPackage(
        debian="chromium-headless-shell",
        needed_for="tests of page scripts",
        elsewhere="install Chrome for Testing's chrome-headless-shell and put it on the path",
        commands=("chromium-headless-shell", "chrome-headless-shell"),
    ),
    SystemPackage(
        debian="chromium-driver",
        needed_for="tests in a real browser",
        elsewhere="install the ChromeDriver of your Chrome's version and put it on the path",
        commands=("chromedriver",),
    ),
    SystemPackage(
        debian="fonts-noto-cjk",
        needed_for="pictures of the page in Chinese",
        elsewhere="install any font with Chinese characters",
        files=(
            "usr/share/fonts/**/*CJK*",
            "usr/share/fonts/**/wqy*",
            "System/Library/Fonts/PingFang.ttc",
            "Windows/Fonts/msyh*",
        ),
    ),
    SystemPackage(
        debian="postgresql",
        needed_for="tests and benchmarks on PostgreSQL",
        elsewhere="install PostgreSQL 14 or newer",
        commands=("postgres",),
        files=("usr/lib/postgresql/*/bin/postgres",),
    ),
    SystemPackage(
        debian="redis-server",
        needed_for="benchmarks beside Celery",
        elsewhere="install Redis",
        commands=("redis-server",),
    ),
    SystemPackage(
        debian="nginx-light",
        needed_for="tests of a rolling restart",
        elsewhere="install nginx",
        commands=("nginx",),
        files=("usr/sbin/nginx",),
    ),
    *(
        SystemPackage(
            debian=name,
            needed_for="tests in a real window",
            elsewhere=f"install the package that has {library}",
            # macOS and Windows have windows of their own.
            files=(f"usr/lib*/**/{library}", "System/Library/Frameworks/WebKit.framework", "Windows/System32"),
        )
        for name, library in QT_LIBRARIES.items()
    ),
)


def ensure(packages: Sequence[SystemPackage]) -> None:
    """Install what is missing where that can be done; elsewhere say so, and with CI=true stop."""
    missing = [package for package in packages if not package.is_here()]
    if missing and can_install():
        install([package.debian for package in missing])
        missing = [package for package in missing if not package.is_here()]
    for package in missing:
        say(f"missing for {package.needed_for}: {package.debian}; {package.elsewhere}{debian_hint(package)}")
    if missing and os.environ.get("CI") == "true":
        names = ", ".join(package.debian for package in missing)
        raise SetUpError(f"{names}: not here, and with CI=true nothing is left out. Install it, or run this as root.")


def debian_hint(package: SystemPackage) -> str:
    return f" (`sudo apt-get install {package.debian}`)" if shutil.which("apt-get") else ""


def can_install() -> bool:
    return shutil.which("apt-get") is not None and hasattr(os, "geteuid") and os.geteuid() == 0


def install(names: Sequence[str]) -> None:
    """Install Debian packages as root; the package lists are fetched first, for a fresh machine has none."""
    say(f"System packages: {', '.join(names)} ...")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", *names]):
        ended = subprocess.run(
            ["apt-get", "--quiet", *words],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if ended.returncode:
            raise SetUpError(f"`apt-get {words[0]}` ended with code {ended.returncode}.\n{ended.stdout[-2000:]}")


def install_venv_support() -> None:
    """Debian and Ubuntu keep a part of Python's `venv` in a package of its own: get it, or say how."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not can_install():
        raise SetUpError(f"this Python has no `ensurepip`: `sudo apt-get install {name}`, then run this again.")
    install([name])
