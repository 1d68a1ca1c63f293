"""The ready patterns beside the tables in which they are published, written down here by hand, for ten years."""

from collections import Counter
from datetime import date, time, timedelta
from itertools import pairwise

import pytest

from store.patterns import (
    DUPONT,
    FOUR_ON_FOUR_OFF,
    MONDAY_TO_FRIDAY,
    PANAMA,
    READY,
    THREE_SHIFTS,
    TWO_SHIFTS,
    ReadyPattern,
    hole,
)
from store.shifts import Pattern, ShiftTimes, shift_on

MONDAY = date(2026, 3, 2)
TEN_YEARS = [MONDAY + timedelta(days=number) for number in range(-1, 3_653)]

PUBLISHED: list[tuple[ReadyPattern, tuple[str, ...]]] = [
    (MONDAY_TO_FRIDAY, ("DDDDD--",)),
    (
        TWO_SHIFTS,
        (
            "EEEEE-- LLLLL--",
            "LLLLL-- EEEEE--",
        ),
    ),
    (
        THREE_SHIFTS,
        (
            "EEEEE-- LLLLL-- NNNNN--",
            "NNNNN-- EEEEE-- LLLLL--",
            "LLLLL-- NNNNN-- EEEEE--",
        ),
    ),
    (
        FOUR_ON_FOUR_OFF,
        (
            "DDNN----",
            "--DDNN--",
            "----DDNN",
            "NN----DD",
        ),
    ),
    (
        PANAMA,
        (
            "DD--DDD --DD--- DD--DDD --DD--- NN--NNN --NN--- NN--NNN --NN---",
            "--NN--- DD--DDD --DD--- DD--DDD --DD--- NN--NNN --NN--- NN--NNN",
            "NN--NNN --NN--- NN--NNN --NN--- DD--DDD --DD--- DD--DDD --DD---",
            "--DD--- NN--NNN --NN--- NN--NNN --NN--- DD--DDD --DD--- DD--DDD",
        ),
    ),
    (
        DUPONT,
        (
            "NNNN--- DDD-NNN ---DDDD -------",
            "------- NNNN--- DDD-NNN ---DDDD",
            "---DDDD ------- NNNN--- DDD-NNN",
            "DDD-NNN ---DDDD ------- NNNN---",
        ),
    ),
]
"""A row for each crew from the anchor on, a letter for each day."""

CONTINUOUS = [pattern for pattern in READY.values() if pattern.around_the_clock and not pattern.by_the_week]


def at(ready: ReadyPattern, zone: str = "Australia/Perth") -> Pattern:
    return Pattern(zone, MONDAY, ready.cycle, {shift.name: shift for shift in ready.shifts})


def letters(ready: ReadyPattern, day: date, zone: str = "Australia/Perth") -> list[str]:
    shifts = [shift_on(at(ready, zone), offset, day) for offset in ready.offsets]
    return [shift.name if shift else "-" for shift in shifts]


@pytest.mark.parametrize(("ready", "rows"), PUBLISHED, ids=lambda each: getattr(each, "name", ""))
def test_every_day_has_the_crews_of_the_published_table(ready: ReadyPattern, rows: tuple[str, ...]) -> None:
    table = [row.replace(" ", "") for row in rows]
    for day in TEN_YEARS:
        place = (day - MONDAY).days
        assert letters(ready, day) == [row[place % len(row)] for row in table], day


def test_every_ready_pattern_stands_in_a_published_table() -> None:
    assert [ready for ready, _ in PUBLISHED] == list(READY.values())


@pytest.mark.parametrize("ready", CONTINUOUS, ids=lambda ready: ready.name)
def test_exactly_one_crew_works_each_shift_of_each_day(ready: ReadyPattern) -> None:
    for day in TEN_YEARS:
        assert Counter(letters(ready, day)) == {"D": 1, "N": 1, "-": 2}, day


@pytest.mark.parametrize(
    ("ready", "working_day"),
    [
        (MONDAY_TO_FRIDAY, {"D": 1}),
        (TWO_SHIFTS, {"E": 1, "L": 1}),
        (THREE_SHIFTS, {"E": 1, "L": 1, "N": 1}),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
def test_a_pattern_by_the_week_has_one_crew_for_each_shift_of_a_working_day(
    ready: ReadyPattern, working_day: dict[str, int]
) -> None:
    for day in TEN_YEARS:
        expected = working_day if day.weekday() < 5 else {"-": len(ready.offsets)}
        assert Counter(letters(ready, day)) == expected, day


@pytest.mark.parametrize("ready", CONTINUOUS, ids=lambda ready: ready.name)
def test_around_the_clock_somebody_is_always_on_shift_and_nobody_hands_over_to_themselves(
    ready: ReadyPattern,
) -> None:
    """Where no clock changes; where one does, lengths are elapsed time, and a night overlaps or leaves an hour."""
    worked = sorted(
        (shift.starts_at, shift.ends_at, crew)
        for crew, offset in enumerate(ready.offsets)
        for day in TEN_YEARS
        if (shift := shift_on(at(ready), offset, day))
    )
    for (_, ended, crew), (began, _, following) in pairwise(worked):
        assert ended == began
        assert crew != following


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("monday-to-friday", 40),
        ("two-shifts", 40),
        ("three-shifts", 40),
        ("four-on-four-off", 42),
        ("panama", 42),
        ("dupont", 42),
    ],
)
def test_a_pattern_has_the_weekly_hours_that_it_promises(name: str, hours: int) -> None:
    ready = READY[name]
    assert ready.weekly_hours == hours
    worked = timedelta()
    weeks = len(ready.cycle)  # so many weeks are seven whole cycles
    for number in range(weeks * 7):
        shift = shift_on(at(ready), ready.offsets[-1], MONDAY + timedelta(days=number))
        worked += shift.ends_at - shift.starts_at if shift else timedelta()
    assert worked == timedelta(hours=hours * weeks)


def test_fridays_night_is_fridays_and_ends_on_saturday_morning() -> None:
    friday = date(2026, 3, 20)  # of the first crew's week of nights
    night = shift_on(at(THREE_SHIFTS, "Europe/Berlin"), THREE_SHIFTS.offsets[0], friday)
    assert night is not None
    assert (night.day, night.name) == (friday, "N")
    assert night.ends_at.isoformat() == "2026-03-21T05:00:00+00:00"  # 06:00 in Berlin
    assert letters(THREE_SHIFTS, friday + timedelta(days=1)) == ["-", "-", "-"]


def test_a_shift_with_another_start_is_as_long_as_before() -> None:
    moved = DUPONT.with_starts({"D": time(7)})
    assert moved == (ShiftTimes("D", time(7), 720), ShiftTimes("N", time(18), 720))


def test_shifts_that_follow_each_other_leave_no_hole() -> None:
    assert hole(DUPONT.shifts) is None
    assert hole(THREE_SHIFTS.shifts) is None
    assert hole(DUPONT.with_starts({"D": time(19), "N": time(7)})) is None


def test_a_shift_that_ends_before_or_after_the_next_one_begins_is_found() -> None:
    moved = DUPONT.with_starts({"D": time(7)})
    found = hole(moved)
    assert found is not None
    assert [shift.name for shift in found] == ["D", "N"]
    assert found[0].ends == time(19)
    found = hole(THREE_SHIFTS.with_starts({"N": time(22, 30)}))
    assert found is not None
    assert [shift.name for shift in found] == ["L", "N"]
