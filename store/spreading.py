"""Who of those at work is asked now, so that the burden is spread: pure functions of when each was asked before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import ceil

from store.shifts import local_day, monday_of

WEEK = timedelta(days=7)
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who can be asked now, and when a plan asked them before."""

    person_id: int
    zone: str
    """Their own, in which their week begins."""
    times: int = 0
    """How often they were asked in all."""
    last: datetime | None = None
    recently: tuple[datetime, ...] = ()
    """When they were asked lately, at least as far back as a week."""
    turns: int = 0
    """How often it was their turn in all, also when they were not asked after all."""
    able: bool = True
    """Whether they can be asked: they are not away, and want to be."""
    chosen: bool = False
    """Whether this was decided to be their turn before, and stays so."""

    def in_week_of(self, moment: datetime) -> int:
        """How often they were asked in the local week of a moment."""
        week = week_of(moment, self.zone)
        return sum(week_of(asked, self.zone) == week for asked in self.recently)


def week_of(moment: datetime, zone: str) -> date:
    """The Monday of the week in which a moment is on the wall of a place."""
    return monday_of(local_day(moment, zone))


def choose(
    candidates: Sequence[Candidate],
    *,
    at: datetime,
    turn: int,
    share: Fraction,
    cap: int,
    rested_since: datetime | None = None,
) -> tuple[int, ...]:
    """Who is asked: those whose last time is longest ago, and nobody too often.

    Nobody is asked twice before the others at work were asked once. Whoever was away does not have to catch up. Those
    who cannot be asked have their turns among themselves, so that they take nobody's place for good. When it is
    computed again, nobody comes in for somebody who has dropped out meanwhile.

    Args:
        candidates: Those at work, in a steady order.
        at: When they would be asked.
        turn: How many times somebody of them was to be asked before. Over many turns the share is met exactly, also
            where it is no whole person: half of three are two and one in turn.
        share: Which part of them, above 0 and up to 1.
        cap: How often one of them is asked in a week at most.
        rested_since: Whoever was asked at this instant or later is left in peace.

    Returns:
        Their ids in the order of the candidates.
    """
    able, others = ([one for one in candidates if one.able is able] for able in (True, False))
    wanted, of_the_able = (_part(len(some), share, turn) for some in (candidates, able))
    in_order = [
        (sorted(able, key=lambda one: (one.last or NEVER, one.times)), of_the_able),
        (sorted(others, key=lambda one: one.turns), wanted - of_the_able),
    ]
    asked = {one.person_id for one in candidates if one.chosen}
    for some, part in in_order:
        more = min(part - sum(one.chosen for one in some), wanted - len(asked))
        free = [one.person_id for one in some if not one.chosen and _is_free(one, at, cap, rested_since)]
        asked.update(free[: max(more, 0)])
    return tuple(one.person_id for one in candidates if one.person_id in asked)


def _part(people: int, share: Fraction, turn: int) -> int:
    """How many of some people are asked in a turn: over many turns exactly the share of them."""
    part = people * share
    return ceil((turn + 1) * part) - ceil(turn * part)


def _is_free(one: Candidate, at: datetime, cap: int, rested_since: datetime | None) -> bool:
    rested = rested_since is None or one.last is None or one.last < rested_since
    return rested and one.in_week_of(at) < cap
