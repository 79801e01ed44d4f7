"""The connection to Chrome, with pipes of the test's own in the browser's place."""

import json
import os
import random
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from engines.base import BrowserRefused, PageGone, TooSlow
from engines.cdp import Cdp, Parts
from tests.running import wait_until


class FakeBrowser:
    """The other ends of the pipes."""

    def __init__(self) -> None:
        self.reads, to_browser = os.pipe()
        from_browser, self.writes = os.pipe()
        self.heard: list[tuple[str, Any]] = []
        self.cdp = Cdp(to_browser, from_browser, lambda event, facts: self.heard.append((event, facts)))

    def asked(self) -> dict[str, Any]:
        """Return the next command."""
        text = b""
        while not text.endswith(b"\0"):
            text += os.read(self.reads, 1)
        found: dict[str, Any] = json.loads(text[:-1])
        return found

    def tell(self, message: Any) -> None:
        """Send a message."""
        self.write(json.dumps(message).encode() + b"\0")

    def write(self, data: bytes) -> None:
        """Send bytes."""
        while data:
            data = data[os.write(self.writes, data) :]

    def end(self) -> None:
        """End as a browser that was killed."""
        for one in (self.reads, self.writes):
            os.close(one)


@pytest.fixture
def browser() -> Iterator[FakeBrowser]:
    """A browser that says what it is told to."""
    made = FakeBrowser()
    yield made
    if made.cdp.is_open:
        made.end()
    made.cdp.join(5)


def test_answers_find_who_asked_in_whatever_order_they_come(browser: FakeBrowser) -> None:
    futures = [browser.cdp.send("Some.command", "a page", number=number) for number in range(3)]
    asked = [browser.asked() for _ in futures]
    assert [(one["sessionId"], one["params"]["number"]) for one in asked] == [("a page", n) for n in range(3)]
    for one in reversed(asked):
        browser.tell({"id": one["id"], "result": {"of": one["params"]["number"]}, "sessionId": "a page"})
    assert [future.result(5)["of"] for future in futures] == [0, 1, 2]


def test_what_is_refused_what_takes_too_long_and_what_ends_is_told(browser: FakeBrowser) -> None:
    refused = browser.cdp.send("Some.command")
    browser.tell({"id": browser.asked()["id"], "error": {"code": -32000, "message": "No"}})
    with pytest.raises(BrowserRefused, match="No"):
        refused.result(5)
    with pytest.raises(TooSlow):
        browser.cdp.do("Some.command", 0.05)
    waiting = browser.cdp.send("Some.command")
    browser.end()
    for future in (waiting, browser.cdp.send("Some.command")):
        with pytest.raises(PageGone):
            future.result(5)
    wait_until(lambda: not browser.cdp.is_open, 5, "its end")


def test_events_go_to_their_session_and_no_other(browser: FakeBrowser) -> None:
    alices: list[str] = []
    browser.cdp.hear("alice", lambda event, _facts: alices.append(event))
    for session in ("alice", "bob", "alice"):
        browser.tell({"method": "Some.event", "params": {}, "sessionId": session})
    browser.write(b"nonsense\0[1]\0{}\0")
    browser.tell({"method": "Its.own", "params": {"a": 1}})
    wait_until(lambda: browser.heard == [("Its.own", {"a": 1})], 5, "the browser's own event")
    assert alices == ["Some.event"] * 2
    browser.cdp.leave("alice")
    browser.tell({"method": "Some.event", "params": {}, "sessionId": "alice"})
    browser.tell({"method": "Its.own", "params": {"a": 2}})
    wait_until(lambda: len(browser.heard) == 2, 5, "the event after it")
    assert len(alices) == 2


def test_many_at_once_are_written_whole(browser: FakeBrowser) -> None:
    def ask(letter: str) -> None:
        for _ in range(20):
            browser.cdp.send("Some.command", text=letter * 100_000)

    threads = [threading.Thread(target=ask, args=(letter,)) for letter in "abc"]
    for thread in threads:
        thread.start()
    texts, begun = list[str](), b""
    while len(texts) < 60:
        *messages, begun = (begun + os.read(browser.reads, 1_000_000)).split(b"\0")
        texts += [json.loads(message)["params"]["text"] for message in messages]
    for thread in threads:
        thread.join()
    assert sorted(texts) == sorted(letter * 100_000 for letter in "abc" for _ in range(20))


@pytest.mark.parametrize("seed", range(5))
def test_messages_are_put_together_from_parts_of_any_size(seed: int) -> None:
    chance = random.Random(seed)
    sent = [bytes(chance.choices(b"abc", k=chance.choice([0, 1, 50, 99, 100]))) for _ in range(50)]
    data, parts, got = b"".join(one + b"\0" for one in sent), Parts(100), list[bytes]()
    while data:
        size = chance.choice([1, 7, 150, 1000])
        got += parts.whole(data[:size])
        data = data[size:]
    assert got == sent


@pytest.mark.parametrize("size", [1, 64, 10_000])
def test_what_is_too_long_is_passed_over_and_its_asker_told(size: int) -> None:
    parts, got, numbers = Parts(200), list[bytes](), list[int]()
    data = b'{"id":7,"result":"' + b"x" * 5_000 + b'"}\0{"method":"' + b"y" * 201 + b'"}\0short\0'
    for first in range(0, len(data), size):
        got += parts.whole(data[first : first + size])
        numbers += parts.passed_over()
    assert got == [b"short"]
    assert numbers == [7]


def test_lines_of_a_console_are_heard_only_while_they_are_asked_for(browser: FakeBrowser) -> None:
    heard: list[int] = []
    browser.cdp.hear("A1", lambda _event, facts: heard.append(facts["number"]))

    def say(number: int, event: str = "Runtime.consoleAPICalled") -> None:
        facts = {"number": number, "text": '"sessionId":"A1"}'}
        text = json.dumps({"method": event, "params": facts, "sessionId": "A1"}, separators=(",", ":"))
        browser.write(text.encode() + b"\0")

    say(1)
    say(2, "Runtime.exceptionThrown")
    say(3, "Page.loadEventFired")
    wait_until(lambda: heard == [3], what="what is no line")
    browser.cdp.hear_lines("A1", is_heard=True)
    say(4)
    say(5, "Runtime.exceptionThrown")
    wait_until(lambda: heard == [3, 4, 5], what="the lines")
    browser.cdp.hear_lines("A1", is_heard=False)
    say(6)
    say(7, "Page.loadEventFired")
    wait_until(lambda: heard == [3, 4, 5, 7], what="the end of the lines")
