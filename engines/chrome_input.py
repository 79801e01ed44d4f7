"""What a person does, as WebDriver's actions (https://w3c.github.io/webdriver-bidi/#module-input)."""

from collections.abc import Sequence
from typing import Any

from engines.base import Input

# https://w3c.github.io/webdriver/#keyboard-actions
KEYS = {
    "Backspace": "\ue003",
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "PageUp": "\ue00e",
    "PageDown": "\ue00f",
    "End": "\ue010",
    "Home": "\ue011",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
    "Delete": "\ue017",
}


def actions_of(acts: Sequence[Input]) -> list[dict[str, Any]]:
    """Return the actions for a few acts, one after the other: each source waits while another acts."""
    mouse, keys, wheel = list[dict[str, Any]](), list[dict[str, Any]](), list[dict[str, Any]]()
    sources = (mouse, keys, wheel)
    for act in acts:
        source, steps = _steps(act, mouse, keys, wheel)
        for step in steps:
            for one in sources:
                one.append(step if one is source else {"type": "pause"})
    return [
        {"type": "pointer", "id": "mouse", "actions": mouse},
        {"type": "key", "id": "keys", "actions": keys},
        {"type": "wheel", "id": "wheel", "actions": wheel},
    ]


Steps = list[dict[str, Any]]


def _steps(act: Input, mouse: Steps, keys: Steps, wheel: Steps) -> tuple[Steps, Steps]:
    if act.kind in ("click", "move"):
        press: Steps = [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        move = {"type": "pointerMove", "x": act.x, "y": act.y}
        return mouse, [move, *(press if act.kind == "click" else [])]
    if act.kind == "wheel":
        return wheel, [{"type": "scroll", "x": act.x, "y": act.y, "deltaX": act.dx, "deltaY": act.dy}]
    letters = [KEYS.get(act.text, act.text)] if act.kind == "key" else list(act.text)
    return keys, [{"type": kind, "value": letter} for letter in letters for kind in ("keyDown", "keyUp")]
