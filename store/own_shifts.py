"""What one person really works: the cycle of their crew, and what is noted for single days instead; pure functions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from store import shifts
from store.days_off import DaysOff
from store.shifts import Pattern, WorkedShift

ONE_DAY = timedelta(days=1)


def worked(pattern: Pattern, offset: int, day: date, noted: str | None) -> WorkedShift | None:
    """The shift that somebody starts on a local day, or None on a day off.

    Args:
        pattern: Their team's.
        offset: Their crew's.
        day: The day.
        noted: The shift that is noted of them for that day, or `shifts.OFF`; None when nothing is.
    """
    return shifts.shift_on(pattern, offset, day) if noted is None else shifts.shift_named(pattern, noted, day)


@dataclass(frozen=True, slots=True)
class OwnShifts:
    """What somebody works in one team."""

    pattern: Pattern
    offset: int
    """Their crew's."""
    noted: Mapping[date, str] = field(default_factory=dict)
    """What is noted of them by day: a shift, or `shifts.OFF`."""
    off: DaysOff = field(default_factory=DaysOff)
    """The days on which they do not come, whatever is noted."""

    def on(self, day: date) -> WorkedShift | None:
        """The shift that they start on a local day."""
        return None if day in self.off else worked(self.pattern, self.offset, day, self.noted.get(day))

    def since(self, first: date, cycles: int = 1) -> Iterator[WorkedShift]:
        """The shifts that they start from a local day on, until whole cycles after what is noted or off last."""
        last = max((first, self.off.last, *self.noted)) + cycles * len(self.pattern.cycle) * ONE_DAY
        for number in range((last - first).days + 1):
            if shift := self.on(first + number * ONE_DAY):
                yield shift

    def after(self, moment: datetime, count: int) -> list[WorkedShift]:
        """The next `count` shifts that they start after an instant; fewer only if a whole cycle has none."""
        today = shifts.local_day(moment, self.pattern.zone)
        return [shift for shift in self.since(today, count + 1) if shift.starts_at > moment][:count]

    def under_way_or_next(self, moment: datetime) -> WorkedShift | None:
        """The first shift that ends after an instant, or None if they work none."""
        # Yesterday's night shift may still be under way.
        yesterday = shifts.local_day(moment, self.pattern.zone) - ONE_DAY
        return next((shift for shift in self.since(yesterday) if moment < shift.ends_at), None)

    def nearest(self, day: date, step: int, days: int) -> WorkedShift | None:
        """Of the days after a local one (`step` 1) or before it (-1) the first on which they start a shift.

        No more than so many days are looked at.
        """
        for number in range(1, days + 1):
            if shift := self.on(day + step * number * ONE_DAY):
                return shift
        return None
