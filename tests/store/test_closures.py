"""Days on which a team does not work as usual: public holidays by country, and shutdowns that a lead notes."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from store import closures, days_off, prompt_planning, written_days
from store.access import REFUSALS, Act
from store.closures import Closed, Closing, Lifted
from store.days_off import HolidayCalendar, Shutdown, Unknown
from store.errors import Refused
from store.not_now import Days, Reason
from store.policy import Policy
from store.prompts import Prompt
from tests.store.conftest import Run
from tests.store.site import FIRST_DAY, LATER, Site, active_embedding, build, events

EVERY_SHIFT = Policy(prompt_every_nth_shift=1)
MOSHOESHOE = FIRST_DAY + timedelta(days=1)
"""A public holiday of Lesotho, 11 March: https://en.wikipedia.org/wiki/Public_holidays_in_Lesotho"""


def days(first: int, last: int) -> Days:
    return Days(FIRST_DAY + timedelta(days=first), FIRST_DAY + timedelta(days=last))


def closing(site: Site, when: Days, team_id: int | None = None) -> Closing:
    return Closing(team_id or site.team_id, when, "Relining the mill")


def has_calendar(session: Session, team_id: int, *, worked_through: bool = False) -> None:
    calendar = HolidayCalendar(team_id=team_id, country="LS", categories=["public"], worked_through=worked_through)
    session.add(calendar)


def planned_reasons(run: Run, at: datetime) -> dict[date, set[Reason | None]]:
    found: dict[date, set[Reason | None]] = {}
    while plans := run(prompt_planning.days_to_plan, policy=EVERY_SHIFT, at=at):
        for plan in plans:
            run(written_days.plan_day, plan.plan_id, plan.planned_through, plan.day, plan.due, at=at)
            found[plan.day] = {due.reason for due in plan.due}
    return found


@pytest.mark.parametrize("name", ["Mei", "Kay"])
def test_a_lead_and_a_coordinator_note_a_shutdown(run: Run, site: Site, name: str) -> None:
    assert run(closures.closable, by=site.caller(name)).teams == ((site.team_id, "Pit crew"),)
    closed = run(closures.shut_down, closing(site, days(0, 3)), by=site.caller(name), at=LATER)
    assert closed == Closed("Pit crew", FIRST_DAY, FIRST_DAY + timedelta(days=3))
    (event,) = [event for event in run(events) if event.kind == "team_shut_down"]
    assert event.data == {"first_day": "2026-03-10", "last_day": "2026-03-13"}


@pytest.mark.parametrize("name", ["Ana", "Priya", "Olga"])
def test_nobody_else_does(run: Run, site: Site, name: str) -> None:
    with pytest.raises(Refused) as no_form:
        run(closures.closable, by=site.caller(name))
    with pytest.raises(Refused) as refused:
        run(closures.shut_down, closing(site, days(0, 3)), by=site.caller(name), at=LATER)
    assert no_form.value.sentence == refused.value.sentence == REFUSALS[Act.SHUT_DOWN]


@pytest.mark.parametrize("when", [days(-3, -1), days(0, 367)])
def test_days_that_are_over_or_more_than_a_year_are_refused(run: Run, site: Site, when: Days) -> None:
    with pytest.raises(Refused) as refused:
        run(closures.shut_down, closing(site, when), by=site.caller("Mei"), at=LATER)
    assert refused.value.field == "last_day"


def test_a_team_of_another_workspace_is_not_there(run: Run, site: Site) -> None:
    other = run(build, slack_id="T2")
    with pytest.raises(Refused, match="not on this site's list"):
        run(closures.shut_down, closing(site, days(0, 1), other.team_id), by=site.caller("Mei"), at=LATER)


def test_shifts_that_begin_on_the_days_of_a_shutdown_are_skipped_and_no_others(run: Run, site: Site) -> None:
    run(active_embedding, site)
    run(closures.shut_down, closing(site, days(1, 1)), by=site.caller("Mei"), at=LATER)
    found = planned_reasons(run, LATER + timedelta(days=2))
    assert list(found.values()) == [{None}, {Reason.SHUTDOWN}, {None}]


