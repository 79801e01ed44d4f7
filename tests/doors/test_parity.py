"""Every door gives the same answers and the same errors: those of `call()`."""

import re
from typing import Any

import pytest

from api.errors import ERRORS
from tests.asking import SERVER, ask, ended
from tests.doors.every_door import PROBED, Mcp, Refused, doors_of, served_at
from tests.running import Server
from tests.visitors import Visitor, new_visitor

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*Z")
CHANGING = {
    "used_at",
    "uptime_s",
    "time_ms",
    "last_event",
    "token",
    "note",
    "total_ms",
    "first_word_ms",
    "state",
    "completion_tokens",
}
NUM_EVENTS = 10_000
NUM_DOORS = 9
VALUES: list[Any] = [
    None,
    "",
    "日本語 中文 العربية",
    "😀 \U0010ffff \u2028 \x01",
    9_007_199_254_740_991,
    -1.5e300,
    True,
    [],
    {},
    {"日本": [None, {"deep": [[[]]]}]},
    ["--help", "-", "$(id)", "'; DROP TABLE", '"'],
    "x" * 100_000,
]

pytestmark = pytest.mark.timeout(240)


def prepared(visitor: Visitor, name: str) -> dict[str, Any]:
    """Return the arguments of a method's example; what it needs is made first."""
    example = PROBED[name].example
    if example is not None:
        return dict(example)
    if name == "delete_token":
        return {"token_id": visitor.call("create_token", "to delete")["id"]}
    wanted = [parameter.name for parameter in PROBED[name].parameters if parameter.default is parameter.empty]
    if "item_id" in wanted:
        written = {"item": {"title": "Tea"}, "changes": {"number": None, "tags": ["hot"]}}
        known = {"item_id": visitor.call("create_item", {"title": "Water", "number": 1})["id"], **written}
        return {one: known[one] for one in wanted}
    if "file_id" in wanted:
        file_id = visitor.call("create_upload", "empty.txt", 0)["id"]
        known = {"file_id": file_id, "name": "renamed.txt", "form": "csv"}
        return {one.name: known[one.name] for one in PROBED[name].parameters}
    if "script_id" in wanted:
        script = visitor.call("create_script", {"name": "Title", "script": "return document.title"})
        return {one: {"script_id": script["id"], "changes": {"name": "More"}}[one] for one in wanted}
    task = ended(visitor, ask(visitor, "What is a studiolo?"))
    facts = task["facts"]
    known = {"task_id": task["id"], "text": "What else?", "answer": "yes", "priority": 7, **facts}
    if name == "update_message":
        known["message_id"] = facts["question_id"]
    return {one: known[one] for one in wanted}


def plain(value: Any) -> Any:
    """Return a value without what differs from one workspace to the next."""
    if isinstance(value, dict):
        return {key: "..." if key in CHANGING else plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return TIME.sub("<time>", UUID.sub("<uuid>", value)) if isinstance(value, str) else value


def answer_of(door: Any, name: str, arguments: dict[str, Any]) -> Any:
    try:
        return plain(door.call(name, arguments))
    except Refused as error:
        return error.code


@pytest.mark.parametrize(
    "name", sorted(name for name, one in PROBED.items() if one.owner.__module__.startswith("api."))
)
def test_a_methods_example_is_answered_alike_at_every_door(name: str, server: Server) -> None:
    found = {}
    for place in range(NUM_DOORS):
        visitor = new_visitor(server.url, f"visitor {place}")
        visitor.call("update_session")
        arguments = prepared(visitor, name)
        door = list(doors_of(server, visitor))[place]
        is_served = served_at(door.name, PROBED, name)
        found[door.name] = answer_of(door, name, arguments)
        if not is_served or (name == "create_token" and door.name not in ("rpc", "live", "cli", "desktop")):
            assert found.pop(door.name) == ("forbidden" if name == "create_token" else "unknown_method")
    if PROBED[name].answers_task:
        found.pop("mcp")  # waits for the task's end; test_mcp.py has it
    wanted = found.pop("rpc")
    assert found == dict.fromkeys(found, wanted)


@pytest.fixture
def doors(server: Server, alice: Visitor) -> list[Any]:
    """Every door to alice's workspace."""
    alice.call("update_session")
    return list(doors_of(server, alice))


def test_values_come_back_as_they_went_through_every_door(doors: list[Any]) -> None:
    for door in doors:
        for value in VALUES:
            assert door.call("give_back", {"value": value}) == value, door.name
        assert door.call("add_days", {"day": "2028-02-28", "days": 1}) == "2028-02-29", door.name
        assert door.call("get_infinity", {}) == {"nan": None, "infinity": None}, door.name


def test_every_error_has_its_code_at_every_door(doors: list[Any]) -> None:
    for door in doors:
        found = {code: answer_of(door, "raise_error", {"code": code}) for code in ERRORS}
        assert found == {code: code for code in ERRORS}, door.name


def test_bad_arguments_are_refused_alike_at_every_door(doors: list[Any]) -> None:
    for door in doors:
        for name, arguments in (
            ("get_task", {"task_id": "no-uuid"}),
            ("add_days", {"day": "someday"}),
            ("update_session", {"title": "x", "name": "?"}),
            ("give_back", {}),
        ):
            assert answer_of(door, name, arguments) == "invalid_arguments", (door.name, name)
        assert answer_of(door, "break_down", {}) == "internal_error", door.name


def test_what_a_declaration_keeps_from_a_door_is_unknown_there(doors: list[Any]) -> None:
    for door in doors:
        wanted = "secret" if served_at(door.name, PROBED, "get_secret") else "unknown_method"
        assert answer_of(door, "get_secret", {}) == wanted, door.name
        for name in ("__class__", "running", "_load", "no_such_method"):
            assert answer_of(door, name, {}) in ("unknown_method", "not_found"), (door.name, name)


def test_mcp_lists_exactly_what_it_serves(doors: list[Any]) -> None:
    (mcp,) = (door for door in doors if isinstance(door, Mcp))
    assert sorted(mcp.tools()) == [one.name for one in PROBED.at("mcp")]


def test_ten_thousand_events_come_alike_by_every_way_to_follow(doors: list[Any], alice: Visitor) -> None:
    task = alice.call("send_message", "Count", None, f"{SERVER}/count:{NUM_EVENTS}:0")
    ways = [door for door in doors if hasattr(door, "events")]
    assert {door.name for door in ways} == {"live", "rest", "client"}
    streams = [door.events(task["id"]) for door in ways]
    assert streams[0] == streams[1] == streams[2]
    assert [number for number, _kind, _data in streams[0]] == list(range(1, len(streams[0]) + 1))
    said = "".join(data["text"] for _number, kind, data in streams[0] if kind == "text")
    assert said == "".join(f"w{number} " for number in range(NUM_EVENTS))
