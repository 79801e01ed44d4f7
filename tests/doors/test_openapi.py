"""The papers of the REST door: a valid document that leaves nothing out."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from jsonschema_rs import Draft202012Validator, meta
from schemathesis.specs.openapi.definitions import OPENAPI_31

import web_mode  # noqa: F401 — registers the areas
from api.errors import ERRORS
from api.method import METHODS, Methods, method
from doors.event_shapes import EVENTS, SHAPES
from doors.openapi import openapi
from doors.routes import EVENTS as EVENTS_PATH
from doors.routes import routes_of
from tests.asking import ask, ended
from tests.running import Server
from tests.visitors import Visitor, new_visitor

PATIENCE_S = 20
PAPERS = openapi(METHODS)
OPERATIONS = {one["operationId"]: one for path in PAPERS["paths"].values() for one in path.values()}


def is_valid(schema: dict[str, Any], value: object) -> None:
    """Fail where a value does not fit a schema of the papers."""
    whole = {**schema, "components": PAPERS["components"]}
    Draft202012Validator(whole, validate_formats=True).validate(value)


def walk(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(inner)


def test_the_document_is_openapi_3_1() -> None:
    assert PAPERS["openapi"].startswith("3.1.")
    Draft202012Validator(OPENAPI_31).validate(PAPERS)


def test_every_schema_in_it_is_one_and_every_reference_leads_somewhere() -> None:
    for one in walk(PAPERS):
        if isinstance(one.get("schema"), dict):
            meta.validate(one["schema"])
        if isinstance(place := one.get("$ref"), str):
            found: Any = PAPERS
            for step in place.removeprefix("#/").split("/"):
                found = found[step]
    for schema in PAPERS["components"]["schemas"].values():
        meta.validate(schema)


def test_every_method_has_its_path() -> None:
    for route in routes_of(METHODS):
        operation = PAPERS["paths"][route.path][route.verb.lower()]
        assert operation["operationId"] == route.method.name + ("_stream" if route.streams else "")
        assert operation["summary"] == route.method.help
        named = {one["name"] for one in operation["parameters"] if one.get("in") in ("path", "query")}
        wanted = {*route.places, *route.query}
        if route.takes_body and route.spread is None:
            body = operation["requestBody"]["content"]["application/json"]["schema"]
            named |= set(body["properties"])
            wanted |= {one.name for one in route.method.parameters}
        assert named == wanted
    assert len(OPERATIONS) == len(routes_of(METHODS)) + 1
    assert OPERATIONS["follow_task"] is PAPERS["paths"][EVENTS_PATH]["get"]


def test_what_is_public_needs_no_key_and_all_else_needs_one() -> None:
    keyless = {name for name, one in OPERATIONS.items() if one.get("security") == []}
    assert keyless == {one.name for one in METHODS.at("rest") if one.is_public}
    assert set(PAPERS["components"]["securitySchemes"]) == {name for one in PAPERS["security"] for name in one}


def test_every_error_stands_in_it_with_its_status() -> None:
    for code, kind in ERRORS.items():
        if kind.en and kind.of_calls:
            told = PAPERS["components"]["responses"][f"Error{kind.status}"]["content"]["application/json"]
            assert code in told["examples"]
            for operation in OPERATIONS.values():
                assert str(kind.status) in operation["responses"] or kind.status == 415


def test_every_example_fits_its_own_schema() -> None:
    num_examples = 0
    for one in walk(PAPERS):
        if "schema" not in one:
            continue
        examples = [one["example"]] if "example" in one else []
        examples += [each["value"] for each in one.get("examples", {}).values()]
        for example in examples:
            is_valid(one["schema"], example)
            num_examples += 1
    assert num_examples > len(ERRORS)


def test_an_answer_fits_the_schema_that_the_papers_give(alice: Visitor) -> None:
    ended(alice, ask(alice, "hello"))
    for name in ("get_session", "get_session_data", "list_conversations", "list_tasks", "list_models", "list_tokens"):
        answer = OPERATIONS[name]["responses"]["200"]["content"]["application/json"]["schema"]
        is_valid(answer, alice.post(name).json())


def test_the_events_of_a_task_have_the_shapes_of_the_papers(alice: Visitor) -> None:
    task = ended(alice, ask(alice, "hello"))
    with alice.live() as live:
        live.follow(task["id"])
        for event in live.events_until_end(task["id"]):
            assert event["kind"] in EVENTS
            is_valid(EVENTS[event["kind"]], event["data"])
    is_valid(EVENTS["task"], task)


def test_a_method_of_a_plugin_stands_in_its_servers_papers(server: Server) -> None:
    class Tea:
        """The area of tea."""

        @method(rest="PUT /tea/{kind}", example={"kind": "green", "cups": 2})
        def update_tea(self, kind: str, cups: int = 1) -> dict[str, int]:
            """Pour tea."""
            return {kind: cups}

    operation = openapi(Methods().including(Tea))["paths"]["/tea/{kind}"]["put"]
    assert [one["name"] for one in operation["parameters"] if "name" in one] == ["kind"]
    media = operation["requestBody"]["content"]["application/json"]
    assert media["schema"]["properties"] == {"cups": {"type": "integer", "default": 1}}
    assert media["example"] == {"cups": 2}
    assert "/get_probe" not in PAPERS["paths"]
    served = requests.get(f"{server.url}/openapi.json", timeout=PATIENCE_S)
    assert served.headers["Content-Type"] == "application/json"
    assert set(served.json()["paths"]) > set(PAPERS["paths"])


def test_the_fields_of_a_spread_argument_stand_in_the_papers_one_by_one(server: Server) -> None:
    paths = requests.get(f"{server.url}/openapi.json", timeout=PATIENCE_S).json()["paths"]
    listed, replaced = paths["/wishes"]["get"], paths["/wishes/{wish_id}"]["put"]
    shown = {one["name"]: (one["schema"]["type"], one["required"]) for one in listed["parameters"] if "name" in one}
    optional = {"text": "string", "tags": "array", "day": "string", "limit": "integer"}
    assert shown == {name: (kind, False) for name, kind in optional.items()}
    assert [one.get("example") for one in listed["parameters"]][:3] == [None, ["a"], None]
    assert [one["name"] for one in replaced["parameters"] if "name" in one] == ["wish_id", "note"]
    body = replaced["requestBody"]
    assert (body["required"], body["content"]["application/json"]["schema"]) == (True, {"$ref": SHAPES + "Wishes"})


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_the_readers_have_a_strict_policy_and_files_of_this_machine(server: Server, path: str) -> None:
    page = requests.get(server.url + path, timeout=PATIENCE_S)
    policy = dict(part.strip().partition(" ")[::2] for part in page.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["object-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["connect-src"] == "'self'"
    assert "unsafe" not in policy["script-src"]
    assert "http" not in page.headers["Content-Security-Policy"]
    assert ("unsafe-inline" in policy["style-src"]) == (path == "/redoc")
    for address in (word.split('"')[0] for word in page.text.split('src="')[1:]):
        script = requests.get(server.url + address, headers={"Accept-Encoding": "br"}, stream=True, timeout=PATIENCE_S)
        assert (script.status_code, script.headers["Content-Encoding"]) == (200, "br")
        assert "immutable" in script.headers["Cache-Control"]
        script.close()


def test_the_docs_let_a_fresh_browser_in_and_leave_a_known_one_its_workspace(server: Server) -> None:
    fresh = new_visitor(server.url, "fresh")
    mine = fresh.session_id
    fresh.http.get(f"{server.url}/docs", timeout=PATIENCE_S)
    address = f"{server.url}/api/v1/session"
    assert fresh.http.get(address, timeout=PATIENCE_S).json()["data"]["id"] == mine
    stranger = requests.Session()
    assert stranger.get(address, timeout=PATIENCE_S).status_code == 401
    stranger.get(f"{server.url}/docs", timeout=PATIENCE_S)
    assert stranger.get(address, timeout=PATIENCE_S).json()["data"]["stored"] is False
