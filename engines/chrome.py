"""Chrome or Chromium without a window, spoken to by its own protocol."""

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from engines.base import Capability, Ground, PageGone, TooSlow, Unavailable
from engines.cdp import Cdp
from engines.chrome_flags import WINDOW, ChromeSetup, command_of
from engines.chrome_page import ChromePage
from engines.chrome_process import start_chrome
from engines.leftovers import Folder
from engines.page_memory import bound_pages

# The same browser without windows, of which a page costs half. NOTE: what Debian puts on the path is a shell script
# that goes on as the browser's parent: ending that would end nothing.
SHELLS = ("/usr/lib/chromium/chromium-headless-shell", "chrome-headless-shell")
WHOLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CURE = "On Debian and Ubuntu: `sudo apt-get install chromium-headless-shell`, or `chromium`."
END_S = 5.0
# Pages only, each held before its first script until it is known whose it is.
ATTACH: dict[str, Any] = {
    "autoAttach": True,
    "waitForDebuggerOnStart": True,
    "flatten": True,
    "filter": [{"type": "page"}, {"exclude": True}],
}


class Chrome:
    """See engines.base.Engine."""

    name = "chrome"
    capabilities = frozenset(Capability)

    binaries: ClassVar[tuple[str, ...]] = SHELLS + WHOLE

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
        try:
            return ChromeBrowser(setup, Folder(self._root))
        except (TooSlow, PageGone) as error:
            hint = "Try it by hand, or set STUDIOLO_ENGINE."
            raise Unavailable(f"Chrome does not start: {error}.", hint) from error

    def _setup(self) -> ChromeSetup:
        binary = _found(self.binaries)
        if binary is None:
            raise Unavailable("Chrome is not installed.", CURE)
        if self._has_sandbox and hasattr(os, "geteuid") and os.geteuid() == 0:
            raise Unavailable("Chrome's sandbox does not run as root.", "Run Studiolo as another user.")
        return ChromeSetup(binary=binary, has_sandbox=self._has_sandbox, proxy_port=self._proxy_port)


class ChromeBrowser:
    """See engines.base.Browser: one Chrome; each page has a browser context, which shares nothing with the others."""

    def __init__(self, setup: ChromeSetup, folder: Folder) -> None:
        self._folder = folder
        self._pages: dict[str, ChromePage] = {}  # by browser context
        try:
            self._cdp = self._start(setup)
        except BaseException:
            folder.end()
            raise

    @property
    def is_alive(self) -> bool:
        """See Browser."""
        return self._cdp.is_open

    def open(self, ground: Ground) -> ChromePage:
        """See Browser."""
        context = self._cdp.do("Target.createBrowserContext")["browserContextId"]
        page = self._pages[context] = ChromePage(self._cdp, context, ground)
        size = {"width": WINDOW[0], "height": WINDOW[1]}
        self._cdp.send("Browser.setDownloadBehavior", behavior="deny", browserContextId=context)
        self._cdp.do("Target.createTarget", url="about:blank", browserContextId=context, **size)
        page.wait_until_ready()
        return page

    def num_tabs(self) -> int:
        """Return how many tabs and windows it has."""
        found = self._cdp.do("Target.getTargets", filter=[{"type": "page"}, {"exclude": True}])
        return len(found["targetInfos"])

    def memory_mb(self) -> float:
        """See Browser."""
        return self._folder.memory_mb()

    def close(self) -> None:
        """See Browser."""
        for page in list(self._pages.values()):
            page.end("the browser has ended")
        self._folder.end()
        self._cdp.join(END_S)

    def _start(self, setup: ChromeSetup) -> Cdp:
        try:
            started = start_chrome(command_of(setup, self._folder.path / "profile"))
        except OSError as error:
            raise Unavailable(f"Chrome does not start: {error}.", "Try it by hand, or set STUDIOLO_ENGINE.") from error
        self._folder.note(started.pid)
        connection = Cdp(started.to_browser, started.from_browser, self._hear)
        connection.do("Target.setAutoAttach", **ATTACH)
        bound_pages(self._folder.processes())
        return connection

    def _hear(self, event: str, facts: dict[str, Any]) -> None:
        match event:
            case "Target.attachedToTarget":
                self._take_tab(facts["sessionId"], facts["targetInfo"])
            case "Target.detachedFromTarget":
                self._lose_tab(facts["sessionId"])

    def _take_tab(self, session: str, target: dict[str, Any]) -> None:
        page = self._pages.get(target["browserContextId"])
        if page is not None and not page.is_begun:
            page.begin(session, target["targetId"])
        else:  # a window that a page opened: it is ended before its first script
            self._cdp.send("Target.closeTarget", targetId=target["targetId"])

    def _lose_tab(self, session: str) -> None:
        page = next((one for one in list(self._pages.values()) if one.session == session), None)
        if page is not None:
            self._pages.pop(page.context, None)
            page.end("the page was closed")


def _found(names: Sequence[str]) -> Path | None:
    """Return Chrome's program: from the path, or from where Selenium knows that each system puts it."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        from selenium.webdriver.common.selenium_manager import SeleniumManager

        with suppress(Exception):  # it has many words for "none"
            found = SeleniumManager().binary_paths(["--browser", "chrome", "--offline"])["browser_path"]
    return Path(found) if found else None
