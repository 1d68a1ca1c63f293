"""Whose turn it is: on which shifts a plan asks, whom it is for, and what counts as asked before."""

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from store import access, people, prompt_plans, rosters, written_days
from store.not_now import Reason
from store.people import Person
from store.policy import Policy
from store.prompt_planning import DayPlan, days_to_plan, days_to_replan
from store.prompt_plans import AT_ONCE, Frequency, Moment, PlanStatus, PromptPlan
from store.prompts import Prompt, PromptStatus
from store.roles import Role, Scope
from store.rosters import RosterSource
from store.spreading import WEEK, week_of
from store.teams import Member, Team
from store.turns import LATELY, candidates, count_final
from tests.store.conftest import Run
from tests.store.site import CREW_A, CREW_B, FIRST_DAY, FIRST_SHIFT, LATER, MONDAY, ZONE, Site, active_embedding

AFTER = FIRST_SHIFT + timedelta(days=60)
EVERY_SHIFT = {"frequency": Frequency.EVERY_SHIFT}


@pytest.fixture
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def change(session: Session, /, embedding_id: int, **changed: object) -> None:
    plan = prompt_plans.of_embedding(session, embedding_id)
    assert plan is not None
    for name, value in changed.items():
        setattr(plan, name, value)


def planned(run: Run, at: datetime = AFTER) -> list[DayPlan]:
    """Plan day after day, as the ticker does, until nothing is left."""
    days: list[DayPlan] = []
    while plans := run(days_to_plan, policy=Policy(), at=at):
        (plan,) = plans
        run(written_days.plan_day, plan.plan_id, plan.planned_through, plan.day, plan.due, at=at)
        days.append(plan)
    return days


def asked(site: Site, days: list[DayPlan]) -> list[tuple[date, str]]:
    names = {person_id: name for name, person_id in site.people.items()}
    return [(plan.day, names[due.person_id]) for plan in days for due in plan.due]


def test_at_the_talk_before_work_the_question_comes_some_minutes_after_the_shift_starts(
    run: Run, site: Site, embedding_id: int
) -> None:
    run(change, embedding_id, moment=Moment.AFTER_START, **EVERY_SHIFT)
    assert {due.due_at for due in planned(run, LATER)[0].due} == {FIRST_SHIFT + timedelta(minutes=10)}
    assert {due.shift_ends_at for due in run_again(run, embedding_id).due} == {FIRST_SHIFT + timedelta(hours=12)}


def run_again(run: Run, embedding_id: int) -> DayPlan:
    run(change, embedding_id, planned_through=FIRST_DAY - timedelta(days=1), next_look_at=AT_ONCE)
    (plan,) = run(days_to_plan, policy=Policy(), at=LATER)
    return plan


def test_a_question_comes_never_before_its_shift_and_never_after_it(run: Run, embedding_id: int) -> None:
    run(change, embedding_id, minutes=10_000, **EVERY_SHIFT)
    assert {due.due_at for due in planned(run, LATER)[0].due} == {FIRST_SHIFT}
    run(change, embedding_id, moment=Moment.AFTER_START)
    assert {due.due_at for due in run_again(run, embedding_id).due} == {FIRST_SHIFT + timedelta(hours=12)}


def test_the_window_of_a_plan_is_its_own(run: Run, embedding_id: int) -> None:
    run(change, embedding_id, window_minutes=30, **EVERY_SHIFT)
    assert {due.closes_at for due in planned(run, LATER)[0].due} == {FIRST_SHIFT + timedelta(days=1, minutes=30)}


def test_once_a_week_is_on_the_crews_last_shift_of_the_week(run: Run, site: Site, embedding_id: int) -> None:
    run(change, embedding_id, frequency=Frequency.WEEKLY)
    days = asked(site, planned(run, LATER + timedelta(days=12)))
    # Crew A works from the 10th to the 13th and from the 18th to the 21st, crew B from the 14th to the 17th and on.
    assert days == [
        *((date(2026, 3, 13), name) for name in CREW_A),
        *((date(2026, 3, 15), name) for name in CREW_B),
        *((date(2026, 3, 21), name) for name in CREW_A),
        *((date(2026, 3, 22), name) for name in CREW_B),
    ]


def test_half_of_a_crew_is_asked_in_turn(run: Run, site: Site, embedding_id: int) -> None:
    run(change, embedding_id, share=50, **EVERY_SHIFT)
    found = asked(site, planned(run))
    burden = Counter(name for _, name in found)
    for crew in (CREW_A, CREW_B):
        counts = [burden[name] for name in crew]
        assert max(counts) - min(counts) <= 1
    assert set(Counter(day for day, name in found if name in CREW_A).values()) == {1, 2}


