"""Makes the page: the shell with the built scripts, or a plugin's own index.html with the stand-in before it."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, select_autoescape
from loguru import logger

from version import VERSION

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "static" / "app"
MANIFEST = BUILT / ".vite" / "manifest.json"
SHELL, BRIDGE = "src/main.tsx", "src/bridge.ts"
# NOTE: what page/src/areas.ts loads first; asked for with the shell, not after it.
FIRST_AREA = ("src/chat/Chat.tsx", "src/chat/Conversations.tsx")
TEXTS = {"zh-CN": "src/i18n/zh-CN.json"}  # English is in the shell
HIDDEN = re.compile(r"(^|/)[._]|\.pyc?$")
_HANDLER = re.compile(r"<[^>]+\son\w+\s*=", re.IGNORECASE)


# What Vite writes: "src/main.tsx": {"file": "assets/main-1a2b.js", "css": [...], "imports": ["_shared-3c4d.js", ...]}
Manifest = dict[str, dict[str, Any]]


class PageNotBuilt(Exception):
    """static/app is missing."""


@dataclass(frozen=True, slots=True)
class PageFiles:
    """The addresses of scripts and style sheets."""

    scripts: list[str]
    styles: list[str]


class PageMaker:
    """Holds what pages are made of; read once at the start."""

    def __init__(self, plugin: Path | None, methods: list[str]) -> None:
        self.plugin = plugin
        self.not_found = (ROOT / "templates" / "not_found.html").read_text(encoding="utf-8")
        self.plain_policy = _policy("'none'", "'self'")
        self._methods = json.dumps(methods)
        self._manifest = _manifest()
        jinja = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=select_autoescape())
        self._shell = jinja.get_template("index.html")
        self._plugin_html = _read_plugin_page(plugin) if plugin else None

    def page(self, session_id: UUID, nonce: str, language: str, is_window: bool = False) -> str:
        """Return the page of a workspace; every script and style in it carries the nonce.

        The desktop window's brings its own `window.pywebview`, so the page puts no stand-in there.
        """
        if self._plugin_html is not None:
            return self._plugin_page(self._plugin_html, session_id, nonce, is_window)
        files = files_of(self._manifest, SHELL, *FIRST_AREA, *filter(None, [TEXTS.get(language)]))
        return self._shell.render(
            session_uuid=session_id,
            nonce=nonce,
            methods_json=self._methods,
            version=VERSION,
            is_window=is_window,
            language=language,
            script=files.scripts[0],
            preloads=files.scripts[1:],
            styles=files.styles,
        )

    def policy(self, nonce: str, is_window: bool = False) -> str:
        """Return the Content-Security-Policy of a page with this nonce; pywebview's bridge needs `eval`."""
        own = f"'self' 'nonce-{nonce}'"
        return _policy(f"{own} 'unsafe-eval'" if is_window else own, own)

    def is_public(self, name: str) -> bool:
        """Tell whether a plugin's file may go out: not its Python, nothing hidden."""
        return HIDDEN.search(name) is None

    def _plugin_page(self, html: str, session_id: UUID, nonce: str, is_window: bool) -> str:
        facts = (
            f'window.SESSION_UUID="{session_id}";window.STUDIOLO={{"methods":{self._methods},"version":"{VERSION}",'
            f'"isWindow":{json.dumps(is_window)}}};'
        )
        bridge = f'<script src="{_bridge_of(self._manifest)}"></script>'
        return with_nonce(_put_first(html, f"<script>{facts}</script>{bridge}"), nonce)


def with_nonce(html: str, nonce: str) -> str:
    """Give each script, style and style sheet of a page the nonce, so that plain HTML needs no change."""
    return re.sub(r"<(script|style)\b", rf'<\1 nonce="{nonce}"', html, flags=re.IGNORECASE)


def files_of(manifest: Manifest, *entries: str) -> PageFiles:
    """Return all that entries of a Vite manifest import, the first entry's script before the others."""
    names: list[str] = []
    for entry in entries:
        _add_imports(manifest, entry, names)
    names.sort(key=lambda name: name != entries[0])
    scripts = [f"/static/app/{manifest[name]['file']}" for name in names]
    styles = [f"/static/app/{style}" for name in names for style in manifest[name].get("css", ())]
    return PageFiles(scripts, list(dict.fromkeys(styles)))


def _add_imports(manifest: Manifest, name: str, found: list[str]) -> None:
    if name in found:
        return
    found.append(name)
    for imported in manifest[name].get("imports", ()):
        _add_imports(manifest, imported, found)


def _put_first(html: str, scripts: str) -> str:
    place = re.search(r"<head\b[^>]*>", html, re.IGNORECASE) or re.match(r"\s*<!doctype[^>]*>", html, re.IGNORECASE)
    at = place.end() if place else 0
    return html[:at] + scripts + html[at:]


def _read_plugin_page(plugin: Path) -> str:
    html = (plugin / "index.html").read_text(encoding="utf-8")
    if _HANDLER.search(html):
        logger.warning("{}: attributes like onclick= are blocked by the page's policy; use addEventListener.", plugin)
    return html


def _manifest() -> Manifest:
    if not MANIFEST.is_file():
        raise PageNotBuilt("The page is not built. Run `python main.py setup`, or `make page`.")
    found: Manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return found


def _bridge_of(manifest: dict[str, dict[str, object]]) -> str:
    return f"/static/app/{manifest[BRIDGE]['file']}"


def _policy(scripts: str, styles: str) -> str:
    return (
        f"default-src 'self'; script-src {scripts}; style-src {styles}; "
        "img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )
