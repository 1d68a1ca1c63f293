"""Which prompts a plan asks for on a day: computed in a read, so that the writer is not held up.

Everybody whose turn it is has a prompt for the day. Who is not to be asked after all has one with the reason, so that
what was expected and what became of it add up.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import zip_longest
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import Session, col, select

from store import (
    absences,
    days_off,
    next_days,
    not_now,
    planned_days,
    preferences,
    prepared,
    prompt_plans,
    rosters,
    shifts,
    teams,
    terms,
    turns,
)
from store.embeddings import ASKING, Embedding, EmbeddingStatus
from store.not_now import THEIR_OWN, PersonThen, Reason, TeamDay
from store.own_settings import Preferences
from store.people import Person
from store.planned_days import LONGEST_SHIFT, Part, PlannedDay
from store.policy import Policy
from store.prompt_plans import PlanStatus, PromptPlan, Rules
from store.prompts import DuePrompt, fingerprint
from store.returns import Return
from store.shifts import Pattern, WorkedShift
from store.teams import Crew, Member, Team

PEOPLE_AT_ONCE = 50
"""Of how many people the prompts of a day are written in one unit, so that no other unit waits long."""


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The prompts of one plan for one local day, and what the plan looked like when they were computed."""

    plan_id: int
    planned_through: date | None
    day: date
    due: tuple[DuePrompt, ...]
    version: int = 0
    """Where the planned day stood."""
    coming_back: tuple[Return, ...] = ()
    """Those whose first shift after days off it is."""
    there: frozenset[int] = frozenset()
    """Those who have prompts of the day already."""
    written_to: int = 0
    """The last person whose prompts were written as they are here."""
    fingerprint: str = ""
    """Of all its prompts."""
    to_count: bool = False
    """Whether prompts of the past are to be counted (`turns.count_final`)."""


@dataclass(frozen=True, slots=True)
class DayPart:
    """What is written of a day in one unit."""

    version: int
    part: Part
    due: tuple[DuePrompt, ...]
    coming_back: tuple[Return, ...]


def parts_of(plan: DayPlan, people: int = PEOPLE_AT_ONCE) -> Iterator[DayPart]:
    """What is still to be written of a day, in parts of so many people; the last one makes it complete."""
    everybody = {due.person_id for due in plan.due} | {one.person_id for one in plan.coming_back} | plan.there
    ids = sorted(person_id for person_id in everybody if person_id > plan.written_to)
    bounds = [plan.written_to, *ids[people - 1 : -1 : people]]
    for number, (after, up_to) in enumerate(zip_longest(bounds, bounds[1:])):
        part = Part(after, up_to)
        yield DayPart(
            plan.version + number,
            part,
            tuple(due for due in plan.due if due.person_id in part),
            tuple(one for one in plan.coming_back if one.person_id in part),
        )


@dataclass(frozen=True, slots=True)
class TeamDays:
    """Some local days of a team."""

    team_id: int
    days: frozenset[date]


def days_to_plan(session: Session, *, policy: Policy, at: datetime, limit: int = 1_000) -> list[DayPlan]:
    """The next local day that the plans of embeddings under way still lack, up to today where the team is.

    One day for each plan at a time: each is written before the next one is computed.

    Args:
        session: A session.
        policy: The site's.
        at: Now.
        limit: Of how many plans at most, those whose day began first before others.
    """
    plans: list[DayPlan] = []
    due_now = col(PromptPlan.next_look_at) <= at
    order = (col(PromptPlan.next_look_at), col(PromptPlan.id))
    found = session.exec(select(PromptPlan.id).where(due_now).order_by(*order).limit(limit)).all()
    opened = planned_days.open_of(session, found)  # first of all: what is read after it is no older
    for plan, embedding, team in _asking(session, col(PromptPlan.id).in_(found)):
        day = next_days.following(plan.planned_through, embedding)
        if day is None or at < shifts.day_begins(day, team.zone):
            continue
        due = tuple(_prompts_of(session, plan, embedding, team, day, policy))
        coming_back = tuple(_coming_back(session, embedding, team, day))
        to_count = turns.are_to_be_counted(plan, embedding.first_day, day)
        there = turns.planned_on(session, plan.key, day)
        new = DayPlan(
            plan.key,
            plan.planned_through,
            day,
            due,
            coming_back=coming_back,
            there=there,
            fingerprint=fingerprint(due),
            to_count=to_count,
        )
        plans.append(_going_on(new, opened.get((plan.key, day))))
    return plans


def _going_on(plan: DayPlan, opened: PlannedDay | None) -> DayPlan:
    """A day from where somebody left off who had computed the same."""
    if opened is None:
        return plan
    is_same = opened.fingerprint == plan.fingerprint
    return replace(plan, version=opened.version, written_to=(opened.written_to or 0) if is_same else 0)


def days_to_replan(
    session: Session, *, policy: Policy, at: datetime, among: Sequence[PlannedDay] | None = None
) -> list[DayPlan]:
    """The planned days that are not over and have become others since.

    A zone's rules, a team, a pattern, a roster or a plan may have changed, or somebody said that they are away.

    Args:
        session: A session.
        policy: The site's.
        at: Now.
        among: Which days are computed, as they were read before; all when absent.
    """
    planned = planned_days.not_over(session, at) if among is None else among
    plans: list[DayPlan] = []
    by_plan = {
        plan.key: (plan, embedding, team)
        for plan, embedding, team in _asking(session, col(PromptPlan.id).in_(_ids(planned)))
    }
    for day in planned:
        if day.plan_id not in by_plan:
            continue
        plan, embedding, team = by_plan[day.plan_id]
        is_planned = plan.planned_through is not None and day.day <= plan.planned_through
        if not is_planned or day.day < shifts.local_day(at, team.zone) - LONGEST_SHIFT:
            continue
        due = tuple(_prompts_of(session, plan, embedding, team, day.day, policy))
        computed = fingerprint(due)
        if day.written_to is None and day.fingerprint == computed:
            continue
        there = turns.planned_on(session, plan.key, day.day)
        changed = DayPlan(plan.key, plan.planned_through, day.day, due, there=there, fingerprint=computed)
        plans.append(_going_on(changed, day))
    return plans


def _ids(planned: Sequence[PlannedDay]) -> set[int]:
    return {day.plan_id for day in planned}


def coming_back(session: Session, of: TeamDays) -> list[Return]:
    """Those whose first shift after days off is on one of these days, as far as they are planned already."""
    found = {
        (one.person_id, one.day): one
        for plan, embedding, team in _asking(session, Embedding.team_id == of.team_id)
        for day in sorted(of.days)
        if plan.planned_through and embedding.first_day <= day <= plan.planned_through
        for one in _coming_back(session, embedding, team, day)
    }
    return list(found.values())


def _asking(session: Session, which: ColumnElement[bool] | bool) -> list[tuple[PromptPlan, Embedding, Team]]:
    rows = session.exec(
        select(PromptPlan, Embedding, Team)
        .join(Embedding, col(Embedding.id) == col(PromptPlan.embedding_id))
        .join(Team, col(Team.id) == col(Embedding.team_id))
        .where(which, col(Embedding.status).in_(ASKING), col(PromptPlan.status) != PlanStatus.ENDED)
        .order_by(col(PromptPlan.id))
    ).all()
    return list(rows)


@dataclass(frozen=True, slots=True)
class _Day:
    """A local day of a plan, and what holds for it."""

    day: date
    plan: PromptPlan
    rules: Rules
    embedding: Embedding
    team: Team
    pattern: Pattern
    policy: Policy


class _Worker(NamedTuple):
    """What matters of somebody who may be asked."""

    key: int
    zone: str
    active: bool
    shared: bool


@dataclass(frozen=True, slots=True)
class _AtWork:
    """Somebody who works a shift, as one of a crew."""

    person: _Worker
    crew: Crew
    shift: WorkedShift


def _prompts_of(
    session: Session, plan: PromptPlan, embedding: Embedding, team: Team, day: date, policy: Policy
) -> Iterator[DuePrompt]:
    if day >= embedding.last_day:  # on the last day prompts stop
        return
    pattern = teams.pattern_of(session, team)
    of = _Day(day, plan, prompt_plans.rules_of(plan, policy), embedding, team, pattern, policy)
    at_work = list(_at_work(session, of))
    if not at_work:
        return
    known = turns.candidates(session, plan, team.key, day)
    planned = turns.planned_on(session, plan.key, day)
    expected = dict(_expected(session, of, at_work))
    candidates = [
        (one.crew, one.shift, replace(known[key], able=expected[key].reason not in THEIR_OWN, chosen=key in planned))
        for one in at_work
        if (key := one.person.key) in known
    ]
    asked = turns.whose_turn(of.rules, pattern, embedding, candidates)
    for person_id, due in expected.items():
        if person_id in asked:
            yield due
        elif person_id in planned:
            yield replace(due, reason=due.reason or Reason.PLAN_CHANGED)


def _at_work(session: Session, of: _Day) -> Iterator[_AtWork]:
    """Who works a shift that the plan may ask about: not past the embedding's end, nor over before there was a plan."""
    stop = terms.review_opens_at(of.embedding, of.team, of.policy)
    by_crew = _people_by_crew(session, of.team)
    worked = rosters.worked_on(session, of.team, of.pattern, of.day)
    for crew in teams.crews_of(session, of.team.key):
        for person in by_crew.get(crew.id, ()):
            shift = worked.get(person.key)
            if shift and of.rules.due_at(shift) < stop and of.plan.created_at < shift.ends_at:
                yield _AtWork(person, crew, shift)


