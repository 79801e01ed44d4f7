"""What pip was told about indexes, certificates and proxies on this machine, in uv's words."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from set_up.place import Place


def uv_configuration(place: Place) -> tuple[list[str], dict[str, str]]:
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
