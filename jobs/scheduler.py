"""APScheduler as an in-memory ticker; its job store is not used, because what is due is in our own tables."""

import asyncio
from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler


class Scheduler:
    """Calls a tick every few seconds on the running event loop.

    Args:
        tick: What to do.
        seconds: How often; a tick that takes longer delays the next one instead of running beside it.
    """

    def __init__(self, tick: Callable[[], Awaitable[None]], seconds: float) -> None:
        self._tick = tick
        self._under_way: asyncio.Future[None] | None = None
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._scheduler.add_job(self._once, "interval", seconds=seconds, max_instances=1, coalesce=True)

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    async def stop(self, patience: float | None = None) -> None:
        """Begin no more ticks, and wait for the one under way: as long as it takes, or so many seconds."""
        self._scheduler.pause()
        if self._under_way is not None:
            await asyncio.wait([self._under_way], timeout=patience)
        self._scheduler.shutdown(wait=False)

    async def _once(self) -> None:
        # APScheduler cancels what runs when it is shut down; a call to Slack must not be cut short.
        self._under_way = asyncio.ensure_future(self._tick())
        await asyncio.shield(self._under_way)
