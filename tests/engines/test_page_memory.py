"""Endless allocation of any kind: the page is refused more or ends, with a typed error, and its neighbour goes on."""

import pytest

from engines.base import Browser, Page, PageGone, Script, ScriptFailed
from engines.page_memory import DATA_MB
from tests.engines.conftest import OpenPage

pytestmark = pytest.mark.timeout(180)
WORKER = "const kept = []; for (let n = 0; n < 30; n++) kept.push(new Uint8Array(1e7).fill(1)); postMessage(1)"
ALLOCATIONS = {
    "objects": "const kept = []; for (;;) kept.push(new Array(100_000).fill(1.5))",
    "bytes": "const kept = []; for (;;) kept.push(new Uint8Array(1e7).fill(1))",
    "bytes, a little at a time": """const kept = [];
        for (;;) { kept.push(new Uint8Array(5e6).fill(1)); await new Promise((go) => setTimeout(go)); }""",
    "WebAssembly": """const kept = [];
        for (;;) { kept.push(new WebAssembly.Memory({initial: 800})); new Uint8Array(kept.at(-1).buffer).fill(1); }""",
    "shared bytes": """const kept = [], {buffer} = new WebAssembly.Memory({initial: 1, maximum: 1, shared: true});
        for (;;) { kept.push(new buffer.constructor(5e7)); new Uint8Array(kept.at(-1)).fill(1); }""",
    "pictures": """const kept = [];
        for (;;) {
          const canvas = new OffscreenCanvas(4000, 4000);
          canvas.getContext("2d").fillRect(0, 0, 4000, 4000);
          kept.push(canvas.transferToImageBitmap());
        }""",
    "workers": f"""const kept = [], url = URL.createObjectURL(new Blob([{WORKER!r}]));
        for (;;) {{
          const worker = new Worker(url);
          kept.push(worker);
          await new Promise((go) => worker.onmessage = worker.onerror = go);
        }}""",
}


@pytest.mark.parametrize("source", ALLOCATIONS.values(), ids=ALLOCATIONS)
def test_endless_allocation_ends_with_its_page(browser: Browser, open_page: OpenPage, source: str) -> None:
    neighbour, page = open_page("bob"), open_page("alice")
    assert neighbour.run(Script(source="window.kept = 1; return 1")) == 1
    before_mb = browser.memory_mb()
    with pytest.raises((ScriptFailed, PageGone)):
        page.run(Script(source=source, timeout_s=30))
    assert browser.memory_mb() - before_mb < DATA_MB
    assert neighbour.run(Script(source="return window.kept")) == 1
    assert browser.is_alive


def test_pages_have_no_pictures_in_a_process_that_all_share(page: Page) -> None:
    source = """const made = (kind) => document.createElement("canvas").getContext(kind);
    return [made("webgl"), made("webgl2"), (await navigator.gpu?.requestAdapter()) ?? null]"""
    assert page.run(Script(source=source)) == [None, None, None]
