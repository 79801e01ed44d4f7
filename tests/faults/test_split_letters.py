"""A model server cuts an emoji in two between events, as some do: the letter comes whole, and nobody is harmed."""

import json
from collections.abc import Sequence

import pytest

from api.letters import Letters
from providers.fakes.openai_behaviours import Chat, behaviour, chunk
from tests.faults.reading import Reading
from tests.visitors import Visitor


@behaviour("split-emoji")
async def split_emoji(chat: Chat) -> None:
    """Send each half of an emoji alone, and then a half without its other one."""
    await chat.open()
    for part in ("Look: ", "\ud83c", "\udf0d", " and ", "\udf0d", " end"):
        await chat.exchange.write(chat.frame(json.dumps(chunk({"content": part}))))
    await chat.close()


def test_an_answer_with_a_letter_cut_in_two_is_whole_and_other_answers_go_on(alice: Visitor, bob: Visitor) -> None:
    tasks = [
        (visitor, visitor.call("send_message", text="Look", model=f"127.0.0.1/{model}"))
        for visitor, model in ((alice, "split-emoji"), (bob, "ok"), (alice, "ok"))
    ]
    for visitor, task in tasks:
        Reading(visitor, [task["id"]]).until_ended()
        assert visitor.call("get_task", task_id=task["id"])["state"] == "completed"
    page = alice.call("get_conversation", conversation_id=tasks[0][1]["facts"]["conversation_id"])
    assert page["messages"][-1]["text"] == "Look: 🌍 and \ufffd end"


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["a", "b"], ["a", "b"]),
        (["\ud83c", "\udf0d"], ["", "🌍"]),
        (["x\ud83c", "\udf0dy"], ["x", "🌍y"]),
        (["\ud83c", "y"], ["", "\ufffdy"]),
        (["\udf0d"], ["\ufffd"]),
        (["世界", "é"], ["世界", "é"]),
    ],
)
def test_halves_of_a_letter_are_put_together(parts: Sequence[str], whole: Sequence[str]) -> None:
    letters = Letters()
    assert [letters.add("text", part) for part in parts] == whole


def test_thoughts_and_words_are_put_together_apart() -> None:
    letters = Letters()
    assert letters.add("text", "\ud83c") == ""
    assert letters.add("thinking", "hm") == "hm"
    assert letters.add("text", "\udf0d") == "🌍"
