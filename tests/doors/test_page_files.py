"""What a page names in its head: everything it will need at once, and nothing that it may need later."""

import json
import re
from pathlib import Path
from uuid import UUID

import pytest

from doors import page_files
from doors.page_files import ROOT, Manifest, PageMaker, files_of

SESSION = UUID("0b3c6a52-7a51-4c8e-9c8e-6a1b7d2f9a10")
MANIFEST: Manifest = {
    "src/main.tsx": {"file": "assets/main.js", "imports": ["_shared.js"], "css": ["assets/main.css"]},
    "_shared.js": {"file": "assets/shared.js", "imports": ["src/main.tsx"]},
    "src/chat/Chat.tsx": {
        "file": "assets/Chat.js",
        "imports": ["_list.js", "_shared.js", "src/main.tsx"],
        "dynamicImports": ["src/ui/Markdown.tsx"],
        "css": ["assets/Chat.css"],
    },
    "_list.js": {"file": "assets/list.js", "css": ["assets/Chat.css"]},
    "src/chat/Conversations.tsx": {"file": "assets/Conversations.js", "imports": ["_list.js"]},
    "src/ui/Markdown.tsx": {"file": "assets/Markdown.js"},
    "src/i18n/zh-CN.json": {"file": "assets/zh-CN.js"},
    "src/bridge.ts": {"file": "assets/bridge.js"},
}


@pytest.fixture
def maker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PageMaker:
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    monkeypatch.setattr(page_files, "MANIFEST", tmp_path / "manifest.json")
    return PageMaker(None, ["get_session"])


def asked(page: str, pattern: str) -> list[str]:
    return [address.removeprefix("/static/app/assets/") for address in re.findall(pattern, page)]


def test_all_that_is_imported_is_found_once_and_the_entry_first() -> None:
    found = files_of(MANIFEST, "src/main.tsx", "src/chat/Chat.tsx")
    names = [address.removeprefix("/static/app/assets/") for address in found.scripts]
    assert names[0] == "main.js"
    assert sorted(names) == ["Chat.js", "list.js", "main.js", "shared.js"]
    assert found.styles == ["/static/app/assets/main.css", "/static/app/assets/Chat.css"]


def test_the_first_area_is_asked_for_with_the_shell_and_what_may_come_later_is_not(maker: PageMaker) -> None:
    page = maker.page(SESSION, "n0nce", "en")
    assert asked(page, r'<script type="module" src="([^"]+)" nonce="n0nce">') == ["main.js"]
    preloads = asked(page, r'<link rel="modulepreload" href="([^"]+)">')
    assert sorted(preloads) == ["Chat.js", "Conversations.js", "list.js", "shared.js"]
    assert asked(page, r'<link rel="stylesheet" href="([^"]+)">') == ["main.css", "Chat.css"]


def test_the_texts_of_the_readers_language_are_asked_for_too(maker: PageMaker) -> None:
    assert "zh-CN.js" in maker.page(SESSION, "n0nce", "zh-CN")
    assert "zh-CN.js" not in maker.page(SESSION, "n0nce", "en")


def test_each_script_and_style_of_the_page_carries_the_nonce(maker: PageMaker) -> None:
    tags = re.findall(r"<(?:script|style)\b[^>]*>", maker.page(SESSION, "n0nce", "en"))
    assert len(tags) == 3
    assert all('nonce="n0nce"' in tag for tag in tags)


def test_the_page_can_be_installed(maker: PageMaker) -> None:
    address = re.search(r'<link rel="manifest" href="([^"]+)">', maker.page(SESSION, "n0nce", "en"))
    assert address
    facts = json.loads((ROOT / address[1].lstrip("/")).read_text(encoding="utf-8"))
    assert (facts["start_url"], facts["display"], facts["name"]) == ("/", "standalone", "Studiolo")
    sizes = {(icon["sizes"], icon.get("purpose", "any")) for icon in facts["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("192x192", "maskable"), ("512x512", "maskable")} <= sizes
    for icon in facts["icons"]:
        picture = (ROOT / icon["src"].lstrip("/")).read_bytes()
        if icon["type"] == "image/png":
            assert icon["sizes"] == "{}x{}".format(*(int.from_bytes(picture[at : at + 4], "big") for at in (16, 20)))


def test_the_built_page_names_files_that_are_there() -> None:
    found = PageMaker(None, []).page(SESSION, "n0nce", "zh-CN")
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', found)
    assert len(addresses) > 5
    assert [address for address in addresses if not (ROOT / address.lstrip("/")).is_file()] == []
