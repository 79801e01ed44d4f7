"""Window mode: `python main.py` without a word. The parts of web mode, wired to a window in the same process."""

import contextlib
import socket
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

from doors.desktop import FILE, DesktopWindow, Opening, Served, end_process
from doors.display import NoWindow, check_display
from doors.one_window import OneWindow
from doors.serve import listen, server_for
from doors.window_calls import WindowCalls
from doors.window_place import WindowPlace
from logs import set_up_logs
from sessions.keys import Proofs
from sessions.own_key import own_keys
from sessions.pairing import Pairing
from settings import Settings, SettingsError, display_words, load_own_settings
from web_mode import START_ERRORS, build, create_asgi

HOST = "127.0.0.1"
GRACE_S = 1  # for what is under way when the window closes


def run(given: dict[str, object]) -> int:
    """Open the window; returns the exit code where it comes to none, and else ends the process when it is closed."""
    url = given.pop("attach", None)
    try:
        settings = load_own_settings(**given)
        check_display(display_words())
        return _attach(settings, str(url)) if url else _open(settings)
    except (*START_ERRORS, NoWindow) as error:
        sys.stderr.write(f"Studiolo does not start: {error}\n")
        return 1


def _open(settings: Settings) -> int:
    one = OneWindow(settings.data_dir)
    if not one.take():
        return _say_it_is_open(one)
    place = WindowPlace.read(settings.data_dir / FILE)
    listener = _listen(settings, place)
    parts = build(settings)
    keys = own_keys(settings.data_dir)
    word = parts.pairings.give(Pairing(key=keys.key or "", is_window=True))
    url = f"http://{HOST}:{place.port}/pair/{word}"
    window = DesktopWindow(Opening(url=url, folder=settings.data_dir, place=place))
    window.give(WindowCalls(parts.entrance, keys, Proofs(settings.secret())).functions(window.page))
    at_once = settings.model_copy(update={"drain_s": 0})  # whoever closes a window does not want to wait
    app = one.answering(create_asgi(at_once, parts), window.come_to_front)
    served = Served(server_for(app, GRACE_S), listener)
    served.start()
    one.listen_at(place.port)

    def end() -> None:
        parts.leave(keys.owner or b"")
        served.stop()

    return _show(window, end)


def _attach(settings: Settings, url: str) -> int:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"--attach takes the address of a Studiolo, for example https://host:5000 (got {url!r}).")
    folder = settings.data_dir / "attached"
    one = OneWindow(folder)
    if not one.take():
        return _say_it_is_open(one)
    set_up_logs(settings)
    place = WindowPlace.read(folder / FILE)
    return _show(DesktopWindow(Opening(url=url, folder=folder, place=place)), lambda: None)


def _show(window: DesktopWindow, stop: Callable[[], None]) -> int:
    code = 0
    try:
        window.show()
    except NoWindow as error:
        sys.stderr.write(f"Studiolo does not start: {error}\n")
        code = 1
    stop()
    end_process(code)


def _listen(settings: Settings, place: WindowPlace) -> socket.socket:
    """Take the port of the last launch, or a free one."""
    for port in (place.port, 0):
        with contextlib.suppress(OSError):
            listener = listen(settings.model_copy(update={"host": HOST, "port": port}))
            place.port = listener.getsockname()[1]
            return listener
    raise OSError(f"no port of {HOST} can be taken.")


def _say_it_is_open(one: OneWindow) -> int:
    came = "its window comes to the front" if one.knock() else "look for its window"
    sys.stderr.write(f"Studiolo is open with this data folder already: {came}.\n")
    return 0
