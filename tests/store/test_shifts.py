"""When a crew works, through clock changes and the turn of the day."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from store.shifts import Pattern, ShiftTimes, WorkedShift, instant, local_day, shift_on, shifts_between

DAY, NIGHT = ShiftTimes("D", time(6), 720), ShiftTimes("N", time(18), 720)


def pattern(*cycle: str, zone: str = "Australia/Perth", anchor: date = date(2026, 3, 2)) -> Pattern:
    return Pattern(zone, anchor, cycle, {"D": DAY, "N": NIGHT})


def every_day(zone: str, starts: time, minutes: int = 480) -> Pattern:
    return Pattern(zone, date(2020, 1, 1), ("S",), {"S": ShiftTimes("S", starts, minutes)})


ROSTER = pattern("D", "D", "N", "N", "", "", "", "")


@pytest.mark.parametrize(
    ("day", "wall", "zone", "expected"),
    [
        pytest.param(
            date(2025, 3, 30),
            time(2, 30),
            "Europe/Berlin",
            datetime(2025, 3, 30, 1, 30, tzinfo=UTC),
            id="a skipped half past two in Berlin is half past three",
        ),
        pytest.param(
            date(2025, 10, 26),
            time(2, 30),
            "Europe/Berlin",
            datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
            id="a repeated half past two in Berlin is the first",
        ),
        pytest.param(
            date(2025, 10, 5),
            time(2, 15),
            "Australia/Lord_Howe",
            datetime(2025, 10, 4, 15, 45, tzinfo=UTC),
            id="Lord Howe skips half an hour, 2:15 is 2:45",
        ),
        pytest.param(
            date(2025, 4, 6),
            time(1, 45),
            "Australia/Lord_Howe",
            datetime(2025, 4, 5, 14, 45, tzinfo=UTC),
            id="Lord Howe repeats half an hour, 1:45 is the first",
        ),
        pytest.param(
            date(2011, 12, 30), time(6), "Pacific/Apia", None, id="Apia had no 30 December 2011, not in the morning"
        ),
        pytest.param(date(2011, 12, 30), time(0), "Pacific/Apia", None, id="nor at midnight"),
        pytest.param(
            date(2011, 12, 31),
            time(6),
            "Pacific/Apia",
            datetime(2011, 12, 30, 16, tzinfo=UTC),
            id="but a 31st, on the other side of the date line",
        ),
        pytest.param(
            date(2025, 9, 7),
            time(0),
            "America/Santiago",
            datetime(2025, 9, 7, 4, tzinfo=UTC),
            id="a skipped midnight in Santiago is one o'clock",
        ),
        pytest.param(
            date(2026, 3, 10),
            time(6),
            "Australia/Perth",
            datetime(2026, 3, 9, 22, tzinfo=UTC),
            id="Perth never changes",
        ),
    ],
)
def test_a_wall_time_is_one_instant_or_none(day: date, wall: time, zone: str, expected: datetime | None) -> None:
    assert instant(day, wall, zone) == expected


@pytest.mark.parametrize(
    ("zone", "day", "starts", "ends_on_the_wall"),
    [
        pytest.param("Europe/Berlin", date(2025, 3, 29), time(22), time(7), id="the clock goes forward in the night"),
        pytest.param("Europe/Berlin", date(2025, 10, 25), time(22), time(5), id="the clock goes back in the night"),
        pytest.param("Europe/Berlin", date(2025, 6, 1), time(22), time(6), id="an ordinary night"),
    ],
)
def test_a_night_shift_lasts_as_long_as_it_lasts(zone: str, day: date, starts: time, ends_on_the_wall: time) -> None:
    shift = shift_on(every_day(zone, starts), 0, day)
    assert shift is not None
    assert shift.ends_at - shift.starts_at == timedelta(hours=8)
    assert shift.ends_at.astimezone(ZoneInfo(zone)).time() == ends_on_the_wall


def test_a_night_shift_belongs_to_the_day_on_which_it_starts() -> None:
    shift = shift_on(ROSTER, 0, date(2026, 3, 4))
    assert shift == WorkedShift(
        date(2026, 3, 4), "N", datetime(2026, 3, 4, 10, tzinfo=UTC), datetime(2026, 3, 4, 22, tzinfo=UTC)
    )
    assert shift.day == local_day(shift.starts_at, "Australia/Perth")
    assert shift.day != local_day(shift.ends_at, "Australia/Perth")


@pytest.mark.parametrize(
    ("offset", "worked"),
    [(0, "DDNN----DDNN----"), (4, "----DDNN----DDNN"), (2, "--DDNN----DDNN--"), (8, "DDNN----DDNN----")],
)
def test_a_crew_works_its_cycle_from_its_offset(offset: int, worked: str) -> None:
    days = [ROSTER.anchor + timedelta(days=number) for number in range(16)]
    shifts = [shift_on(ROSTER, offset, day) for day in days]
    assert "".join(shift.name if shift else "-" for shift in shifts) == worked


def test_a_cycle_also_holds_before_its_anchor() -> None:
    before = ROSTER.anchor - timedelta(days=8)
    assert [shift.name for shift in shifts_between(ROSTER, 0, before, before + timedelta(days=7))] == list("DDNN")


def test_the_days_between_include_the_first_and_the_last() -> None:
    days = [shift.day for shift in shifts_between(ROSTER, 0, date(2026, 3, 2), date(2026, 3, 5))]
    assert days == [date(2026, 3, number) for number in (2, 3, 4, 5)]


@given(
    zone=st.sampled_from(sorted(available_timezones() - {"localtime"})),
    day=st.dates(date(2015, 1, 1), date(2035, 12, 31)),
    starts=st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0)),
)
@example(zone="Pacific/Apia", day=date(2011, 12, 30), starts=time(6))
@example(zone="Europe/Berlin", day=date(2025, 3, 30), starts=time(2, 30))
@example(zone="America/Santiago", day=date(2025, 9, 7), starts=time(0, 10))
@settings(max_examples=400, deadline=None, derandomize=True)
def test_every_local_date_that_exists_has_exactly_one_shift(zone: str, day: date, starts: time) -> None:
    place = ZoneInfo(zone)
    week = [day + timedelta(days=number) for number in range(-3, 4)]
    shifts = list(shifts_between(every_day(zone, starts), 0, week[0], week[-1]))

    # Which dates exist is found by walking through the hours, not by the rule under test.
    begin = datetime.combine(week[0], time(0), tzinfo=UTC) - timedelta(hours=24)
    hours = [(begin + timedelta(minutes=30 * number)).astimezone(place).date() for number in range(48 * 10)]
    assert [shift.day for shift in shifts] == [date for date in week if date in hours]
    assert [local_day(shift.starts_at, zone) for shift in shifts] == [shift.day for shift in shifts]
    assert all(earlier.starts_at < later.starts_at for earlier, later in pairwise(shifts))
    for shift in shifts:
        wall = shift.starts_at.astimezone(place).time()
        assert wall == starts or _is_in_a_gap(shift.day, starts, place)


def _is_in_a_gap(day: date, wall: time, place: ZoneInfo) -> bool:
    there = datetime.combine(day, wall, tzinfo=place)
    return there.astimezone(UTC).astimezone(place).time() != wall
