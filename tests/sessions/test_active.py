"""active_sessions is bounded and aged."""

from uuid import uuid4

from sessions.active import ActiveSessions


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_the_least_recently_used_makes_room() -> None:
    active: ActiveSessions[str] = ActiveSessions(bound=2, age_s=60)
    first, second, third = uuid4(), uuid4(), uuid4()
    active.put(first, "first")
    active.put(second, "second")
    assert active.get(first) == "first"
    active.put(third, "third")
    assert len(active) == 2
    assert active.get(second) is None
    assert first in active
    assert third in active


def test_what_nobody_used_for_long_is_dropped() -> None:
    clock = Clock()
    active: ActiveSessions[str] = ActiveSessions(bound=10, age_s=60, clock=clock)
    old, used = uuid4(), uuid4()
    active.put(old, "old")
    active.put(used, "used")
    clock.now_s = 50
    active.get(used)
    clock.now_s = 100
    assert active.drop_aged() == 1
    assert old not in active
    assert used in active


def test_a_dropped_one_is_gone() -> None:
    active: ActiveSessions[str] = ActiveSessions(bound=10, age_s=60)
    key = uuid4()
    active.put(key, "x")
    active.drop(key)
    active.drop(key)
    assert active.get(key) is None
