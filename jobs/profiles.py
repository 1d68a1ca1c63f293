"""Asking Slack about people now and then: their zone, language, whether they are active and an admin."""

from datetime import datetime

from jobs.ports import Directory
from store import people
from store.policy import Policy
from store.store import Store

AT_ONCE = 5
"""How many people at most are asked about at one tick, every five seconds: `users.info` allows 100 a minute."""


async def refresh(store: Store, directory: Directory, policy: Policy, *, at: datetime) -> int:
    """Ask about people whose profile is old. Returns about how many Slack answered."""
    learned = 0
    for person in await store.read(people.with_old_profiles, at - policy.profile_every, AT_ONCE):
        profile = await directory.look_up(person)
        if profile is None:
            await store.write(people.asked_in_vain, person, policy=policy, at=at)
        else:
            await store.write(people.learn_profile, profile, policy=policy, by=person, at=at)
            learned += 1
    return learned
