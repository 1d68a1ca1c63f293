"""When somebody is at work next: nobody is told on their day off what can wait."""

from datetime import date, datetime

import pytest
from sqlmodel import Session

from store import absences, closures, rosters, rota, triage
from store.closures import Closing
from store.days_off import HolidayCalendar
from store.not_now import Days
from store.rosters import RosterSource
from store.shifts import OFF
from store.teams import Team
from tests.store.conftest import Run
from tests.store.site import LATER, Site, active_embedding, filed_report, live_change, outbox
from tests.store.test_rosters import counting


def roster(run: Run, site: Site, name: str, noted: dict[int, str]) -> None:
    """Note what somebody works on days of March."""

    def note(session: Session) -> None:
        for number, shift in noted.items():
            day = date(2026, 3, number)
            rosters.note(session, site.team_id, site.people[name], day, shift, RosterSource.ROSTER, at=LATER)

    run(note)


@pytest.mark.parametrize(
    ("name", "now", "told"),
    [
        pytest.param("Ana", "2026-03-10T09:00", "2026-03-10T09:00", id="in a day shift at once"),
        pytest.param("Ana", "2026-03-10T05:59", "2026-03-10T06:00", id="before the shift when it starts"),
        pytest.param("Ana", "2026-03-10T18:00", "2026-03-11T06:00", id="just after the shift on the next one"),
        pytest.param("Ana", "2026-03-13T03:00", "2026-03-13T03:00", id="after midnight in a night shift at once"),
        pytest.param("Ana", "2026-03-14T06:00", "2026-03-18T06:00", id="after the last night when the crew is back"),
        pytest.param("Dan", "2026-03-10T09:00", "2026-03-14T06:00", id="the other crew when it is back"),
        pytest.param("Priya", "2026-03-10T09:00", "2026-03-10T09:00", id="somebody without shifts at once"),
    ],
)
def test_what_can_wait_is_told_at_work(run: Run, site: Site, name: str, now: str, told: str) -> None:
    at = datetime.fromisoformat(f"{now}:00+08:00")
    assert run(rota.next_at_work, site.people[name], at) == datetime.fromisoformat(f"{told}:00+08:00")


def march(first: int, last: int) -> Days:
    return Days(date(2026, 3, first), date(2026, 3, last))


@pytest.mark.parametrize(
    ("away", "told"),
    [
        pytest.param(march(11, 11), "2026-03-12T18:00", id="a day: on the night after it"),
        pytest.param(march(11, 13), "2026-03-18T06:00", id="until the crew's days off: when it is back"),
        pytest.param(march(14, 17), "2026-03-11T06:00", id="on days off: as ever"),
        pytest.param(Days(date(2026, 3, 10), date(2026, 9, 30)), "2026-10-04T06:00", id="half a year: after it"),
    ],
)
def test_nobody_is_told_while_they_are_away(run: Run, site: Site, away: Days, told: str) -> None:
    run(absences.go_away, away, by=site.caller("Ana"), at=LATER)
    at = datetime.fromisoformat("2026-03-10T18:00:00+08:00")
    assert run(rota.next_at_work, site.people["Ana"], at) == datetime.fromisoformat(f"{told}:00+08:00")
    assert run(rota.next_at_work, site.people["Ben"], at) == datetime.fromisoformat("2026-03-11T06:00:00+08:00")


def test_nobody_is_told_while_their_team_is_shut_down(run: Run, site: Site) -> None:
    run(closures.shut_down, Closing(site.team_id, march(11, 12), "Relining"), by=site.caller("Mei"), at=LATER)
    at = datetime.fromisoformat("2026-03-10T18:00:00+08:00")
    assert run(rota.next_at_work, site.people["Ana"], at) == datetime.fromisoformat("2026-03-13T18:00:00+08:00")


@pytest.mark.parametrize(
    ("worked_through", "told"), [(False, "2026-03-12T18:00"), (True, "2026-03-11T06:00")], ids=["off", "worked"]
)
def test_nobody_is_told_on_a_holiday_that_their_team_does_not_work(
    run: Run, site: Site, worked_through: bool, told: str
) -> None:
    """Moshoeshoe's Day is the 11th of March: https://en.wikipedia.org/wiki/Public_holidays_in_Lesotho"""

    def calendar(session: Session) -> None:
        session.add(HolidayCalendar(team_id=site.team_id, country="LS", worked_through=worked_through))

    run(calendar)
    at = datetime.fromisoformat("2026-03-10T18:00:00+08:00")
    assert run(rota.next_at_work, site.people["Ana"], at) == datetime.fromisoformat(f"{told}:00+08:00")


