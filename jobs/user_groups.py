"""Asking Slack once a day who is in the user groups that crews follow."""

from datetime import datetime

from jobs.outage import Outage
from jobs.ports import Directory, Untold
from jobs.profiles import HALTING
from store import user_groups
from store.meanings import Meaning
from store.policy import Policy
from store.store import Store

AT_ONCE = 1
"""Groups at most in one tick, every five seconds: `usergroups.users.list` allows 20 a minute."""

PASSING = (Meaning.LATER, Meaning.UNKNOWN)
"""Of these nobody can do anything but wait."""


async def refresh(
    store: Store, directory: Directory, policy: Policy, *, at: datetime, outage: Outage | None = None
) -> int:
    """Ask about user groups that were not asked about for long. Returns about how many Slack answered."""
    outage, followed = outage or Outage(), 0
    for group in await store.read(user_groups.with_old_groups, at - policy.group_every, AT_ONCE):
        answer = await directory.members_of(group)
        if isinstance(answer, Untold):
            if answer.meaning in HALTING:
                outage.noticed(answer.meaning, answer.reason, at=at)
                break
            problem = None if answer.meaning in PASSING else answer.reason
            await store.write(user_groups.asked_in_vain, group, problem, policy=policy, at=at)
        else:
            outage.over(at=at)
            await store.write(user_groups.follow, group, answer, at=at)
            followed += 1
    return followed
