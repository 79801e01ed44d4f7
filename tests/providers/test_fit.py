"""A long conversation loses its oldest turns, never its system turn or its question."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from providers.base import Turn
from providers.fit import fit

SYSTEM = Turn(role="system", text="Be brief.")


def talk(num: int, text: str = "x" * 10) -> tuple[Turn, ...]:
    return tuple(Turn(role="user" if n % 2 == 0 else "assistant", text=f"{n:02}{text}"[:10]) for n in range(num))


def test_what_fits_stays_as_it_is() -> None:
    assert fit((SYSTEM, *talk(5)), 59) == (SYSTEM, *talk(5))


def test_the_oldest_turns_go_first_and_a_user_begins() -> None:
    assert fit((SYSTEM, *talk(5)), 58) == (SYSTEM, *talk(5)[2:])


def test_the_question_stays_even_where_it_is_too_long() -> None:
    question = Turn(role="user", text="?" * 1000)
    assert fit((SYSTEM, *talk(4), question), 50) == (SYSTEM, question)


def test_nothing_to_fit_is_fine() -> None:
    assert fit((), 10) == ()
    assert fit((SYSTEM,), 1) == (SYSTEM,)


def test_a_weight_of_ones_own_counts() -> None:
    assert fit(talk(5), 3, weigh=lambda _: 1) == talk(5)[2:]


@given(st.lists(st.integers(0, 30)), st.integers(0, 200))
def test_the_rest_is_the_end_of_the_conversation_and_fits(lengths: list[int], room: int) -> None:
    turns = tuple(Turn(role="user", text="x" * length) for length in lengths)
    kept = fit(turns, room)
    assert kept == turns[len(turns) - len(kept) :]
    assert len(kept) <= 1 or sum(len(turn.text) for turn in kept) <= room
