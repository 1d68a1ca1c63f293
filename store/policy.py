"""Values that a site may set, handed down from the settings as frozen objects."""

from dataclasses import dataclass
from datetime import time, timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of a site that are numbers rather than code."""

    prompt_before_shift_end: timedelta = timedelta(minutes=60)
    reminder_before_shift_end: timedelta = timedelta(minutes=20)
    """When somebody who wants it is reminded of a question that they have not answered."""
    prompt_after_shift_start: timedelta = timedelta(minutes=10)
    """When a plan that asks at the talk before work begins does so."""
    prompt_every_nth_shift: int = 2
    prompts_a_week: int = 5
    """How often one plan asks the same person in a week at most."""
    answer_until_next_shift: timedelta = timedelta(hours=1)
    """How long into a person's next shift a prompt of the last one can still be answered."""
    look_again_every: timedelta = timedelta(minutes=1)
    """How often it is looked whether what was planned has become something else."""
    verdict_after_shifts: int = 2
    """A reporter is asked whether a change helped near the end of this many-th shift after it went live."""
    verdict_without_shifts: timedelta = timedelta(days=3)
    """How long after a change somebody who works no shifts is asked."""
    told_together: timedelta = timedelta(hours=1)
    """How long a reporter's message about a change waits for further ones, so that several are one message."""
    on_site_from: time = time(8)
    on_site_until: time = time(16)
    """When data scientists are on site, Monday to Friday on its clock: between these a visit is proposed."""
    visit: timedelta = timedelta(minutes=30)
    """How long a data scientist and a reporter look at something together."""
    visit_notice: timedelta = timedelta(hours=12)
    """How far ahead a visit is proposed at least."""
    review_opens: time = time(9)
    """On an embedding's last day, on the site's clock."""
    profile_every: timedelta = timedelta(days=7)
    """How often Slack is asked about a person, besides its own word that something changed."""
    profile_retry: timedelta = timedelta(hours=1)
    """How long to wait when Slack said nothing of somebody."""
    group_every: timedelta = timedelta(days=1)
    """How often Slack is asked who is in the user group of a crew."""
    incidents_kept: timedelta = timedelta(days=90)
    """How long what broke can be looked up by its id."""
    admins: frozenset[str] = frozenset()
    """Slack user ids that are admins here, whatever Slack says."""
    photos_allowed: bool = True
    """Whether the link of a photo is kept that somebody adds to an answer."""
    unsafe_unseen_after: timedelta = timedelta(minutes=15)
    """How long those who were called about something unsafe have to take it, before the next are called."""
    people_needed: int = 5
    """How many distinct people a figure about people needs before it is shown; never below 3."""

    def __post_init__(self) -> None:
        if self.people_needed < 3:
            raise ValueError("a figure about people needs at least 3 of them")
        if self.unsafe_unseen_after <= timedelta():
            raise ValueError("unsafe_unseen_after must be longer than nothing")


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something may be done: so many a second, and so many at once after a pause."""

    per_second: float
    burst: int = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """How the outbox behaves towards Slack; the rates are those of https://docs.slack.dev/apis/web-api/rate-limits."""

    at_once: int = 50
    """How many calls are under way for one workspace at most."""
    lease: timedelta = timedelta(seconds=60)
    """How long a claim holds, and who sends for a workspace; far above the timeout of a call."""
    call_timeout: timedelta = timedelta(seconds=10)
    first_retry: timedelta = timedelta(seconds=5)
    longest_retry: timedelta = timedelta(minutes=15)
    attempts: int = 8
    outage_pause: timedelta = timedelta(minutes=1)
    """How long nothing is tried after Slack took no call at all."""
    history_lag: timedelta = timedelta(seconds=30)
    """How long a message may take until Slack's history has it: what was lost is not looked up earlier."""
    looks: int = 5
    """How often what was lost is looked up when Slack does not answer."""
    to_conversation: Rate = Rate(per_second=1, burst=1)
    """Posts to one channel or person: one message a second."""
    posts: Rate = Rate(per_second=5, burst=10)
    """Posts to one workspace: "several hundred a minute", of which 300 are sure to be allowed."""
    edits: Rate = Rate(per_second=50 / 60, burst=10)
    """`chat.update`, tier 3: 50 a minute in one workspace."""
    look_ups: Rate = Rate(per_second=50 / 60, burst=10)
    """`conversations.history`, tier 3."""
    pins: Rate = Rate(per_second=20 / 60, burst=5)
    """`pins.add`, tier 2: 20 a minute."""
