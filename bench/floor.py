"""The servers ours is measured beside. `python -m bench.floor PORT` serves bare Flask as Studiolo serves its own:
FlaskDoor, as many threads, the same uvicorn; with the word `stream` a bare stream of Starlette's, with `file` and a
path a bare file of Starlette's.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from starlette.types import ASGIApp

from bench.bare import app
from bench.bare_files import files_app
from bench.bare_stream import app as stream_app
from doors.serve import listen, serve
from doors.wsgi import FlaskDoor, VisitorLines
from sessions.lines import Lines
from settings import Settings
from tests.running import Server
from web_mode import BROWSER_CALLS_AT_ONCE, CALLS_AT_ONCE


class BareFlask(Server):
    """The floor: bare Flask on our adapter and server, in a process of its own."""

    def command(self) -> list[str]:
        """Return what starts it."""
        return [sys.executable, "-m", "bench.floor", str(self.settings["port"])]


class BareStream(Server):
    """A peer: server-sent events by Starlette alone."""

    def command(self) -> list[str]:
        """Return what starts it."""
        return [sys.executable, "-m", "bench.floor", str(self.settings["port"]), "stream"]


class BareFile(Server):
    """The floor of the files: one file of Starlette's."""

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self.data_dir / "file"

    def command(self) -> list[str]:
        """Return what starts it."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        return [sys.executable, "-m", "bench.floor", str(self.settings["port"]), "file", str(self.path)]


class GthreadFlask(Server):
    """A peer: bare Flask as it is usually served, by gunicorn's threads in one worker."""

    def command(self) -> list[str]:
        """Return what starts it."""
        words = ["-m", "gunicorn", "-k", "gthread", "--threads", "64", "--keep-alive", "60", "--log-level", "warning"]
        return [sys.executable, *words, "-b", f"127.0.0.1:{self.settings['port']}", "bench.bare:app"]


def main() -> None:
    """Serve."""
    settings = Settings(port=int(sys.argv[1]))
    serve(_app(settings, *sys.argv[2:]), listen(settings))


def _app(settings: Settings, word: str = "", path: str = "") -> ASGIApp:
    return stream_app if word == "stream" else files_app(Path(path)) if word == "file" else _flask(settings)


def _flask(settings: Settings) -> ASGIApp:
    threads = ThreadPoolExecutor(settings.num_threads, thread_name_prefix="call")
    return FlaskDoor(app, threads, VisitorLines(Lines(CALLS_AT_ONCE), Lines(BROWSER_CALLS_AT_ONCE)))


if __name__ == "__main__":
    main()
