"""How Chrome is started for scripts of strangers: apart from the machine's own network, quiet, and bounded."""

from dataclasses import dataclass
from pathlib import Path

HEAP_MB = 512  # of a page's JavaScript: beyond it the page ends, and nothing else
SIZE = (1280, 800)  # of what a page shows, in CSS pixels
WINDOW = (200, 200)  # nobody sees it; its own frame and buttons are drawn, too, and cost 8 MB at a page's size
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
    "--remote-debugging-pipe",  # a port of this machine would open every page to whoever finds it
    "--no-startup-window",
    "--block-new-web-contents",  # the shell's; a whole Chrome opens no window that nobody clicked for
    "--enable-automation",  # asks no person anything, and tells a page that reads `navigator.webdriver`
    "--disable-quic",  # goes by UDP, past a proxy
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # its name in other builds
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--dns-prefetch-disable",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
    "--no-service-autorun",
    "--password-store=basic",
    "--use-mock-keychain",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-hang-monitor",
    "--disable-prompt-on-repost",
    "--mute-audio",
    "--disable-gpu",
    "--disable-3d-apis",  # WebGL's pictures lie in a process that all pages share
    "--disable-dev-shm-usage",
    f"--disable-features={','.join(OFF)}",
    f"--js-flags=--max-old-space-size={HEAP_MB}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChromeSetup:
    """What there is to know before a start. `proxy_port` is the guard's on loopback; None: pages load nothing."""

    binary: Path
    has_sandbox: bool = True
    proxy_port: int | None = None


def command_of(setup: ChromeSetup, profile: Path) -> list[str]:
    """Return how Chrome is to be started, with a folder of its own for what it stores."""
    # Port 9 is the one where by an old agreement nothing answers (RFC 863): without a guard nothing is loaded.
    proxy = f"--proxy-server=http://127.0.0.1:{setup.proxy_port or 9}"
    own = [f"--user-data-dir={profile}", proxy, "--proxy-bypass-list=<-loopback>"]
    return [str(setup.binary), *FLAGS, *own, *([] if setup.has_sandbox else ["--no-sandbox"])]
