"""Every method answers a stranger as if the workspace, or the thing in it, did not exist: byte for byte."""

import uuid
from typing import Any

import pytest
import requests

import web_mode  # noqa: F401 — registers the areas
from api.method import METHODS
from tests.visitors import Visitor

SAME_ID = {"X-Request-ID": "the-same-for-both"}
UUID_ARGUMENTS = ("conversation_id", "message_id", "task_id", "token_id", "item_id", "file_id")
OTHERS = {
    "answer": "mine",
    "priority": 9,
    "item": {"title": "Mine now?"},
    "changes": {"title": "Mine now?"},
    "form": "csv",
    "name": "mine.txt",
}
TAKES_AN_ID = sorted(name for name, one in METHODS.items() if any(p.name in UUID_ARGUMENTS for p in one.parameters))


@pytest.fixture
def owned(alice: Visitor) -> dict[str, str]:
    """Return ids of things that alice owns."""
    task = alice.call("send_message", "Whose is this?")
    token = alice.call("create_token", "mine")
    item = alice.call("create_item", {"title": "mine"})
    file = alice.call("create_upload", "mine.txt", 0)
    known = {"token_id": token["id"], "item_id": item["id"], "file_id": file["id"]}
    return {"task_id": task["id"], **known, **task["facts"]}


@pytest.mark.parametrize("name", sorted(METHODS))
def test_anothers_workspace_and_a_missing_one_answer_alike(name: str, alice: Visitor, charlie: Visitor) -> None:
    alice.call("update_session_data", {"here": True})
    foreign = _as_stranger(charlie, alice.session_id, name)
    missing = _as_stranger(charlie, str(uuid.uuid4()), name)
    malformed = _as_stranger(charlie, "no-uuid", name)
    assert foreign.status_code == 404
    assert foreign.json()["error"]["code"] == "not_found"
    assert _bytes(foreign) == _bytes(missing) == _bytes(malformed)


@pytest.mark.parametrize("name", sorted(METHODS))
def test_without_a_cookie_every_workspace_answers_alike(name: str, alice: Visitor) -> None:
    alice.call("update_session_data", {"here": True})
    foreign = _as_stranger(Visitor(alice.url), alice.session_id, name)
    missing = _as_stranger(Visitor(alice.url), str(uuid.uuid4()), name)
    assert foreign.status_code == 401
    assert _bytes(foreign) == _bytes(missing)


@pytest.mark.parametrize("name", TAKES_AN_ID)
def test_a_thing_of_anothers_workspace_and_a_missing_one_answer_alike(
    name: str, owned: dict[str, str], charlie: Visitor
) -> None:
    foreign = charlie.post(name, _arguments(name, owned), **SAME_ID)
    missing = charlie.post(name, _arguments(name, dict.fromkeys(UUID_ARGUMENTS, str(uuid.uuid4()))), **SAME_ID)
    assert foreign.status_code == 404
    assert _bytes(foreign) == _bytes(missing)


def test_the_page_of_anothers_workspace_is_the_one_404(alice: Visitor, charlie: Visitor) -> None:
    alice.call("update_session_data", {"here": True})
    words = [alice.session_id, str(uuid.uuid4()), "nonsense", alice.session_id.upper(), alice.session_id + "0"]
    pages = [charlie.http.get(f"{charlie.url}/uuid={word}", headers=SAME_ID) for word in words]
    assert {page.status_code for page in pages} == {404}
    assert len({_bytes(page) for page in pages}) == 1


def _as_stranger(visitor: Visitor, session_id: str, name: str) -> requests.Response:
    return visitor.post(name, {}, **{**SAME_ID, "X-Session-UUID": session_id})


def _arguments(name: str, ids: dict[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {"text": "Mine now?"} if name in ("send_message", "update_message") else {}
    given |= {p.name: OTHERS[p.name] for p in METHODS[name].parameters if p.name in OTHERS and p.default is p.empty}
    return given | {p.name: ids[p.name] for p in METHODS[name].parameters if p.name in UUID_ARGUMENTS}


def _bytes(response: requests.Response) -> tuple[int, bytes, tuple[tuple[str, str], ...]]:
    headers = tuple(sorted((name, value) for name, value in response.headers.items() if name.lower() != "date"))
    return response.status_code, response.content, headers