@pytest.mark.parametrize(("worked_through", "reason"), [(False, Reason.PUBLIC_HOLIDAY), (True, None)])
def test_a_public_holiday_is_skipped_unless_the_team_works_through_it(
    run: Run, site: Site, worked_through: bool, reason: Reason | None
) -> None:
    run(active_embedding, site)
    run(has_calendar, site.team_id, worked_through=worked_through)
    assert planned_reasons(run, LATER + timedelta(days=2))[MOSHOESHOE] == {reason}


def test_holidays_have_their_subdivision(run: Run) -> None:
    labour_day = date(2026, 3, 2)

    def of(subdivision: str | None) -> bool:
        calendar = HolidayCalendar(team_id=1, country="AU", subdivision=subdivision, categories=["public"])
        return labour_day in days_off.holidays_of(calendar, 2026)

    assert [of("WA"), of("QLD"), of(None)] == [True, False, False]


@pytest.mark.parametrize(
    ("country", "subdivision", "categories", "unknown"),
    [
        ("AU", "WA", ["public", "bank"], None),
        ("XX", None, ["public"], Unknown.COUNTRY),
        ("AU", "BY", ["public"], Unknown.SUBDIVISION),
        ("AU", None, ["armed_forces"], Unknown.CATEGORY),
    ],
)
def test_words_that_the_library_does_not_know_are_told(
    country: str, subdivision: str | None, categories: list[str], unknown: Unknown | None
) -> None:
    assert days_off.unknown_in(country, subdivision, categories) is unknown


def test_the_reason_stays_with_the_shutdown(run: Run, site: Site) -> None:
    run(closures.shut_down, closing(site, days(0, 3)), by=site.caller("Mei"), at=LATER)
    row = run(lambda session: session.exec(select(Shutdown)).one())
    assert (row.reason, row.set_by_id) == ("Relining the mill", site.people["Mei"])


# Shutdowns that are coming, and those that are lifted


def noted(run: Run, site: Site, *when: Days) -> list[int]:
    for one in when:
        run(closures.shut_down, closing(site, one), by=site.caller("Mei"), at=LATER)
    return [one.id for one in run(closures.coming, by=site.caller("Mei"), at=LATER).coming]


def rows(session: Session) -> list[Days]:
    return [row.days for row in session.exec(select(Shutdown).order_by(col(Shutdown.first_day))).all()]


@pytest.mark.parametrize("name", ["Mei", "Kay"])
def test_whoever_may_shut_down_sees_what_is_coming_the_earliest_first(run: Run, site: Site, name: str) -> None:
    noted(run, site, days(5, 6), days(0, 3))
    found = run(closures.coming, by=site.caller(name), at=LATER)
    assert [(one.team, one.days, one.reason, one.by_file) for one in found.coming] == [
        ("Pit crew", days(0, 3), "Relining the mill", False),
        ("Pit crew", days(5, 6), "Relining the mill", False),
    ]
    later = run(closures.coming, by=site.caller(name), at=LATER + timedelta(days=4))
    assert [one.days for one in later.coming] == [days(5, 6)]


@pytest.mark.parametrize("name", ["Ana", "Priya", "Olga"])
def test_nobody_else_sees_or_lifts_it(run: Run, site: Site, name: str) -> None:
    (shutdown,) = noted(run, site, days(0, 3))
    with pytest.raises(Refused) as not_shown:
        run(closures.coming, by=site.caller(name), at=LATER)
    with pytest.raises(Refused) as not_lifted:
        run(closures.lift_shutdown, shutdown, by=site.caller(name), at=LATER)
    assert not_shown.value.sentence == not_lifted.value.sentence == REFUSALS[Act.SHUT_DOWN]
    assert run(rows) == [days(0, 3)]


def test_more_than_one_message_has_room_for_are_counted(run: Run, site: Site) -> None:
    noted(run, site, *(days(number, number) for number in range(closures.SHOWN + 2)))
    found = run(closures.coming, by=site.caller("Mei"), at=LATER)
    assert (len(found.coming), found.count) == (closures.SHOWN, closures.SHOWN + 2)


