"""Keeps what broke under an id: the id is there at once, the row is written after the ack."""

from datetime import datetime, timedelta
from importlib.metadata import version
from uuid import uuid4

from bot.afterwards import Afterwards
from bot.logs import frames
from jobs.clock import Clock
from store import incidents
from store.incidents import Broken
from store.people import Caller
from store.store import Store

SAME_AGAIN = timedelta(hours=1)
"""A job that breaks the same way at every tick is one incident in this time."""


class IncidentBook:
    """Gives each bug an id and writes it down.

    When the store is what is broken, the row is lost and the log line alone remains.
    """

    def __init__(self, store: Store, clock: Clock, afterwards: Afterwards) -> None:
        self._store = store
        self._clock = clock
        self._afterwards = afterwards
        self._version = version("alongside")
        self._lately: dict[tuple[str, str], tuple[str, datetime]] = {}

    def record(self, error: Exception, during: str, by: Caller | None = None) -> str:
        """Keep what broke, without any value or text of it.

        Args:
            error: The bug.
            during: What was asked for or done; nothing that anybody typed.
            by: Who met it; None when nobody did.

        Returns:
            The id to tell people and to log.
        """
        at, where = self._clock.now(), frames((type(error), error, error.__traceback__))
        if by is None and (known := self._known(during, where, at)):
            return known
        broken = Broken(uuid4().hex[:8], during, type(error).__qualname__, where, self._version)
        if by is None:
            self._lately[during, where] = (broken.reference, at)
        self._afterwards.start("keep_incident", self._store.write(incidents.record, broken, by=by, at=at))
        return broken.reference

    def _known(self, during: str, where: str, at: datetime) -> str | None:
        self._lately = {key: met for key, met in self._lately.items() if at - met[1] < SAME_AGAIN}
        reference, _ = self._lately.get((during, where), (None, at))
        return reference
