"""What an engine's pages cannot reach: this machine and its network, however it is spelt and by whatever way."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from egress.guard import Guard
from egress.policy import Policy
from engines.base import Browser, Ground, NotOpened, Page, Script
from tests.engines.make import BROWSERS
from tests.engines.site import Site

pytestmark = pytest.mark.timeout(240)
# {port} is that of a server on loopback that counts; metadata services listen on port 80.
SPELLINGS = """
http://127.0.0.1:{port}/ http://localhost:{port}/ http://LOCALHOST.:{port}/ http://127.1:{port}/
http://127.0.1:{port}/ http://2130706433:{port}/ http://0x7f000001:{port}/ http://0x7f.0.0.1:{port}/
http://0177.0.0.1:{port}/ http://017700000001:{port}/ http://127.0.0.1.:{port}/ http://127.127.127.127:{port}/
http://0.0.0.0:{port}/ http://0:{port}/ http://[::1]:{port}/ http://[::]:{port}/
http://[0:0:0:0:0:0:0:1]:{port}/ http://[::ffff:127.0.0.1]:{port}/ http://[::ffff:7f00:1]:{port}/
http://[::127.0.0.1]:{port}/ http://[64:ff9b::7f00:1]:{port}/ http://[2002:7f00:1::]:{port}/
http://a.localhost:{port}/ http://user@127.0.0.1:{port}/ http://１２７.０.０.１:{port}/ http://127。0。0。1:{port}/
http://%31%32%37.0.0.1:{port}/ http://ⓛocalhost:{port}/ http://169.254.169.254/latest/meta-data/
http://[fd00:ec2::254]/ http://100.100.100.200/ http://metadata.google.internal/ http://10.0.0.1:{port}/
http://192.168.0.1:{port}/ http://172.16.0.1:{port}/ http://[fe80::1]:{port}/ https://127.0.0.1:{port}/
https://localhost:{port}/ https://[::1]:{port}/
"""
WAYS = """
const at = TARGET, ws = at.replace("http", "ws");
const soon = (one) => Promise.race([one, new Promise((go) => setTimeout(go, 1500))]).catch(() => 0);
const loaded = (kind, facts) => new Promise((go) => {
  const one = Object.assign(document.createElement(kind), facts);
  one.onload = one.onerror = go;
  document.documentElement.append(one);
});
const made = (make) => new Promise((go) => { try { make(go) } catch { go() } });
await Promise.all([
  fetch(at, {mode: "no-cors"}),
  fetch(at, {mode: "no-cors", method: "POST", body: "x", keepalive: true}),
  loaded("img", {src: at}), loaded("script", {src: at}), loaded("iframe", {src: at}), loaded("object", {data: at}),
  loaded("link", {rel: "stylesheet", href: at}), loaded("link", {rel: "prefetch", href: at}),
  loaded("link", {rel: "preconnect", href: at}), loaded("link", {rel: "dns-prefetch", href: at}),
  loaded("video", {src: at}),
  made((go) => { const one = new WebSocket(ws); one.onopen = one.onerror = go }),
  made((go) => { const one = new EventSource(at); one.onerror = go }),
  made((go) => { navigator.sendBeacon(at, "x"); go() }),
  made((go) => { const one = new XMLHttpRequest(); one.open("GET", at); one.onloadend = go; one.send() }),
  made((go) => { const one = new Worker(at); one.onerror = go }),
].map(soon));
return "tried"
"""
STUN = """
const peer = new RTCPeerConnection({iceServers: [{urls: "stun:127.0.0.1:PORT"}, {urls: "stun:localhost:PORT"}]});
peer.createDataChannel("x");
const found = [];
peer.onicecandidate = ({candidate}) => candidate && found.push(candidate.candidate);
await peer.setLocalDescription(await peer.createOffer());
await new Promise((go) => setTimeout(go, 1500));
return found.filter((one) => / typ (srflx|prflx|relay)/.test(one))
"""


@pytest.fixture(scope="module", params=sorted(BROWSERS))
def browser(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Each engine behind a guard that lets out to public addresses only."""
    with Guard(Policy.of("public")) as guard:
        started = BROWSERS[request.param](tmp_path_factory.mktemp("engines"), guard.port).start()
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """One page."""
    opened = browser.open(Ground(session="alice", methods=(), answer=lambda *_: None))
    yield opened
    opened.close()


def run(page: Page, source: str) -> Any:
    return page.run(Script(source=source))


def spelt(site: Site) -> list[str]:
    port = site.address.rpartition(":")[2]
    return [one.format(port=port) for one in SPELLINGS.split()]


def test_there_are_enough_spellings() -> None:
    spellings = SPELLINGS.split()
    assert len(set(spellings)) == len(spellings) >= 30


def test_no_spelling_of_this_machine_or_its_network_can_be_opened(page: Page, site: Site) -> None:
    before = site.asked.total()
    for url in spelt(site):
        with pytest.raises(NotOpened):
            page.navigate(url)
    assert site.asked.total() == before


def test_no_spelling_can_be_fetched(page: Page, site: Site) -> None:
    before = site.asked.total()
    source = """const soon = (one) => Promise.race([one, new Promise((go) => setTimeout(go, 3000))]).catch(() => 0);
    await Promise.all(LIST.map((url) => { try { return soon(fetch(url, {mode: "no-cors"})) } catch { return 0 } }));
    return "tried" """
    assert run(page, source.replace("LIST", repr(spelt(site)))) == "tried"
    assert site.asked.total() == before


def test_no_way_of_loading_reaches_this_machine(page: Page, site: Site) -> None:
    before = site.asked.total()
    for url in (f"{site.url}/table", f"http://localhost:{site.address.rpartition(':')[2]}/table"):
        assert run(page, WAYS.replace("TARGET", repr(url))) == "tried"
    assert site.asked.total() == before


def test_no_datagram_of_a_peer_connection_reaches_this_machine(page: Page) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
        heard.bind(("127.0.0.1", 0))
        heard.setblocking(False)
        assert run(page, STUN.replace("PORT", str(heard.getsockname()[1]))) == []
        with pytest.raises(BlockingIOError):
            heard.recv(2048)


@pytest.mark.parametrize("name", sorted(BROWSERS))
def test_a_redirect_to_this_machine_is_refused(name: str, tmp_path: Path, site: Site) -> None:
    before = site.asked.total()
    with Site(leads_to=f"{site.url}/table") as listed, Guard(Policy.of(listed.address)) as guard:
        browser = BROWSERS[name](tmp_path, guard.port).start()
        try:
            page = browser.open(Ground(session="alice", methods=(), answer=lambda *_: None))
            with pytest.raises(NotOpened):
                page.navigate(f"{listed.url}/lead")
        finally:
            browser.close()
        assert listed.asked == {"/lead": 1}
    assert site.asked.total() == before
