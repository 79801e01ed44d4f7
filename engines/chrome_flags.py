"""How Chrome is started for scripts of strangers: apart from the machine's own network, quiet, and bounded."""

from dataclasses import dataclass
from pathlib import Path

from selenium.webdriver import ChromeOptions

HEAP_MB = 512  # of a page's JavaScript: beyond it the page ends, and nothing else
SIZE = (1280, 800)
OFF = (
    "Translate",
    "MediaRouter",
    "OptimizationHints",
    "AutofillServerCommunication",
    "WebRtcHideLocalIpsWithMdns",
    "WebUIOmniboxPopup",  # else the address bar of each session, which nobody sees, has pages and a process, too
    "WebUIOmniboxAimPopup",
)
FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",  # else a port of this machine opens every page to whoever finds it
    "--disable-quic",  # goes by UDP, past a proxy
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # its name in other builds
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--dns-prefetch-disable",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
    "--mute-audio",
    "--disable-gpu",
    "--disable-3d-apis",  # WebGL's pictures lie in a process that all pages share
    "--disable-dev-shm-usage",
    f"--disable-features={','.join(OFF)}",
    f"--js-flags=--max-old-space-size={HEAP_MB}",
    f"--window-size={SIZE[0]},{SIZE[1]}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChromeSetup:
    """What there is to know before a start. `proxy_port` is the guard's on loopback; None: pages load nothing."""

    binary: Path
    driver: Path
    has_sandbox: bool = True
    proxy_port: int | None = None


def options_of(setup: ChromeSetup, profile: Path) -> ChromeOptions:
    """Return how Chrome is to be started, with a folder of its own for what it stores."""
    options = ChromeOptions()
    options.binary_location = str(setup.binary)
    # Port 9 is the one where by an old agreement nothing answers (RFC 863): without a guard nothing is loaded.
    proxy = f"--proxy-server=http://127.0.0.1:{setup.proxy_port or 9}"
    own = [f"--user-data-dir={profile}", proxy, "--proxy-bypass-list=<-loopback>"]
    for flag in (*FLAGS, *own, *([] if setup.has_sandbox else ["--no-sandbox"])):
        options.add_argument(flag)
    options.add_experimental_option("excludeSwitches", ["disable-popup-blocking", "enable-logging"])
    options.set_capability("webSocketUrl", value=True)
    options.set_capability("unhandledPromptBehavior", "dismiss")
    return options
