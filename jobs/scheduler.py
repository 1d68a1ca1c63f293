"""APScheduler as an in-memory ticker; its job store is not used, because what is due is in our own tables."""

from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler


class Scheduler:
    """Calls a tick every few seconds on the running event loop.

    Args:
        tick: What to do.
        seconds: How often; a tick that takes longer delays the next one instead of running beside it.
    """

    def __init__(self, tick: Callable[[], Awaitable[None]], seconds: float) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._scheduler.add_job(tick, "interval", seconds=seconds, max_instances=1, coalesce=True)

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """End; a tick under way is finished by its own task."""
        self._scheduler.shutdown(wait=False)
