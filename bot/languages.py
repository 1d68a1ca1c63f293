"""The languages that people read in, kept in mind for a minute, because every request asks for one."""

from jobs.clock import Clock
from store import people
from store.people import Caller
from store.store import Store

KEPT_S = 60.0
"""Whoever changes their language in Slack meets the new one after so long at the latest, on every process."""
MOST = 10_000


class Languages:
    """What each caller reads in.

    Args:
        store: Where it is kept.
        clock: How time passes.
        most: How many callers are kept in mind.
    """

    def __init__(self, store: Store, clock: Clock, most: int = MOST) -> None:
        self._store = store
        self._clock = clock
        self._most = most
        self._known: dict[Caller, tuple[str, float]] = {}

    async def of(self, caller: Caller) -> str:
        """A caller's locale, such as `de-DE`; English for people we do not know.

        Raises:
            TryAgain: The database is away.
        """
        locale, until = self._known.get(caller, ("", 0.0))
        now = self._clock.monotonic()
        if until <= now:
            locale = await self._store.read(people.locale_of, caller)
            if len(self._known) >= self._most:
                self._known.clear()
            self._known[caller] = locale, now + KEPT_S
        return locale

    def forget(self) -> None:
        """Somebody has changed theirs."""
        self._known.clear()