def test_the_cap_of_a_plan_holds_for_each_person_and_week(run: Run, site: Site, embedding_id: int) -> None:
    run(change, embedding_id, cap=2, **EVERY_SHIFT)
    days = planned(run)
    weeks = Counter((due.person_id, week_of(due.due_at, ZONE)) for plan in days for due in plan.due)
    assert set(weeks.values()) == {2}


def test_a_plan_for_one_crew_asks_no_other(run: Run, site: Site, embedding_id: int) -> None:
    run(change, embedding_id, crew_id=site.crew_b_id, **EVERY_SHIFT)
    assert {name for _, name in asked(site, planned(run))} == set(CREW_B)


@pytest.mark.parametrize("scope", [Scope.TEAM, Scope.EMBEDDING])
def test_a_plan_for_champions_asks_those_of_this_team_or_embedding(
    run: Run, site: Site, embedding_id: int, scope: Scope
) -> None:
    where = {Scope.TEAM: site.team_id, Scope.EMBEDDING: embedding_id}[scope]

    def appoint(session: Session) -> None:
        ben, eve = (people.by_id(session, site.people[name]) for name in ("Ben", "Eve"))
        access.give(session, ben, Role.CHAMPION, scope, where, at=MONDAY)
        access.give(session, eve, Role.CHAMPION, scope, where + 1_000, at=MONDAY)

    run(appoint)
    run(change, embedding_id, role=Role.CHAMPION, **EVERY_SHIFT)
    assert {name for _, name in asked(site, planned(run))} == {"Ben"}


def test_who_works_in_a_team_is_frontline_there(run: Run, site: Site, embedding_id: int) -> None:
    run(change, embedding_id, role=Role.FRONTLINE, **EVERY_SHIFT)
    assert {name for _, name in asked(site, planned(run))} == {*CREW_A, *CREW_B}


def test_what_was_skipped_was_not_asked(run: Run, site: Site, embedding_id: int) -> None:
    run(change, embedding_id, share=34, **EVERY_SHIFT)
    first = planned(run, LATER)[0]
    assert len(first.due) == 2

    def skip(session: Session) -> None:
        for row in prompts_of(session, embedding_id):
            row.status = PromptStatus.SKIPPED

    run(skip)
    (second,) = run(days_to_plan, policy=Policy(), at=LATER + timedelta(days=1))
    assert {due.person_id for due in second.due} <= {due.person_id for due in first.due}


def prompts_of(session: Session, embedding_id: int) -> list[Prompt]:
    return list(session.exec(select(Prompt).where(Prompt.embedding_id == embedding_id)).all())


def test_the_days_of_a_plan_that_rests_are_skipped(run: Run, site: Site, embedding_id: int) -> None:
    run(change, embedding_id, status=PlanStatus.PAUSED, **EVERY_SHIFT)
    (first,) = planned(run, LATER)
    assert [due.reason for due in first.due] == [Reason.PLAN_STOPPED] * 3
    assert {row.status for row in run(prompts_of, embedding_id)} == {PromptStatus.SKIPPED}


def test_a_plan_that_has_ended_has_no_days_any_more(run: Run, embedding_id: int) -> None:
    run(change, embedding_id, status=PlanStatus.ENDED)
    assert run(days_to_plan, policy=Policy(), at=LATER) == []


def test_two_plans_ask_each_by_its_own_rules(run: Run, site: Site, embedding_id: int) -> None:
    def second(session: Session) -> None:
        plan = PromptPlan(embedding_id=embedding_id, crew_id=site.crew_a_id, created_at=MONDAY)
        plan.frequency = Frequency.EVERY_SHIFT
        session.add(plan)

    run(second)
    first, other = run(days_to_plan, policy=Policy(), at=LATER)
    assert (len(first.due), len(other.due)) == (2, 3)


def test_who_is_not_to_be_asked_takes_nobodys_turn(run: Run, site: Site, embedding_id: int) -> None:
    def share(session: Session) -> None:
        people.by_id(session, site.people["Ana"]).shared = True

    run(share)
    run(change, embedding_id, share=50, **EVERY_SHIFT)
    days = planned(run)
    names = {person_id: name for name, person_id in site.people.items()}
    turns = Counter((names[due.person_id], due.reason) for plan in days for due in plan.due)
    shifts = len([day for day in days if any(names[due.person_id] in CREW_A for due in day.due)])
    assert {name for name, reason in turns if reason} == {"Ana"}
    assert all(abs(turns[name, None] - shifts / 2) <= 1 for name in ("Ben", "Cleo"))