def test_who_was_away_is_asked_whether_it_helped_after_shifts_that_they_worked(run: Run, site: Site) -> None:
    run(active_embedding, site)
    run(absences.go_away, march(11, 13), by=site.caller("Ana"), at=LATER)
    run(live_change, site, run(filed_report, site))
    (asked,) = [row for row in run(outbox) if row.kind == "verdict_asked"]
    # The second shift after it is the one of the 19th, that of the 11th to the 13th were not hers.
    assert asked.due_at == datetime.fromisoformat("2026-03-19T17:00:00+08:00")


@pytest.mark.parametrize(
    ("name", "noted", "now", "told"),
    [
        pytest.param("Ana", {11: OFF}, "2026-03-10T18:00", "2026-03-12T18:00", id="not on the day that was swapped"),
        pytest.param("Dan", {12: "N"}, "2026-03-10T09:00", "2026-03-12T18:00", id="on the day that was swapped for"),
        pytest.param("Ana", {10: OFF}, "2026-03-10T09:00", "2026-03-11T06:00", id="not in a shift that is not worked"),
        pytest.param("Dan", {9: "N"}, "2026-03-10T03:00", "2026-03-10T03:00", id="at once in a night that is"),
    ],
)
def test_the_roster_says_when_somebody_is_at_work(
    run: Run, site: Site, name: str, noted: dict[int, str], now: str, told: str
) -> None:
    roster(run, site, name, noted)
    at = datetime.fromisoformat(f"{now}:00+08:00")
    assert run(rota.next_at_work, site.people[name], at) == datetime.fromisoformat(f"{told}:00+08:00")


def test_the_roster_of_somebody_else_counts_for_nobody(run: Run, site: Site) -> None:
    roster(run, site, "Ben", {11: OFF})
    at = datetime.fromisoformat("2026-03-10T18:00:00+08:00")
    assert run(rota.next_at_work, site.people["Ana"], at) == datetime.fromisoformat("2026-03-11T06:00:00+08:00")


def test_whether_it_helped_is_asked_near_the_end_of_the_second_shift_that_somebody_really_works(
    run: Run, site: Site
) -> None:
    run(active_embedding, site)
    report = run(filed_report, site, "Ana")
    roster(run, site, "Ana", {11: OFF, 13: OFF, 16: "D"})  # left are the night of the 12th, and the swapped day
    run(live_change, site, report, at=datetime.fromisoformat("2026-03-10T09:00:00+08:00"))
    (asked,) = [row for row in run(outbox) if row.kind == "verdict_asked"]
    assert asked.due_at == datetime.fromisoformat("2026-03-16T17:00:00+08:00")
    assert asked.expires_at == datetime.fromisoformat("2026-03-16T18:00:00+08:00")


def test_all_that_is_noted_of_somebody_is_one_query(run: Run, site: Site) -> None:
    roster(run, site, "Ana", dict.fromkeys(range(11, 25), "D"))

    def look(session: Session) -> list[str]:
        with counting(session) as seen:
            rota.nth_shift(session, site.people["Ana"], LATER, 5)
        return [statement for statement in seen if "FROM roster_entry" in statement]

    assert len(run(look)) == 1


def test_a_team_that_works_no_shifts_is_told_at_once(run: Run, site: Site) -> None:
    def send_home(session: Session) -> None:
        session.get_one(Team, site.team_id).cycle = [OFF, OFF]

    run(send_home)
    now = datetime.fromisoformat("2026-03-10T09:00:00+08:00")
    assert run(rota.next_at_work, site.people["Ana"], now) == now


def test_that_a_report_was_seen_is_told_when_its_reporter_is_back(run: Run, site: Site) -> None:
    run(active_embedding, site)
    report = run(filed_report, site, by="Dan")
    seen = datetime.fromisoformat("2026-03-10T09:00:00+08:00")
    run(triage.acknowledge, report, by=site.caller("Priya"), at=seen)
    (told,) = [row for row in run(outbox) if row.kind == "feedback_acknowledged"]
    assert told.due_at == datetime.fromisoformat("2026-03-14T06:00:00+08:00")
