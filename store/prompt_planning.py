"""Which prompts a plan asks for on a day: computed in a read, so that the writer is not held up.

Everybody whose turn it is has a prompt for the day. Who is not to be asked after all has one with the reason, so that
what was expected and what became of it add up.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from store import absences, closures, not_now, planned_days, preferences, rosters, shifts, teams, terms
from store.embeddings import Embedding, EmbeddingStatus
from store.not_now import PersonThen, TeamDay
from store.people import Person
from store.policy import Policy
from store.preferences import Preferences
from store.prompt_plans import PromptPlan
from store.prompts import ASKING, DuePrompt, fingerprint
from store.returns import Return
from store.shifts import Pattern, WorkedShift
from store.teams import Crew, Member, Team

LONGEST_SHIFT = timedelta(days=1)
"""What was planned for a day is over when the day after it is."""


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The prompts of one plan for one local day, and what the plan looked like when they were computed."""

    plan_id: int
    planned_through: date | None
    day: date
    due: tuple[DuePrompt, ...]
    version: int = 0
    """Where the planned day stood, for one that is planned already."""
    coming_back: tuple[Return, ...] = ()
    """Those whose first shift after days off it is."""


def days_to_plan(session: Session, *, policy: Policy, at: datetime) -> list[DayPlan]:
    """The next local day that the plan of each embedding under way still lacks, up to today where the team is.

    One day for each plan at a time: each is written before the next one is computed.
    """
    plans: list[DayPlan] = []
    for plan, embedding, team in _asking(session):
        day = plan.planned_through + timedelta(days=1) if plan.planned_through else embedding.first_day
        if day > min(shifts.local_day(at, team.zone), embedding.last_day):
            continue
        due = tuple(_prompts_of(session, plan, embedding, team, day, policy))
        coming_back = tuple(_coming_back(session, embedding, team, day))
        plans.append(DayPlan(plan.key, plan.planned_through, day, due, coming_back=coming_back))
    return plans


def days_to_replan(session: Session, *, policy: Policy, at: datetime) -> list[DayPlan]:
    """The planned days that are not over and have become others since.

    A zone's rules, a team, a pattern, a roster or a plan may have changed, or somebody said that they are away.
    """
    earliest = at.date() - LONGEST_SHIFT - timedelta(days=1)  # a day may begin elsewhere before it does in UTC
    planned = planned_days.of_plans(session, earliest)
    plans: list[DayPlan] = []
    for plan, embedding, team in _asking(session) if planned else ():
        today = shifts.local_day(at, team.zone)
        for day in planned:
            if day.plan_id != plan.id or day.day < today - LONGEST_SHIFT:
                continue
            due = tuple(_prompts_of(session, plan, embedding, team, day.day, policy))
            if fingerprint(due) != day.fingerprint:
                plans.append(DayPlan(plan.key, plan.planned_through, day.day, due, day.version))
    return plans


def _asking(session: Session) -> list[tuple[PromptPlan, Embedding, Team]]:
    rows = session.exec(
        select(PromptPlan, Embedding, Team)
        .join(Embedding, col(Embedding.id) == col(PromptPlan.embedding_id))
        .join(Team, col(Team.id) == col(Embedding.team_id))
        .where(col(Embedding.status).in_(ASKING))
        .order_by(col(PromptPlan.id))
    ).all()
    return list(rows)


@dataclass(frozen=True, slots=True)
class _AtWork:
    """Somebody whose turn it is to be asked about a shift, and when the question closes."""

    person: Person
    shift: WorkedShift
    closes_at: datetime


def _prompts_of(
    session: Session, plan: PromptPlan, embedding: Embedding, team: Team, day: date, policy: Policy
) -> Iterator[DuePrompt]:
    if day >= embedding.last_day:  # on the last day prompts stop
        return
    at_work = list(_at_work(session, embedding, team, day, policy))
    if not at_work:
        return
    the_day = team_day(session, embedding, day)
    own = preferences.of(session, {one.person.key for one in at_work})
    then = _people_then(session, plan.key, [one.person for one in at_work], own, day)
    for one in at_work:
        person_id, shift = one.person.key, one.shift
        due_at = shift.ends_at - policy.prompt_before_shift_end
        yield DuePrompt(
            person_id=person_id,
            day=day,
            shift=shift.name,
            due_at=due_at,
            shift_ends_at=shift.ends_at,
            closes_at=one.closes_at,
            reason=not_now.why_not(the_day, then[person_id], due_at),
            remind_at=_remind_at(own.get(person_id), then[person_id], shift, policy),
        )


