"""What a person does, as commands of Chrome (https://chromedevtools.github.io/devtools-protocol/tot/Input)."""

from collections.abc import Iterator
from typing import Any

from engines.base import ActRefused, Input
from engines.chrome_flags import SIZE

# Each key's number (https://www.w3.org/TR/uievents/#legacy-key-models), and what it writes.
KEYS = {
    "Backspace": (8, ""),
    "Tab": (9, "\t"),
    "Enter": (13, "\r"),
    "Escape": (27, ""),
    "PageUp": (33, ""),
    "PageDown": (34, ""),
    "End": (35, ""),
    "Home": (36, ""),
    "ArrowLeft": (37, ""),
    "ArrowUp": (38, ""),
    "ArrowRight": (39, ""),
    "ArrowDown": (40, ""),
    "Delete": (46, ""),
}
NAMES = {"\n": "Enter", "\t": "Tab"}
Command = tuple[str, dict[str, Any]]


def commands_of(act: Input) -> Iterator[Command]:
    """Yield the commands of one act, each a method and its words. Raises ActRefused."""
    match act.kind:
        case "click" | "move" | "wheel":
            yield from _of_mouse(act)
        case "key":
            if act.text not in KEYS and len(act.text) != 1:
                raise ActRefused(f"there is no key {act.text!r}")
            yield from _of_key(act.text)
        case "text":
            for letter in act.text:
                yield from _of_key(NAMES.get(letter, letter))


def _of_mouse(act: Input) -> Iterator[Command]:
    if not (0 <= act.x < SIZE[0] and 0 <= act.y < SIZE[1]):
        raise ActRefused(f"{act.x}, {act.y} lies outside of the page, which is {SIZE[0]} by {SIZE[1]}")
    place = {"x": act.x, "y": act.y}
    if act.kind == "wheel":
        yield _mouse("mouseWheel", **place, deltaX=act.dx, deltaY=act.dy)
        return
    yield _mouse("mouseMoved", **place)
    if act.kind == "click":
        for kind, buttons in (("mousePressed", 1), ("mouseReleased", 0)):
            yield _mouse(kind, **place, button="left", buttons=buttons, clickCount=1)


def _mouse(kind: str, **words: Any) -> Command:
    return "Input.dispatchMouseEvent", {"type": kind, **words}


def _of_key(key: str) -> Iterator[Command]:
    number, text = KEYS.get(key) or (_number_of(key), key)
    words = {"key": key, "windowsVirtualKeyCode": number, **({"code": key} if key in KEYS else {})}
    pressed = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
    yield "Input.dispatchKeyEvent", {**words, **pressed}
    yield "Input.dispatchKeyEvent", {**words, "type": "keyUp"}


def _number_of(letter: str) -> int:
    return ord(letter.upper()) if letter.isascii() and letter.isalnum() else 0
