"""Time, handed in: the only module that reads the real clock."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Whatever says what time it is."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only go forward, also while a process stands still."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only go forward."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class SimulatedClock:
    """A clock that stands still until a story moves it, or somebody sleeps; it never goes back.

    Args:
        start: The aware instant at which the story begins.
    """

    def __init__(self, start: datetime) -> None:
        self._start = self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The story's present instant, aware, in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Seconds since the story began."""
        return (self._now - self._start).total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Nobody waits in a story: the time that somebody would sleep through has passed at once."""
        self.advance(timedelta(seconds=seconds))
        await asyncio.sleep(0)

    def advance(self, step: timedelta) -> None:
        """Let time pass."""
        self.advance_to(self._now + step)

    def advance_to(self, instant: datetime) -> None:
        """Let time pass until an instant; ValueError for one in the past."""
        if instant < self._now:
            raise ValueError(f"time does not go back from {self._now} to {instant}")
        self._now = instant.astimezone(UTC)