def team_day(session: Session, embedding: Embedding, day: date) -> TeamDay:
    """What holds for everybody in an embedding's team on a local day."""
    calendar = closures.calendar_of(session, embedding.team_id)
    return TeamDay(
        day=day,
        paused=embedding.status is EmbeddingStatus.PAUSED,
        shutdowns=closures.shutdowns_on(session, embedding.team_id, day),
        holidays=closures.holidays_of(calendar, day.year) if calendar else (),
        works_through_holidays=calendar.worked_through if calendar else False,
    )


def _people_then(
    session: Session, plan_id: int | None, people: Collection[Person], own: Mapping[int, Preferences], day: date
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


def _remind_at(own: Preferences | None, then: PersonThen, shift: WorkedShift, policy: Policy) -> datetime | None:
    """When somebody who wants it is reminded: within the shift, and never in their quiet hours."""
    remind_at = shift.ends_at - policy.reminder_before_shift_end
    if own is None or not own.reminders:
        return None
    return None if then.quiet and not_now.is_quiet(then.quiet, then.zone, remind_at) else remind_at


def _at_work(session: Session, embedding: Embedding, team: Team, day: date, policy: Policy) -> Iterator[_AtWork]:
    stop = terms.review_opens_at(embedding, team, policy)
    pattern = teams.pattern_of(session, team)
    by_crew = _people_by_crew(session, team)
    worked = rosters.worked_on(session, team, pattern, day)
    for crew in teams.crews_of(session, team.key):
        turn = sum(1 for _ in shifts.shifts_between(pattern, crew.offset, embedding.first_day, day))
        for place, person in enumerate(by_crew.get(crew.id, ())):
            shift = worked.get(person.key)
            if shift is None or shift.ends_at - policy.prompt_before_shift_end >= stop:
                continue
            # The burden is spread: each shift asks another part of the crew, and everybody in turn.
            if (turn + place) % policy.prompt_every_nth_shift == 0:
                yield _AtWork(person, shift, _closes_at(pattern, crew, shift, policy))


def _coming_back(session: Session, embedding: Embedding, team: Team, day: date) -> Iterator[Return]:
    """Those for whom a day's shift is the first after at least one day off, unless they are not to be asked then."""
    pattern = teams.pattern_of(session, team)
    back = {
        crew.id: (before, shift)
        for crew in teams.crews_of(session, team.key)
        if (shift := shifts.shift_on(pattern, crew.offset, day)) and (before := _last_before(pattern, crew, day))
    }
    by_crew = _people_by_crew(session, team) if back else {}
    everybody = [person for crew_id in back for person in by_crew.get(crew_id, ())]
    if not everybody:
        return
    own = preferences.of(session, {person.key for person in everybody})
    # A pause and what somebody has muted are about questions; this asks nothing.
    the_day = replace(team_day(session, embedding, day), paused=False)
    then = _people_then(session, None, everybody, own, day)
    for crew_id, (before, shift) in back.items():
        for person in by_crew.get(crew_id, ()):
            if not_now.why_not(the_day, then[person.key], shift.starts_at) is None:
                yield Return(person.key, day, before.ends_at, shift.starts_at, shift.ends_at)


def _last_before(pattern: Pattern, crew: Crew, day: date) -> WorkedShift | None:
    """The last shift before a day, if at least one day off lies between them."""
    earlier = shifts.shifts_between(
        pattern, crew.offset, day - timedelta(days=len(pattern.cycle)), day - timedelta(days=1)
    )
    last = next(iter(reversed(list(earlier))), None)
    return last if last and (day - last.day).days > 1 else None


def _closes_at(pattern: Pattern, crew: Crew, shift: WorkedShift, policy: Policy) -> datetime:
    following = shifts.next_shifts(pattern, crew.offset, shift.starts_at, 1)
    return following[0].starts_at + policy.answer_until_next_shift if following else shift.ends_at


def _people_by_crew(session: Session, team: Team) -> dict[int | None, list[Person]]:
    rows = session.exec(
        select(Member.crew_id, Person)
        .join(Person, col(Person.id) == col(Member.person_id))
        .where(Member.team_id == team.id)
        .order_by(col(Person.id))
    ).all()
    found: dict[int | None, list[Person]] = {}
    for crew_id, person in rows:
        found.setdefault(crew_id, []).append(person)
    return found
