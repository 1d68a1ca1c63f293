"""Values that a site may set, handed down from the settings as frozen objects."""

from dataclasses import dataclass
from datetime import time, timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of a site that are numbers rather than code."""

    prompt_before_shift_end: timedelta = timedelta(minutes=60)
    prompt_every_nth_shift: int = 2
    answer_until_next_shift: timedelta = timedelta(hours=1)
    """How long into a person's next shift a prompt of the last one can still be answered."""
    verdict_after_shifts: int = 2
    """A reporter is asked whether a change helped near the end of this many-th shift after it went live."""
    verdict_without_shifts: timedelta = timedelta(days=3)
    """How long after a change somebody who works no shifts is asked."""
    review_opens: time = time(9)
    """On an embedding's last day, on the site's clock."""
    profile_every: timedelta = timedelta(days=7)
    """How often Slack is asked about a person, besides its own word that something changed."""
    profile_retry: timedelta = timedelta(hours=1)
    """How long to wait when Slack said nothing of somebody."""
    incidents_kept: timedelta = timedelta(days=90)
    """How long what broke can be looked up by its id."""
    admins: frozenset[str] = frozenset()
    """Slack user ids that are admins here, whatever Slack says."""
    people_needed: int = 5
    """How many distinct people a figure about people needs before it is shown; never below 3."""

    def __post_init__(self) -> None:
        if self.people_needed < 3:
            raise ValueError("a figure about people needs at least 3 of them")


@dataclass(frozen=True, slots=True)
class Limits:
    """How the outbox behaves towards Slack."""

    claim: int = 50
    """How many deliveries are claimed at once."""
    lease: timedelta = timedelta(seconds=60)
    """How long a claim holds; far above the timeout of a call."""
    call_timeout: timedelta = timedelta(seconds=10)
    first_retry: timedelta = timedelta(seconds=5)
    longest_retry: timedelta = timedelta(minutes=15)
    attempts: int = 8
    outage_pause: timedelta = timedelta(minutes=1)
    """How long nothing is tried after Slack took no call at all."""
