"""Time, handed in: the only module that reads the real clock."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

COUNTED_ON_S = 5.0
"""For so long nobody asks for the shared time again; two clocks that count the same seconds stay together so long."""


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


class SharedTime:
    """The time that all processes on one database share: asked for now and then, and counted on in between.

    Args:
        ask: What the time is on the database's clock.
        monotonic: Seconds that only go forward.
    """

    def __init__(self, ask: Callable[[], Awaitable[datetime]], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._monotonic = monotonic
        self._asked: tuple[float, datetime] | None = None

    async def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        before = self._monotonic()
        if self._asked is None or before - self._asked[0] > COUNTED_ON_S:
            self._asked = before, await self._ask()
        since, there = self._asked
        return there + timedelta(seconds=self._monotonic() - since)


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
