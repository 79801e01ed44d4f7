"""A reader without a pointer: Tab, Enter, Escape, arrows and letters, with the focus watched at each step."""

from dataclasses import dataclass
from typing import Any

from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.browser.chromium import Page

MOST_STEPS = 60

# Whatever may show that something has the focus, on it or around it.
LOOKS = """
const outline = ['outlineStyle', 'outlineWidth', 'outlineColor'];
const names = [...outline, 'boxShadow', 'borderColor', 'backgroundColor', 'opacity'];
const looks = [];
for (let at = arguments[0], step = 0; at && step < 4; at = at.parentElement, step += 1) {
  const style = getComputedStyle(at);
  looks.push(names.map((name) => style[name]).join(' '));
}
return looks.join('\\n');
"""
IN_SIGHT = """
const box = arguments[0].getBoundingClientRect();
const isLarge = box.width > 1 && box.height > 1;
return isLarge && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
"""


@dataclass(slots=True)
class Stop:
    """Where the focus was, and how that looked."""

    element: WebElement
    name: str
    looks: str


class Keyboard:
    """Presses keys; every place the focus comes to must be in sight and look other than without it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.unseen: list[str] = []
        self.lost: list[str] = []
        self._last: Stop | None = None

    @property
    def focused(self) -> WebElement:
        """What has the focus."""
        return self.page.driver.switch_to.active_element

    @property
    def name(self) -> str:
        """The accessible name of what has the focus."""
        return self.page.wait(lambda: self.focused.accessible_name.strip() or " ", "the focus").strip()

    def press(self, *keys: str, held: str = "") -> None:
        """Press keys one after another, while another is held down."""
        chain = ActionChains(self.page.driver)
        if held:
            chain.key_down(held)
        chain.send_keys(*keys)
        if held:
            chain.key_up(held)
        chain.perform()

    def reach(self, name: str, *, backwards: bool = False, by: str = Keys.TAB) -> None:
        """Step until the thing with this accessible name has the focus."""
        seen = [self.name]
        while seen[-1] != name:
            assert len(seen) <= MOST_STEPS, f"{name!r} is not reached by {len(seen)} steps: {seen}"
            self.press(by, held=Keys.SHIFT if backwards else "")
            self.look()
            seen.append(self.name)

    def choose(self, line: str) -> None:
        """Open the menu that has the focus, and take one of its lines."""
        self.press(Keys.ENTER)
        self.page.item(line)
        self.page.wait(lambda: self.focused.get_attribute("role") != "button", "the focus in the menu")
        self.reach(line, by=Keys.ARROW_DOWN)
        self.press(Keys.ENTER)

    def look(self) -> None:
        """Note where the focus is, and whether the place it left looks other than it did."""
        self._leave()
        element = self.focused
        if element.tag_name == "body":
            self._last = None
            return
        in_sight = self.page.wait(lambda: self._is_in_sight(element), "the focus in sight", 2)
        assert in_sight
        self._last = Stop(element, self.name, self._looks(element))

    def keeps(self, after: str) -> None:
        """Say that an action is over: the focus must not have fallen out of everything."""
        self.page.driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
        if self.focused.tag_name in ("body", "html"):
            self.lost.append(after)
        self._last = None

    def _leave(self) -> None:
        left = self._last
        if left is None:
            return
        try:
            self.page.wait(lambda: self._looks(left.element) != left.looks, "another look", 1)
        except AssertionError:
            self.unseen.append(left.name)

    def _is_in_sight(self, element: WebElement) -> Any:
        return self.page.driver.execute_script(IN_SIGHT, element)

    def _looks(self, element: WebElement) -> str:
        return str(self.page.driver.execute_script(LOOKS, element))
