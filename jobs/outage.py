"""Times in which nothing can go out: said once when they begin and once when they are over, and waited for."""

from datetime import datetime, timedelta

import structlog

from store.meanings import Meaning

log = structlog.get_logger()

EVENTS = {Meaning.APP_OFF: "app_switched_off", Meaning.OUT_OF_REACH: "slack_out_of_reach"}


class Outage:
    """Whether Slack takes calls, as far as this process has seen.

    Args:
        quiet: Whether it is noted only, because somebody else says it.

    Attributes:
        meaning: Why it does not; None while it does.
        reason: What an admin can do about it.
        tried_at: When it last took none.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self.meaning: Meaning | None = None
        self.reason = ""
        self.tried_at: datetime | None = None

    def noticed(self, meaning: Meaning, reason: str, *, at: datetime) -> None:
        """Slack took no call; the first of an outage is logged, with what to do."""
        if self.meaning is not meaning and not self._quiet:
            log.error(EVENTS.get(meaning, "nothing_goes_out"), reason=reason)
        self.meaning, self.reason, self.tried_at = meaning, reason, at

    def over(self, *, at: datetime) -> None:
        """Slack took a call that was made at an instant; one that was under way meanwhile shows nothing."""
        if self.tried_at is None or at <= self.tried_at:
            return
        if not self._quiet:
            log.info("slack_takes_calls_again")
        self.meaning = self.tried_at = None

    def is_on(self, *, at: datetime, pause: timedelta) -> bool:
        """Whether it is too early to try again."""
        return self.tried_at is not None and at < self.tried_at + pause
