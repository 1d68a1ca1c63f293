"""Planning prompts: each embedding's next day, computed in a read and written on its own, and looked at again."""

from datetime import datetime

from store import prompt_planning, prompts, uptime
from store.policy import Policy
from store.store import Store

CHUNK = 200


class LastLook:
    """When this process last looked whether what was planned has become something else.

    Attributes:
        at: The instant; None while it has not looked yet.
    """

    def __init__(self) -> None:
        self.at: datetime | None = None


async def plan_due(store: Store, policy: Policy, *, at: datetime) -> int:
    """Make the rows of all prompts whose local day has begun. Returns how many are new."""
    made = 0
    while days := await store.read(prompt_planning.days_to_plan, policy=policy, at=at):
        for day in days:
            made += await store.write(
                prompts.plan_day, day.plan_id, day.planned_through, day.day, day.due, day.coming_back, day.noted, at=at
            )
    return made


async def replan_changed(store: Store, policy: Policy, look: LastLook, *, at: datetime) -> int:
    """Compute again what is planned and not yet over, every now and then. Returns how many days have changed.

    A process that begins looks at once: the rules of a zone, or our own, may be newer than what it finds.
    """
    if look.at is not None and look.at <= at < look.at + policy.look_again_every:
        return 0
    days = await store.read(prompt_planning.days_to_replan, policy=policy, at=at)
    changed = 0
    for day in days:
        changed += await store.write(prompts.replan_day, day.plan_id, day.day, day.version, day.due, at=at)
    look.at = at
    return changed


async def close_lapsed(store: Store, *, at: datetime) -> int:
    """Close the prompts whose time is over, in chunks. Returns how many."""
    closed = 0
    while (chunk := await store.write(prompts.close_lapsed, at=at, limit=CHUNK)) == CHUNK:
        closed += chunk
    return closed + chunk


async def note_uptime(store: Store, *, at: datetime) -> None:
    """Write down that we are at work, when it was not a moment ago."""
    if not await store.read(uptime.is_noted, at=at):
        await store.write(uptime.note, at=at)
