"""Planning prompts: each active embedding's next day, computed in a read and written on its own."""

from datetime import datetime

from store import prompt_planning, prompts
from store.policy import Policy
from store.store import Store

CHUNK = 200


async def plan_due(store: Store, policy: Policy, *, at: datetime) -> int:
    """Make the rows of all prompts whose local day has begun. Returns how many are new."""
    made = 0
    while days := await store.read(prompt_planning.days_to_plan, policy=policy, at=at):
        for day in days:
            made += await store.write(prompts.plan_day, day.plan_id, day.planned_through, day.day, day.due, at=at)
    return made


async def close_lapsed(store: Store, *, at: datetime) -> int:
    """Close the prompts whose time is over, in chunks. Returns how many."""
    closed = 0
    while (chunk := await store.write(prompts.close_lapsed, at=at, limit=CHUNK)) == CHUNK:
        closed += chunk
    return closed + chunk
