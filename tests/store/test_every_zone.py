"""Occurrences in every zone of the tzdata package, at each of its clock changes, and in places worth a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from store.shifts import Pattern, ShiftTimes, WorkedShift, local_day, shift_on, shifts_between

ZONES = files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
BEGIN, END = datetime(2015, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
STEP = timedelta(days=3)
"""No zone changes its clock twice within it."""
AROUND = 3
"""Days before and after a clock change that are looked at."""
SAMPLED = 97
"""Of so many days one is looked at besides; each zone begins at another one."""


@dataclass(frozen=True, slots=True)
class ClockChange:
    """An instant at which the wall's distance to UTC changes."""

    at: datetime
    before: timedelta
    after: timedelta

    def expected(self, day: date, starts: time) -> datetime | None:
        """The rule, from the two distances alone: when a wall time of a day is, if that day is there."""
        midnight = datetime.combine(day, time(), tzinfo=UTC)
        if midnight - self.before >= self.at and midnight + timedelta(days=1) - self.after <= self.at:
            return None
        wall = datetime.combine(day, starts, tzinfo=UTC)
        earlier, later = wall - self.before, wall - self.after
        # The first of two; else the only one; else, in a gap, further by as much as was skipped.
        return earlier if earlier < self.at or later < self.at else later


def distance(moment: datetime, place: ZoneInfo) -> timedelta:
    found = moment.astimezone(place).utcoffset()
    assert found is not None
    return found


def clock_changes(place: ZoneInfo) -> Iterator[ClockChange]:
    moment, before = BEGIN, distance(BEGIN, place)
    while moment < END:
        following = moment + STEP
        if (after := distance(following, place)) != before:
            low, high = moment, following
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if distance(middle, place) == before else (low, middle)
            yield ClockChange(high.replace(microsecond=0), before, after)
        moment, before = following, after


def pattern(zone: str, starts: time, minutes: int = 480) -> Pattern:
    return Pattern(zone, date(2020, 1, 1), ("S",), {"S": ShiftTimes("S", starts, minutes)})


def slots(change: ClockChange) -> set[time]:
    """Starts around what the clock skips or shows twice, and usual ones."""
    skipped_from, skipped_to = sorted(((change.at + change.before), (change.at + change.after)))
    minute = timedelta(minutes=1)
    middle = skipped_from + (skipped_to - skipped_from) // 2
    walls = (skipped_from - minute, skipped_from, middle, skipped_to - minute, skipped_to)
    return {wall.time().replace(second=0, microsecond=0) for wall in walls} | {time(), time(6), time(22)}


def test_the_zones_are_those_of_the_package() -> None:
    assert len(ZONES) > 590
    assert {"Europe/Berlin", "Pacific/Apia", "UTC"} <= set(ZONES)


def test_each_local_date_has_exactly_one_shift_for_each_slot_around_every_clock_change_of_every_zone() -> None:
    seen: set[tuple[ClockChange, ...]] = set()
    looked_at = 0
    for zone in ZONES:
        changes = tuple(clock_changes(ZoneInfo(zone)))
        if changes in seen:  # another name of a zone, or one that does the same in these years
            continue
        seen.add(changes)
        for change in changes:
            day = (change.at + change.before).date()
            days = [day + timedelta(days=number) for number in range(-AROUND, AROUND + 1)]
            for starts in slots(change):
                expected = [(each, at) for each in days if (at := change.expected(each, starts))]
                worked = [
                    (shift.day, shift.starts_at)
                    for shift in shifts_between(pattern(zone, starts), 0, days[0], days[-1])
                ]
                assert worked == expected, (zone, change, starts)
                looked_at += 1
    assert looked_at > 10_000


