"""At shutdown new requests are asked to come again, and those under way are waited for."""

import asyncio

import pytest

from bot.in_flight import InFlight
from store.errors import TryAgain


async def test_closing_waits_for_what_is_under_way_and_takes_no_more() -> None:
    in_flight = InFlight()
    may_end = asyncio.Event()

    async def request() -> str:
        with in_flight.one():
            await may_end.wait()
            return "answered"

    under_way = asyncio.create_task(request())
    await asyncio.sleep(0)
    closing = asyncio.create_task(in_flight.close())
    await asyncio.sleep(0)
    assert not closing.done()
    with pytest.raises(TryAgain, match="shutting down"), in_flight.one():
        pass
    may_end.set()
    await closing
    assert await under_way == "answered"


async def test_closing_with_nothing_under_way_is_done_at_once() -> None:
    in_flight = InFlight()
    with in_flight.one():
        pass
    await asyncio.wait_for(in_flight.close(), 1)
