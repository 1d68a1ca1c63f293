"""Which prompts a plan asks for on a day: computed in a read, so that the writer is not held up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from store import rosters, shifts, teams, terms
from store.embeddings import Embedding, EmbeddingStatus
from store.people import Person
from store.policy import Policy
from store.prompt_plans import PromptPlan
from store.prompts import DuePrompt
from store.shifts import Pattern, WorkedShift
from store.teams import Crew, Team


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The prompts of one plan for one local day, and what the plan looked like when they were computed."""

    plan_id: int
    planned_through: date | None
    day: date
    due: tuple[DuePrompt, ...]


def days_to_plan(session: Session, *, policy: Policy, at: datetime) -> list[DayPlan]:
    """The next local day that each active embedding's plan still lacks, up to today where the team is.

    One day for each plan at a time: each is written before the next one is computed.
    """
    rows = session.exec(
        select(PromptPlan, Embedding)
        .join(Embedding, col(Embedding.id) == col(PromptPlan.embedding_id))
        .where(Embedding.status == EmbeddingStatus.ACTIVE)
        .order_by(col(PromptPlan.id))
    ).all()
    plans: list[DayPlan] = []
    for plan, embedding in rows:
        team = teams.by_id(session, embedding.team_id)
        day = plan.planned_through + timedelta(days=1) if plan.planned_through else embedding.first_day
        if day > min(shifts.local_day(at, team.zone), embedding.last_day):
            continue
        due = tuple(_prompts_of(session, embedding, team, day, policy))
        plans.append(DayPlan(plan.key, plan.planned_through, day, due))
    return plans


def _prompts_of(session: Session, embedding: Embedding, team: Team, day: date, policy: Policy) -> Iterator[DuePrompt]:
    if day >= embedding.last_day:  # on the last day prompts stop
        return
    stop = terms.review_opens_at(embedding, team, policy)
    pattern = teams.pattern_of(session, team)
    worked = rosters.worked_on(session, team, pattern, day)
    for crew in teams.crews_of(session, team.key):
        turn = sum(1 for _ in shifts.shifts_between(pattern, crew.offset, embedding.first_day, day))
        for place, person_id in enumerate(_askable(session, crew)):
            shift = worked.get(person_id)
            if shift is None or shift.ends_at - policy.prompt_before_shift_end >= stop:
                continue
            # The burden is spread: each shift asks another part of the crew, and everybody in turn.
            if (turn + place) % policy.prompt_every_nth_shift == 0:
                yield _due(person_id, pattern, crew, shift, policy)


def _due(person_id: int, pattern: Pattern, crew: Crew, shift: WorkedShift, policy: Policy) -> DuePrompt:
    following = shifts.next_shifts(pattern, crew.offset, shift.starts_at, 1)
    closes_at = following[0].starts_at + policy.answer_until_next_shift if following else shift.ends_at
    return DuePrompt(
        person_id=person_id,
        day=shift.day,
        shift=shift.name,
        due_at=shift.ends_at - policy.prompt_before_shift_end,
        shift_ends_at=shift.ends_at,
        closes_at=closes_at,
    )


def _askable(session: Session, crew: Crew) -> list[int]:
    """The crew's people who read their own messages: active, and not an account that several share."""
    assert crew.id is not None  # noqa: S101 - rows that are read have one
    members = teams.members_of_crew(session, crew.id)
    query = (
        select(Person.id)
        .where(col(Person.id).in_(members), col(Person.active), col(Person.shared).is_(False))
        .order_by(col(Person.id))
    )
    return [person_id for person_id in session.exec(query).all() if person_id is not None]