def test_somebody_is_asked_on_the_shift_that_they_work_instead(run: Run, site: Site, embedding_id: int) -> None:
    def swap(session: Session) -> None:
        ana, dan = site.people["Ana"], site.people["Dan"]
        rosters.note(session, site.team_id, ana, FIRST_DAY, "N", RosterSource.SWAP, at=MONDAY)
        rosters.note(session, site.team_id, dan, FIRST_DAY, "D", RosterSource.SWAP, at=MONDAY)

    run(swap)
    run(change, embedding_id, **EVERY_SHIFT)
    (first,) = planned(run, LATER)
    names = {person_id: name for name, person_id in site.people.items()}
    assert {names[due.person_id]: due.shift for due in first.due} == {"Ana": "N", "Ben": "D", "Cleo": "D", "Dan": "D"}


def test_a_shift_that_is_worked_besides_is_not_a_second_time_in_the_week(
    run: Run, site: Site, embedding_id: int
) -> None:
    def besides(session: Session) -> None:
        rosters.note(session, site.team_id, site.people["Ana"], date(2026, 3, 15), "D", RosterSource.SWAP, at=MONDAY)

    run(besides)
    run(change, embedding_id, frequency=Frequency.WEEKLY)
    days = asked(site, planned(run, LATER + timedelta(days=6)))
    assert [day for day, name in days if name == "Ana"] == [date(2026, 3, 13)]


def test_who_is_on_the_roster_in_their_crews_week_off_is_asked_once_that_week(
    run: Run, site: Site, embedding_id: int
) -> None:
    a_week_off = ["D", "D", "N", "N", "", "", "", "", "", "", "", "", "", ""]
    worked_all_the_same = [date(2026, 3, 24), date(2026, 3, 26), date(2026, 3, 27)]

    def stand_in(session: Session) -> None:
        session.exec(select(Team)).one().cycle = a_week_off
        for day in worked_all_the_same:
            rosters.note(session, site.team_id, site.people["Ana"], day, "D", RosterSource.ROSTER, at=MONDAY)

    run(stand_in)
    run(change, embedding_id, frequency=Frequency.WEEKLY)
    days = asked(site, planned(run, LATER + timedelta(days=18)))
    assert [day for day, name in days if name == "Ana"] == [date(2026, 3, 19), worked_all_the_same[0]]


def test_half_of_a_crew_is_half_of_it_also_where_it_has_weeks_off(run: Run, site: Site, embedding_id: int) -> None:
    def every_other_week(session: Session) -> None:
        session.exec(select(Team)).one().cycle = ["D", "D", "N", "N", "", "", "", "", "", "", "", "", "", ""]

    run(every_other_week)
    run(change, embedding_id, share=50, frequency=Frequency.WEEKLY)
    per_day = Counter(day for day, name in asked(site, planned(run)) if name in CREW_A)
    assert list(per_day.values()) == [2, 1]


def test_a_day_that_is_computed_again_is_the_same(run: Run, site: Site, embedding_id: int) -> None:
    run(change, embedding_id, share=50, **EVERY_SHIFT)
    for number in range(8):
        at = LATER + timedelta(days=number)
        planned(run, at)
        assert run(days_to_replan, policy=Policy(), at=at) == []


def test_whose_turn_it_is_stays_when_something_becomes_of_an_earlier_question(
    run: Run, site: Site, embedding_id: int
) -> None:
    run(change, embedding_id, share=34, **EVERY_SHIFT)
    tomorrow = LATER + timedelta(days=1)
    first, _ = planned(run, tomorrow)

    def take_back(session: Session) -> None:
        for row in prompts_of(session, embedding_id):
            if row.day == first.day:
                row.status, row.reason = PromptStatus.SKIPPED, Reason.MUTED

    run(take_back)
    assert [day.day for day in run(days_to_replan, policy=Policy(), at=tomorrow)] == []


def test_nobody_is_expected_at_a_shift_that_was_over_before_there_was_a_plan(
    run: Run, site: Site, embedding_id: int
) -> None:
    run(change, embedding_id, created_at=FIRST_SHIFT + timedelta(hours=12), **EVERY_SHIFT)
    days = planned(run, LATER + timedelta(days=1))
    assert [(plan.day == FIRST_DAY, len(plan.due)) for plan in days] == [(True, 0), (False, 3)]


def test_a_day_costs_no_more_queries_for_a_large_crew(run: Run, site: Site, embedding_id: int) -> None:
    def counted(session: Session) -> int:
        asked: list[str] = []
        connection = session.connection()

        def note(*about: object) -> None:
            asked.append(str(about[2]))

        event.listen(connection, "before_cursor_execute", note)
        (plan,) = days_to_plan(session, policy=Policy(), at=LATER)
        event.remove(connection, "before_cursor_execute", note)
        assert plan.due
        return len(asked)

    def hire(session: Session) -> None:
        for number in range(30):
            person = Person(
                workspace_id=site.workspace_id, slack_id=f"UNEW{number}", name=f"New {number}", created_at=MONDAY
            )
            session.add(person)
            session.flush()
            session.add(Member(team_id=site.team_id, person_id=person.key, crew_id=site.crew_a_id))

    before = run(counted)
    run(hire)
    assert run(counted) == before


