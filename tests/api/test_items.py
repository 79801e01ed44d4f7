"""Items: every method, what it refuses, versions, bulk changes, the trash, and what other tabs hear."""

import uuid
from typing import Any

import pytest

from tests.visitors import Refusal, Visitor

FULL: dict[str, Any] = {
    "title": "Lighthouse",
    "text": "Over 100 metres",
    "number": 103.5,
    "date": "2024-02-29",
    "tags": ["wonders", "towers"],
    "attributes": {"place": {"name": "Pharos"}, "none": None},
}
EMPTY: dict[str, Any] = {"text": "", "number": None, "date": None, "tags": [], "attributes": {}}
NOBODY = str(uuid.uuid4())


def create(visitor: Visitor, title: str = "x", **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = visitor.call("create_item", {"title": title, **more})
    return found


def titles(visitor: Visitor, **named: Any) -> list[str]:
    return [one["title"] for one in visitor.call("list_items", **named)["items"]]


def code_of(visitor: Visitor, name: str, *arguments: Any) -> str:
    with pytest.raises(Refusal) as refused:
        visitor.call(name, *arguments)
    return refused.value.code


def deep(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels - 1):
        value = {"x": value}
    return value


def test_an_item_is_kept_as_it_was_written(alice: Visitor) -> None:
    made = create(alice, **{name: value for name, value in FULL.items() if name != "title"}, title=" Lighthouse ")
    assert {name: made[name] for name in FULL} == FULL
    assert (made["version"], made["deleted"], made["created_at"]) == (1, False, made["updated_at"])
    assert alice.call("get_item", made["id"]) == made
    assert alice.call("list_items") == {"items": [made], "next": None}


def test_what_is_not_said_is_empty(alice: Visitor) -> None:
    made = create(alice)
    assert {name: made[name] for name in EMPTY} == EMPTY


def test_tags_are_trimmed_and_kept_once_each_in_order(alice: Visitor) -> None:
    assert create(alice, tags=[" b", "a", "b ", "A", "a"])["tags"] == ["b", "a", "A"]


def test_replacing_writes_the_whole_item_anew(alice: Visitor) -> None:
    made = create(alice, **{name: value for name, value in FULL.items() if name != "title"})
    new = alice.call("replace_item", made["id"], {"title": "New"})
    assert {name: new[name] for name in EMPTY} == EMPTY
    assert (new["title"], new["version"], new["created_at"]) == ("New", 2, made["created_at"])


def test_a_change_leaves_the_rest_and_merges_attributes(alice: Visitor) -> None:
    made = alice.call("create_item", FULL)
    new = alice.call("update_item", made["id"], {"number": None, "attributes": {"place": {"sea": 1}, "none": None}})
    assert new["attributes"] == {"place": {"name": "Pharos", "sea": 1}}
    assert (new["number"], new["date"], new["tags"], new["version"]) == (None, FULL["date"], FULL["tags"], 2)
    assert alice.call("update_item", made["id"], {"date": None, "title": "T"})["date"] is None


def test_a_change_that_changes_nothing_is_none(alice: Visitor) -> None:
    made = alice.call("create_item", FULL)
    assert alice.call("update_item", made["id"], {"title": FULL["title"], "tags": FULL["tags"]}) == made
    assert alice.call("update_item", made["id"], {}) == made
    assert alice.call("update_item", made["id"], {"attributes": {"n": 1}})["version"] == 2
    assert alice.call("update_item", made["id"], {"attributes": {"n": True}})["attributes"]["n"] is True


@pytest.mark.parametrize(
    ("problem", "given"),
    [
        ("title", {"title": ""}),
        ("title", {"title": " \n\t\x1f\x85\ufeff\u3000"}),
        ("title", {"title": "x" * 201}),
        ("title", {"title": None}),
        ("title", {"title": 7}),
        ("text", {"text": "x" * 100_001}),
        ("text", {"text": None}),
        ("number", {"number": "7"}),
        ("number", {"number": True}),
        ("date", {"date": "2026-02-29"}),
        ("date", {"date": "20260228"}),
        ("date", {"date": "2026-W01-1"}),
        ("date", {"date": "2026-1-1"}),
        ("date", {"date": "2026-01-01T00:00:00Z"}),
        ("date", {"date": 0}),
        ("date", {"date": "٢٠٢٦-٠١-٠١"}),
        ("tags", {"tags": ["x"] * 51}),
        ("tags.1", {"tags": ["x", "y" * 51]}),
        ("tags.0", {"tags": [" "]}),
        ("tags.0", {"tags": [None]}),
        ("tags", {"tags": "x"}),
        ("attributes", {"attributes": {"x": "y" * 65_536}}),
        ("attributes", {"attributes": deep(21)}),
        ("attributes", {"attributes": []}),
        ("attributes", {"attributes": None}),
        ("colour", {"colour": "red"}),
        ("id", {"id": NOBODY}),
    ],
)
def test_what_does_not_fit_is_refused_and_says_which_and_why(alice: Visitor, problem: str, given: Any) -> None:
    made = alice.call("create_item", FULL)
    whole = {"title": "x", **given}
    calls = (("create_item", [whole], "item"), ("replace_item", [made["id"], whole], "item"))
    for name, arguments, place in (*calls, ("update_item", [made["id"], given], "changes")):
        with pytest.raises(Refusal) as refused:
            alice.call(name, *arguments)
        assert (refused.value.status, refused.value.code) == (422, "invalid_arguments"), name
        [(where, why)] = refused.value.error["details"]["problems"].items()
        assert where == f"{place}.{problem}", name
        assert why
    assert alice.call("get_item", made["id"]) == made


def test_a_number_must_be_finite(alice: Visitor) -> None:
    for number in ("1e999", "-1e999", "NaN", "Infinity"):
        body = f'[{{"title": "x", "number": {number}}}]'
        headers = {"X-Session-UUID": alice.session_id, "Content-Type": "application/json"}
        answer = alice.http.post(f"{alice.url}/api/create_item", data=body, headers=headers, timeout=20)
        assert answer.status_code in (400, 422), number
    assert create(alice, number=1.7976931348623157e308)["number"] == 1.7976931348623157e308


def test_the_largest_that_fits_is_taken(alice: Visitor) -> None:
    tags = [f"{number:050}" for number in range(50)]
    given = {"text": "字" * 100_000, "tags": tags, "attributes": deep(20), "date": "9999-12-31"}
    made = create(alice, "😀" * 200, **given)
    assert {name: made[name] for name in given} == given
    assert create(alice, attributes={"x": "y" * 65_527})["attributes"]["x"]
    assert create(alice, date="0001-01-01")["date"] == "0001-01-01"


def test_attributes_that_grow_too_large_by_merging_are_refused(alice: Visitor) -> None:
    made = create(alice, attributes={"a": "x" * 40_000})
    with pytest.raises(Refusal) as refused:
        alice.call("update_item", made["id"], {"attributes": {"b": "x" * 40_000}})
    assert "65536" in refused.value.error["details"]["problems"]["changes.attributes"]
    assert refused.value.status == 422


@pytest.mark.parametrize("name", ["replace_item", "update_item", "delete_item"])
def test_of_two_tabs_the_second_is_told_and_shown_what_stands_there(alice: Visitor, name: str) -> None:
    made = create(alice, "first")
    seen = alice.call("update_item", made["id"], {"title": "by the other tab"}, made["version"])
    change = [] if name == "delete_item" else [{"title": "by this tab"}]
    with pytest.raises(Refusal) as refused:
        alice.call(name, made["id"], *change, made["version"])
    assert (refused.value.status, refused.value.code) == (409, "conflict")
    assert refused.value.error["details"] == {"version": 2, "current": seen}
    assert alice.call("get_item", made["id"]) == seen
    alice.call(name, made["id"], *change, seen["version"])


def test_a_deleted_item_is_gone_and_comes_back_whole(alice: Visitor) -> None:
    made = alice.call("create_item", FULL)
    gone = alice.call("delete_item", made["id"])
    assert (gone["deleted"], gone["version"]) == (True, 2)
    written: dict[str, Any] = {"update_item": [{}], "replace_item": [{"title": "x"}]}
    for name in ("get_item", "delete_item", *written):
        assert code_of(alice, name, made["id"], *written.get(name, [])) == "not_found", name
    assert titles(alice) == titles(alice, where={"search": "light"}) == []
    assert titles(alice, where={"deleted": True, "search": "light", "tags": ["towers"]}) == ["Lighthouse"]
    back = alice.call("restore_item", made["id"])
    assert {name: back[name] for name in FULL} == FULL
    assert alice.call("restore_item", made["id"]) == back
    assert titles(alice, where={"search": "light", "tags": ["wonders", "towers"]}) == ["Lighthouse"]
    assert code_of(alice, "restore_item", NOBODY) == "not_found"


def test_many_are_deleted_and_restored_at_once(alice: Visitor) -> None:
    ids = [create(alice, f"t{number}")["id"] for number in range(4)]
    assert alice.call("delete_items", [ids[1], NOBODY, ids[0], ids[1]])["item_ids"] == [ids[1], ids[0]]
    assert alice.call("delete_items", [ids[0], ids[2]])["item_ids"] == [ids[2]]
    assert titles(alice) == ["t3"]
    assert alice.call("get_item_facts") == {"num_items": 1, "num_deleted": 3, "tags": []}
    assert alice.call("restore_items", ids)["item_ids"] == ids[:3]
    assert titles(alice, sort="title") == ["t0", "t1", "t2", "t3"]
    assert alice.call("restore_items", []) == {"item_ids": []}


def test_many_are_changed_at_once_or_none(alice: Visitor) -> None:
    ids = [create(alice, f"t{number}", attributes={"a": 1})["id"] for number in range(3)]
    large = create(alice, "large", attributes={"a": "x" * 60_000})["id"]
    changed = alice.call("update_items", [*ids[:2], NOBODY], {"tags": ["read"], "attributes": {"a": None}})
    assert changed["item_ids"] == ids[:2]
    found = alice.call("list_items", {"tags": ["read"]}, "title")["items"]
    assert [(one["title"], one["attributes"], one["version"]) for one in found] == [("t0", {}, 2), ("t1", {}, 2)]
    with pytest.raises(Refusal) as refused:
        alice.call("update_items", [ids[2], large], {"attributes": {"b": "x" * 10_000}})
    assert refused.value.status == 422
    assert alice.call("get_item", ids[2])["version"] == 1


def test_at_most_a_thousand_at_once(alice: Visitor) -> None:
    ids = [str(uuid.uuid4()) for _ in range(1001)]
    calls: tuple[tuple[str, list[Any]], ...] = (("delete_items", []), ("restore_items", []), ("update_items", [{}]))
    for name, more in calls:
        assert code_of(alice, name, ids, *more) == "invalid_arguments"
        assert alice.call(name, ids[:1000], *more) == {"item_ids": []}


def test_facts_count_items_and_tags(alice: Visitor, bob: Visitor) -> None:
    assert alice.call("get_item_facts") == {"num_items": 0, "num_deleted": 0, "tags": []}
    for tags in (["b"], ["a", "c"], ["c"]):
        create(alice, tags=tags)
    counted = [{"name": "c", "num_items": 2}, {"name": "a", "num_items": 1}, {"name": "b", "num_items": 1}]
    assert alice.call("get_item_facts") == {"num_items": 3, "num_deleted": 0, "tags": counted}
    assert bob.call("get_item_facts")["tags"] == []


def test_lists_are_searched_filtered_and_sorted(alice: Visitor) -> None:
    create(alice, "Alpha 灯塔", number=1, date="2026-01-01", tags=["x"])
    create(alice, "beta", text="alphabet", number=3, tags=["x", "y"])
    create(alice, "gamma", number=2, date="2025-06-01", tags=["y"])
    create(alice, "delta")
    assert titles(alice) == ["delta", "gamma", "beta", "Alpha 灯塔"]
    assert titles(alice, sort="title") == ["Alpha 灯塔", "beta", "delta", "gamma"]
    assert titles(alice, sort="number") == ["Alpha 灯塔", "gamma", "beta", "delta"]
    assert titles(alice, sort="-number") == ["beta", "gamma", "Alpha 灯塔", "delta"]
    assert titles(alice, sort="-date") == ["Alpha 灯塔", "gamma", "delta", "beta"]
    assert titles(alice, where={"search": "ALPHA"}, sort="title") == ["Alpha 灯塔", "beta"]
    assert titles(alice, where={"search": "灯塔"}) == ["Alpha 灯塔"]
    assert titles(alice, where={"search": '" OR *'}) == []
    assert titles(alice, where={"tags": ["x", "y"]}) == ["beta"]
    assert titles(alice, where={"number_from": 2, "number_to": 3}, sort="title") == ["beta", "gamma"]
    assert titles(alice, where={"date_to": "2025-12-31"}) == ["gamma"]
    assert titles(alice, where={"search": "alpha", "tags": ["x"], "number_to": 1}) == ["Alpha 灯塔"]
    assert titles(alice, where={}) == titles(alice, where={"search": " ", "tags": []}) == titles(alice)


def test_pages_follow_each_other_in_the_first_ones_order(alice: Visitor) -> None:
    for number in range(7):
        create(alice, f"t{number}", number=number % 3)
    found, after = [], None
    while True:
        page = alice.call("list_items", {}, "-number" if after is None else "title", after, 2)
        found += [(one["number"], one["title"]) for one in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert found == sorted(found, reverse=True)
    assert len(found) == 7


@pytest.mark.parametrize(
    "given",
    [
        {"sort": "size"},
        {"after": "nonsense"},
        {"after": "-updated.zz.1"},
        {"where": {"number_from": "1"}},
        {"where": {"date_from": "tomorrow"}},
        {"where": {"search": "x" * 201}},
        {"where": {"colour": "red"}},
        {"limit": "x"},
    ],
)
def test_a_list_that_is_asked_for_wrongly_is_refused(alice: Visitor, given: dict[str, Any]) -> None:
    answer = alice.post("list_items", given)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_arguments")


@pytest.mark.parametrize(
    "after", ["updated.ff.1", "-number.6e616e.999999999999999", "date.none.0", "created.none.3", "title.00.2"]
)
def test_a_place_that_nobody_was_given_is_harmless(alice: Visitor, after: str) -> None:
    create(alice, number=1)
    assert set(alice.call("list_items", after=after)) == {"items", "next"}


def test_anothers_items_are_not_found(alice: Visitor, bob: Visitor) -> None:
    made = alice.call("create_item", FULL)
    assert titles(bob) == titles(bob, where={"search": "light"}) == titles(bob, where={"tags": ["towers"]}) == []
    for name in ("delete_items", "restore_items"):
        assert bob.call(name, [made["id"]]) == {"item_ids": []}
    assert bob.call("update_items", [made["id"]], {"title": "Mine"}) == {"item_ids": []}
    assert alice.call("get_item", made["id"]) == made


def test_reading_stores_no_workspace(alice: Visitor) -> None:
    titles(alice)
    alice.call("get_item_facts")
    alice.call("delete_items", [NOBODY])
    assert alice.call("get_session")["stored"] is False


def test_other_tabs_hear_of_every_change(alice: Visitor) -> None:
    made = create(alice)
    with alice.live() as live:
        last = live.follow("session")["last"]
        alice.call("update_item", made["id"], {"title": "y"})
        alice.call("update_item", made["id"], {"title": "y"})
        alice.call("delete_item", made["id"])
        alice.call("restore_item", made["id"])
        alice.call("update_items", [made["id"]], {"title": "z"})
        alice.call("delete_items", [made["id"]])
        alice.call("restore_items", [made["id"]])
        alice.call("restore_items", [made["id"]])
        other = create(alice)
        while len([event for _, event in live.events if event["number"] > last]) < 7:
            live.receive()
    said = [(event["kind"], event["data"]) for _, event in live.events if event["number"] > last]
    one = [("item", {"id": made["id"], "change": change}) for change in ("updated", "deleted", "restored")]
    many = [("items", {"change": change}) for change in ("updated", "deleted", "restored")]
    assert said == [*one, *many, ("item", {"id": other["id"], "change": "created"})]
