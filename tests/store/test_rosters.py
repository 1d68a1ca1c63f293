"""What somebody works on a single day, where the pattern of their crew says something else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from store import rosters, teams
from store.policy import Policy
from store.prompt_planning import days_to_plan
from store.rosters import RosterEntry, RosterSource
from store.shifts import OFF, WorkedShift
from store.teams import Crew, Team
from tests.store.conftest import Run
from tests.store.site import CREW_A, FIRST_DAY, FIRST_SHIFT, LATER, Site, active_embedding

NEXT_DAY = FIRST_DAY + timedelta(days=1)
DAY_OFF = FIRST_DAY + timedelta(days=5)
"""Crew A works D, D, N, N and has four days off."""


@pytest.fixture
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def worked(session: Session, site: Site, name: str, day: date) -> WorkedShift | None:
    team = teams.by_id(session, site.team_id)
    crew = session.get_one(Crew, site.crew_a_id if name in CREW_A else site.crew_b_id)
    return rosters.worked_shift(session, team, teams.pattern_of(session, team), crew, site.people[name], day)


def worked_by_all(session: Session, site: Site, day: date) -> dict[str, str]:
    team = teams.by_id(session, site.team_id)
    names = {person_id: name for name, person_id in site.people.items()}
    found = rosters.worked_on(session, team, teams.pattern_of(session, team), day)
    return {names[person_id]: shift.name for person_id, shift in found.items()}


def noted(session: Session, site: Site, name: str, day: date, shift: str) -> None:
    rosters.note(session, site.team_id, site.people[name], day, shift, RosterSource.ROSTER, at=LATER)


def entries(session: Session) -> list[tuple[date, str, str]]:
    rows = session.exec(select(RosterEntry).order_by(col(RosterEntry.day))).all()
    return [(row.day, row.shift, row.source.value) for row in rows]


@contextmanager
def counting(session: Session) -> Iterator[list[str]]:
    """The statements that are carried out meanwhile."""
    seen: list[str] = []
    connection = session.connection()

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection, "before_cursor_execute", note)


def test_without_an_entry_somebody_works_what_their_crew_does(run: Run, site: Site) -> None:
    shift = run(worked, site, "Ana", FIRST_DAY)
    assert shift is not None
    assert (shift.day, shift.name) == (FIRST_DAY, "D")
    assert run(worked, site, "Ana", DAY_OFF) is None
    assert run(worked_by_all, site, FIRST_DAY) == {"Ana": "D", "Ben": "D", "Cleo": "D"}


def test_an_entry_counts_for_its_person_and_its_day_alone(run: Run, site: Site) -> None:
    run(noted, site, "Ana", FIRST_DAY, OFF)
    run(noted, site, "Ben", FIRST_DAY, "N")
    run(noted, site, "Dan", FIRST_DAY, "D")
    assert run(worked_by_all, site, FIRST_DAY) == {"Ben": "N", "Cleo": "D", "Dan": "D"}
    assert run(worked_by_all, site, NEXT_DAY) == {"Ana": "D", "Ben": "D", "Cleo": "D"}
    assert run(worked, site, "Ana", FIRST_DAY) is None
    night = run(worked, site, "Ben", FIRST_DAY)
    assert night is not None
    assert night.starts_at.isoformat() == "2026-03-10T10:00:00+00:00"  # 18:00 in Perth


def test_the_last_word_on_a_day_counts(run: Run, site: Site) -> None:
    run(noted, site, "Ana", FIRST_DAY, OFF)
    run(noted, site, "Ana", FIRST_DAY, "N")
    assert run(entries) == [(FIRST_DAY, "N", "roster")]


def test_a_whole_team_and_day_costs_one_query_besides_the_pattern(run: Run, site: Site) -> None:
    def look(session: Session) -> int:
        team = teams.by_id(session, site.team_id)
        pattern = teams.pattern_of(session, team)
        with counting(session) as seen:
            rosters.worked_on(session, team, pattern, FIRST_DAY)
        return len(seen)

    assert run(look) == 1


def test_the_planner_asks_whom_the_roster_says_and_nobody_else(run: Run, site: Site, embedding_id: int) -> None:
    run(noted, site, "Ana", FIRST_DAY, OFF)
    run(noted, site, "Ben", FIRST_DAY, "N")
    run(noted, site, "Dan", FIRST_DAY, "D")
    (plan,) = run(days_to_plan, policy=Policy(prompt_every_nth_shift=1), at=LATER)
    names = {person_id: name for name, person_id in site.people.items()}
    assert {names[due.person_id]: due.shift for due in plan.due} == {"Ben": "N", "Cleo": "D", "Dan": "D"}


def closing(run: Run, site: Site) -> dict[str, datetime]:
    (plan,) = run(days_to_plan, policy=Policy(prompt_every_nth_shift=1), at=LATER)
    names = {person_id: name for name, person_id in site.people.items()}
    return {names[due.person_id]: due.closes_at for due in plan.due}


def test_a_question_closes_an_hour_into_the_next_shift_that_somebody_really_works(
    run: Run, site: Site, embedding_id: int
) -> None:
    an_hour_into = FIRST_SHIFT + timedelta(hours=1)
    assert set(closing(run, site).values()) == {an_hour_into + timedelta(days=1)}
    run(noted, site, "Ana", NEXT_DAY, OFF)
    run(noted, site, "Ben", NEXT_DAY, "N")
    for number in range(1, 50):
        run(noted, site, "Cleo", FIRST_DAY + timedelta(days=number), OFF)
    assert closing(run, site) == {
        "Ana": an_hour_into + timedelta(days=2, hours=12),
        "Ben": an_hour_into + timedelta(days=1, hours=12),
        "Cleo": an_hour_into + timedelta(days=50, hours=12),
    }


def test_for_whom_there_is_no_next_shift_it_closes_with_this_one(run: Run, site: Site, embedding_id: int) -> None:
    def roster_alone(session: Session) -> None:
        session.get_one(Team, site.team_id).cycle = [OFF]

    run(roster_alone)
    run(noted, site, "Ana", FIRST_DAY, "D")
    assert closing(run, site) == {"Ana": FIRST_SHIFT + timedelta(hours=12)}


def test_what_a_whole_team_works_next_is_one_query_however_many_they_are(run: Run, site: Site) -> None:
    run(noted, site, "Ana", NEXT_DAY, OFF)
    crew = {site.people[name]: 0 for name in CREW_A}

    def look(session: Session, offsets: dict[int, int]) -> int:
        team = teams.by_id(session, site.team_id)
        pattern = teams.pattern_of(session, team)
        with counting(session) as seen:
            found = rosters.next_after(session, team, pattern, offsets, FIRST_DAY)
        assert found.keys() == offsets.keys()
        return len(seen)

    assert run(look, {site.people["Ana"]: 0}) == run(look, crew) == 1
