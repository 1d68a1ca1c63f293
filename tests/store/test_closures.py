"""Days on which a team does not work as usual: public holidays by country, and shutdowns that a lead notes."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from store import closures, prompt_planning, prompts
from store.access import REFUSALS, Act
from store.closures import Closed, Closing, HolidayCalendar, Shutdown, Unknown
from store.errors import Refused
from store.not_now import Days, Reason
from store.policy import Policy
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
            run(prompts.plan_day, plan.plan_id, plan.planned_through, plan.day, plan.due, at=at)
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
        return labour_day in closures.holidays_of(calendar, 2026)

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
    assert closures.unknown_in(country, subdivision, categories) is unknown


def test_the_reason_stays_with_the_shutdown(run: Run, site: Site) -> None:
    run(closures.shut_down, closing(site, days(0, 3)), by=site.caller("Mei"), at=LATER)
    row = run(lambda session: session.exec(select(Shutdown)).one())
    assert (row.reason, row.set_by_id) == ("Relining the mill", site.people["Mei"])