def test_each_of_many_days_in_every_zone_has_one_shift_on_its_own_date() -> None:
    for number, zone in enumerate(ZONES):
        place, starts = ZoneInfo(zone), time(number % 24, 30)
        for days in range(number % SAMPLED, (END - BEGIN).days, SAMPLED):
            day = BEGIN.date() + timedelta(days=days)
            shift = shift_on(pattern(zone, starts), 0, day)
            assert shift is not None
            assert local_day(shift.starts_at, zone) == day
            assert shift.ends_at - shift.starts_at == timedelta(hours=8)
            assert abs(shift.starts_at - datetime.combine(day, starts, tzinfo=place)) <= timedelta(hours=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


TABLE = [
    # UTC+1, and +2 from 29 March 01:00 to 25 October 01:00 UTC
    ("Europe/Berlin", "2026-03-28", "22:00", "2026-03-28 21:00", "2026-03-29 05:00"),
    ("Europe/Berlin", "2026-03-29", "02:00", "2026-03-29 01:00", "2026-03-29 09:00"),
    ("Europe/Berlin", "2026-03-29", "02:59", "2026-03-29 01:59", "2026-03-29 09:59"),
    ("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29 01:00", "2026-03-29 09:00"),
    ("Europe/Berlin", "2026-10-24", "22:00", "2026-10-24 20:00", "2026-10-25 04:00"),
    ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25 00:30", "2026-10-25 08:30"),
    ("Europe/Berlin", "2026-10-25", "03:00", "2026-10-25 02:00", "2026-10-25 10:00"),
    # UTC-5, and -4 from 8 March 07:00 to 1 November 06:00 UTC
    ("America/New_York", "2026-03-07", "22:00", "2026-03-08 03:00", "2026-03-08 11:00"),
    ("America/New_York", "2026-03-08", "02:30", "2026-03-08 07:30", "2026-03-08 15:30"),
    ("America/New_York", "2026-10-31", "22:00", "2026-11-01 02:00", "2026-11-01 10:00"),
    ("America/New_York", "2026-11-01", "01:30", "2026-11-01 05:30", "2026-11-01 13:30"),
    ("America/New_York", "2026-11-01", "02:00", "2026-11-01 07:00", "2026-11-01 15:00"),
    # UTC+11 until 4 April 15:00, +10:30 from then until 3 October 15:30 UTC: half an hour
    ("Australia/Lord_Howe", "2026-04-04", "22:00", "2026-04-04 11:00", "2026-04-04 19:00"),
    ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04 14:45", "2026-04-04 22:45"),
    ("Australia/Lord_Howe", "2026-04-05", "02:00", "2026-04-04 15:30", "2026-04-04 23:30"),
    ("Australia/Lord_Howe", "2026-10-03", "22:00", "2026-10-03 11:30", "2026-10-03 19:30"),
    ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03 15:45", "2026-10-03 23:45"),
    ("Australia/Lord_Howe", "2026-10-04", "02:30", "2026-10-03 15:30", "2026-10-03 23:30"),
    # UTC+2; +3 from the last Friday of April, whose midnight is skipped, to the end of October's last Thursday
    ("Africa/Cairo", "2026-04-23", "22:00", "2026-04-23 20:00", "2026-04-24 04:00"),
    ("Africa/Cairo", "2026-04-24", "00:00", "2026-04-23 22:00", "2026-04-24 06:00"),
    ("Africa/Cairo", "2026-04-24", "00:30", "2026-04-23 22:30", "2026-04-24 06:30"),
    ("Africa/Cairo", "2026-04-24", "01:00", "2026-04-23 22:00", "2026-04-24 06:00"),
    ("Africa/Cairo", "2026-10-29", "23:30", "2026-10-29 20:30", "2026-10-30 04:30"),
    ("Africa/Cairo", "2026-10-30", "00:00", "2026-10-29 22:00", "2026-10-30 06:00"),
    # UTC-3 until 5 April 03:00, -4 from then until 6 September 04:00 UTC, when a midnight is skipped
    ("America/Santiago", "2026-04-04", "23:30", "2026-04-05 02:30", "2026-04-05 10:30"),
    ("America/Santiago", "2026-04-05", "00:00", "2026-04-05 04:00", "2026-04-05 12:00"),
    ("America/Santiago", "2026-09-05", "22:00", "2026-09-06 02:00", "2026-09-06 10:00"),
    ("America/Santiago", "2026-09-06", "00:00", "2026-09-06 04:00", "2026-09-06 12:00"),
    ("America/Santiago", "2026-09-06", "00:45", "2026-09-06 04:45", "2026-09-06 12:45"),
    # UTC+1, and +0 in Ramadan: from 23 February 02:00 to 6 April 02:00 UTC
    ("Africa/Casablanca", "2025-02-22", "22:00", "2025-02-22 21:00", "2025-02-23 05:00"),
    ("Africa/Casablanca", "2025-02-23", "02:30", "2025-02-23 01:30", "2025-02-23 09:30"),
    ("Africa/Casablanca", "2025-02-23", "03:00", "2025-02-23 03:00", "2025-02-23 11:00"),
    ("Africa/Casablanca", "2025-03-10", "06:00", "2025-03-10 06:00", "2025-03-10 14:00"),
    ("Africa/Casablanca", "2025-04-06", "02:30", "2025-04-06 02:30", "2025-04-06 10:30"),
    ("Africa/Casablanca", "2025-04-06", "03:00", "2025-04-06 02:00", "2025-04-06 10:00"),
    # UTC-10 until 30 December 2011 10:00 UTC, +14 from then: the 30th was left out
    ("Pacific/Apia", "2011-12-29", "22:00", "2011-12-30 08:00", "2011-12-30 16:00"),
    ("Pacific/Apia", "2011-12-30", "00:00", None, None),
    ("Pacific/Apia", "2011-12-30", "06:00", None, None),
    ("Pacific/Apia", "2011-12-30", "22:00", None, None),
    ("Pacific/Apia", "2011-12-31", "00:00", "2011-12-30 10:00", "2011-12-30 18:00"),
    ("Pacific/Apia", "2011-12-31", "06:00", "2011-12-30 16:00", "2011-12-31 00:00"),
]
"""A day and a local start in a place, and when eight hours from then begin and end in UTC."""


@pytest.mark.parametrize(("zone", "day", "starts", "begins", "ended"), TABLE)
def test_eight_hours_begin_and_end_when_they_do(
    zone: str, day: str, starts: str, begins: str | None, ended: str | None
) -> None:
    there = date.fromisoformat(day)
    expected = WorkedShift(there, "S", utc(begins), utc(ended)) if begins and ended else None
    assert shift_on(pattern(zone, time.fromisoformat(starts)), 0, there) == expected


def test_a_cycle_goes_on_over_a_day_that_does_not_exist() -> None:
    cycle = Pattern("Pacific/Apia", date(2011, 12, 28), ("D", "", "D", "D"), {"D": ShiftTimes("D", time(6), 480)})
    worked = list(shifts_between(cycle, 0, date(2011, 12, 28), date(2012, 1, 3)))
    assert [shift.day for shift in worked] == [
        date(2011, 12, 28),
        date(2011, 12, 31),
        date(2012, 1, 1),
        date(2012, 1, 3),
    ]
    assert all(earlier.starts_at < later.starts_at for earlier, later in pairwise(worked))
