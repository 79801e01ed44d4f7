"""A server with the page of Studiolo and the long work of the probe: `python -m tests.browser.task_server`.

A plugin has a page of its own in the place of ours; here its methods and kinds of tasks are served with ours.
"""

import sys

from doors.serve import listen, serve
from settings import load_settings
from tests.running import ROOT, Server
from web_mode import build, create_asgi


class TaskServer(Server):
    """The server on a free port, as a process of its own."""

    def command(self) -> list[str]:
        """Return what starts it."""
        return [sys.executable, "-m", "tests.browser.task_server"]


def main() -> None:
    """Serve until a signal comes."""
    settings = load_settings(plugin=ROOT / "tests" / "probe")
    listener = listen(settings)
    serve(create_asgi(settings.model_copy(update={"plugin": None}), build(settings)), listener)


if __name__ == "__main__":
    main()
