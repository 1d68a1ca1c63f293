"""Reports that nobody has read: working days of their data scientists go by, then one reminder of all of them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session

from store import absences, days_off, deliveries, report_edits, triage, unread, working_days
from store.days_off import Absence
from store.deliveries import Kind
from store.feedback import Feedback
from store.not_now import Days
from store.people import Person
from tests.store.conftest import Run
from tests.store.site import ZONE, Site, active_embedding, filed_report, outbox

PERTH = ZoneInfo(ZONE)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, MONDAY = (date(2026, 3, day) for day in (10, 11, 12, 13, 14, 16))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=PERTH).astimezone(UTC)


def weekdays(day: date) -> bool:
    return day.weekday() < working_days.SATURDAY


@pytest.mark.parametrize(
    ("filed", "due"),
    [
        (at(TUESDAY, 10), at(THURSDAY, 10)),
        (at(TUESDAY, 3), at(THURSDAY, 8)),
        (at(TUESDAY, 23), at(FRIDAY, 8)),
        (at(FRIDAY, 10), at(MONDAY + timedelta(days=1), 10)),
        (at(SATURDAY, 10), at(MONDAY + timedelta(days=2), 8)),
    ],
)
def test_two_working_days_go_by_and_days_off_stand_still(filed: datetime, due: datetime) -> None:
    assert working_days.after(filed, 2, ZONE, weekdays) == due


def test_who_never_works_again_is_not_waited_for() -> None:
    assert working_days.after(at(TUESDAY, 10), 2, ZONE, lambda day: day <= TUESDAY) is None
    assert working_days.next_there(at(TUESDAY, 18), ZONE, lambda day: day <= TUESDAY) is None


def test_somebody_is_there_today_until_their_day_ends() -> None:
    assert working_days.next_there(at(FRIDAY, 16), ZONE, weekdays) == FRIDAY
    assert working_days.next_there(at(FRIDAY, 17), ZONE, weekdays) == MONDAY


@pytest.fixture(autouse=True)
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def reminders(run: Run, site: Site) -> list[tuple[str, list[int]]]:
    names = {person_id: name for name, person_id in site.people.items()}
    return [(names[row.person_id or 0], row.data["reports"]) for row in run(outbox) if row.kind is Kind.FEEDBACK_UNREAD]


def look(run: Run, when: datetime) -> int:
    overdue = run(unread.overdue, at=when)
    return run(unread.remind, overdue, at=when)


def test_after_two_working_days_the_data_scientists_are_reminded_once_of_all(run: Run, site: Site) -> None:
    first = run(filed_report, site, at=at(TUESDAY, 10))
    second = run(filed_report, site, by="Ben", at=at(TUESDAY, 10))
    read = run(filed_report, site, at=at(TUESDAY, 10))
    late = run(filed_report, site, at=at(WEDNESDAY, 10))
    run(triage.acknowledge, read, by=site.caller("Tom"), at=at(TUESDAY, 12))
    assert look(run, at(THURSDAY, 9, 59)) == 0
    assert look(run, at(THURSDAY, 10)) == 2
    assert reminders(run, site) == [("Priya", [first, second]), ("Tom", [first, second])]
    assert look(run, at(THURSDAY, 11)) == 0
    assert look(run, at(FRIDAY, 10)) == 1
    assert reminders(run, site)[2:] == [("Priya", [late]), ("Tom", [late])]


def test_days_away_holidays_and_shutdowns_do_not_count(run: Run, site: Site) -> None:
    def not_there(session: Session) -> None:
        for name in ("Priya", "Tom"):
            session.add(
                Absence(person_id=site.people[name], first_day=WEDNESDAY, last_day=WEDNESDAY, created_at=at(TUESDAY, 8))
            )
        session.add(days_off.HolidayCalendar(team_id=site.team_id, country="AU", subdivision="WA"))
        session.add(
            days_off.Shutdown(
                team_id=site.team_id, first_day=FRIDAY, last_day=FRIDAY, reason="Relining", created_at=at(TUESDAY, 8)
            )
        )

    run(not_there)
    run(filed_report, site, at=at(TUESDAY, 10))
    assert look(run, at(MONDAY, 9)) == 0
    assert look(run, at(MONDAY, 10)) == 1
    easter_monday = date(2026, 4, 6)

    def works_on_easter_monday(session: Session) -> bool:
        priya = session.get_one(Person, site.people["Priya"])
        return working_days.of(session, priya, site.team_id)(easter_monday)

    assert not run(works_on_easter_monday)


def test_the_first_whose_days_have_gone_by_has_both_reminded(run: Run, site: Site) -> None:
    run(absences.go_away, Days(TUESDAY, FRIDAY), by=site.caller("Priya"), at=at(TUESDAY, 8))
    run(filed_report, site, at=at(TUESDAY, 10))
    assert look(run, at(THURSDAY, 10)) == 1
    assert [name for name, _ in reminders(run, site)] == ["Priya", "Tom"]


def test_of_what_comes_from_another_tool_the_days_begin_when_it_comes(run: Run, site: Site) -> None:
    report = run(filed_report, site, at=at(TUESDAY, 10), tool_id=site.forecast_id)
    run(report_edits.choose_tool, report, site.alarm_id, by=site.caller("Ana"), at=at(THURSDAY, 11))
    assert look(run, at(FRIDAY, 10)) == 0
    assert look(run, at(MONDAY, 11)) == 1


def test_a_reminder_names_only_what_is_still_new(run: Run, site: Site) -> None:
    first, second = (run(filed_report, site, at=at(TUESDAY, 10)) for _ in range(2))
    look(run, at(THURSDAY, 10))
    run(triage.acknowledge, first, by=site.caller("Tom"), at=at(THURSDAY, 11))
    message = next(row for row in run(outbox) if row.kind is Kind.FEEDBACK_UNREAD)
    assert [card.id for card in run(unread.still_unread, run(deliveries.by_id, message.key))] == [second]


def next_there(run: Run, report: int, when: datetime) -> unread.NextThere | None:
    return run(lambda session: unread.next_there(session, session.get_one(Feedback, report), at=when))


def test_a_report_says_who_is_there_next(run: Run, site: Site) -> None:
    report = run(filed_report, site, at=at(FRIDAY, 10))
    assert next_there(run, report, at(FRIDAY, 10)) == unread.NextThere("Priya", FRIDAY, today=True)
    run(absences.go_away, Days(FRIDAY, MONDAY), by=site.caller("Priya"), at=at(FRIDAY, 10))
    assert next_there(run, report, at(SATURDAY, 10)) == unread.NextThere("Tom", MONDAY, today=False)
