"""Absences: who says that they are away is asked nothing, and nobody learns why."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from store import absences, people
from store.absences import Away, Back
from store.days_off import Absence
from store.errors import Refused
from store.not_now import Days, Reason
from store.prompts import Prompt, PromptStatus
from tests.store.conftest import Run
from tests.store.site import FIRST_DAY, LATER, Site, active_embedding, asked_crew, events, outbox

TODAY = Days(FIRST_DAY, FIRST_DAY)


def noted(session: Session) -> list[tuple[date, date]]:
    return [(row.first_day, row.last_day) for row in session.exec(select(Absence).order_by(col(Absence.id)))]


def away(run: Run, site: Site, days: Days, name: str = "Ana") -> Away:
    return run(absences.go_away, days, by=site.caller(name), at=LATER)


def from_to(first: int, last: int) -> Days:
    return Days(FIRST_DAY + timedelta(days=first), FIRST_DAY + timedelta(days=last))


def test_an_absence_is_noted_once(run: Run, site: Site) -> None:
    for _ in range(2):
        assert away(run, site, from_to(1, 3)) == Away(FIRST_DAY + timedelta(days=1), FIRST_DAY + timedelta(days=3))
    assert len(run(noted)) == 1


def test_the_history_says_that_there_is_one_and_not_when(run: Run, site: Site) -> None:
    away(run, site, from_to(1, 3))
    (event,) = [event for event in run(events) if event.kind == "absence_noted"]
    assert (event.actor_id, event.data) == (site.people["Ana"], {})


@pytest.mark.parametrize("days", [from_to(-3, -1), from_to(0, 367)])
def test_days_that_are_over_or_more_than_a_year_are_refused(run: Run, site: Site, days: Days) -> None:
    with pytest.raises(Refused) as refused:
        away(run, site, days)
    assert refused.value.field == "last_day"


def test_whoever_is_back_is_away_until_yesterday(run: Run, site: Site) -> None:
    away(run, site, from_to(-2, 5))
    assert run(absences.come_back, by=site.caller("Ana"), at=LATER) == Back(FIRST_DAY - timedelta(days=2), True)
    assert run(noted) == [(FIRST_DAY - timedelta(days=2), FIRST_DAY - timedelta(days=1))]


def test_an_absence_that_begins_today_is_gone(run: Run, site: Site) -> None:
    away(run, site, from_to(0, 5))
    assert run(absences.come_back, by=site.caller("Ana"), at=LATER).has_begun
    assert run(noted) == []


def test_without_one_the_next_is_taken_back_and_the_others_stay(run: Run, site: Site) -> None:
    away(run, site, from_to(20, 25))
    away(run, site, from_to(10, 12))
    back = run(absences.come_back, by=site.caller("Ana"), at=LATER)
    assert back == Back(FIRST_DAY + timedelta(days=10), False)
    assert run(noted) == [(FIRST_DAY + timedelta(days=20), FIRST_DAY + timedelta(days=25))]


def test_nobody_comes_back_who_was_not_away(run: Run, site: Site) -> None:
    away(run, site, from_to(0, 5), "Ben")
    with pytest.raises(Refused, match="not away"):
        run(absences.come_back, by=site.caller("Ana"), at=LATER)


def test_only_people_whom_we_know_note_absences(run: Run, site: Site) -> None:
    assert run(absences.can_be_away, by=site.caller("Ana")) is None
    with pytest.raises(Refused):
        run(absences.can_be_away, by=people.Caller("", site.slack_id, "U_STRANGER"))


def test_what_is_still_to_go_out_on_these_days_is_called_off_without_saying_why(run: Run, site: Site) -> None:
    asked = run(asked_crew, site, run(active_embedding, site))
    away(run, site, TODAY)

    def states(session: Session) -> dict[int, tuple[PromptStatus, Reason | None]]:
        return {row.key: (row.status, row.reason) for row in session.exec(select(Prompt))}

    found = run(states)
    assert found[asked["Ana"]] == (PromptStatus.SKIPPED, Reason.AWAY)
    assert found[asked["Ben"]] == (PromptStatus.OPEN, None)
    assert {row.reason for row in run(outbox) if row.subject == "prompt"} == {None, "not to be asked now"}


def test_only_those_of_a_day_are_found(run: Run, site: Site) -> None:
    away(run, site, from_to(0, 1))
    away(run, site, from_to(2, 3), "Ben")
    ids = [site.people[name] for name in ("Ana", "Ben", "Cleo")]
    assert run(absences.on, ids, FIRST_DAY) == {site.people["Ana"]: (from_to(0, 1),)}
    assert run(absences.on, [site.people["Cleo"]], FIRST_DAY) == {}
