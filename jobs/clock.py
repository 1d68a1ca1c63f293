"""Time, handed in: the only module that reads the real clock."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Whatever says what time it is."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


class SimulatedClock:
    """A clock that stands still until a story moves it; it never goes back.

    Args:
        start: The aware instant at which the story begins.
    """

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The story's present instant, aware, in UTC."""
        return self._now

    def advance(self, step: timedelta) -> None:
        """Let time pass."""
        self.advance_to(self._now + step)

    def advance_to(self, instant: datetime) -> None:
        """Let time pass until an instant; ValueError for one in the past."""
        if instant < self._now:
            raise ValueError(f"time does not go back from {self._now} to {instant}")
        self._now = instant.astimezone(UTC)
