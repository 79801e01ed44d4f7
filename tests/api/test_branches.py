"""Branches: a question in other words, an answer asked again, and stepping between them."""

from typing import Any

from tests.asking import SERVER, TEXT, ask, ended, messages
from tests.visitors import Visitor


def texts(visitor: Visitor, task: dict[str, Any]) -> list[str]:
    return [one["text"] for one in messages(visitor, task) if one["role"] == "user"]


def test_an_edited_question_begins_a_branch_and_the_old_one_stays(alice: Visitor) -> None:
    first = ended(alice, ask(alice, "one"))
    ended(alice, ask(alice, "two", conversation_id=first["facts"]["conversation_id"]))
    edited = alice.call("update_message", first["facts"]["question_id"], "uno", f"{SERVER}/ok")
    ended(alice, edited)
    assert texts(alice, first) == ["uno"]
    question = messages(alice, first)[0]
    assert question["branches"] == [first["facts"]["question_id"], edited["facts"]["question_id"]]
    page = alice.call("open_branch", first["facts"]["question_id"])
    assert [one["text"] for one in page["messages"]] == ["one", TEXT, "two", TEXT]
    assert texts(alice, first) == ["one", "two"]


def test_a_question_in_the_middle_keeps_what_stands_before_it(alice: Visitor) -> None:
    first = ended(alice, ask(alice, "one"))
    conversation = first["facts"]["conversation_id"]
    second = ended(alice, ask(alice, "two", conversation_id=conversation))
    ended(alice, ask(alice, "three", conversation_id=conversation))
    ended(alice, alice.call("update_message", second["facts"]["question_id"], "zwei", f"{SERVER}/ok"))
    assert texts(alice, first) == ["one", "zwei"]
    alice.call("open_branch", second["facts"]["question_id"])
    assert texts(alice, first) == ["one", "two", "three"]


def test_answers_to_one_question_are_branches_too(alice: Visitor) -> None:
    first = ended(alice, ask(alice, "one", "count:3:1"))
    again = ended(alice, alice.call("retry_message", first["facts"]["message_id"], f"{SERVER}/ok"))
    ids = [first["facts"]["message_id"], again["facts"]["message_id"]]
    assert messages(alice, first)[1]["branches"] == ids
    page = alice.call("open_branch", ids[0])
    assert page["messages"][1]["id"] == ids[0]
    assert page["messages"][1]["text"] == "w0 w1 w2 "
    assert page["messages"][0]["branches"] == [first["facts"]["question_id"]]


def test_a_model_is_told_only_the_branch_that_is_shown(alice: Visitor, fake_models: Any) -> None:
    first = ended(alice, ask(alice, "one"))
    ended(alice, alice.call("update_message", first["facts"]["question_id"], "uno", f"{SERVER}/ok"))
    ended(alice, ask(alice, "due", conversation_id=first["facts"]["conversation_id"]))
    told = [turn["content"] for turn in fake_models.chats[-1].body["messages"] if turn["role"] == "user"]
    assert told == ["uno", "due"]


def test_while_an_answer_is_written_no_branch_is_opened(alice: Visitor) -> None:
    first = ended(alice, ask(alice, "one"))
    running = alice.call("update_message", first["facts"]["question_id"], "uno", f"{SERVER}/count:500:10")
    response = alice.post("open_branch", [first["facts"]["question_id"]])
    assert (response.status_code, response.json()["error"]["code"]) == (409, "already_running")
    alice.call("cancel_task", running["id"])


def test_an_answer_cannot_be_edited_like_a_question(alice: Visitor) -> None:
    first = ended(alice, ask(alice, "one"))
    assert alice.post("update_message", [first["facts"]["message_id"], "mine"]).status_code == 404