def _expected(session: Session, of: _Day, at_work: list[_AtWork]) -> Iterator[tuple[int, DuePrompt]]:
    """What each of those at work would be asked, and why not."""
    the_day = replace(team_day(session, of.embedding, of.day), plan_stopped=of.plan.status is PlanStatus.PAUSED)
    own = preferences.of(session, {one.person.key for one in at_work})
    then = _people_then(session, of.plan.key, [one.person for one in at_work], own, of.day)
    following = rosters.next_after(
        session, of.team, of.pattern, {one.person.key: one.crew.offset for one in at_work}, of.day
    )
    for one in at_work:
        person_id, shift = one.person.key, one.shift
        due_at = of.rules.due_at(shift)
        due = DuePrompt(
            person_id=person_id,
            day=of.day,
            shift=shift.name,
            due_at=due_at,
            shift_ends_at=shift.ends_at,
            closes_at=_closes_at(of, shift, following.get(person_id)),
            reason=not_now.why_not(the_day, then[person_id], due_at),
            remind_at=_remind_at(own.get(person_id), then[person_id], shift, due_at, of.policy),
            asks=of.plan.set_name,
        )
        yield person_id, due


def _closes_at(of: _Day, shift: WorkedShift, following: WorkedShift | None) -> datetime:
    return following.starts_at + of.rules.window if following else shift.ends_at


def team_day(session: Session, embedding: Embedding, day: date) -> TeamDay:
    """What holds for everybody in an embedding's team on a local day."""
    calendar = days_off.calendar_of(session, embedding.team_id)
    return TeamDay(
        day=day,
        paused=embedding.status is EmbeddingStatus.PAUSED,
        shutdowns=days_off.shutdowns_on(session, embedding.team_id, day),
        holidays=days_off.holidays_of(calendar, day.year) if calendar else (),
        works_through_holidays=calendar.worked_through if calendar else False,
    )


def _people_then(
    session: Session, plan_id: int | None, people: Collection[_Worker], own: Mapping[int, Preferences], day: date
) -> dict[int, PersonThen]:
    ids = {person.key for person in people}
    away = absences.on(session, ids, day)
    muted = preferences.who_muted(session, plan_id, ids) if plan_id is not None else set()
    return {
        person.key: PersonThen(
            zone=person.zone,
            active=person.active,
            shared=person.shared,
            absences=away.get(person.key, ()),
            muted=person.key in muted,
            quiet=own[person.key].quiet if person.key in own else None,
        )
        for person in people
    }


def _remind_at(
    own: Preferences | None, then: PersonThen, shift: WorkedShift, due_at: datetime, policy: Policy
) -> datetime | None:
    """When somebody who wants it is reminded: after the question, within the shift, and never in their quiet hours."""
    remind_at = shift.ends_at - policy.reminder_before_shift_end
    if own is None or not own.reminders or remind_at <= due_at:
        return None
    if then.quiet:
        remind_at = not_now.after_quiet(then.quiet, then.zone, remind_at)
    return remind_at if remind_at < shift.ends_at else None


def _coming_back(session: Session, embedding: Embedding, team: Team, day: date) -> Iterator[Return]:
    """Those for whom a day's shift is the first after at least one day off, unless they are not to be asked then."""
    back = rosters.first_again(session, team, teams.pattern_of(session, team), day)
    if not back:
        return
    by_crew = _people_by_crew(session, team).values()
    everybody = sorted(person for crew in by_crew for person in crew if person.key in back)
    # A pause and what somebody has muted are about questions; this asks nothing, and it waits for quiet hours to end.
    the_day = replace(team_day(session, embedding, day), paused=False)
    then = _people_then(session, None, everybody, {}, day)
    for person in everybody:
        last, shift = back[person.key].last, back[person.key].shift
        if not_now.why_not(the_day, then[person.key], shift.starts_at) is None:
            yield Return(person.key, day, last.ends_at, shift.starts_at, shift.ends_at)


def _people_by_crew(session: Session, team: Team) -> dict[int | None, list[_Worker]]:
    found: dict[int | None, list[_Worker]] = {}
    for crew_id, *worker in prepared.rows(session, _PEOPLE, {"team_id": team.id}):
        found.setdefault(crew_id, []).append(_Worker(*worker))
    return found


_PEOPLE = (
    select(col(Member.crew_id), col(Person.id), col(Person.zone))
    .add_columns(col(Person.active), col(Person.shared))
    .join(Person, col(Person.id) == col(Member.person_id))
    .where(col(Member.team_id) == bindparam("team_id"))
    .order_by(col(Person.id))
)
