"""The model server of the readers' streams: speaks OpenAI's wire, and begins to count when all readers are there."""

import threading
import time

from providers.fakes.openai_behaviours import Chat, behaviour, chunk
from providers.fakes.openai_server import FakeOpenAI

__all__ = ["EVERY_S", "MODEL", "NUM_EVENTS", "FakeOpenAI", "is_released"]

NUM_EVENTS, EVERY_S = 500, 0.01
MODEL = "held-count"
is_released = threading.Event()


@behaviour(MODEL)
async def _held_count(chat: Chat) -> None:
    """Send the pieces at even times, once all readers are there."""
    await chat.open()
    while not is_released.is_set():
        await chat.exchange.pause(0.002)
    begun_s = time.monotonic()
    for number in range(NUM_EVENTS):
        await chat.exchange.pause(max(0.0, begun_s + number * EVERY_S - time.monotonic()))
        await chat.event(chunk({"content": f"w{number} "}))
    await chat.close()