def test_the_same_shutdown_twice_is_one_and_the_same_days_for_another_reason_are_refused(run: Run, site: Site) -> None:
    noted(run, site, days(0, 3), days(0, 3))
    assert run(rows) == [days(0, 3)]
    another = Closing(site.team_id, days(0, 3), "Stocktaking")
    with pytest.raises(Refused, match="is shut down on these days already") as refused:
        run(closures.shut_down, another, by=site.caller("Kay"), at=LATER)
    assert refused.value.field == "reason"


def test_a_shutdown_that_has_not_begun_is_gone_when_it_is_lifted(run: Run, site: Site) -> None:
    first, _ = noted(run, site, days(2, 3), days(5, 6))
    found = run(closures.lift_shutdown, first, by=site.caller("Kay"), at=LATER)
    assert found.lifted == Lifted("Pit crew", days(2, 3), overlapped=False)
    assert [one.days for one in found.coming] == [days(5, 6)]
    assert run(rows) == [days(5, 6)]
    (event,) = [event for event in run(events) if event.kind == "shutdown_lifted"]
    assert event.data == {"first_day": "2026-03-12", "last_day": "2026-03-13"}


def test_one_that_has_begun_ends_yesterday_and_what_was_skipped_stays(run: Run, site: Site) -> None:
    run(active_embedding, site)
    (shutdown,) = noted(run, site, days(0, 5))
    on_the_third = LATER + timedelta(days=2)
    planned_reasons(run, on_the_third)

    found = run(closures.lift_shutdown, shutdown, by=site.caller("Mei"), at=on_the_third)
    assert found.lifted == Lifted("Pit crew", days(2, 5), overlapped=False)
    assert run(rows) == [days(0, 1)]
    for day in run(prompt_planning.days_to_replan, policy=EVERY_SHIFT, at=on_the_third):
        run(written_days.replan_day, day.plan_id, day.day, day.version, day.due, at=on_the_third)

    def reasons(session: Session) -> dict[date, set[Reason | None]]:
        kept: dict[date, set[Reason | None]] = {}
        for row in session.exec(select(Prompt)).all():
            kept.setdefault(row.day, set()).add(row.reason)
        return kept

    after = run(reasons)
    assert {day: found for day, found in after.items() if day < FIRST_DAY + timedelta(days=2)} == {
        FIRST_DAY: {Reason.SHUTDOWN},
        FIRST_DAY + timedelta(days=1): {Reason.SHUTDOWN},
    }
    assert all(found == {None} for day, found in after.items() if day >= FIRST_DAY + timedelta(days=2))
    assert FIRST_DAY + timedelta(days=2) in after


def test_what_another_shutdown_covers_stays_shut(run: Run, site: Site) -> None:
    first, _ = noted(run, site, days(0, 3), days(2, 6))
    found = run(closures.lift_shutdown, first, by=site.caller("Mei"), at=LATER)
    assert found.lifted == Lifted("Pit crew", days(0, 3), overlapped=True)
    assert run(days_off.shutdowns_on, site.team_id, FIRST_DAY + timedelta(days=1)) == ()
    assert run(days_off.shutdowns_on, site.team_id, FIRST_DAY + timedelta(days=3)) == (days(2, 6),)


def test_a_shutdown_of_the_site_file_is_shown_and_lifted_there(run: Run, site: Site) -> None:
    def by_file(session: Session) -> None:
        row = Shutdown(
            team_id=site.team_id,
            first_day=FIRST_DAY,
            last_day=FIRST_DAY,
            reason="Stocktaking",
            created_at=LATER,
        )
        session.add(row)

    run(by_file)
    (shutdown,) = run(closures.coming, by=site.caller("Mei"), at=LATER).coming
    assert shutdown.by_file
    with pytest.raises(Refused, match="stands in the site file"):
        run(closures.lift_shutdown, shutdown.id, by=site.caller("Mei"), at=LATER)


@pytest.mark.parametrize("when", [LATER, LATER + timedelta(days=9)], ids=["lifted", "over"])
def test_what_is_lifted_or_over_cannot_be_lifted(run: Run, site: Site, when: datetime) -> None:
    (shutdown,) = noted(run, site, days(0, 3))
    if when == LATER:
        run(closures.lift_shutdown, shutdown, by=site.caller("Mei"), at=when)
    with pytest.raises(Refused, match="is over or lifted already"):
        run(closures.lift_shutdown, shutdown, by=site.caller("Mei"), at=when)
