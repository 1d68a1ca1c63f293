"""Reminding data scientists of reports that nobody has read, when their working days allow for it."""

from datetime import datetime

from jobs.prompts import LastLook
from store import unread
from store.policy import Policy
from store.store import Store


async def remind(store: Store, policy: Policy, look: LastLook, *, at: datetime) -> int:
    """Look every now and then, and remind once of each report. Returns of how many."""
    if look.at is not None and look.at <= at < look.at + policy.look_again_every:
        return 0
    overdue = await store.read(unread.overdue, at=at)
    look.at = at
    return await store.write(unread.remind, overdue, at=at) if overdue else 0
