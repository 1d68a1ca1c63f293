"""What somebody works on a single day, where the pattern of their crew says something else."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from store import prompts, rosters, teams
from store.deliveries import Delivery, Status
from store.errors import Refused
from store.policy import Policy
from store.prompt_planning import days_to_plan
from store.prompts import PromptStatus
from store.rosters import RosterEntry, RosterSource, Swappable, Swapped
from store.shifts import OFF, WorkedShift
from store.teams import Crew
from tests.store.conftest import Run
from tests.store.site import CREW_A, FIRST_DAY, LATER, Site, active_embedding, asked_crew, event_kinds, outbox

NEXT_DAY = FIRST_DAY + timedelta(days=1)
DAY_OFF = FIRST_DAY + timedelta(days=5)
"""Crew A works D, D, N, N and has four days off."""


@pytest.fixture
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


@pytest.fixture
def asked(run: Run, site: Site, embedding_id: int) -> dict[str, int]:
    return run(asked_crew, site, embedding_id)


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
    seen: list[str] = []

    def count(session: Session) -> None:
        team = teams.by_id(session, site.team_id)
        pattern = teams.pattern_of(session, team)
        connection = session.connection()

        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            seen.append(statement)

        event.listen(connection, "before_cursor_execute", note)
        try:
            rosters.worked_on(session, team, pattern, FIRST_DAY)
        finally:
            event.remove(connection, "before_cursor_execute", note)

    run(count)
    assert len(seen) == 1


def test_the_planner_asks_whom_the_roster_says_and_nobody_else(run: Run, site: Site, embedding_id: int) -> None:
    run(noted, site, "Ana", FIRST_DAY, OFF)
    run(noted, site, "Ben", FIRST_DAY, "N")
    run(noted, site, "Dan", FIRST_DAY, "D")
    (plan,) = run(days_to_plan, policy=Policy(prompt_every_nth_shift=1), at=LATER)
    names = {person_id: name for name, person_id in site.people.items()}
    assert {names[due.person_id]: due.shift for due in plan.due} == {"Ben": "N", "Cleo": "D", "Dan": "D"}


def test_who_says_that_they_are_not_on_shift_is_not_asked_and_the_message_says_so(
    run: Run, site: Site, asked: dict[str, int]
) -> None:
    def post(session: Session) -> None:
        delivery = session.get_one(Delivery, prompts.by_id(session, asked["Ana"]).delivery_id)
        delivery.status = Status.SENT

    run(post)
    run(rosters.not_on_this_shift, asked["Ana"], by=site.caller("Ana"), at=LATER)
    prompt = run(prompts.by_id, asked["Ana"])
    assert (prompt.status, prompt.reason) == (PromptStatus.SKIPPED, "not on this shift")
    assert run(entries) == [(FIRST_DAY, "", "said_off")]
    assert [row.kind.value for row in run(outbox) if row.edits_id and row.subject == "prompt"] == [
        "prompt_not_on_shift"
    ]
    assert run(worked_by_all, site, FIRST_DAY) == {"Ben": "D", "Cleo": "D"}
    assert run(event_kinds)[-1] == "shift_not_worked"
    assert not run(rosters.is_swapped, asked["Ana"])


def test_a_question_that_is_still_waiting_does_not_go_out(run: Run, site: Site, asked: dict[str, int]) -> None:
    run(rosters.not_on_this_shift, asked["Ana"], by=site.caller("Ana"), at=LATER)
    mine = [row for row in run(outbox) if row.kind == "prompt" and row.person_id == site.people["Ana"]]
    assert [(row.status, row.reason) for row in mine] == [(Status.SKIPPED, "not on this shift")]
    assert [row for row in run(outbox) if row.edits_id and row.subject == "prompt"] == []


def test_a_second_tap_changes_nothing(run: Run, site: Site, asked: dict[str, int]) -> None:
    first = run(rosters.not_on_this_shift, asked["Ana"], by=site.caller("Ana"), at=LATER)
    happened = run(event_kinds)
    assert run(rosters.not_on_this_shift, asked["Ana"], by=site.caller("Ana"), at=LATER) == first
    assert run(event_kinds) == happened


def test_a_swapped_shift_is_worked_instead(run: Run, site: Site, asked: dict[str, int]) -> None:
    done = run(rosters.swapped, asked["Ana"], DAY_OFF, "N", by=site.caller("Ana"), at=LATER)
    assert done == Swapped(FIRST_DAY, "D", DAY_OFF, "N")
    assert run(entries) == [(FIRST_DAY, "", "swap"), (DAY_OFF, "N", "swap")]
    assert run(prompts.by_id, asked["Ana"]).status is PromptStatus.SKIPPED
    assert run(worked, site, "Ana", FIRST_DAY) is None
    assert "Ana" in run(worked_by_all, site, DAY_OFF)
    assert run(rosters.is_swapped, asked["Ana"])
    assert run(event_kinds)[-1] == "shift_swapped"


def test_a_swap_on_the_same_day_is_one_entry(run: Run, site: Site, asked: dict[str, int]) -> None:
    run(rosters.swapped, asked["Ana"], FIRST_DAY, "N", by=site.caller("Ana"), at=LATER)
    assert run(entries) == [(FIRST_DAY, "N", "swap")]


def test_who_said_that_they_are_off_may_say_what_they_work_instead(run: Run, site: Site, asked: dict[str, int]) -> None:
    run(rosters.not_on_this_shift, asked["Ana"], by=site.caller("Ana"), at=LATER)
    run(rosters.swapped, asked["Ana"], NEXT_DAY, "N", by=site.caller("Ana"), at=LATER)
    assert run(entries) == [(FIRST_DAY, "", "swap"), (NEXT_DAY, "N", "swap")]


def test_the_choices_are_the_shifts_of_the_team_by_their_start(run: Run, site: Site, asked: dict[str, int]) -> None:
    found = run(rosters.swappable, asked["Ana"], by=site.caller("Ana"))
    assert found == Swappable(asked["Ana"], FIRST_DAY, "D", ("D", "N"))
    with pytest.raises(Refused, match="for somebody else"):
        run(rosters.swappable, asked["Ana"], by=site.caller("Ben"))


@pytest.mark.parametrize(
    ("day", "shift", "field", "sentence"),
    [
        (FIRST_DAY, "D", "day", "Pick the one that you work instead"),
        (DAY_OFF, "X", "shift", "no such shift"),
        (FIRST_DAY + timedelta(days=29), "D", "day", "within four weeks"),
        (FIRST_DAY - timedelta(days=29), "D", "day", "within four weeks"),
    ],
)
def test_a_swap_that_cannot_be_is_refused_at_its_field(
    run: Run, site: Site, asked: dict[str, int], day: date, shift: str, field: str, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence) as refused:
        run(rosters.swapped, asked["Ana"], day, shift, by=site.caller("Ana"), at=LATER)
    assert refused.value.field == field
    assert run(entries) == []


def test_the_shift_of_another_or_one_that_is_settled_is_refused(run: Run, site: Site, asked: dict[str, int]) -> None:
    with pytest.raises(Refused, match="for somebody else"):
        run(rosters.not_on_this_shift, asked["Ana"], by=site.caller("Ben"), at=LATER)
    with pytest.raises(Refused, match="for somebody else"):
        run(rosters.not_on_this_shift, 0, by=site.caller("Ben"), at=LATER)
    closes_at = run(prompts.by_id, asked["Ana"]).closes_at
    with pytest.raises(Refused, match="has closed"):
        run(rosters.not_on_this_shift, asked["Ana"], by=site.caller("Ana"), at=closes_at)
    run(prompts.answer_prompt, asked["Ana"], "did_it_help", "helped", by=site.caller("Ana"), at=LATER)
    with pytest.raises(Refused, match="answered that question already"):
        run(rosters.not_on_this_shift, asked["Ana"], by=site.caller("Ana"), at=LATER)
