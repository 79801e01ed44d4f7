"""The JSON map of a workspace: merge patch, versions, bounds, and no lost update."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from api.merge_patch import merged
from tests.visitors import Refusal, Visitor

# The examples of RFC 7396, appendix A: target, patch, result.
EXAMPLES: list[tuple[Any, Any, Any]] = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize(("target", "patch", "result"), EXAMPLES)
def test_a_merge_patch_does_what_the_rfc_says(target: Any, patch: Any, result: Any) -> None:
    assert merged(target, patch) == result


def test_a_patch_answers_the_data_and_its_version(alice: Visitor) -> None:
    assert alice.call("update_session_data", {"a": {"b": 1}}) == {"data": {"a": {"b": 1}}, "version": 1}
    assert alice.call("update_session_data", {"a": {"c": "世界 🌍"}})["version"] == 2
    assert alice.call("get_session_data") == {"data": {"a": {"b": 1, "c": "世界 🌍"}}, "version": 2}


def test_a_patch_that_changes_nothing_takes_no_version(alice: Visitor) -> None:
    alice.call("update_session_data", {"a": 1})
    assert alice.call("update_session_data", {"a": 1, "b": None})["version"] == 1


def test_a_stale_version_is_refused_and_changes_nothing(alice: Visitor) -> None:
    alice.call("update_session_data", {"a": 1})
    alice.call("update_session_data", {"a": 2}, 1)
    with pytest.raises(Refusal) as refusal:
        alice.call("update_session_data", {"a": 3}, 1)
    assert (refusal.value.status, refusal.value.code) == (409, "conflict")
    assert refusal.value.error["details"]["version"] == 2
    assert alice.call("get_session_data") == {"data": {"a": 2}, "version": 2}


def test_data_over_its_bound_is_refused_and_changes_nothing(alice: Visitor) -> None:
    alice.call("update_session_data", {"a": "x" * 600_000})
    with pytest.raises(Refusal) as refusal:
        alice.call("update_session_data", {"b": "x" * 600_000})
    assert (refusal.value.status, refusal.value.code) == (413, "too_large")
    assert alice.call("get_session_data")["version"] == 1


def test_two_writers_at_once_lose_nothing(alice: Visitor) -> None:
    with ThreadPoolExecutor(8) as threads:
        patches = [threads.submit(alice.call, "update_session_data", {f"key{i}": i}) for i in range(40)]
        counts = [threads.submit(alice.call, "add_count") for _ in range(40)]
        for done in [*patches, *counts]:
            done.result()
    data = alice.call("get_session_data")["data"]
    assert data == {**{f"key{i}": i for i in range(40)}, "count": 40}


def test_two_visitors_see_nothing_of_each_other(alice: Visitor, bob: Visitor) -> None:
    alice.call("update_session_data", {"secret": "alice's"})
    assert bob.call("get_session_data") == {"data": {}, "version": 0}
    assert [one["id"] for one in bob.call("list_sessions")["items"]] == [bob.session_id]
