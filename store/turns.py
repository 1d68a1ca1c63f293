"""Whose turn it is: who of a crew a prompt plan asks on one shift."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Date,
    Executable,
    UniqueConstraint,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlmodel import Field, Session, col

from store import prepared, shifts, spreading
from store.dialect import insert
from store.embeddings import Embedding
from store.people import Person
from store.prompt_plans import Frequency, PromptPlan, Rules
from store.prompts import Prompt, PromptStatus
from store.roles import Grant, Role, Scope
from store.shifts import Pattern, WorkedShift, monday_of
from store.spreading import WEEK, Candidate
from store.table import Table
from store.teams import Crew, Member
from store.types import Instant

LATELY = timedelta(days=14)
"""How long the prompts of a plan are read one by one, at least: longer than the week for which it matters when they
were, and for most of them longer than they can change."""


class TurnsTaken(Table, table=True):
    """How often a plan asked somebody up to `PromptPlan.counted_through`, so that its history is not read each day."""

    __tablename__ = "turns_taken"
    __table_args__ = (UniqueConstraint("plan_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="prompt_plan.id")
    person_id: int = Field(foreign_key="person.id")
    times: int
    """How often they were asked."""
    turns: int
    """How often it was their turn, also when they were not asked after all."""
    last_at: datetime | None = Field(default=None, sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Occasion:
    """A shift on which a plan asks."""

    turn: int
    """How many there were before it."""
    rested_since: datetime | None
    """Whoever was asked at this instant or later is not asked again yet."""


def occasion(
    rules: Rules, zone: str, worked: Sequence[WorkedShift], following: Iterable[WorkedShift]
) -> Occasion | None:
    """Whether a plan asks on a shift.

    Args:
        rules: The plan's.
        zone: Where the shifts are worked.
        worked: The crew's shifts from the embedding's first day, and this one as the last of them.
        following: Its shifts in the days after that, as long as the embedding asks.

    Returns:
        The occasion, or None if the plan does not ask on this shift.
    """
    this = worked[-1]
    match rules.frequency:
        case Frequency.WEEKLY:
            week = monday_of(this.day)
            if any(monday_of(shift.day) == week for shift in following):
                return None
            earlier = [shift for shift in worked if monday_of(shift.day) < week]
            # What Sunday's night was asked on Monday morning belongs to the week before.
            rested_since = [_midnight(week, zone), *(shift.ends_at for shift in earlier[-1:])]
            return Occasion(len({monday_of(shift.day) for shift in earlier}), max(rested_since))
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
    sunday = monday_of(shift.day) + 6 * day
    following = shifts.shifts_between(pattern, offset, shift.day + day, min(sunday, embedding.last_day - day))
    return occasion(rules, pattern.zone, [*before, shift], following)


def candidates(session: Session, plan: PromptPlan, team_id: int, day: date) -> Mapping[int, Candidate]:
    """The people of a team whom a plan is for, each with when it asked them before a day: one query for all of them.

    What was skipped was their turn, but they were not asked.
    """
    everybody = plan.role in (None, Role.FRONTLINE)
    values = {"plan": plan.key, "team": team_id, "on": day}
    if not everybody:
        values |= {"part": plan.role, "embedding": plan.embedding_id}
    lately = datetime.combine(day, time(), UTC) - WEEK - timedelta(days=2)  # a week in any zone
    found: dict[int, Candidate] = {}
    for row in prepared.rows(session, _OF_TEAM if everybody else _WITH_THE_PART, values):
        before = found.get(row.id) or Candidate(row.id, row.zone, row.times or 0, row.last_at, (), row.turns or 0)
        found[row.id] = before if row.status is None else _with_one_more(before, row.status, row.due_at, lately)
    return found


def _with_one_more(before: Candidate, status: PromptStatus, due_at: datetime, lately: datetime) -> Candidate:
    if status is PromptStatus.SKIPPED:
        return replace(before, turns=before.turns + 1)
    return replace(
        before,
        times=before.times + 1,
        last=due_at if before.last is None else max(before.last, due_at),
        recently=(*before.recently, due_at) if due_at >= lately else before.recently,
        turns=before.turns + 1,
    )


_LONG_AGO = literal(date.min, Date)
_SINCE = and_(
    col(Prompt.plan_id) == col(PromptPlan.id),
    col(Prompt.person_id) == col(Person.id),
    col(Prompt.day) > func.coalesce(col(PromptPlan.counted_through), _LONG_AGO),
    col(Prompt.day) < bindparam("on", type_=Date),
)
"""A prompt that is not counted yet, of a plan for a person."""
_COUNTED = and_(col(TurnsTaken.plan_id) == col(PromptPlan.id), col(TurnsTaken.person_id) == col(Person.id))

# One statement, because what is counted and what is not must be seen at the same moment.
_OF_TEAM = (
    select(
        col(Person.id),
        col(Person.zone),
        col(TurnsTaken.times),
        col(TurnsTaken.turns),
        col(TurnsTaken.last_at),
        col(Prompt.status),
        col(Prompt.due_at),
    )
    .select_from(Member)
    .join(Person, col(Person.id) == col(Member.person_id))
    .join(PromptPlan, col(PromptPlan.id) == bindparam("plan"))
    .join(TurnsTaken, _COUNTED, isouter=True)
    .join(Prompt, _SINCE, isouter=True)
    .where(col(Member.team_id) == bindparam("team"))
    .order_by(col(Person.id))
)
_HAS_THE_PART = exists().where(
    col(Grant.person_id) == col(Person.id),
    col(Grant.role) == bindparam("part"),
    or_(
        and_(col(Grant.scope) == Scope.TEAM, col(Grant.scope_id) == bindparam("team")),
        and_(col(Grant.scope) == Scope.EMBEDDING, col(Grant.scope_id) == bindparam("embedding")),
    ),
)
_WITH_THE_PART = _OF_TEAM.where(_HAS_THE_PART)


def are_to_be_counted(plan: PromptPlan, first_day: date, day: date) -> bool:
    """Whether a plan has so many days by a day that those of the past are to be counted (`count_final`)."""
    return day - (plan.counted_through or first_day) >= LATELY + WEEK


def count_final(session: Session, plan_id: int, day: date, *, at: datetime) -> date | None:
    """Count the prompts of the next of a plan's days of which nothing can change any more, long before a day.

    Args:
        session: The unit's session.
        plan_id: Which plan.
        day: The day that is planned: those just before it are read one by one, whatever became of them.
        at: Now.

    Returns:
        The day that was counted; None when there is none, or somebody else counts.
    """
    counted = select(col(PromptPlan.counted_through)).where(col(PromptPlan.id) == plan_id).with_for_update()
    since, until = session.execute(counted).scalar_one() or date.min, day - LATELY
    within = and_(col(Prompt.plan_id) == plan_id, col(Prompt.day) > since, col(Prompt.day) < until)
    following: date | None = session.execute(select(func.min(col(Prompt.day))).where(within)).scalar_one()
    changing = or_(col(Prompt.status) == PromptStatus.OPEN, col(Prompt.closes_at) > at)
    of_day = and_(col(Prompt.plan_id) == plan_id, col(Prompt.day) == following)
    if following is None or session.execute(select(col(Prompt.id)).where(of_day, changing).limit(1)).first():
        return None
    session.execute(update(PromptPlan).where(col(PromptPlan.id) == plan_id).values(counted_through=following))
    session.execute(_adding_up(session, of_day))
    return following


def _adding_up(session: Session, of_day: ColumnElement[bool]) -> Executable:
    asked = case((col(Prompt.status) != PromptStatus.SKIPPED, col(Prompt.due_at)))
    names = ["plan_id", "person_id", "times", "turns", "last_at"]
    counted = (
        select(col(Prompt.plan_id), col(Prompt.person_id), func.count(asked), func.count(), func.max(asked))
        .where(of_day)
        .group_by(col(Prompt.plan_id), col(Prompt.person_id))
    )
    adding = insert(session, TurnsTaken).from_select(names, counted)
    before, more = col(TurnsTaken.last_at), adding.excluded.last_at
    return adding.on_conflict_do_update(
        index_elements=["plan_id", "person_id"],
        set_={
            "times": TurnsTaken.times + adding.excluded.times,
            "turns": TurnsTaken.turns + adding.excluded.turns,
            "last_at": case((before.is_(None), more), (more > before, more), else_=before),
        },
    )


def planned_on(session: Session, plan_id: int, day: date) -> frozenset[int]:
    """Those whose turn it was when a plan's day was planned."""
    return frozenset(prepared.scalars(session, _PLANNED_ON, {"plan": plan_id, "on": day}))


_PLANNED_ON = select(col(Prompt.person_id)).where(
    col(Prompt.plan_id) == bindparam("plan"), col(Prompt.day) == bindparam("on")
)


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


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)
