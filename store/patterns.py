"""Ready shift patterns: cycles that many sites work, with their crews and usual times.

Shift names and times follow https://en.wikipedia.org/wiki/Shift_plan: early 06:00 to 14:00, late 14:00 to 22:00, night
22:00 to 06:00; with two shifts a day 06:00 to 18:00 and 18:00 to 06:00. A site may set other starts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from store.shifts import OFF, ShiftTimes

WEEK = 7


@dataclass(frozen=True, slots=True)
class ReadyPattern:
    """A cycle, its shifts, and how many days after the anchor each crew's cycle begins.

    Args:
        name: As it is written in a site file.
        cycle: The name of a shift, or `shifts.OFF`, for each day.
        shifts: Every shift of the cycle.
        offsets: One for each crew, in the order in which the crews are named.
        by_the_week: Whether the cycle is made of weeks that begin on a Monday, so that the anchor must be one.
        around_the_clock: Whether one shift begins where another ends.
    """

    name: str
    cycle: tuple[str, ...]
    shifts: tuple[ShiftTimes, ...]
    offsets: tuple[int, ...] = (0,)
    by_the_week: bool = False
    around_the_clock: bool = False

    def with_starts(self, starts: Mapping[str, time]) -> tuple[ShiftTimes, ...]:
        """The shifts, some with another start; their lengths stay."""
        return tuple(ShiftTimes(each.name, starts.get(each.name, each.starts), each.minutes) for each in self.shifts)

    @property
    def weekly_hours(self) -> float:
        """The hours that somebody works in an average week of a whole cycle."""
        minutes = {each.name: each.minutes for each in self.shifts} | {OFF: 0}
        return sum(minutes[name] for name in self.cycle) * WEEK / len(self.cycle) / 60


def hole(shifts: Sequence[ShiftTimes]) -> tuple[ShiftTimes, ShiftTimes] | None:
    """The first shift at whose end, on the wall clock, not the next one begins, and that next one."""
    in_order = sorted(shifts, key=lambda each: each.starts)
    for each, following in zip(in_order, [*in_order[1:], in_order[0]], strict=True):
        if each.ends != following.starts:
            return each, following
    return None


def _days(*weeks: str) -> tuple[str, ...]:
    """A cycle from letters: one for each day, `-` for a day off."""
    return tuple(OFF if letter == "-" else letter for letter in "".join(weeks))


EARLY, LATE, NIGHT = ShiftTimes("E", time(6), 480), ShiftTimes("L", time(14), 480), ShiftTimes("N", time(22), 480)
LONG_DAY, LONG_NIGHT = ShiftTimes("D", time(6), 720), ShiftTimes("N", time(18), 720)

MONDAY_TO_FRIDAY = ReadyPattern(
    name="monday-to-friday",
    cycle=_days("DDDDD--"),
    shifts=(ShiftTimes("D", time(7), 480),),
    by_the_week=True,
)
"""Eight hours on working days: https://en.wikipedia.org/wiki/Workweek_and_weekend."""

TWO_SHIFTS = ReadyPattern(
    name="two-shifts",
    cycle=_days("EEEEE--", "LLLLL--"),
    shifts=(EARLY, LATE),
    offsets=(0, 7),
    by_the_week=True,
)
"""A week of early, a week of late shifts, weekends off: `three-shifts` without its nights."""

THREE_SHIFTS = ReadyPattern(
    name="three-shifts",
    cycle=_days("EEEEE--", "LLLLL--", "NNNNN--"),
    shifts=(EARLY, LATE, NIGHT),
    offsets=(0, 7, 14),
    by_the_week=True,
    around_the_clock=True,
)
"""A week of mornings, of afternoons, of nights; weekends off: http://tempusbasic.com/node/365.

No shift begins on a Saturday or Sunday; Friday's night, which is Friday's, ends on Saturday morning.
"""

FOUR_ON_FOUR_OFF = ReadyPattern(
    name="four-on-four-off",
    cycle=_days("DDNN----"),
    shifts=(LONG_DAY, LONG_NIGHT),
    offsets=(0, 2, 4, 6),
    around_the_clock=True,
)
"""Two days, two nights, four off: https://optashift.com/resources-shift-patterns-4-on-4-off-a-closer-look."""

PANAMA = ReadyPattern(
    name="panama",
    cycle=_days("DD--DDD--DD---" * 2, "NN--NNN--NN---" * 2),
    shifts=(LONG_DAY, LONG_NIGHT),
    offsets=(0, 7, 28, 35),
    around_the_clock=True,
)
"""2 on, 2 off, 3 on, 2 off, 2 on, 3 off; 28 days of day shifts, then 28 of nights.

https://www.bmscentral.com/learn-employee-scheduling/panama-shift-schedule/
"""

DUPONT = ReadyPattern(
    name="dupont",
    cycle=_days("NNNN---", "DDD-NNN", "---DDDD", "-------"),
    shifts=(LONG_DAY, LONG_NIGHT),
    offsets=(0, 7, 14, 21),
    around_the_clock=True,
)
"""4 nights, 3 off, 3 days, 1 off, 3 nights, 3 off, 4 days, 7 off.

https://community.bmscentral.com/learnss/show.php/ZC/c4tr12-3
"""

READY: Mapping[str, ReadyPattern] = {
    pattern.name: pattern for pattern in (MONDAY_TO_FRIDAY, TWO_SHIFTS, THREE_SHIFTS, FOUR_ON_FOUR_OFF, PANAMA, DUPONT)
}
"""The ready patterns by the name that a site file calls them."""
