"""The list of conversations: pins, search, transcripts, figures, and the workspace's name."""

import json

import pytest

from providers.fakes.openai_behaviours import THOUGHTS
from tests.asking import TEXT, ask, ended, messages
from tests.visitors import Refusal, Visitor


def titles(visitor: Visitor, **words: object) -> list[str]:
    return [one["title"] for one in visitor.call("list_conversations", **words)["items"]]


def test_pinned_ones_come_first_on_every_page(alice: Visitor) -> None:
    tasks = [ended(alice, ask(alice, f"question {n}")) for n in range(4)]
    for place in (0, 2):
        assert alice.call("update_conversation", tasks[place]["facts"]["conversation_id"], None, True)["pinned"]
    first = alice.call("list_conversations", None, 3)
    rest = alice.call("list_conversations", first["next"], 3)
    found = [one["title"] for one in first["items"] + rest["items"]]
    assert found == ["question 2", "question 0", "question 3", "question 1"]


def test_search_looks_into_titles_and_texts(alice: Visitor) -> None:
    ended(alice, ask(alice, "About lighthouses\nand 100% of the sea_side"))
    ended(alice, ask(alice, "关于灯塔的故事"))
    assert titles(alice, search="LIGHT") == ["About lighthouses"]
    assert titles(alice, search="sea_side") == ["About lighthouses"]
    assert titles(alice, search="seaXside") == []
    assert titles(alice, search="100%") == ["About lighthouses"]
    assert titles(alice, search="灯塔") == ["关于灯塔的故事"]
    assert len(titles(alice, search="Once upon")) == 2
    found = alice.call("list_conversations", search="sea_side")["items"][0]["found"]
    assert "sea_side" in found


def test_search_finds_nothing_of_another_visitor(alice: Visitor, bob: Visitor) -> None:
    ended(alice, ask(alice, "About lighthouses"))
    assert titles(bob, search="light") == []


def test_a_transcript_holds_the_whole_conversation(alice: Visitor) -> None:
    task = ended(alice, ask(alice, "Tell: a/story?"))
    conversation = task["facts"]["conversation_id"]
    markdown = alice.call("get_transcript", conversation)
    assert markdown["name"] == "Tell a story.md"
    assert markdown["text"].startswith("# Tell: a/story?\n\n## Question\n\nTell: a/story?\n\n## Answer (127.0.0.1/ok)")
    assert TEXT in markdown["text"]
    found = json.loads(alice.call("get_transcript", conversation, "json")["text"])
    assert [one["text"] for one in found["messages"]] == ["Tell: a/story?", TEXT]


def test_an_answer_keeps_its_figures(alice: Visitor) -> None:
    answer = messages(alice, ended(alice, ask(alice, "count me")))[-1]
    figures = answer["figures"]
    assert (figures["prompt_tokens"], figures["completion_tokens"], figures["was_cut"]) == (42, 10, False)
    assert 0 <= figures["first_word_ms"] <= figures["total_ms"]


def test_an_answer_keeps_what_the_model_thought(alice: Visitor) -> None:
    said, answer = messages(alice, ended(alice, ask(alice, "think", "reasoning")))
    assert (said["thinking"], answer["thinking"], answer["text"]) == (None, "".join(THOUGHTS), TEXT)
    assert messages(alice, ended(alice, ask(alice, "just say")))[-1]["thinking"] is None


def test_an_answer_that_was_cut_at_its_limit_says_so(alice: Visitor) -> None:
    assert messages(alice, ended(alice, ask(alice, "long", "finish-length")))[-1]["figures"]["was_cut"] is True


def test_a_workspace_has_a_name_that_its_other_tabs_hear_of(alice: Visitor) -> None:
    alice.call("add_count")
    with alice.live() as live:
        last = live.follow("session")["last"]
        assert alice.call("update_session", " My desk ")["title"] == "My desk"
        while not [event for _, event in live.events if event["number"] > last]:
            live.receive()
    assert live.events[-1][1]["kind"] == "session"
    assert alice.call("list_sessions")["items"][0]["title"] == "My desk"
    with pytest.raises(Refusal):
        alice.call("update_session", "x" * 101)
