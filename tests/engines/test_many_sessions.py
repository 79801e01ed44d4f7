"""Many sessions over one pool of real browsers: none ever finds a trace, a call or a page of another."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from egress.guard import Guard
from engines.base import Ground, Script
from engines.pool import Bounds, Pool
from tests.engines.make import ENGINES
from tests.engines.site import Site

pytestmark = pytest.mark.timeout(600)
NUM_THREADS = 6
# Everything in which one page can leave something for another of the same origin. `NAME` is the session's.
LEAVE = """
document.cookie = `who-${NAME}=${NAME}; max-age=1000`;
localStorage[`who-${NAME}`] = sessionStorage[`who-${NAME}`] = NAME;
window.name = document.title = NAME;
history.replaceState(NAME, "");
await caches.open(NAME).then((cache) => cache.put("/table", new Response(NAME)));
await new Promise((go, fail) => Object.assign(indexedDB.open(NAME), { onsuccess: go, onerror: fail }));
const folder = await navigator.storage?.getDirectory?.();
await folder?.getFileHandle(NAME, { create: true });
window.heard = [];
window.channel = new BroadcastChannel("all");
window.channel.onmessage = ({ data }) => window.heard.push(data);
window.worker = new SharedWorker(
  `data:text/javascript,const all = []; onconnect = ({ ports: [port] }) => {
    all.push(port);
    port.onmessage = ({ data }) => { for (const one of all) one.postMessage(data); };
  }`.replaceAll("\\n", " "),
);
window.worker.port.onmessage = ({ data }) => window.heard.push(data);
window.holding = new Promise((go) => navigator.locks.request("all", { ifAvailable: true }, (lock) => {
  go(lock !== null);
  return new Promise(() => {});
}));
return [await window.holding, await pywebview.api.get_session(NAME)]
"""
SAY = """window.channel.postMessage(NAME);
window.worker.port.postMessage(NAME);
while (!window.heard.length) await new Promise((go) => setTimeout(go, 10));
return 1"""
LOOK = """const folder = await navigator.storage?.getDirectory?.();
const files = [];
for await (const name of folder?.keys() ?? []) files.push(name);
return {
  cookies: document.cookie,
  local: Object.values(localStorage),
  tab: Object.values(sessionStorage),
  caches: await caches.keys(),
  databases: (await indexedDB.databases()).map(({ name }) => name),
  files,
  heard: [...new Set(window.heard)],
  names: [window.name, document.title, history.state],
  opener: window.opener === null && window.parent === window && window.length === 0,
  called: await pywebview.api.get_session(NAME),
}"""


def left_by(name: str) -> dict[str, Any]:
    """Return what a session finds where there is nobody else."""
    return {
        "cookies": f"who-{name}={name}",
        **{key: [name] for key in ("local", "tab", "caches", "databases", "files", "heard")},
        "names": [name, name, name],
        "opener": True,
        "called": [name, name],
    }


class Sessions:
    """Sessions by name, each with its own answer to calls; who called is noted."""

    def __init__(self, pool: Pool, site: Site) -> None:
        self._pool = pool
        self._url = f"{site.url}/cookies"
        self.pages = dict[str, object]()
        self.called = list[tuple[str, str]]()  # whose ground, and the name that its page said
        self._lock = threading.Lock()

    def run(self, name: str, source: str, *, is_first: bool = False) -> Any:
        """Run a script in a session's page; the first leads it to the site."""
        with self._pool.use(Ground(session=name, methods=("get_session",), answer=self._answer_of(name))) as page:
            if is_first:
                page.navigate(self._url)
            assert self.pages.setdefault(name, page) is page, "it has kept its page"
            return page.run(Script(source=f"const NAME = {name!r}; {source}", timeout_s=120))

    def _answer_of(self, session: str) -> Any:
        def answer(_name: str, given: list[Any]) -> Any:
            with self._lock:
                self.called.append((session, given[0]))
            return [session, given[0]]

        return answer


@pytest.fixture
def pool(tmp_path: Path, guard: Guard, scale: int) -> Iterator[Pool]:
    """Chrome's pool, as large as it is when served; with few sessions it has smaller browsers, and as many."""
    bounds = Bounds(per_browser=4, max_browsers=4) if scale == 1 else Bounds(per_browser=50)
    made = Pool(ENGINES["chrome"](tmp_path, guard.port), bounds)
    yield made
    made.stop()


def test_no_session_finds_anything_of_another(pool: Pool, site: Site, scale: int) -> None:
    names = [f"session{number}" for number in range(200 if scale > 1 else 12)]
    sessions = Sessions(pool, site)
    with ThreadPoolExecutor(NUM_THREADS) as threads:
        left = list(threads.map(lambda name: sessions.run(name, LEAVE, is_first=True), names))
        assert left == [[True, [name, name]] for name in names]
        assert pool.num_pages() == len(names)
        assert len(pool._running) >= 3
        assert len(set(map(id, sessions.pages.values()))) == len(names)
        assert list(threads.map(lambda name: sessions.run(name, SAY), names)) == [1] * len(names)
        found = list(threads.map(lambda name: sessions.run(name, LOOK), names))
    assert dict(zip(names, found, strict=True)) == {name: left_by(name) for name in names}
    assert sorted(sessions.called) == sorted((name, name) for name in names for _twice in range(2))