def naive(session: Session, plan_id: int, day: date) -> dict[int, tuple[int, int, datetime | None, list[datetime]]]:
    """What of a plan's whole history counts for each person: times, turns, the last time, and the last days."""
    found: dict[int, tuple[int, int, datetime | None, list[datetime]]] = {}
    for row in session.exec(select(Prompt).where(Prompt.plan_id == plan_id, Prompt.day < day).order_by(col(Prompt.id))):
        times, turns, last, lately = found.get(row.person_id, (0, 0, None, []))
        if row.status is not PromptStatus.SKIPPED:
            times, last, lately = times + 1, max(row.due_at, last or row.due_at), [*lately, row.due_at]
        found[row.person_id] = (times, turns + 1, last, lately)
    return found


def known(session: Session, site: Site, plan: PromptPlan, day: date) -> dict[int, tuple[int, int, datetime | None]]:
    everybody = candidates(session, plan, site.team_id, day)
    return {one.person_id: (one.times, one.turns, one.last) for one in everybody.values() if one.turns}


def become(session: Session, embedding_id: int, at: datetime, chance: Random) -> None:
    """Something becomes of every prompt whose time is over."""
    for row in prompts_of(session, embedding_id):
        if row.status is PromptStatus.OPEN and row.closes_at <= at:
            row.status = chance.choice([PromptStatus.ANSWERED, PromptStatus.MISSED, PromptStatus.SKIPPED])


@pytest.mark.parametrize("seed", range(3))
def test_what_is_counted_of_the_past_is_what_its_prompts_say(
    run: Run, site: Site, embedding_id: int, seed: int
) -> None:
    run(change, embedding_id, share=50, **EVERY_SHIFT)
    chance = Random(seed)
    plan = run(prompt_plans.of_embedding, embedding_id)
    assert plan is not None
    counted: list[date] = []
    for number in range(31):
        at, day = LATER + timedelta(days=number), FIRST_DAY + timedelta(days=number)
        planned(run, at)
        run(become, embedding_id, at, chance)
        while chance.random() < 0.6 and (one := run(count_final, plan.key, day, at=at)):
            counted.append(one)
        full = run(naive, plan.key, day)
        assert run(known, site, plan, day) == {who: row[:3] for who, row in full.items()}
        assert {
            one.person_id: sorted(asked for asked in one.recently if asked > at - WEEK)
            for one in run(candidates, plan, site.team_id, day).values()
            if one.turns
        } == {who: sorted(asked for asked in row[3] if asked > at - WEEK) for who, row in full.items()}
    assert counted == sorted(set(counted))
    assert len(counted) > 5


def test_nothing_is_counted_from_a_day_on_of_which_something_can_still_change(
    run: Run, site: Site, embedding_id: int
) -> None:
    run(change, embedding_id, **EVERY_SHIFT)
    plan = run(prompt_plans.of_embedding, embedding_id)
    assert plan is not None
    end = LATER + timedelta(days=30)
    planned(run, end)

    def answered(session: Session, through: date) -> None:
        for row in prompts_of(session, embedding_id):
            row.status = PromptStatus.ANSWERED if row.day <= through else PromptStatus.OPEN

    def count(at: datetime = end) -> list[date]:
        days = []
        while day := run(count_final, plan.key, end.date(), at=at):
            days.append(day)
        return days

    run(answered, FIRST_DAY - timedelta(days=1))
    assert count() == []
    run(answered, FIRST_DAY + timedelta(days=1))
    assert count(FIRST_SHIFT + timedelta(hours=24)) == []  # crew A can still answer in its next shift
    assert count() == [FIRST_DAY, FIRST_DAY + timedelta(days=1)]
    run(answered, end.date())
    assert count()[-1] < end.date() - LATELY  # of the last days it matters when somebody was asked


def test_days_are_counted_once_there_are_some_weeks_of_them(run: Run, embedding_id: int) -> None:
    run(change, embedding_id, **EVERY_SHIFT)
    days = planned(run, LATER + timedelta(days=25))
    assert next(day.day for day in days if day.to_count) == FIRST_DAY + LATELY + WEEK
    run(change, embedding_id, counted_through=FIRST_DAY + timedelta(days=6), next_look_at=AT_ONCE)
    assert not planned(run, LATER + timedelta(days=26))[-1].to_count
