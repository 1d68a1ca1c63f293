"""Calling the next people about something unsafe that nobody has taken in time."""

from datetime import datetime

from store import unsafe
from store.policy import Policy
from store.store import Store


async def escalate_due(store: Store, policy: Policy, *, at: datetime) -> int:
    """Go on with every call that has waited long enough, each in a unit of its own. Returns how many there were."""
    escalated = 0
    for feedback_id in await store.read(unsafe.due, policy=policy, at=at):
        escalated += await store.write(unsafe.escalate, feedback_id, policy=policy, at=at)
    return escalated
