"""Planning prompts: each embedding's next day, computed in a read and written on its own, and looked at again.

However many plans there are, a tick takes some of them at a time: what they need is computed in reads, and written in
units so short that whoever waits for an answer hardly waits for them. What a tick leaves the next one goes on with.
"""

from collections.abc import Sequence
from datetime import date, datetime

from store import next_days, planned_days, prompt_planning, prompts, turns, uptime, written_days
from store.planned_days import Place, PlannedDay, Seen
from store.policy import Policy
from store.prompt_planning import DayPlan
from store.store import Store

CHUNK = 20
"""How many prompts are closed in one unit."""
DAYS_AT_ONCE = 10
"""How many days are computed in one read, and in memory at a time."""
DAYS_A_TICK = 200
"""How many days a tick plans about; the rest of the tick does not wait for more."""
COUNTED_AT_ONCE = 14
"""How many days of the past are counted before a day is planned: more than there can be, once what is old is."""
SLICES_A_TICK = 4
"""How often a tick looks again at so many of the days that are planned."""


class LastLook:
    """How far this process is in looking whether what was planned has become something else.

    Attributes:
        at: When the round began that is under way, or the last one; None while there was none.
        place: The planned day up to which it has come; None when it is over.
    """

    def __init__(self) -> None:
        self.at: datetime | None = None
        self.place: Place | None = None

    def rests(self, policy: Policy, *, at: datetime) -> bool:
        """Whether it is not yet time for another round."""
        return self.place is None and self.at is not None and self.at <= at < self.at + policy.look_again_every

    def has_come_to(self, days: Sequence[PlannedDay]) -> None:
        """Go on after these; the round is over when they are fewer than there might be."""
        self.place = (days[-1].day, days[-1].plan_id) if len(days) == DAYS_AT_ONCE else None


async def plan_due(store: Store, policy: Policy, *, at: datetime) -> int:
    """Make the rows of prompts whose local day has begun. Returns how many are new."""
    made, left = 0, DAYS_A_TICK
    while left > 0 and await store.read(next_days.is_any_due, at=at):
        # A day is opened before it is computed: what is changed meanwhile shows in its version.
        left -= max(1, await store.write(next_days.open_due, at=at, limit=DAYS_AT_ONCE))
        for day in await store.read(prompt_planning.days_to_plan, policy=policy, at=at, limit=DAYS_AT_ONCE):
            made += await _write(store, day, at)
    return made


async def _write(store: Store, day: DayPlan, at: datetime) -> int:
    for _ in range(COUNTED_AT_ONCE if day.to_count else 0):
        if not await store.write(turns.count_final, day.plan_id, day.day, at=at):
            break
    made = 0
    for each in prompt_planning.parts_of(day):
        made += await store.write(
            written_days.plan_day,
            day.plan_id,
            day.planned_through,
            day.day,
            each.due,
            each.coming_back,
            at=at,
            version=each.version,
            part=each.part,
            of_day=day.fingerprint,
        )
    return made


async def replan_changed(store: Store, policy: Policy, look: LastLook, *, at: datetime) -> int:
    """Compute again what is planned and not yet over. Returns how many days have changed.

    What something was done about comes first. Everything else has its turn in rounds, some of it at each tick. A
    process that begins looks at once: the rules of a zone, or our own, may be newer than what it finds.
    """
    changed = await _look_at_touched(store, policy, at)
    for _ in range(SLICES_A_TICK):
        if look.rests(policy, at=at):
            break
        if look.place is None:
            look.at = at
        days = await store.read(planned_days.not_over, at, look.place, DAYS_AT_ONCE)
        changed += len(await _replanned(store, policy, days, at))
        if misplaced := await store.read(next_days.misplaced, [day.plan_id for day in days]):
            await store.write(next_days.look_at, misplaced)
        look.has_come_to(days)
    return changed


async def _look_at_touched(store: Store, policy: Policy, at: datetime) -> int:
    changed = 0
    for _ in range(SLICES_A_TICK):
        days = await store.read(planned_days.touched, at=at, limit=DAYS_AT_ONCE)
        if not days:
            break
        found = await _replanned(store, policy, days, at)
        changed += len(found)
        same = [Seen(day.plan_id, day.day, day.version) for day in days if (day.plan_id, day.day) not in found]
        await store.write(planned_days.leave, same)
    return changed


async def _replanned(store: Store, policy: Policy, days: Sequence[PlannedDay], at: datetime) -> set[tuple[int, date]]:
    """Those of some days that have changed, once they are written."""
    found = await store.read(prompt_planning.days_to_replan, policy=policy, at=at, among=days)
    for day in found:
        for each in prompt_planning.parts_of(day):
            if not await store.write(
                written_days.replan_day,
                day.plan_id,
                day.day,
                each.version,
                each.due,
                at=at,
                part=each.part,
                of_day=day.fingerprint,
            ):
                break
    return {(day.plan_id, day.day) for day in found}


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
