"""What one person works: their crew's cycle, and on single days what is noted of them instead."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.own_shifts import OwnShifts
from store.shifts import OFF, Pattern, ShiftTimes, shifts_between

MONDAY = date(2026, 3, 2)
DAY, NIGHT = ShiftTimes("D", time(6), 720), ShiftTimes("N", time(18), 720)


def cycle(*names: str, zone: str = "Australia/Perth") -> Pattern:
    return Pattern(zone, MONDAY, names, {"D": DAY, "N": NIGHT})


CREW = cycle("D", "D", "N", "N", OFF, OFF, OFF, OFF)


def on(number: int) -> date:
    return date(2026, 3, number)


def at(number: int, hour: int) -> datetime:
    """An hour on the clock in Perth."""
    return datetime(2026, 3, number, hour, tzinfo=UTC) - timedelta(hours=8)


def next_ones(own: OwnShifts, moment: datetime, count: int) -> list[tuple[int, str]]:
    return [(shift.day.day, shift.name) for shift in own.after(moment, count)]


def test_a_shift_that_has_just_started_is_not_one_of_the_next() -> None:
    assert next_ones(OwnShifts(CREW, 0), at(2, 6), 3) == [(3, "D"), (4, "N"), (5, "N")]
    assert next_ones(OwnShifts(CREW, 0), at(2, 5), 3) == [(2, "D"), (3, "D"), (4, "N")]


def test_the_next_shifts_jump_over_the_days_off() -> None:
    assert next_ones(OwnShifts(CREW, 0), at(5, 18), 2) == [(10, "D"), (11, "D")]


def test_who_swapped_into_their_days_off_is_there_next_then() -> None:
    assert next_ones(OwnShifts(CREW, 0, {on(7): "N"}), at(5, 18), 2) == [(7, "N"), (10, "D")]


def test_who_swapped_their_first_days_away_is_back_later() -> None:
    swapped = {on(10): OFF, on(11): OFF, on(12): "D"}
    assert next_ones(OwnShifts(CREW, 0, swapped), at(5, 18), 2) == [(12, "D"), (13, "N")]


def test_who_is_rostered_off_for_weeks_is_found_when_they_are_back() -> None:
    leave = {MONDAY + timedelta(days=number): OFF for number in range(60)}
    (back,) = OwnShifts(CREW, 0, leave).after(at(2, 5), 1)
    assert back.day == MONDAY + timedelta(days=64)


def test_who_works_by_the_roster_alone_is_found_too() -> None:
    own = OwnShifts(cycle(OFF), 0, {on(20): "N", on(9): "D"})
    assert next_ones(own, at(2, 5), 3) == [(9, "D"), (20, "N")]
    assert next_ones(OwnShifts(cycle(OFF, OFF), 0), at(2, 5), 2) == []


def test_one_shift_a_cycle_is_found_as_often_as_it_is_asked_for() -> None:
    assert len(OwnShifts(cycle("D", *[OFF] * 13), 0).after(at(2, 8), 4)) == 4


@pytest.mark.parametrize(
    ("noted", "found"),
    [
        pytest.param({}, (5, "N"), id="last night's shift until it ends"),
        pytest.param({on(5): OFF}, (10, "D"), id="not the night that was swapped away"),
        pytest.param({on(5): OFF, on(6): "D"}, (6, "D"), id="but the day shift that is worked instead"),
    ],
)
def test_at_three_in_the_morning(noted: dict[date, str], found: tuple[int, str]) -> None:
    shift = OwnShifts(CREW, 0, noted).under_way_or_next(at(6, 3))
    assert shift is not None
    assert (shift.day.day, shift.name) == found


def test_the_nearest_shift_is_looked_for_no_further_than_asked() -> None:
    own = OwnShifts(CREW, 0, {on(8): "D"})
    before, after = own.nearest(on(10), -1, 8), own.nearest(on(5), 1, 8)
    assert before is not None
    assert after is not None
    assert (before.day, after.day) == (on(8), on(8))
    assert own.nearest(on(5), 1, 2) is None


@given(st.integers(0, 7), st.integers(0, 400), st.dictionaries(st.integers(0, 420), st.sampled_from(["D", "N", OFF])))
def test_what_comes_next_is_the_first_day_that_is_worked(offset: int, start: int, noted: dict[int, str]) -> None:
    day = MONDAY + timedelta(days=start)
    own = OwnShifts(CREW, offset, {MONDAY + timedelta(days=number): shift for number, shift in noted.items()})
    worked = [shift for number in range(440) if (shift := own.on(day + timedelta(days=number)))]
    morning = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)
    assert own.after(morning, 3) == worked[:3]
    crew = shifts_between(CREW, offset, day, day + timedelta(days=439))
    assert {shift for shift in worked if shift.day not in own.noted} == {
        shift for shift in crew if shift.day not in own.noted
    }
