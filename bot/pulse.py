"""The pulse of a process: when it last ticked, how often it ticked too late, and whether it is about to end."""

from collections.abc import Callable


class Pulse:
    """What a process notes of its own ticks.

    Args:
        every: How often it is to tick, in seconds.
        monotonic: Seconds that only go forward, always real ones.
    """

    def __init__(self, every: float, monotonic: Callable[[], float]) -> None:
        self._every = every
        self._monotonic = monotonic
        self._last = monotonic()
        self.late = 0
        """How many ticks began more than an interval after they should have."""
        self.ending = False
        """Whether the process was told to stop."""

    def beat(self) -> None:
        """A tick begins."""
        self.late += self.age > 2 * self._every
        self._last = self._monotonic()

    @property
    def age(self) -> float:
        """Seconds since the last tick began, or since the process did."""
        return self._monotonic() - self._last

    @property
    def is_regular(self) -> bool:
        """Whether the last tick is not too old; one that asks Slack about many people may take a minute."""
        return self.age <= max(12 * self._every, 60)
