"""When a crew works: pure functions from a pattern to shifts, in the site's own time.

A rule is local (a wall time and an IANA zone) and stays local; what comes out are UTC instants. A wall time that
a clock change skips moves forward by the gap; one that comes twice counts once, the first; a local date that does
not exist (Apia, 2011-12-30) has no shift.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OFF = ""
"""A day off in a cycle."""


@dataclass(frozen=True, slots=True)
class ShiftTimes:
    """A shift's name, its local start, and its length in elapsed minutes."""

    name: str
    starts: time
    minutes: int

    @property
    def ends(self) -> time:
        """When it ends on the wall, unless a clock changes meanwhile."""
        return (datetime.combine(date.min, self.starts) + timedelta(minutes=self.minutes)).time()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A free cycle: on day `n` after the anchor a crew with offset 0 works `cycle[n % len(cycle)]`."""

    zone: str
    anchor: date
    cycle: tuple[str, ...]
    shifts: Mapping[str, ShiftTimes]


@dataclass(frozen=True, slots=True)
class WorkedShift:
    """One shift of one crew. It belongs to the local day on which it starts."""

    day: date
    name: str
    starts_at: datetime
    ends_at: datetime


def instant(day: date, wall: time, zone: str) -> datetime | None:
    """The UTC instant of a wall time on a local day; None when that local day does not exist."""
    place = ZoneInfo(zone)
    noon = datetime.combine(day, time(12), tzinfo=place)
    if noon.astimezone(UTC).astimezone(place).date() != day:
        return None
    # fold=0: the first of a repeated time, and the offset before a gap, which moves the time forward.
    return datetime.combine(day, wall, tzinfo=place).astimezone(UTC)


def day_begins(day: date, zone: str) -> datetime:
    """The instant at which a local day begins; for one that does not exist that at which the next one does."""
    begins = instant(day, time(), zone)
    return begins or day_begins(day + timedelta(days=1), zone)


def local_day(moment: datetime, zone: str) -> date:
    """The date on the wall of a place at an instant."""
    return moment.astimezone(ZoneInfo(zone)).date()


def monday_of(day: date) -> date:
    """The Monday of the week that a day is in."""
    return day - timedelta(days=day.weekday())


def shift_on(pattern: Pattern, offset: int, day: date) -> WorkedShift | None:
    """The shift that a crew starts on a local day, or None on a day off."""
    return shift_named(pattern, pattern.cycle[((day - pattern.anchor).days - offset) % len(pattern.cycle)], day)


def shift_named(pattern: Pattern, name: str, day: date) -> WorkedShift | None:
    """One of the team's shifts as it is on a local day; None for `OFF`, and on a day that does not exist."""
    if name == OFF:
        return None
    times = pattern.shifts[name]
    starts_at = instant(day, times.starts, pattern.zone)
    if starts_at is None:
        return None
    return WorkedShift(day, name, starts_at, starts_at + timedelta(minutes=times.minutes))


def shifts_between(pattern: Pattern, offset: int, first: date, last: date) -> Iterator[WorkedShift]:
    """The shifts that a crew starts on the local days from first to last, both included."""
    for number in range((last - first).days + 1):
        if shift := shift_on(pattern, offset, first + timedelta(days=number)):
            yield shift
