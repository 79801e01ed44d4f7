"""Real Chromium for tests: Debian's, headless, without background networking; things are found by role and label."""

import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import ActionChains, Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

PATIENCE_S = 20.0
SCRIPT_S = 30.0  # what the driver waits for by itself
FLAGS = (
    "--headless=new",
    "--no-sandbox",  # Chrome refuses root with a sandbox; for tests only
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    # Half of a start's work: extensions of Chromium's own, and pages in the address bar.
    "--disable-extensions",
    "--disable-features=Translate,MediaRouter,OptimizationHints,WebUIOmniboxPopup,WebUIOmniboxAimPopup",
)
# A machine without a mouse says "hover: none"; a desk has one.
MOUSE = "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4"
ANSWER = 'article[aria-label="Answer"]'
LETTERS = re.compile(r"[^\W\d_]")

ASK = "window.pywebview.api[name](...given).then(done, (error) => done(String(error)));"

Found = TypeVar("Found")


class Page:
    """One browser with the page open."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver
        self.origins: set[str] = set()  # that it was led to

    def open(self, address: str) -> "Page":
        """Go to an address."""
        self.origins.add("{0.scheme}://{0.netloc}".format(urlsplit(address)))
        self.driver.get(address)
        return self

    def resize(self, width: int, height: int) -> None:
        """Give the page exactly this size in CSS pixels, as a phone where it is narrow."""
        facts = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", facts)

    def wait(self, look: Callable[[], Found], what: str, timeout_s: float = PATIENCE_S) -> Found:
        """Return what `look()` finds once it finds something; a picture of the page is named where it does not."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                if found := look():
                    return found
            except StaleElementReferenceException:
                pass
            assert time.monotonic() < deadline, f"{what} did not come within {timeout_s} s: {self.text[:500]!r}"
            time.sleep(0.02)

    def all(self, css: str) -> list[WebElement]:
        """Return the elements of a selector."""
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def attributes(self, css: str, name: str) -> list[str]:
        """Return an attribute of all elements of a selector as they stand at one moment; '' where one has it not."""
        script = "return [...document.querySelectorAll(arguments[0])].map((e) => e.getAttribute(arguments[1]) ?? '')"
        found: list[str] = self.driver.execute_script(script, css, name)
        return found

    def one(self, css: str) -> WebElement:
        """Return the first visible element of a selector, once it is there."""
        return self.wait(lambda: next((e for e in self.all(css) if e.is_displayed()), None), css)  # type: ignore[return-value]

    def labelled(self, label: str) -> WebElement:
        """Return the control with an accessible name."""
        return self.one(f'[aria-label="{label}"]')

    def button(self, name: str) -> WebElement:
        """Return the button with an accessible name, be it a label or its text."""
        path = f'//button[@aria-label="{name}" or normalize-space()="{name}"]'
        found = lambda: next((e for e in self.driver.find_elements(By.XPATH, path) if e.is_displayed()), None)  # noqa: E731
        return self.wait(found, f"the button {name}")  # type: ignore[return-value]

    def field(self, name: str) -> WebElement:
        """Return the field for words that a label names."""
        path = f'//*[(self::input or self::textarea) and (@aria-label="{name}" or @id=//label[.="{name}"]/@for)]'
        found = lambda: next((e for e in self.driver.find_elements(By.XPATH, path) if e.is_displayed()), None)  # noqa: E731
        return self.wait(found, f"the field {name}")  # type: ignore[return-value]

    def write(self, name: str, text: str) -> None:
        """Write a text into a field in the place of what it has."""
        field = self.field(name)
        field.send_keys(Keys.CONTROL, "a", Keys.NULL, Keys.DELETE)
        field.send_keys(text)

    def go(self, address: str) -> None:
        """Go to another part of the open page: `go("#/items")`."""
        self.driver.execute_script("location.hash = arguments[0]", address)

    def revealed(self, label: str) -> WebElement:
        """Return the control with an accessible name that shows itself only under the pointer: the last of them."""
        found = self.wait(lambda: self.all(f'[aria-label="{label}"]'), label)[-1]
        ActionChains(self.driver).move_to_element(found).perform()
        return self.labelled(label)

    def press(self, *keys: str) -> None:
        """Press keys where the focus is."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def item(self, name: str) -> WebElement:
        """Return the line of a menu with this text."""
        path = f'//*[starts-with(@role, "menuitem") and normalize-space()="{name}"]'
        found = lambda: next((e for e in self.driver.find_elements(By.XPATH, path) if e.is_displayed()), None)  # noqa: E731
        return self.wait(found, f"the line {name} of a menu")  # type: ignore[return-value]

    def ask(self, text: str) -> None:
        """Type a question and send it."""
        composer = self.labelled("Message")
        composer.send_keys(text)
        composer.send_keys(Keys.ENTER)

    @property
    def answers(self) -> list[WebElement]:
        """The answers on the page."""
        return self.all(ANSWER)

    @property
    def questions(self) -> list[WebElement]:
        """The questions on the page."""
        return self.all('article[aria-label="Question"]')

    def answer_state(self) -> str:
        """Return the state of the last answer, or nothing."""
        return (self.attributes(ANSWER, "data-state") or [""])[-1]

    def answer_text(self) -> str:
        """Return the words of the last answer as shown, without the buttons and names around them."""
        found = self.answers
        words = found[-1].find_elements(By.CLASS_NAME, "prose") if found else []
        return words[0].text if words else ""

    def wait_for_answer(self, timeout_s: float = 60.0) -> str:
        """Return the last answer once it is complete."""
        self.wait(lambda: self.answer_state() == "complete", "the whole answer", timeout_s)
        return self.answer_text()

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a method from the page itself."""
        script = "const [name, given, done] = arguments;" + ASK
        return self.driver.execute_async_script(script, name, list(arguments))

    @property
    def text(self) -> str:
        """All text on the page."""
        return self.driver.find_element(By.TAG_NAME, "body").text

    @property
    def problems(self) -> list[str]:
        """What the console holds of errors and violations."""
        entries: list[dict[str, str]] = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [entry["message"] for entry in entries if entry["level"] == "SEVERE"]

    @property
    def session_id(self) -> str:
        """The workspace that is open."""
        return str(self.driver.execute_script("return window.SESSION_UUID"))

    def prefer(self, **features: str) -> None:
        """Let the reader's system ask for something: `prefer(prefers_reduced_motion="reduce")`."""
        asked = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": asked})

    def before_each_document(self, script: str) -> None:
        """Run a script in every document from now on, before its own."""
        self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})

    def new_tab(self, address: str) -> None:
        """Open an address in another tab of the same browser, and go there."""
        self.driver.switch_to.new_window("tab")
        self.open(address)


@contextmanager
def chromium(width: int = 1280, height: int = 800, language: str = "en", *, has_mouse: bool = True) -> Iterator[Page]:
    """Start a browser with a profile of its own; it ends with the block."""
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    profile = tempfile.mkdtemp(prefix="studiolo-chromium-")
    for flag in (*FLAGS, f"--window-size={width},{height}", f"--user-data-dir={profile}", f"--lang={language}"):
        options.add_argument(flag)
    if has_mouse:
        options.add_argument(MOUSE)
    options.add_experimental_option("prefs", {"intl.accept_languages": language})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options, Service(shutil.which("chromedriver") or "chromedriver"))
    try:
        yield Page(driver)
    finally:
        driver.quit()
        shutil.rmtree(profile, ignore_errors=True)


def letters(text: str) -> str:
    """Return only the letters of a text: what Markdown cannot change."""
    return "".join(LETTERS.findall(text))
