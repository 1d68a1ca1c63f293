"""A shift calendar as text: what it looks like, and that it fits a phone whatever things are called."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from bot.render.shift_calendar import MOST_CREWS, legend, letters, plain, weeks
from bot.texts import Texts
from store.shift_calendar import CalendarDay, OddTimes, ShiftCalendar, calendar
from store.shifts import Pattern, ShiftTimes

EN = Texts("en-US")
PHONE = 30
"""Signs in a line of code that Slack shows unbroken on a narrow phone."""

PLAIN = """\
Pit crew, times in Europe/Berlin

        Mo Tu We Th Fr Sa Su
Mar     23 24 25 26 27 28 29*
A        D  D  N  N  .  .  .
B        .  .  .  .  D  D  N

        Mo Tu We Th Fr Sa Su
Mar     30 31  1  2  3  4  5
A        .  D  D  N  N  .  .
B        N  .  .  .  .  D  D

D 06:00–18:00
N 18:00–06:00
* Sun 29 Mar 2026: the clock goes forward by 60 minutes."""


def two_weeks(
    names: tuple[str, ...] = ("D", "N"),
    crews: tuple[str, ...] = ("A", "B"),
    first: date = date(2026, 3, 23),
    zone: str = "Europe/Berlin",
) -> ShiftCalendar:
    day, night = names
    shifts = {day: ShiftTimes(day, time(6), 720), night: ShiftTimes(night, time(18), 720)}
    pattern = Pattern(zone, first, (day, day, night, night, "", "", "", ""), shifts)
    return calendar("Pit crew", pattern, [(name, 4 * number) for number, name in enumerate(crews)], first)


def test_crews_stand_below_each_other_and_days_side_by_side() -> None:
    assert plain(two_weeks(), EN) == PLAIN


def test_a_day_that_does_not_exist_is_crossed_out_and_explained() -> None:
    found = two_weeks(first=date(2011, 12, 27), zone="Pacific/Apia")
    assert weeks(found, EN)[0].splitlines() == [
        "        Tu We Th Fr Sa Su Mo",
        "Dec     27 28 29 30×31  1  2",
        "A        D  D  N  ×  .  .  .",
        "B        .  .  .  ×  D  D  N",
    ]
    assert legend(found, EN)[-1] == "× Fri 30 Dec 2011 does not exist here."


def test_the_shift_that_is_longer_or_shorter_for_it_is_named() -> None:
    odd = OddTimes("Night", time(18), time(7))
    days = (CalendarDay(date(2026, 3, 28), odd=(odd,)), CalendarDay(date(2026, 3, 29), clock_moves=timedelta(hours=1)))
    assert legend(replace(two_weeks(), days=days), EN)[-2:] == [
        "* Sun 29 Mar 2026: the clock goes forward by 60 minutes.",
        "Night on Sat 28 Mar 2026 goes from 18:00 to 07:00.",
    ]


def test_a_clock_that_goes_back_is_said_so() -> None:
    found = two_weeks(first=date(2026, 10, 19))
    assert legend(found, EN)[-1] == "* Sun 25 Oct 2026: the clock goes back by 60 minutes."


def test_long_names_of_shifts_become_letters_that_are_explained() -> None:
    found = two_weeks(names=("Early", "Night"))
    assert weeks(found, EN)[0].splitlines()[2] == "A        E  E  N  N  .  .  ."
    assert legend(found, EN)[:2] == ["E Early 06:00–18:00", "N Night 18:00–06:00"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("D", "N"), ["D", "N"]),
        (("Day", "Dusk"), ["Da", "Du"]),
        (("Day 1", "Day 2"), ["1", "2"]),
        (("早班", "夜班"), ["1", "2"]),  # each sign takes the room of two letters
    ],
)
def test_signs_tell_shifts_apart_and_are_narrow(names: tuple[str, ...], expected: list[str]) -> None:
    assert list(letters(list(names)).values()) == expected


@pytest.mark.parametrize("locale", ["en-US", "de-DE", "pl-PL", "zh-CN", "ja-JP", "ar-EG", "nb-NO", "pt-BR", "vi-VN"])
@pytest.mark.parametrize("crews", [("A", "B"), ("Schichtgruppe Nordschacht", "B"), ("`<&>`" * 9, "夜勤の班" * 5)])
def test_every_line_fits_a_phone_in_every_language(locale: str, crews: tuple[str, ...]) -> None:
    for week in weeks(two_weeks(crews=crews), Texts(locale)):
        assert "`" not in week
        for line in week.splitlines():
            assert len(line) <= PHONE, line


def test_more_crews_than_fit_are_left_out_and_it_says_so() -> None:
    found = two_weeks(crews=tuple(f"Crew {number}" for number in range(MOST_CREWS + 1)))
    assert len(weeks(found, EN)[0].splitlines()) == MOST_CREWS + 2
    assert legend(found, EN)[-1] == f"The first {MOST_CREWS} crews are shown."


def test_ones_own_days_stand_first() -> None:
    found = two_weeks()
    own = tuple("N" if number == 5 else name for number, name in enumerate(found.crews[0].shifts))
    lines = weeks(replace(found, own=own, own_crew="A"), EN)[0].splitlines()
    assert lines[2:4] == ["You      D  D  N  N  .  N  .", "A        D  D  N  N  .  .  ."]
