"""Whose turn it is: who of a crew a prompt plan asks on one shift."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlmodel import Session, col

from store import shifts, spreading
from store.embeddings import Embedding
from store.people import Person
from store.prompt_plans import Frequency, PromptPlan, Rules
from store.prompts import Prompt, PromptStatus
from store.roles import Grant, Role, Scope
from store.shifts import Pattern, WorkedShift
from store.spreading import WEEK, Candidate
from store.teams import Crew, Member


@dataclass(frozen=True, slots=True)
class Occasion:
    """A shift on which a plan asks."""

    turn: int
    """How many there were before it."""
    rested_since: datetime | None
    """Whoever was asked at this instant or later is not asked again yet."""


def occasion(rules: Rules, worked: Sequence[WorkedShift], following: Iterable[WorkedShift]) -> Occasion | None:
    """Whether a plan asks on a shift.

    Args:
        rules: The plan's.
        worked: The crew's shifts from the embedding's first day, and this one as the last of them.
        following: Its shifts in the days after that, as long as the embedding asks.

    Returns:
        The occasion, or None if the plan does not ask on this shift.
    """
    this = worked[-1]
    match rules.frequency:
        case Frequency.WEEKLY:
            week = _monday(this.day)
            if any(_monday(shift.day) == week for shift in following):
                return None
            this_week = next(shift for shift in worked if _monday(shift.day) == week)
            return Occasion((week - _monday(worked[0].day)).days // 7, this_week.starts_at)
        case Frequency.EVERY_NTH_SHIFT:
            return Occasion(len(worked) - 1, worked[-rules.nth :][0].starts_at)
    return Occasion(len(worked) - 1, None)


def occasion_on(
    rules: Rules, pattern: Pattern, offset: int, embedding: Embedding, shift: WorkedShift
) -> Occasion | None:
    """Whether a plan asks on a shift that people of a crew work; on an embedding's last day prompts stop.

    It need not be the crew's own shift of that day: some of them may have swapped theirs.
    """
    day = timedelta(days=1)
    before = shifts.shifts_between(pattern, offset, embedding.first_day, shift.day - day)
    sunday = _monday(shift.day) + 6 * day
    following = shifts.shifts_between(pattern, offset, shift.day + day, min(sunday, embedding.last_day - day))
    return occasion(rules, [*before, shift], following)


def candidates(session: Session, plan: PromptPlan, team_id: int, day: date) -> Mapping[int, Candidate]:
    """The people of a team whom a plan is for, each with when it asked them before a day: one query for all of them.

    What was skipped was their turn, but they were not asked.
    """
    lately = datetime.combine(day, time(), UTC) - WEEK - timedelta(days=2)  # a week in any zone
    found: dict[int, Candidate] = {}
    for person_id, zone, recent, last, times, turns in session.execute(_asked_before(plan, team_id, day, lately)).all():
        before = found.get(person_id, Candidate(person_id, zone))
        found[person_id] = Candidate(
            person_id,
            zone,
            before.times + times,
            max((moment for moment in (before.last, last) if moment), default=None),
            (*before.recently, recent) if recent else before.recently,
            before.turns + turns,
        )
    return found


def _asked_before(plan: PromptPlan, team_id: int, day: date, lately: datetime) -> Select[Any]:
    asked = case((col(Prompt.status) != PromptStatus.SKIPPED, col(Prompt.due_at)))
    recent = case((asked >= lately, asked))
    before = and_(col(Prompt.person_id) == col(Person.id), col(Prompt.plan_id) == plan.id, col(Prompt.day) < day)
    query = (
        select(col(Person.id), col(Person.zone), recent, func.max(asked), func.count(asked), func.count(col(Prompt.id)))
        .join(Member, col(Member.person_id) == col(Person.id))
        .join(Prompt, before, isouter=True)
        .where(col(Member.team_id) == team_id)
        .group_by(col(Person.id), col(Person.zone), recent)
    )
    return query if plan.role in (None, Role.FRONTLINE) else query.where(_has_the_part(plan, team_id))


def _has_the_part(plan: PromptPlan, team_id: int) -> ColumnElement[bool]:
    return exists().where(
        col(Grant.person_id) == col(Person.id),
        col(Grant.role) == plan.role,
        or_(
            and_(col(Grant.scope) == Scope.TEAM, col(Grant.scope_id) == team_id),
            and_(col(Grant.scope) == Scope.EMBEDDING, col(Grant.scope_id) == plan.embedding_id),
        ),
    )


def planned_on(session: Session, plan_id: int, day: date) -> frozenset[int]:
    """Those whose turn it was when a plan's day was planned."""
    query = select(col(Prompt.person_id)).where(col(Prompt.plan_id) == plan_id, col(Prompt.day) == day)
    return frozenset(session.execute(query).scalars())


def whose_turn(
    rules: Rules, pattern: Pattern, embedding: Embedding, at_work: Iterable[tuple[Crew, WorkedShift, Candidate]]
) -> set[int]:
    """Who of a team's people at work a plan asks: the burden is spread over those of a crew who work the same shift."""
    together: dict[tuple[int | None, int, WorkedShift], list[Candidate]] = {}
    for crew, shift, one in at_work:
        if rules.crew_id in (None, crew.id):
            together.setdefault((crew.id, crew.offset, shift), []).append(one)
    asked: set[int] = set()
    for (_, offset, shift), candidates in together.items():
        if now := occasion_on(rules, pattern, offset, embedding, shift):
            asked.update(asked_on(rules, now, candidates, shift))
    return asked


def asked_on(rules: Rules, occasion: Occasion, candidates: Sequence[Candidate], shift: WorkedShift) -> tuple[int, ...]:
    """Whose turn it is of those who work a shift together."""
    return spreading.choose(
        candidates,
        at=rules.due_at(shift),
        turn=occasion.turn,
        share=rules.share_at_a_time,
        cap=rules.cap,
        rested_since=occasion.rested_since,
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
