"""The languages that people were last seen to read in, so that an act need not wait until theirs is looked up."""

from store.people import Caller

MOST = 20_000


class Languages:
    """What was true of each person at their last request; whoever relies on it has it checked where it matters."""

    def __init__(self) -> None:
        self._seen: dict[Caller, str] = {}

    def last_seen(self, caller: Caller) -> str | None:
        """The locale that somebody had at their last request, or None."""
        return self._seen.get(caller)

    def note(self, caller: Caller, locale: str) -> None:
        """Keep the locale that somebody has now."""
        if len(self._seen) >= MOST:  # strangers are in it too: it must not grow for ever
            self._seen.clear()
        self._seen[caller] = locale
