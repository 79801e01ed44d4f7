"""A site on loopback for the tests of engines: pages by path, and a count of what was asked for."""

import time
from collections import Counter

from tests.loopback import LoopbackServer, QuietHandler

TABLE = """<!doctype html><html lang="en"><title>Wonders</title><h1>Wonders</h1>
<table><thead><tr><th>Name</th><th>Height</th></tr></thead><tbody>
<tr><td>Lighthouse</td><td>103</td></tr><tr><td>Colossus</td><td>33</td></tr></tbody></table></html>"""
# What a page's own scripts find, and what they get when they try.
LOOKING = """<!doctype html><html lang="en"><title>Looking</title><script>
window.found = () => typeof window.pywebview;
window.seen = [];
addEventListener("pywebviewready", () => window.seen.push("ready"));
const look = async () => {
  if (typeof window.pywebview === "undefined") return;
  try { window.seen.push(await window.pywebview.api.get_session("from the page")); }
  catch (error) { window.seen.push(String(error)); }
  if (window.seen.length > 1) document.title = JSON.stringify(window.seen.slice(0, 2));
};
setInterval(look, 20);
</script></html>"""
COOKIES = """<!doctype html><html lang="en"><title>Cookies</title><body></body></html>"""
INPUT = """<!doctype html><html lang="en"><title>Input</title><style>*{margin:0}input{width:400px;height:60px}</style>
<input aria-label="field"><script>
window.acts = [];
for (const kind of ["click", "keydown"]) addEventListener(kind, (act) => window.acts.push([kind, act.isTrusted]));
</script></html>"""
# Every road that a page's own script has to what a run's script can do.
ROADS = """
{
  window.roads = {};
  const name = "get_session";
  const roads = {
    bare: () => pywebview.api[name]("hostile"),
    window: () => window.pywebview.api[name]("hostile"),
    top: () => top.pywebview.api[name]("hostile"),
    globals: () => Object.getOwnPropertyNames(globalThis).filter((one) => /pywebview|studiolo|__|cdc_/i.test(one)),
    frame: () => {
      const frame = document.body.appendChild(document.createElement("iframe"));
      return frame.contentWindow.pywebview.api[name]("hostile");
    },
    constructor: () => (async () => {}).constructor("return pywebview.api.get_session('hostile')")(),
    settle: () => window.pywebview._settle(1, true, '"forged"'),
  };
  (async () => {
    for (const [road, go] of Object.entries(roads)) {
      try { window.roads[road] = JSON.stringify(await go()) ?? "nothing"; }
      catch (error) { window.roads[road] = "refused"; }
    }
    document.title = "tried";
  })();
}
"""
HOSTILE = f"""<!doctype html><html lang="en"><title>Hostile</title><body><script>{ROADS}</script></body></html>"""
SPOILT = """<!doctype html><html lang="en"><title>Spoilt</title><body><script>
JSON.stringify = JSON.parse = Promise.prototype.then = Array.prototype.map = Map.prototype.get = () => { throw 1; };
window.Promise = window.Map = undefined;
</script></body></html>"""
KEEPING = """<!doctype html><html lang="en"><title>Keeping</title><body><script>
addEventListener("pywebviewready", async () => {
  window.kept = window.pywebview.api;
  await window.kept.get_session("kept");
  document.title = "kept";
});
addEventListener("use", () => { window.kept.get_session("after the run"); document.title = "used"; });
</script></body></html>"""
LYING = """<!doctype html><html lang="en"><title>Lying</title><body><script>
Array.prototype.includes = Array.prototype.some = () => true;
addEventListener("pywebviewready", () => {
  window.pywebview.api.get_session("hostile");
  document.title = "tried";
});
</script></body></html>"""
LINKS = """<!doctype html><html lang="en"><title>Links</title>
<style>*{margin:0}a,input{display:block;height:100px}</style>
<a href="/table" target="_blank">a window</a><input type="file" aria-label="a file"></html>"""
ASKING = """<!doctype html><html lang="en"><title>Asking</title><body>...<script>
addEventListener("beforeunload", (leave) => leave.preventDefault());
</script></body></html>"""
LATE = """<!doctype html><html lang="en"><title>Late</title><body><img src="/late.png" alt="late"></body></html>"""
LEADING_ON = (
    """<!doctype html><html lang="en"><title>Leading on</title><script>location.replace("/table")</script></html>"""
)
RESTLESS = """<!doctype html><html lang="en"><title>Restless</title><script>
setTimeout(() => location.reload(), 10);
</script></html>"""
TELLING = """<!doctype html><html lang="en"><title>Telling</title><script>
setInterval(() => parent.postMessage(typeof window.pywebview, "*"), 20);
</script></html>"""
PAGES = {
    "/telling": TELLING,
    "/restless": RESTLESS,
    "/links": LINKS,
    "/asking": ASKING,
    "/late": LATE,
    "/leading-on": LEADING_ON,
    "/late.png": "",
    "/locked": "Who are you?",
    "/download": "some,rows",
    "/table": TABLE,
    "/looking": LOOKING,
    "/cookies": COOKIES,
    "/input": INPUT,
    "/hostile": HOSTILE,
    "/spoilt": SPOILT,
    "/keeping": KEEPING,
    "/lying": LYING,
}


ANSWERS = {
    "/locked": (401, {"WWW-Authenticate": 'Basic realm="a person"'}),
    "/download": (200, {"Content-Disposition": 'attachment; filename="rows.csv"'}),
    "/no-content": (204, {}),
}
LATE_S = 0.7


class Site(LoopbackServer):
    """`with Site() as site: site.url` is its origin; `site.asked` counts its paths."""

    def __init__(self, leads_to: str = "") -> None:
        self.asked: Counter[str] = Counter()
        site = self

        class Handler(QuietHandler):
            def do_GET(self) -> None:  # noqa: N802 — the library's own name
                site.asked[self.path] += 1
                text = PAGES.get(self.path)
                is_lead = bool(leads_to) and self.path == "/lead"
                found = (302, {"Location": leads_to}) if is_lead else (404 if text is None else 200, {})
                status, headers = ANSWERS.get(self.path, found)
                if self.path == "/late.png":
                    time.sleep(LATE_S)
                self.answer(status, text or "There is no such page.", headers)

        super().__init__(Handler)

    @property
    def url(self) -> str:
        """Its origin."""
        return f"http://{self.address}"
