"""How long the frames of a page take, measured in the page itself."""

from tests.browser.chromium import Page

METER = """
window.__frames = {times: [], going: false, mostArticles: 0};
const meter = window.__frames;
meter.run = (now, before) => {
  if (!meter.going) return;
  if (before) meter.times.push(now - before);
  meter.mostArticles = Math.max(meter.mostArticles, document.querySelectorAll('article').length);
  requestAnimationFrame((next) => meter.run(next, now));
};
meter.start = () => { meter.times = []; meter.going = true; requestAnimationFrame((now) => meter.run(now)); };
"""
# Moves what scrolls by so many pixels at each frame; what comes in at its edge in the meantime is part of the way.
# Gives up where nothing else has come into sight for long, however long the whole way takes.
SCROLL = """
const [step, more, isThere, done] = arguments;
const box = [...document.querySelectorAll('main *')].find((e) => e.querySelector(':scope [role=log]') &&
  ['auto', 'scroll'].includes(getComputedStyle(e).overflowY));
const button = () => [...document.querySelectorAll('main button')].find((e) => e.textContent.trim() === more);
let first = '', until = 0;
const go = () => {
  const before = box.scrollTop;
  box.scrollTop += step;
  if (step < 0 && box.scrollTop === 0) button()?.click();
  const texts = [...document.querySelectorAll('article')].map((e) => e.textContent);
  if (texts.some((text) => text.startsWith(isThere))) return done('there');
  if (texts[0] !== first) [first, until] = [texts[0], performance.now() + 15000];
  if (performance.now() > until) return done(`${isThere} is not reached, but ${first}`);
  requestAnimationFrame(go);
};
go();
"""


class Frames:
    """Measures frames from `start()` to `stop()`."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def start(self) -> None:
        """Measure from now on."""
        self._page.driver.execute_script(METER + "meter.start()")

    def stop(self) -> float:
        """Return the milliseconds that 95% of the frames stayed under."""
        times: list[float] = self._page.driver.execute_script(
            "window.__frames.going = false; return window.__frames.times"
        )
        assert len(times) > 20, f"only {len(times)} frames were measured"
        return sorted(times)[int(len(times) * 0.95)]

    @property
    def most_articles(self) -> int:
        """The most messages that stood in the document at any frame."""
        return int(self._page.driver.execute_script("return window.__frames.mostArticles"))

    def scroll(self, step_px: int, more: str, to: str) -> None:
        """Scroll by a step each frame until a message that begins with `to` is there; `more` asks for earlier ones."""
        self._page.driver.set_script_timeout(110)
        ended = self._page.driver.execute_async_script(SCROLL, step_px, more, to)
        assert ended == "there", ended
