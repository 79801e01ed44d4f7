"""Make a conversation short enough for a model with a small memory."""

from collections.abc import Callable, Sequence

from providers.base import Turn


def fit(turns: Sequence[Turn], max_chars: int, weigh: Callable[[str], int] = len) -> tuple[Turn, ...]:
    """Keep the system turns and as many of the newest others as weigh at most `max_chars` together.

    The newest turn is always kept, whole. What is kept begins with a user's turn where there is one, as chat
    templates expect.
    """
    system = [turn for turn in turns if turn.role == "system"]
    others = [turn for turn in turns if turn.role != "system"]
    room = max_chars - sum(weigh(turn.text) for turn in system)
    first = len(others)
    while first > 0 and (first == len(others) or weigh(others[first - 1].text) <= room):
        first -= 1
        room -= weigh(others[first].text)
    while first < len(others) - 1 and others[first].role != "user":
        first += 1
    return (*system, *others[first:])
