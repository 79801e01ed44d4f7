"""What a window's page may call is what is declared for it, and an error shows no more than its body."""

import json
from pathlib import Path
from typing import Any

import pytest

from api.errors import Conflict, NotFound
from api.method import METHODS
from api.plugin import load_plugin
from doors.facade import facade_names, functions_of, named, plain
from doors.window_calls import PageFacts, WindowCalls
from sessions.keys import BrowserKeys, Proofs, new_key
from sessions.own_key import own_keys
from settings import Settings
from tests.conftest import PROBE
from web_mode import Parts, build

PROBED = METHODS.including(load_plugin(PROBE))
OURS = PageFacts(told={}, is_ours=True)


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return build(Settings(data_dir=tmp_path, plugin=PROBE, local_model=False))


def calls_of(parts: Parts, page: PageFacts = OURS, keys: BrowserKeys | None = None) -> dict[str, Any]:
    given = WindowCalls(parts.entrance, keys or own_keys(parts.settings.data_dir), Proofs(parts.settings.secret()))
    return {function.__name__: function for function in given.functions(lambda: page)}


def test_the_window_has_exactly_the_methods_that_are_declared_for_it(parts: Parts) -> None:
    declared = {name for name, one in PROBED.items() if "desktop" in one.doors}
    assert set(calls_of(parts)) == set(facade_names(PROBED)) == declared
    assert "get_secret" not in declared
    assert "echo" in declared


def test_arguments_go_by_position_and_the_answer_is_the_bare_value(parts: Parts) -> None:
    assert calls_of(parts)["echo"]("ab", 2) == "abab"


def test_a_last_argument_that_is_a_key_makes_a_call_that_is_done_once(parts: Parts) -> None:
    add_count, once = calls_of(parts)["add_count"], {"$idempotency_key": "once"}
    assert [add_count(2, once), add_count(2, once), add_count(2)] == [2, 2, 4]
    with pytest.raises(Exception, match="another call"):
        add_count(3, once)
    for key in ("", "a b", 7):
        with pytest.raises(Exception, match="ASCII"):
            add_count(2, {"$idempotency_key": key})
    assert calls_of(parts)["give_back"]({"$idempotency_key": "x", "more": 1}) == {"$idempotency_key": "x", "more": 1}


def test_numbers_that_json_has_no_words_for_are_null() -> None:
    assert plain({"a": float("nan"), "b": [float("inf")]}) == {"a": None, "b": [None]}


def test_each_function_answers_for_its_own_name() -> None:
    given = functions_of(["one", "two"], lambda name, arguments: (name, arguments))
    assert [function(1) for function in given] == [("one", [1]), ("two", [1])]


def test_an_error_has_our_name_its_sentence_and_its_body_as_the_last_line() -> None:
    shown = named(Conflict(version=3), "zh-CN")
    assert type(shown).__name__ == "Conflict"
    assert str(shown) == Conflict(version=3).message("zh-CN")
    assert json.loads(shown.__notes__[-1])["details"] == {"version": 3}


def test_a_method_that_breaks_tells_nothing_of_its_reason(parts: Parts) -> None:
    with pytest.raises(Exception, match="Something broke in the server") as caught:
        calls_of(parts)["break_down"]()
    assert type(caught.value).__name__ == "InternalError"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_page_of_another_origin_calls_nothing(parts: Parts) -> None:
    foreign = PageFacts(told={}, is_ours=False)
    with pytest.raises(Exception, match="another site") as caught:
        calls_of(parts, foreign)["echo"]("x")
    assert type(caught.value).__name__ == "ForeignOrigin"


def test_the_page_names_the_workspace_and_a_new_one_needs_no_row(parts: Parts) -> None:
    first, second = (str(parts.entrance.mint()[0]) for _ in range(2))
    of_first = calls_of(parts, PageFacts(told={"session": first}, is_ours=True))
    of_second = calls_of(parts, PageFacts(told={"session": second}, is_ours=True))
    assert of_first["get_session"]()["stored"] is False
    assert [of_first["add_count"](), of_first["add_count"](), of_second["add_count"]()] == [1, 2, 1]


def test_the_workspace_of_another_key_is_not_opened_nor_taken(parts: Parts) -> None:
    page = PageFacts(told={"session": str(parts.entrance.mint()[0])}, is_ours=True)
    theirs = calls_of(parts, page, BrowserKeys(key=new_key()))
    assert theirs["add_count"]() == 1
    with pytest.raises(Exception, match="There is no such workspace") as caught:
        calls_of(parts, page)["add_count"]()
    assert type(caught.value).__name__ == NotFound.__name__
    assert theirs["add_count"]() == 2
