"""What tests do in the area of scripts: code is written into the editor as a person types it."""

from typing import Any

from selenium.webdriver.common.keys import Keys

from tests.browser.chromium import Page
from tests.browser.words import Words

CONSOLE = 'section[aria-label="{}"]'


def open_scripts(page: Page, url: str, said: Words, address: str = "#/scripts") -> Page:
    """Open the page, wait until it is connected, and go to the scripts."""
    page.open(url)
    page.labelled(said("chat.message"))
    page.go(address)
    return page


def begin(page: Page, said: Words, code: str = "") -> None:
    """Begin a new script with this code."""
    page.button(said("scripts.new")).click()
    if page.all('[role="menu"]'):
        page.item(said("scripts.blank")).click()
    page.wait(lambda: page.all(".cm-content"), "the editor")
    if code:
        write_code(page, code)


def write_code(page: Page, code: str) -> None:
    """Put code into the editor in the place of what it has."""
    page.one(".cm-content").click()
    page.driver.switch_to.active_element.send_keys(Keys.CONTROL, "a")
    page.driver.execute_cdp_cmd("Input.insertText", {"text": code})
    page.wait(lambda: code_of(page) == code, "the code")


def code_of(page: Page) -> str:
    """Return what the editor has; short code only, for lines out of sight are not on the page."""
    lines = "return [...document.querySelectorAll('.cm-line')].map((line) => line.textContent).join('\\n')"
    return str(page.driver.execute_script(lines))


def run(page: Page, said: Words) -> None:
    """Press the button."""
    page.button(said("scripts.run")).click()


def console(page: Page, said: Words) -> str:
    """Return what stands in the console."""
    found = page.all(CONSOLE.format(said("scripts.panel.console")))
    return found[0].text if found else ""


def wait_for_end(page: Page, said: Words, state: str = "completed", timeout_s: float = 60.0) -> str:
    """Return the console once the run has ended so."""
    css = f"{CONSOLE.format(said('scripts.panel.console'))} h2 [data-state={state}]"
    page.wait(lambda: page.all(css), f"the run {state}", timeout_s)
    return console(page, said)


def save(page: Page, said: Words) -> str:
    """Save what was written; returns the script's id."""
    page.button(said("scripts.saveChanges")).click()
    page.wait(lambda: is_saved(page, said), "the saved script")
    return str(page.driver.execute_script("return location.hash.split('/')[2]"))


def is_saved(page: Page, said: Words) -> bool:
    """Tell whether nothing is left to save."""
    return not page.all(f'button[aria-label="{said("scripts.saveChanges")}"]')


def add_script(page: Page, **words: Any) -> dict[str, Any]:
    """Save a script from beside the page's own fields."""
    script = {"name": "Prices", "script": "return 1", **words}
    made: dict[str, Any] = page.call("create_script", script)
    assert isinstance(made, dict), made
    return made


def show_part(page: Page, said: Words, part: str) -> None:
    """Show a part of the script: by a button on a desk, by a tab on a phone."""
    name = said(f"scripts.panel.{part}")
    if page.all("[role=tablist]"):
        found = page.wait(lambda: [each for each in page.all("[role=tab]") if each.text == name], name)[0]
        found.click()
        page.wait(lambda: found.get_attribute("aria-selected") == "true", name)
        return
    page.button(name).click()
    page.one(f'aside[aria-label="{name}"]')
