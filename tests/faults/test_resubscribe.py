"""A reader that subscribes again is not sent what its earlier subscription still had to come."""

from tests.faults.reading import Reading
from tests.visitors import Visitor

NUM_WORDS = 1300  # more than one reading of the store


def long_stream(visitor: Visitor) -> tuple[str, int]:
    """Return a task with many events, and their number."""
    task = visitor.call("send_message", text="Count", model=f"127.0.0.1/count:{NUM_WORDS}:0")
    reading = Reading(visitor, [task["id"]])
    reading.until_ended()
    return task["id"], reading.lasts()[task["id"]]


def test_a_second_subscription_takes_the_place_of_the_first(alice: Visitor) -> None:
    stream, last = long_stream(alice)
    numbers: list[int] = []
    with alice.live() as live:
        for after in (0, last - 3):
            live.send({"subscribe": stream, "after": after})
        live.until("subscribed")
        live.until("subscribed")
        live.events.clear()
        while last not in numbers:
            live.receive()
            numbers = [event["number"] for _stream, event in live.events]
        live.send({"ping": 1})
        live.until("pong")
        numbers = [event["number"] for _stream, event in live.events]
    assert numbers == [last - 2, last - 1, last]
