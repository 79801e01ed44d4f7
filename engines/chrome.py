"""Chrome or Chromium without a window, started by Selenium and spoken to by WebDriver BiDi."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from selenium.common import WebDriverException
from selenium.webdriver import Chrome as Driver
from selenium.webdriver.chrome.service import Service

from engines.base import Capability, Ground, PageGone, TooSlow, Unavailable
from engines.bidi import Bidi
from engines.chrome_flags import ChromeSetup, options_of
from engines.chrome_page import ChromePage
from engines.chrome_run import Realm
from engines.leftovers import Folder
from engines.page_memory import bound_pages
from engines.scripts import line_of
from launch import words_for_others

BINARIES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
DRIVERS = ("chromedriver", "chromium-driver")
CURE = "On Debian and Ubuntu: `sudo apt-get install chromium chromium-driver`."
CRASHED = "goog:cdp.Inspector.targetCrashed"  # ChromeDriver's own: WebDriver BiDi has no word for it
EVENTS = (
    "script.message",
    "script.realmCreated",
    "script.realmDestroyed",
    "log.entryAdded",
    "browsingContext.contextCreated",
    "browsingContext.contextDestroyed",
    CRASHED,
)


class Chrome:
    """See engines.base.Engine."""

    name = "chrome"
    capabilities = frozenset(Capability)

    def __init__(self, root: Path, *, has_sandbox: bool = True, proxy_port: int | None = None) -> None:
        self._root = root
        self._has_sandbox = has_sandbox
        self._proxy_port = proxy_port

    def check(self) -> None:
        """See Engine."""
        self._setup()

    def start(self) -> "ChromeBrowser":
        """See Engine."""
        setup = self._setup()
        with suppress(TooSlow, PageGone):  # on a machine that does much else one may come up and say nothing
            return ChromeBrowser(setup, Folder(self._root))
        return ChromeBrowser(setup, Folder(self._root))

    def _setup(self) -> ChromeSetup:
        binary, driver = _first(BINARIES), _first(DRIVERS)
        if binary is None or driver is None:
            raise Unavailable(f"{'Chrome' if binary is None else 'ChromeDriver'} is not installed.", CURE)
        if self._has_sandbox and hasattr(os, "geteuid") and os.geteuid() == 0:
            raise Unavailable("Chrome's sandbox does not run as root.", "Run Studiolo as another user.")
        return ChromeSetup(binary=binary, driver=driver, has_sandbox=self._has_sandbox, proxy_port=self._proxy_port)


class ChromeBrowser:
    """See engines.base.Browser: one Chrome; each page has a user context, which shares nothing with the others."""

    def __init__(self, setup: ChromeSetup, folder: Folder) -> None:
        self._folder = folder
        self._pages: dict[str, ChromePage] = {}  # by user context
        self._tabs: dict[str, ChromePage] = {}  # by browsing context
        try:
            self._driver = self._start(setup)
            self._bidi = self._connect()
        except BaseException:
            folder.end()
            raise

    @property
    def is_alive(self) -> bool:
        """See Browser."""
        return self._bidi.is_open

    def open(self, ground: Ground) -> ChromePage:
        """See Browser."""
        made = self._bidi.do("browser.createUserContext")["userContext"]
        page = self._pages[made] = ChromePage(self._bidi, made, ground)
        found = self._bidi.do("browsingContext.create", type="tab", userContext=made)["context"]
        if page.context != found:
            raise PageGone("another window came first")
        page.target = self._bidi.do("goog:cdp.getSession", context=found)["session"]
        return page

    def memory_mb(self) -> float:
        """See Browser."""
        return self._folder.memory_mb()

    def close(self) -> None:
        """See Browser."""
        self._bidi.close()
        for page in list(self._pages.values()):
            page.end("the browser has ended")
        self._folder.end()
        with suppress(Exception):  # Selenium's half: its process is gone by now
            self._driver.service.process.wait(1)

    def _start(self, setup: ChromeSetup) -> Driver:
        service = Service(str(setup.driver), env=words_for_others(), popen_kw={"start_new_session": True})
        try:
            driver = Driver(options_of(setup, self._folder.path / "profile"), service)
        except WebDriverException as error:
            service.stop()
            reason = (error.msg or "").partition("\n")[0]
            raise Unavailable(f"Chrome does not start: {reason}.", "Try it by hand, or set STUDIOLO_ENGINE.") from error
        self._folder.note(service.process.pid)
        self._folder.note(int(driver.capabilities["goog:processID"]))
        bound_pages(self._folder.processes())
        return driver

    def _connect(self) -> Bidi:
        connection = Bidi(self._driver.capabilities["webSocketUrl"])
        connection.on("script.message", self._hear_call)
        connection.on("script.realmCreated", self._hear_realm)
        connection.on("script.realmDestroyed", self._lose_realm)
        connection.on("log.entryAdded", self._hear_console)
        connection.on("browsingContext.contextCreated", self._hear_tab)
        connection.on("browsingContext.contextDestroyed", self._lose_tab)
        connection.on(CRASHED, self._hear_crash)
        connection.do("session.subscribe", events=list(EVENTS))
        return connection

    def _hear_call(self, facts: dict[str, Any]) -> None:
        page = self._tabs.get(facts["source"].get("context", ""))
        if page is not None and facts["data"].get("type") == "string":
            page.hear_call(facts["channel"], facts["source"]["realm"], facts["data"]["value"])

    def _hear_realm(self, facts: dict[str, Any]) -> None:
        page = self._tabs.get(facts.get("context", ""))
        if page is not None:
            page.realms[facts["realm"]] = Realm(facts["origin"], facts.get("sandbox"))

    def _lose_realm(self, facts: dict[str, Any]) -> None:
        for page in list(self._tabs.values()):
            page.lose_realm(facts["realm"])

    def _hear_crash(self, facts: dict[str, Any]) -> None:
        page = next((one for one in self._tabs.values() if one.target == facts["session"]), None)
        if page is not None:
            page.note_crash()

    def _hear_console(self, facts: dict[str, Any]) -> None:
        page = self._tabs.get(facts["source"].get("context", ""))
        if page is not None:
            page.hear_console(line_of(facts["level"], facts.get("text") or ""))

    def _hear_tab(self, facts: dict[str, Any]) -> None:
        if facts.get("parent") is not None:
            return
        page = self._pages.get(facts.get("userContext", ""))
        if page is not None and not page.context:
            page.context = facts["context"]
            self._tabs[page.context] = page
        elif page is not None:  # a window that a page opened
            self._bidi.send("browsingContext.close", context=facts["context"])

    def _lose_tab(self, facts: dict[str, Any]) -> None:
        page = self._tabs.pop(facts["context"], None)
        if page is not None:
            self._pages.pop(page.user_context, None)
            page.end("the page was closed")


def _first(names: tuple[str, ...]) -> Path | None:
    found = (shutil.which(name) for name in names)
    return next((Path(one) for one in found if one), None)
