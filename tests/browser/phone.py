"""A phone: narrow, touched by fingers, without a pointer that hovers."""

from typing import Any

from selenium.webdriver.remote.webelement import WebElement

from tests.browser.chromium import Page

WIDTH, HEIGHT = 390, 844
MIN_TARGET = 40

# A text may be cut by an ellipsis; code, tables and formulas may scroll in a box of their own; nothing else may
# reach out of the page or move sideways.
OVERFLOWING = """
const [width] = arguments, found = [];
const seen = (e) => e.checkVisibility({opacityProperty: true, visibilityProperty: true});
const isUnseen = (box) => box.width <= 1 || box.height <= 1;
const name = (e) => `<${e.tagName.toLowerCase()} ${e.className}> ${e.textContent.slice(0, 40)}`;
const mayScroll = (e) => e.matches('pre, textarea, input, .katex-display') || e.querySelector(':scope > table');
const styleOf = (e) => getComputedStyle(e);
const scrolls = (e) => ['auto', 'scroll'].includes(styleOf(e).overflowX);
const isHeld = (e) => {
  for (let at = e; at && at !== document.body; at = at.parentElement) {
    if (styleOf(at).textOverflow === 'ellipsis' || (scrolls(at) && mayScroll(at))) return true;
    if (isUnseen(at.getBoundingClientRect())) return true;
  }
  return false;
};
const isOut = (box) => !isUnseen(box) && (box.right > width + 0.5 || box.left < -0.5);
for (const e of document.body.querySelectorAll('*')) {
  if (!seen(e)) continue;
  if (isOut(e.getBoundingClientRect()) && !isHeld(e.parentElement)) found.push('out: ' + name(e));
  if (scrolls(e) && e.scrollWidth > e.clientWidth + 1 && !mayScroll(e) && !isUnseen(e.getBoundingClientRect()))
    found.push('moves sideways: ' + name(e));
}
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const text = texts.currentNode, range = document.createRange();
  range.selectNodeContents(text);
  if (!seen(text.parentElement) || isHeld(text.parentElement)) continue;
  if ([...range.getClientRects()].some(isOut)) found.push('text out: ' + name(text.parentElement));
}
const whole = document.scrollingElement.scrollWidth;
if (whole > width) found.push(`the page is ${whole} wide`);
const high = document.scrollingElement.scrollHeight;
if (high > innerHeight) found.push(`the page is ${high} high, so that a jump to something in it may lose its top`);
return [...new Set(found)];
"""

# What counts is where a finger meets the thing, so a place that only reacts beyond its drawing counts too. Links
# within a text are as high as its lines.
SMALL_TARGETS = """
const [least] = arguments, half = least / 2 - 0.5, found = [];
const targets = 'button, a[href], input, textarea, select, summary, [role^=menuitem], [role=option], [role=tab]';
const isMet = (e, x, y) => { const there = document.elementFromPoint(x, y); return there && e.contains(there); };
for (const e of document.querySelectorAll(targets)) {
  if (e.disabled || e.matches('.prose p a, .prose li a, .prose td a, .prose sup a')) continue;
  if (!e.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
  let box = e.getBoundingClientRect();
  if (box.width <= 1 || (box.width >= least && box.height >= least)) continue;
  e.scrollIntoView({block: 'center'});
  box = e.getBoundingClientRect();
  const x = box.x + box.width / 2, y = box.y + box.height / 2;
  const isWide = box.width >= least || (isMet(e, x - half, y) && isMet(e, x + half, y));
  const isHigh = box.height >= least || (isMet(e, x, y - half) && isMet(e, x, y + half));
  const size = `${Math.round(box.width)} x ${Math.round(box.height)}`;
  if (!isWide || !isHigh) found.push(`${e.ariaLabel || e.textContent.slice(0, 40)}: ${size}`);
}
return [...new Set(found)];
"""

MIDDLE = """
const box = arguments[0].getBoundingClientRect();
return {x: box.x + box.width / 2, y: box.y + box.height / 2};
"""


def as_phone(page: Page) -> Page:
    """Make a browser that has no mouse a phone."""
    page.resize(WIDTH, HEIGHT)
    page.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 5})
    page.prefer(prefers_reduced_motion="reduce")
    return page


def tap(page: Page, element: WebElement) -> None:
    """Touch the middle of a thing with one finger."""
    middle: dict[str, Any] = page.driver.execute_script(MIDDLE, element)
    touch = {"type": "touchStart", "touchPoints": [middle]}
    page.driver.execute_cdp_cmd("Input.dispatchTouchEvent", touch)
    page.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def write(page: Page, text: str) -> None:
    """Put a text where the cursor is, as the keyboard of a phone does."""
    page.driver.execute_cdp_cmd("Input.insertText", {"text": text})


def overflowing(page: Page) -> list[str]:
    """Return what reaches out of the page or moves sideways."""
    found: list[str] = page.driver.execute_script(OVERFLOWING, WIDTH)
    return found


def small_targets(page: Page) -> list[str]:
    """Return what a finger may want to meet and is smaller than it should be."""
    found: list[str] = page.driver.execute_script(SMALL_TARGETS, MIN_TARGET)
    return found
