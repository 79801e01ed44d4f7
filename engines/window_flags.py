"""The environment in which the helper starts: no display, no network but the guard's, nothing kept on the disk.

Qt hands one variable on to its Chromium, and lets it win over all else (`QTWEBENGINE_CHROMIUM_FLAGS`,
https://doc.qt.io/qt-6/qtwebengine-debugging.html): what stood there before is replaced, as it could lead past the
guard.
"""

from dataclasses import dataclass
from pathlib import Path

from launch import without_settings

HEAP_MB = 512  # of a page's JavaScript: beyond it the page ends, and nothing else
SIZE = (1280, 800)
FLAGS = (
    "--disable-quic",  # goes by UDP, past a proxy
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    "--dns-prefetch-disable",
    "--no-pings",
    "--mute-audio",
    "--disable-gpu",
    "--disable-3d-apis",  # WebGL's pictures lie in a process that all pages share
    "--disable-dev-shm-usage",
    f"--js-flags=--max-old-space-size={HEAP_MB}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowSetup:
    """What there is to know before a start. `proxy_port` is the guard's on loopback; None: pages load nothing."""

    has_sandbox: bool = True
    is_for_pages: bool = True  # else it only tells why it does not start: pages could fill a disk with errors
    proxy_port: int | None = None


def words_of(setup: WindowSetup, folder: Path) -> dict[str, str | None]:
    """Return what the helper's environment has besides its parent's, or has not; `folder` takes what it stores."""
    # Port 9 is the one where by an old agreement nothing answers (RFC 863): without a guard nothing is loaded.
    proxy = f"--proxy-server=http://127.0.0.1:{setup.proxy_port or 9}"
    level = f"--log-level={3 if setup.is_for_pages else 2}"
    flags = (*FLAGS, level, proxy, "--proxy-bypass-list=<-loopback>", *([] if setup.has_sandbox else ["--no-sandbox"]))
    return {
        **without_settings(),
        "QTWEBENGINE_CHROMIUM_FLAGS": " ".join(flags),
        "QTWEBENGINE_DISABLE_SANDBOX": None,  # whatever it is set to, it is heard
        "QTWEBENGINE_REMOTE_DEBUGGING": None,  # a port would open every page to whoever finds it
        "QT_QPA_PLATFORM": "offscreen",  # no window is ever shown, so none needs a display
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "TMPDIR": str(folder),
    }
