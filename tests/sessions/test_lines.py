"""Each visitor's own line."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from sessions.lines import LineFull, Lines, stand_in_all


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(5):
            await story()

    asyncio.run(bounded())


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_so_many_run_at_once_and_the_rest_wait_in_order() -> None:
    async def story() -> None:
        lines, log, gates = Lines(2, 10), [], [asyncio.Event() for _ in range(4)]

        async def call(number: int) -> None:
            async with lines.stand("alice"):
                log.append(number)
                await gates[number].wait()

        calls = [asyncio.create_task(call(number)) for number in range(4)]
        await settle()
        assert log == [0, 1]
        gates[1].set()
        await settle()
        assert log == [0, 1, 2]
        for gate in gates:
            gate.set()
        await asyncio.gather(*calls)
        assert log == [0, 1, 2, 3]
        assert len(lines) == 0

    run(story)


def test_a_full_line_refuses_at_once_and_another_visitors_does_not() -> None:
    async def story() -> None:
        lines, gate = Lines(1, 1), asyncio.Event()

        async def call() -> None:
            async with lines.stand("alice"):
                await gate.wait()

        calls = [asyncio.create_task(call()) for _ in range(2)]
        await settle()
        with pytest.raises(LineFull):
            async with lines.stand("alice"):
                pass
        async with lines.stand("bob"):
            assert len(lines) == 2
        gate.set()
        await asyncio.gather(*calls)
        assert len(lines) == 0

    run(story)


def test_who_hangs_up_while_waiting_leaves_no_hole() -> None:
    async def story() -> None:
        lines, gate, log = Lines(1, 10), asyncio.Event(), []

        async def call(name: str) -> None:
            async with lines.stand("alice"):
                log.append(name)
                await gate.wait()

        first, second, third = (asyncio.create_task(call(name)) for name in ("first", "second", "third"))
        await settle()
        second.cancel()
        gate.set()
        await asyncio.gather(first, second, third, return_exceptions=True)
        assert log == ["first", "third"]
        assert len(lines) == 0

    run(story)


def test_who_hangs_up_in_the_moment_of_its_turn_passes_it_on() -> None:
    async def story() -> None:
        lines, gate, log = Lines(1, 10), asyncio.Event(), []

        async def call(name: str) -> None:
            async with lines.stand("alice"):
                log.append(name)
                if name == "first":
                    await gate.wait()

        first, second, third = (asyncio.create_task(call(name)) for name in ("first", "second", "third"))
        await settle()
        gate.set()
        first.add_done_callback(lambda _: second.cancel())
        await asyncio.gather(first, second, third, return_exceptions=True)
        assert "third" in log
        assert len(lines) == 0

    run(story)


def test_one_may_stand_in_several_lines() -> None:
    async def story() -> None:
        one, two = Lines(1), Lines(1)
        async with stand_in_all([(one, "a"), (two, "b")]):
            assert (len(one), len(two)) == (1, 1)
        assert (len(one), len(two)) == (0, 0)

    run(story)
