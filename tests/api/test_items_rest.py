"""Items by REST: the body is the item, the filters are words of the query, versions are ETags."""

import json
import subprocess
from typing import Any

import pytest
import requests

from tests.running import ROOT
from tests.visitors import Visitor

PATIENCE_S = 20


class Program:
    """A program with a token to one workspace."""

    def __init__(self, visitor: Visitor) -> None:
        self._base = f"{visitor.url}/api/v1"
        self._headers = {"Authorization": f"Bearer {visitor.call('create_token', 'test')['token']}"}

    def send(self, verb: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """Send one request."""
        sent = {**self._headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return requests.request(verb, self._base + path, json=body, headers=sent, timeout=PATIENCE_S)


@pytest.fixture
def program(alice: Visitor) -> Program:
    """A program of alice's."""
    return Program(alice)


def test_an_items_whole_life(program: Program) -> None:
    made = program.send("POST", "/items", {"title": "Tea", "number": 1, "attributes": {"a": 1}})
    path = f"/items/{made.json()['data']['id']}"
    assert program.send("GET", path).json()["data"] == made.json()["data"]
    patched = program.send("PATCH", path, {"number": None, "attributes": {"b": 2}}).json()["data"]
    assert (patched["number"], patched["attributes"]) == (None, {"a": 1, "b": 2})
    put = program.send("PUT", path, {"title": "Coffee"}).json()["data"]
    assert (put["title"], put["attributes"]) == ("Coffee", {})
    assert program.send("DELETE", path).json()["data"]["deleted"] is True
    assert program.send("GET", path).status_code == 404
    assert program.send("POST", f"/trash{path}/restore").json()["data"]["title"] == "Coffee"


def test_filters_are_words_of_the_query(program: Program) -> None:
    for number in range(3):
        program.send("POST", "/items", {"title": f"Tea {number}", "number": number, "tags": ["hot", f"t{number}"]})
    found = program.send("GET", "/items?search=tea&tags=hot&tags=t1&number_from=0.5&sort=-number&limit=5").json()
    assert [one["title"] for one in found["data"]["items"]] == ["Tea 1"]
    for query in ("number_from=x", "date_to=2026-02-30", "sort=size", "where=x", "deleted=perhaps"):
        assert program.send("GET", f"/items?{query}").status_code == 422, query


def test_if_match_guards_every_change(program: Program) -> None:
    made = program.send("POST", "/items", {"title": "Tea"})
    path, tag = f"/items/{made.json()['data']['id']}", made.headers["ETag"]
    assert program.send("GET", path, If_None_Match=tag).status_code == 304
    assert program.send("PATCH", path, {"title": "Coffee"}, If_Match=tag).headers["ETag"] == '"2"'
    for verb, body in (("PATCH", {"title": "x"}), ("PUT", {"title": "x"}), ("DELETE", None)):
        stale = program.send(verb, path, body, If_Match=tag)
        assert stale.status_code == 412, verb
        assert stale.json()["error"]["details"]["current"]["title"] == "Coffee"
    assert program.send("DELETE", f"{path}?if_version=1").status_code == 409
    assert program.send("DELETE", path, If_Match='"2"').status_code == 200


def test_many_at_once_have_addresses_of_their_own(program: Program) -> None:
    ids = [program.send("POST", "/items", {"title": "x"}).json()["data"]["id"] for _ in range(2)]
    changed = program.send("PATCH", "/items", {"item_ids": ids, "changes": {"title": "y"}})
    assert changed.json()["data"] == {"item_ids": ids}
    assert program.send("POST", "/trash/items/delete", {"item_ids": ids}).json()["data"] == {"item_ids": ids}
    facts = program.send("GET", "/facts/items").json()["data"]
    assert (facts["num_items"], facts["num_deleted"]) == (0, 2)
    assert program.send("POST", "/trash/items/restore", {"item_ids": ids}).json()["data"] == {"item_ids": ids}


def test_a_key_creates_once(program: Program) -> None:
    first, second = (program.send("POST", "/items", {"title": "x"}, Idempotency_Key="k1").json() for _ in range(2))
    assert first["data"] == second["data"]
    assert program.send("POST", "/items", {"title": "y"}, Idempotency_Key="k1").status_code == 422


def test_the_commands_of_the_guide_answer(alice: Visitor) -> None:
    guide = (ROOT / "docs" / "guide" / "items.md").read_text(encoding="utf-8")
    first, second = (part.partition("```")[0] for part in guide.split("```sh\n")[1:])
    token = alice.call("create_token", "guide")["token"]
    begin = first.replace("token=...", f"token={token}").replace("http://localhost:5000", alice.url)
    made, found = said_by(begin)
    assert [one["title"] for one in found["items"]] == [made["title"]] == ["Lighthouse of Alexandria"]
    more = second.replace("...", made["id"])
    *_, changed, many = said_by(f"{begin}\nid={made['id']}\n{more}")
    assert (changed["version"], changed["attributes"]) == (2, {"place": "Pharos"})
    assert many == {"item_ids": [made["id"]]}


def said_by(commands: str) -> list[Any]:
    """Run a guide's commands and return the data of each answer."""
    ran = subprocess.run(["bash", "-euc", commands], capture_output=True, text=True, check=True, timeout=PATIENCE_S)
    return [json.loads(line)["data"] for line in ran.stdout.replace("}{", "}\n{").splitlines() if line]
