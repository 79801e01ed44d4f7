"""Calls of a page and answers of a browser, by themselves: bounded whatever a page does, and ended for all who wait."""

import json
import threading
from collections import Counter

import pytest

from engines.answers import Answers
from engines.base import PageGone
from engines.calls import MAX_WAITING, Calls
from tests.running import wait_until


def test_a_page_that_holds_no_call_back_is_refused_beyond_the_bound() -> None:
    may_go_on, told = threading.Event(), Counter[str]()

    def settle(_place: str, _number: int, is_fine: bool, text: str) -> None:
        told["answered" if is_fine else json.loads(text)["name"]] += 1

    calls = Calls(lambda *_: may_go_on.wait(20), settle)
    for number in range(MAX_WAITING + 44):
        calls.take("here", json.dumps({"id": number, "name": "get_session", "given": []}))
    assert told == {"TooManyRequests": 44}
    may_go_on.set()
    wait_until(lambda: told["answered"] == MAX_WAITING, 10, "their answers")
    calls.close()


def test_whoever_waits_for_a_browser_that_ends_is_told_so() -> None:
    answers = Answers()
    _number, early = answers.expect()
    answers.close()
    number, late = answers.expect()
    answers.settle(number, "nothing")
    for future in (early, late):
        with pytest.raises(PageGone):
            future.result(0)
    assert not answers.is_open
