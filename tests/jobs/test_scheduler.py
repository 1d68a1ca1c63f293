import asyncio
import logging

import pytest

from jobs.scheduler import Scheduler

OFTEN = 0.02


async def ticked(ticks: list[float], times: int) -> None:
    async with asyncio.timeout(5):
        while len(ticks) < times:  # noqa: ASYNC110 - what ticks knows of no event
            await asyncio.sleep(0.005)


async def test_it_ticks_until_it_is_stopped() -> None:
    ticks: list[float] = []

    async def tick() -> None:
        ticks.append(asyncio.get_running_loop().time())

    scheduler = Scheduler(tick, OFTEN)
    await asyncio.sleep(3 * OFTEN)
    assert ticks == []
    scheduler.start()
    await ticked(ticks, 3)
    await scheduler.stop()
    count = len(ticks)
    await asyncio.sleep(5 * OFTEN)

    assert len(ticks) == count
    assert ticks[-1] - ticks[0] >= (count - 1) * OFTEN * 0.5


async def test_a_slow_tick_is_never_run_beside_itself(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "apscheduler")
    under_way, most, ticks = 0, 0, [0.0] * 0

    async def tick() -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(3 * OFTEN)
        under_way -= 1
        ticks.append(0.0)

    scheduler = Scheduler(tick, OFTEN)
    scheduler.start()
    await ticked(ticks, 3)
    await scheduler.stop()

    assert (most, under_way) == (1, 0)


async def test_a_tick_that_fails_is_followed_by_others(caplog: pytest.LogCaptureFixture) -> None:
    ticks: list[float] = []

    async def tick() -> None:
        ticks.append(0.0)
        raise RuntimeError("this once")

    scheduler = Scheduler(tick, OFTEN)
    scheduler.start()
    await ticked(ticks, 2)
    await scheduler.stop()


async def test_stopping_waits_for_the_tick_under_way() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def tick() -> None:
        begun.set()
        await asyncio.sleep(5 * OFTEN)
        ended.set()

    scheduler = Scheduler(tick, OFTEN)
    scheduler.start()
    await begun.wait()
    await scheduler.stop()

    assert ended.is_set()


async def test_stopped_before_its_first_tick_it_never_ticks() -> None:
    ticks: list[float] = []

    async def tick() -> None:
        ticks.append(0.0)

    scheduler = Scheduler(tick, OFTEN)
    scheduler.start()
    await scheduler.stop()
    await asyncio.sleep(3 * OFTEN)
    assert ticks == []
