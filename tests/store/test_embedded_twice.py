"""Somebody who is embedded with two teams at once, on two continents, for the same tool."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from store import access, agreements, feedback, inbox, observations, people, scheduling, terms, triage
from store.access import Role, Scope
from store.decisions import Step
from store.embeddings import Embedding
from store.errors import Refused
from store.feedback import FeedbackStatus
from store.fitting import ANOTHER_EMBEDDING, Triage
from store.observations import Seen
from store.teams import Member
from tests.store.conftest import Run
from tests.store.site import (
    LATER,
    MONDAY,
    Site,
    active_embedding,
    another_team,
    day_crew,
    filed_report,
    newest,
    proposal,
)

SANTIAGO = "America/Santiago"
NINTH = date(2026, 3, 9)
"""What day it is in Santiago when it is the tenth in Perth."""


@pytest.fixture(autouse=True)
def crew_id(run: Run, site: Site) -> int:
    """Priya sits with the pit crew near Perth, and with the mill of another site in Chile, where Finn works."""
    run(active_embedding, site)
    return run(_embedded_in_chile, site)


def _embedded_in_chile(session: Session, site: Site) -> int:
    team = another_team(session, site, site.alarm_id, place="Andes", zone=SANTIAGO, cycle=["D"])
    crew_id = day_crew(session, team)
    member = session.exec(select(Member).where(Member.person_id == site.people["Finn"])).one()
    member.team_id, member.crew_id = team.key, crew_id
    access.give(session, people.by_id(session, site.people["Omar"]), Role.LEAD, Scope.TEAM, team.key, at=MONDAY)
    what = replace(proposal(site), team_id=team.key, data_scientists=("UPRIYA",), first_day=NINTH)
    scheduling.schedule_embedding(session, what, by=site.caller("Omar"), at=MONDAY)
    session.flush()
    embedding_id = newest(session, Embedding)
    for name in ("Olga", "Dmitri"):
        agreements.agree(session, embedding_id, True, by=site.caller(name), at=MONDAY)
    terms.begin_due(session, at=LATER - timedelta(hours=2))
    return crew_id


def test_a_promise_for_a_day_that_is_over_at_one_of_two_sites_is_refused(run: Run, site: Site) -> None:
    in_chile, near_perth = run(filed_report, site, by="Finn"), run(filed_report, site)
    what = Triage(Step.ACCEPT, (in_chile, near_perth), day=NINTH)
    with pytest.raises(Refused, match="That day is over") as refused:
        run(triage.triage, what, by=site.caller("Priya"), at=LATER)
    assert refused.value.field == "day"
    assert run(feedback.by_id, in_chile).status is FeedbackStatus.NEW
    run(triage.triage, replace(what, report_ids=(in_chile,)), by=site.caller("Priya"), at=LATER)


def test_a_report_of_one_embedding_does_not_go_on_in_one_of_the_other(run: Run, site: Site) -> None:
    in_chile, near_perth, fitting = run(filed_report, site, by="Finn"), run(filed_report, site), run(filed_report, site)
    what = Triage(Step.DUPLICATE, (in_chile, fitting), carries_on=2)
    found = run(triage.triage, what, by=site.caller("Priya"), at=LATER)
    assert (found.done, found.not_done[0].because) == (("F-3",), ANOTHER_EMBEDDING)
    assert run(inbox.opened, near_perth, by=site.caller("Priya")).similar == ()


def test_each_report_is_listed_by_the_clock_of_its_own_site(run: Run, site: Site) -> None:
    run(filed_report, site, by="Finn")
    run(filed_report, site)
    page = run(inbox.first_page, by=site.caller("Priya"))
    assert [(line.card.reporter, line.zone) for line in page.lines] == [
        ("Finn", SANTIAGO),
        ("Ana", "Australia/Perth"),
    ]


def test_what_was_seen_with_a_crew_belongs_to_the_embedding_of_its_team(run: Run, site: Site, crew_id: int) -> None:
    offered = run(observations.observable, by=site.caller("Priya"), at=LATER)
    assert [name for _, name in offered.crews] == ["A, Pit crew", "B, Pit crew", "A, Mill"]
    seen = Seen(site.alarm_id, "They silence it with a glove", NINTH, crew_id)
    assert run(observations.observe, seen, by=site.caller("Priya"), at=LATER).crew == "A"
    (line,) = run(observations.page, 1, by=site.caller("Priya")).lines
    assert (line.day, line.crew) == (NINTH, "A")
    tomorrow = replace(seen, day=NINTH + timedelta(days=1))
    with pytest.raises(Refused, match="That day is still to come"):
        run(observations.observe, tomorrow, by=site.caller("Priya"), at=datetime(2026, 3, 10, 2, tzinfo=UTC))
