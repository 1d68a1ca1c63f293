"""Asking Slack about people now and then: their zone, language, whether they are active and an admin."""

from datetime import datetime

from jobs.outage import Outage
from jobs.ports import Directory, Untold
from store import people
from store.meanings import Meaning
from store.people import Caller, Profile
from store.policy import Policy
from store.store import Store

AT_ONCE = 5
"""How many people at most are asked about at one tick, every five seconds: `users.info` allows 100 a minute."""


HALTING = (Meaning.APP_OFF, Meaning.OUT_OF_REACH)
"""Of these every other call would fail alike."""


async def refresh(
    store: Store, directory: Directory, policy: Policy, *, at: datetime, outage: Outage | None = None
) -> int:
    """Ask about people whose profile is old. Returns about how many Slack answered."""
    outage, learned = outage or Outage(), 0
    for person in await store.read(people.with_old_profiles, at - policy.profile_every, AT_ONCE):
        answer = await directory.look_up(person)
        if isinstance(answer, Untold) and answer.meaning in HALTING:
            outage.noticed(answer.meaning, answer.reason, at=at)
            break
        if isinstance(answer, Profile):
            outage.over(at=at)
        learned += await _take_in(store, person, answer, policy, at)
    return learned


async def _take_in(store: Store, person: Caller, answer: Profile | Untold, policy: Policy, at: datetime) -> bool:
    if isinstance(answer, Profile):
        await store.write(people.learn_profile, answer, policy=policy, by=person, at=at)
        return True
    if answer.meaning is Meaning.PERSON_GONE:
        await store.write(people.gone, person, at=at)
    else:
        await store.write(people.asked_in_vain, person, policy=policy, at=at)
    return False
