"""The states of a task and the moves between them."""

from itertools import product

import pytest

from tasks.states import FINAL, MOVES, OPEN, IllegalMove, TaskState, check_move

ALLOWED = {
    "pending": "processing failed cancelled",
    "processing": "pending waiting retrying completed failed cancelled",
    "waiting": "pending failed cancelled",
    "retrying": "processing cancelled failed",
    "completed": "",
    "failed": "",
    "cancelled": "",
}


@pytest.mark.parametrize(("old", "new"), list(product(TaskState, TaskState)), ids=lambda state: str(state))
def test_a_move_is_taken_or_refused_as_the_table_says(old: TaskState, new: TaskState) -> None:
    if new in ALLOWED[old].split():
        check_move(old, new)
    else:
        with pytest.raises(IllegalMove, match=f"{old} does not lead to {new}"):
            check_move(old, new)


def test_what_has_ended_leads_nowhere_and_the_rest_is_open() -> None:
    assert {"completed", "failed", "cancelled"} == FINAL
    assert {"pending", "processing", "waiting", "retrying"} == OPEN


def test_every_open_task_can_be_cancelled() -> None:
    assert all(TaskState.CANCELLED in MOVES[state] for state in OPEN)


def test_every_state_is_reached_from_pending() -> None:
    reached, new = {TaskState.PENDING}, {TaskState.PENDING}
    while new:
        new = {onward for state in new for onward in MOVES[state]} - reached
        reached |= new
    assert reached == set(TaskState)
