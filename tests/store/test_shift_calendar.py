"""Two weeks of shifts, to look at: crews, clock changes, days that do not exist; one's own crew first."""

from datetime import date, time, timedelta

import pytest
from sqlmodel import Session

from store import rosters, shift_calendar
from store.errors import Refused
from store.patterns import DUPONT
from store.rosters import RosterSource
from store.shift_calendar import CalendarDay, OddTimes, ShiftCalendar, calendar
from store.shifts import OFF, Pattern, ShiftTimes
from tests.store.conftest import Run
from tests.store.site import FIRST_DAY, LATER, Site, active_embedding, build

DAY, NIGHT = ShiftTimes("D", time(6), 720), ShiftTimes("N", time(18), 720)


def pattern(zone: str, anchor: date) -> Pattern:
    return Pattern(zone, anchor, ("D", "N", "", ""), {"N": NIGHT, "D": DAY, "old": ShiftTimes("old", time(5), 60)})


def marked(found: ShiftCalendar) -> list[CalendarDay]:
    return [day for day in found.days if not day.exists or day.clock_moves]


def test_a_calendar_has_a_line_for_each_crew_and_the_shifts_of_the_cycle_by_their_start() -> None:
    found = calendar("Pit", pattern("Australia/Perth", date(2026, 3, 2)), [("A", 0), ("B", 2)], date(2026, 3, 2))
    assert (found.team, found.zone, found.shifts) == ("Pit", "Australia/Perth", (DAY, NIGHT))
    assert [(line.crew, "".join(name or "-" for name in line.shifts)) for line in found.crews] == [
        ("A", "DN--DN--DN--DN"),
        ("B", "--DN--DN--DN--"),
    ]
    assert [day.day for day in found.days] == [date(2026, 3, 2) + timedelta(days=number) for number in range(14)]
    assert marked(found) == []


@pytest.mark.parametrize(
    ("zone", "first", "day", "minutes"),
    [
        ("Europe/Berlin", date(2026, 3, 23), date(2026, 3, 29), 60),
        ("Europe/Berlin", date(2026, 10, 19), date(2026, 10, 25), -60),
        ("Australia/Lord_Howe", date(2026, 10, 1), date(2026, 10, 4), 30),
        ("Africa/Cairo", date(2026, 4, 20), date(2026, 4, 24), 60),
        ("Africa/Cairo", date(2026, 10, 20), date(2026, 10, 29), -60),
        ("America/Santiago", date(2026, 9, 1), date(2026, 9, 6), 60),
        ("America/Santiago", date(2026, 4, 1), date(2026, 4, 4), -60),
    ],
)
def test_the_day_on_which_a_clock_changes_is_marked(zone: str, first: date, day: date, minutes: int) -> None:
    found = calendar("Pit", pattern(zone, first), [], first)
    assert marked(found) == [CalendarDay(day, clock_moves=timedelta(minutes=minutes))]


@pytest.mark.parametrize(
    ("first", "night", "odd"),
    [
        (date(2026, 3, 23), date(2026, 3, 28), OddTimes("N", time(18), time(7))),
        (date(2026, 10, 19), date(2026, 10, 24), OddTimes("N", time(18), time(5))),
    ],
)
def test_the_night_in_which_the_clock_changes_ends_at_another_time(first: date, night: date, odd: OddTimes) -> None:
    every_night = Pattern("Europe/Berlin", first, ("N",), {"N": NIGHT, "D": DAY})
    found = calendar("Pit", every_night, [("A", 0), ("B", 0)], first)
    assert [(day.day, day.odd) for day in found.days if day.odd] == [(night, (odd,))]


def test_a_shift_that_nobody_starts_in_that_night_is_not_mentioned() -> None:
    night_off = Pattern("Europe/Berlin", date(2026, 3, 28), (OFF, "N"), {"N": NIGHT})
    found = calendar("Pit", night_off, [("A", 0)], date(2026, 3, 28))
    assert [day.day for day in found.days if day.odd] == []


def test_a_day_that_does_not_exist_is_marked_and_has_no_shift() -> None:
    gone = date(2011, 12, 30)
    cycle = Pattern("Pacific/Apia", gone, ("D",), {"D": DAY})
    found = calendar("Harbour", cycle, [("A", 0)], date(2011, 12, 28))
    assert marked(found) == [CalendarDay(gone, exists=False)]
    assert found.crews[0].shifts[:4] == ("D", "D", OFF, "D")


def test_a_ready_pattern_is_shown_from_any_day() -> None:
    cycle = Pattern("Europe/Oslo", date(2026, 3, 2), DUPONT.cycle, {shift.name: shift for shift in DUPONT.shifts})
    found = calendar("Mill", cycle, zip("ABCD", DUPONT.offsets, strict=True), date(2026, 3, 9))
    assert ["".join(name or "-" for name in line.shifts) for line in found.crews] == [
        "DDD-NNN---DDDD",
        "NNNN---DDD-NNN",
        "-------NNNN---",
        "---DDDD-------",
    ]


def of_caller(run: Run, site: Site, name: str) -> tuple[ShiftCalendar, ...]:
    return run(shift_calendar.of_caller, by=site.caller(name), at=LATER)


def test_somebodys_own_crew_is_the_first_and_today_the_first_day(run: Run, site: Site) -> None:
    (found,) = of_caller(run, site, "Dan")
    assert (found.own_crew, [line.crew for line in found.crews]) == ("B", ["B", "A"])
    assert found.days[0].day == FIRST_DAY
    assert found.own is None
    (other,) = of_caller(run, site, "Ana")
    assert [line.crew for line in other.crews] == ["A", "B"]


def test_somebodys_own_days_are_shown_where_they_differ(run: Run, site: Site) -> None:
    def swap(session: Session) -> None:
        for day, shift in ((FIRST_DAY, OFF), (FIRST_DAY + timedelta(days=5), "N")):
            rosters.note(session, site.team_id, site.people["Ana"], day, shift, RosterSource.SWAP, at=LATER)

    run(swap)
    (found,) = of_caller(run, site, "Ana")
    assert found.own is not None
    assert "".join(name or "-" for name in found.own) == "-DNN-N--DDNN--"
    assert "".join(name or "-" for name in found.crews[0].shifts) == "DDNN----DDNN--"
    assert of_caller(run, site, "Ben")[0].own is None


@pytest.mark.parametrize("name", ["Mei", "Kay"])
def test_a_lead_and_a_coordinator_see_their_teams_without_a_crew_of_their_own(run: Run, site: Site, name: str) -> None:
    (found,) = of_caller(run, site, name)
    assert (found.team, found.own_crew, [line.crew for line in found.crews]) == ("Pit crew", None, ["A", "B"])


def test_a_data_scientist_sees_the_team_in_which_they_are_embedded(run: Run, site: Site) -> None:
    with pytest.raises(Refused, match="No team here is yours"):
        of_caller(run, site, "Priya")
    run(active_embedding, site)
    assert [found.team for found in of_caller(run, site, "Priya")] == ["Pit crew"]


def test_another_workspaces_teams_are_not_shown(run: Run, site: Site) -> None:
    other = run(build, "T2")
    assert len(of_caller(run, site, "Kay")) == 1
    assert len(run(shift_calendar.of_workspace, other.workspace_id, at=LATER)) == 1
