"""However often it is asked, never two runs side by side, and never an ask without a run that begins after it."""

import asyncio

import pytest

from jobs.nudge import Nudge


class Sending:
    """Runs that take until they are let go."""

    def __init__(self) -> None:
        self.runs = 0
        self.under_way = 0
        self.most = 0
        self.let_go = asyncio.Event()
        self.fails = 0

    async def __call__(self) -> None:
        self.runs += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await self.let_go.wait()
            if self.fails:
                self.fails -= 1
                raise ConnectionError
        finally:
            self.under_way -= 1


async def test_asks_during_a_run_are_answered_by_one_more() -> None:
    sending = Sending()
    nudge = Nudge(sending)
    first = asyncio.create_task(nudge())
    await asyncio.sleep(0)
    assert sending.runs == 1

    await asyncio.gather(*(nudge() for _ in range(20)))
    assert sending.runs == 1
    sending.let_go.set()
    await first

    assert (sending.runs, sending.most) == (2, 1)


async def test_each_ask_after_a_run_is_a_run() -> None:
    sending = Sending()
    sending.let_go.set()
    nudge = Nudge(sending)
    for _ in range(3):
        await nudge()
    assert (sending.runs, sending.most) == (3, 1)


async def test_an_ask_during_a_run_that_fails_is_not_lost() -> None:
    sending = Sending()
    sending.fails = 1
    nudge = Nudge(sending)
    first = asyncio.create_task(nudge())
    await asyncio.sleep(0)
    await nudge()

    sending.let_go.set()
    with pytest.raises(ConnectionError):
        await first

    assert (sending.runs, sending.most) == (2, 1)


async def test_a_run_that_fails_says_so_and_stops_no_later_one() -> None:
    sending = Sending()
    sending.let_go.set()
    sending.fails = 1
    nudge = Nudge(sending)
    with pytest.raises(ConnectionError):
        await nudge()
    await nudge()
    assert sending.runs == 2
