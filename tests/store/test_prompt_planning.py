"""Whom a plan asks on a day: each shift another part of the crew, everybody in turn, nobody after the end."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session

from store import written_days
from store.not_now import Reason
from store.people import Person
from store.policy import Policy
from store.prompt_planning import DayPlan, days_to_plan
from store.teams import Member
from tests.store.conftest import Run
from tests.store.site import (
    CREW_A,
    CREW_B,
    FIRST_DAY,
    FIRST_SHIFT,
    LAST_DAY,
    LATER,
    Site,
    active_embedding,
    opened_review,
    planned_embedding,
)

EVERY_SHIFT = Policy(prompt_every_nth_shift=1)
AFTER = FIRST_SHIFT + timedelta(days=60)


@pytest.fixture
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def plan_all(run: Run, at: datetime, policy: Policy) -> list[DayPlan]:
    """Plan day after day, as the ticker does, until nothing is left."""
    days: list[DayPlan] = []
    while plans := run(days_to_plan, policy=policy, at=at):
        (plan,) = plans
        run(written_days.plan_day, plan.plan_id, plan.planned_through, plan.day, plan.due, at=at)
        days.append(plan)
    return days


def asked(site: Site, plan: DayPlan) -> list[str]:
    names = {person_id: name for name, person_id in site.people.items()}
    return [names[due.person_id] for due in plan.due if due.reason is None]


def test_the_first_day_asks_the_crew_at_work_near_the_end_of_its_shift(run: Run, site: Site, embedding_id: int) -> None:
    (plan,) = run(days_to_plan, policy=EVERY_SHIFT, at=LATER)
    assert (plan.day, plan.planned_through, asked(site, plan)) == (FIRST_DAY, None, list(CREW_A))
    due = plan.due[0]
    ends = FIRST_SHIFT + timedelta(hours=12)
    assert (due.shift, due.due_at, due.shift_ends_at) == ("D", ends - timedelta(hours=1), ends)
    assert due.closes_at == FIRST_SHIFT + timedelta(days=1, hours=1)  # an hour into the next shift


def test_an_answer_after_the_last_night_can_wait_until_the_crew_is_back(
    run: Run, site: Site, embedding_id: int
) -> None:
    last_night = plan_all(run, LATER + timedelta(days=3), EVERY_SHIFT)[-1]
    assert (last_night.day, last_night.due[0].shift) == (FIRST_DAY + timedelta(days=3), "N")
    assert last_night.due[0].closes_at == FIRST_SHIFT + timedelta(days=8, hours=1)


def test_days_are_planned_up_to_today_and_no_further(run: Run, embedding_id: int) -> None:
    days = [plan.day for plan in plan_all(run, LATER + timedelta(days=2), EVERY_SHIFT)]
    assert days == [FIRST_DAY + timedelta(days=number) for number in range(3)]
    assert run(days_to_plan, policy=EVERY_SHIFT, at=LATER + timedelta(days=2)) == []


def test_an_embedding_that_is_not_active_asks_nobody(run: Run, site: Site) -> None:
    run(planned_embedding, site)
    assert run(days_to_plan, policy=EVERY_SHIFT, at=LATER) == []


def test_nor_does_one_whose_review_is_open(run: Run, embedding_id: int) -> None:
    run(opened_review, embedding_id, LATER)
    assert run(days_to_plan, policy=EVERY_SHIFT, at=LATER) == []


def test_on_the_last_day_and_in_the_night_into_it_nobody_is_asked_after_the_review_opens(
    run: Run, embedding_id: int
) -> None:
    days = plan_all(run, AFTER, EVERY_SHIFT)
    assert days[-1].day == LAST_DAY
    assert days[-1].due == ()
    opens = datetime.fromisoformat(f"{LAST_DAY}T09:00:00+08:00")
    assert all(due.due_at < opens for plan in days for due in plan.due)


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_the_burden_is_spread_over_everybody(run: Run, site: Site, embedding_id: int, nth: int) -> None:
    burden = Counter(
        name for plan in plan_all(run, AFTER, Policy(prompt_every_nth_shift=nth)) for name in asked(site, plan)
    )
    assert set(burden) == {*CREW_A, *CREW_B}
    for crew in (CREW_A, CREW_B):
        counts = [burden[name] for name in crew]
        assert max(counts) - min(counts) <= 1


def test_no_one_is_asked_two_shifts_running_when_every_second_is_enough(
    run: Run, site: Site, embedding_id: int
) -> None:
    worked: dict[str, list[date]] = {}
    for plan in plan_all(run, AFTER, Policy(prompt_every_nth_shift=2)):
        for name in asked(site, plan):
            worked.setdefault(name, []).append(plan.day)
    assert not [(name, day) for name, days in worked.items() for day in days if day + timedelta(days=1) in days]


def test_those_who_have_left_and_accounts_that_several_share_are_not_asked(
    run: Run, site: Site, embedding_id: int
) -> None:
    def change(session: Session) -> None:
        session.get_one(Person, site.people["Ana"]).active = False
        session.get_one(Person, site.people["Ben"]).shared = True

    run(change)
    (plan,) = run(days_to_plan, policy=EVERY_SHIFT, at=LATER)
    assert asked(site, plan) == ["Cleo"]
    assert [due.reason for due in plan.due] == [Reason.ACCOUNT_OFF, Reason.SHARED_ACCOUNT, None]


def test_a_day_asks_no_more_of_the_database_for_more_people(run: Run, site: Site, embedding_id: int) -> None:
    def crowd(session: Session) -> None:
        for number in range(50):
            one = Person(workspace_id=site.workspace_id, slack_id=f"U{number}", name=f"P{number}", created_at=LATER)
            session.add(one)
            session.flush()
            session.add(Member(team_id=site.team_id, person_id=one.key, crew_id=site.crew_a_id))

    few = run(statements)
    run(crowd)
    assert run(statements) == few


def statements(session: Session) -> int:
    """How many statements it takes to compute a day."""
    seen: list[str] = []
    connection = session.connection()

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    event.listen(connection, "before_cursor_execute", note)
    try:
        assert len(days_to_plan(session, policy=EVERY_SHIFT, at=LATER)) == 1
    finally:
        event.remove(connection, "before_cursor_execute", note)
    return len(seen)
