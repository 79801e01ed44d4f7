"""The kinds of work that only a process with pages does."""

from api.page_acts import ELSEWHERE


def test_that_a_page_was_looked_at_is_known_for_an_hour_and_what_was_run_as_long_as_all_else() -> None:
    assert {kind.name: kind.kept_s for kind in ELSEWHERE.kinds} == {"script": None, "page": None, "watch": 3600}
