"""Swaps: what somebody says of the shift that they are asked about, and takes back when they change their mind.

They are not on it, or they work another one instead; then they are asked there, as everybody is who works that one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, and_, col, or_, select

from store import (
    deliveries,
    embeddings,
    following,
    history,
    people,
    planned_days,
    prompt_planning,
    prompts,
    returns,
    rosters,
    shifts,
    teams,
    written_days,
)
from store.deliveries import OUT, Delivery, Kind
from store.embeddings import Embedding, EmbeddingStatus
from store.errors import Refused
from store.not_now import Reason
from store.people import Caller, Person
from store.policy import Policy
from store.prompt_planning import TeamDays
from store.prompt_plans import Moment, PlanStatus, PromptPlan
from store.prompts import Prompt, PromptStatus
from store.rosters import RosterSource
from store.shifts import OFF, Pattern
from store.teams import Crew, Member, Team

SWAPS_WITHIN = timedelta(days=28)
"""How far from a shift the one may be that is worked instead."""
NOT_ON_SHIFT = "not on this shift"
"""What a delivery says of a prompt that is skipped for it."""


class Then(StrEnum):
    """What is asked about the shift that somebody works instead."""

    ASKED = "asked"
    IN_TURN = "in_turn"
    """The day is not planned yet: they are asked if it is their turn."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Instead:
    """The shift that somebody works instead of the one that they were asked about, and what is asked about it."""

    day: date
    shift: str
    then: Then = Then.NOTHING
    moment: Moment = Moment.BEFORE_END


@dataclass(frozen=True, slots=True)
class NotOnShift:
    """Somebody does not work the shift that a prompt is about."""

    prompt_id: int


def not_on_this_shift(session: Session, prompt_id: int, *, by: Caller, at: datetime) -> NotOnShift:
    """Note that somebody does not work the shift that they are asked about; nothing more is asked of it.

    The same tap again changes nothing.

    Raises:
        Refused: The prompt is somebody else's, or it was answered, or it has closed.
    """
    person, prompt, team = _asked_of(session, prompt_id, by, at)
    if prompt.status is PromptStatus.SKIPPED:
        return NotOnShift(prompt.key)
    _note(session, person, prompt, team, prompt.day, OFF, RosterSource.SAID_OFF, at)
    rosters.say_changed(session, [team.key], at=at)
    _ask_no_more(session, person, team, prompt.day, prompt.shift, at)
    _record(session, "shift_not_worked", person, prompt, at)
    return NotOnShift(prompt.key)


@dataclass(frozen=True, slots=True)
class OnShift:
    """Somebody works the shift that a prompt is about after all."""

    prompt_id: int


def on_this_shift(session: Session, prompt_id: int, *, policy: Policy, by: Caller, at: datetime) -> OnShift:
    """Take back that somebody does not work the shift that they are asked about; what is asked of it is asked again.

    What they were to work instead, they do not. The same tap again changes nothing.

    Raises:
        Refused: The prompt is somebody else's, or it was answered, or it has closed.
    """
    person, prompt, team = _asked_of(session, prompt_id, by, at)
    if prompt.status is PromptStatus.OPEN:
        return OnShift(prompt.key)
    instead = _taken_back(session, person, prompt, team, at)
    pattern = teams.pattern_of(session, team)
    crew = _crew_of(session, team, person)
    worked = rosters.worked_shift(session, team, pattern, crew, person.key, prompt.day) if crew else None
    if worked is None or worked.name != prompt.shift:  # the list says otherwise, and they know better
        _note(session, person, prompt, team, prompt.day, prompt.shift, RosterSource.SWAP, at)
    rosters.say_changed(session, [team.key], at=at)
    _ask_again(session, person, team, prompt, at)
    _plan_again(session, person, team, {prompt.day, *instead}, policy, at)
    _record(session, "shift_worked_after_all", person, prompt, at)
    return OnShift(prompt.key)


@dataclass(frozen=True, slots=True)
class Swappable:
    """The shift that somebody does not work, and the shifts of their team to choose another from."""

    prompt_id: int
    day: date
    shift: str
    shifts: tuple[str, ...]


def swappable(session: Session, prompt_id: int, *, by: Caller) -> Swappable:
    """What somebody may swap the shift of a prompt for.

    Raises:
        Refused: The prompt is somebody else's.
    """
    prompt = _own(people.known(session, by), session.get(Prompt, prompt_id))
    pattern = teams.pattern_of(session, _team_of(session, prompt))
    return Swappable(prompt.key, prompt.day, prompt.shift, _in_order(pattern))


@dataclass(frozen=True, slots=True)
class Swapped:
    """Somebody works another shift than the one that they were asked about."""

    day: date
    shift: str
    with_day: date
    with_shift: str
    then: Then = Then.NOTHING
    moment: Moment = Moment.BEFORE_END


def swapped(
    session: Session, prompt_id: int, with_day: date, with_shift: str, *, policy: Policy, by: Caller, at: datetime
) -> Swapped:
    """Note that somebody works another shift instead of the one that they are asked about.

    Said again, it takes the place of what they said before.

    Args:
        session: The unit's session.
        prompt_id: The prompt about the shift that they do not work.
        with_day: The local day on which the other one starts.
        with_shift: Its name.
        policy: The site's rules.
        by: Who says so.
        at: Now.

    Raises:
        Refused: The prompt is somebody else's, was answered or has closed; the other shift is the same one, not one of
            the team's, too far away, or on a day that does not exist.
    """
    person, prompt, team = _asked_of(session, prompt_id, by, at)
    pattern = teams.pattern_of(session, team)
    _require_another(pattern, prompt, with_day, with_shift)
    before = instead_of(session, prompt.key)
    if before is None or (before.day, before.shift) != (with_day, with_shift):
        _swap(session, person, prompt, team, with_day, with_shift, at)
        _plan_again(session, person, team, {with_day, *([before.day] if before else [])}, policy, at)
        _record(session, "shift_swapped", person, prompt, at)
    now = instead_of(session, prompt.key) or Instead(with_day, with_shift)
    return Swapped(prompt.day, prompt.shift, now.day, now.shift, now.then, now.moment)


def _swap(
    session: Session, person: Person, prompt: Prompt, team: Team, with_day: date, with_shift: str, at: datetime
) -> None:
    _taken_back(session, person, prompt, team, at)
    for day, shift in ((prompt.day, OFF), (with_day, with_shift)):
        _note(session, person, prompt, team, day, shift, RosterSource.SWAP, at)
    rosters.say_changed(session, [team.key], at=at)
    if prompt.status is PromptStatus.OPEN:
        _ask_no_more(session, person, team, prompt.day, prompt.shift, at)
    else:
        _rewrite(session, prompt, Kind.PROMPT_NOT_ON_SHIFT, at)


def _note(
    session: Session,
    person: Person,
    prompt: Prompt,
    team: Team,
    day: date,
    shift: str,
    source: RosterSource,
    at: datetime,
) -> None:
    rosters.note(session, team.key, person.key, day, shift, source, at=at, prompt_id=prompt.key)


def _taken_back(session: Session, person: Person, prompt: Prompt, team: Team, at: datetime) -> set[date]:
    """Take back what somebody said of a prompt. Returns the days on which they were to work instead."""
    said = [(entry.day, entry.shift) for entry in rosters.said_of(session, prompt.key) if entry.shift != OFF]
    rosters.take_back(session, prompt.key)
    for day, shift in said:
        _ask_no_more(session, person, team, day, shift, at)
    return {day for day, _ in said}


def instead_of(session: Session, prompt_id: int) -> Instead | None:
    """What whoever is asked by a prompt works instead, as they said; None if they said no such thing."""
    said = next((entry for entry in rosters.said_of(session, prompt_id) if entry.shift != OFF), None)
    prompt = prompts.by_id(session, prompt_id)
    if said is None or (said.day, said.shift) == (prompt.day, prompt.shift):
        return None
    then, moment = _then(session, said.team_id, said.person_id, said.day, said.shift)
    return Instead(said.day, said.shift, then, moment)


def _then(session: Session, team_id: int, person_id: int, day: date, shift: str) -> tuple[Then, Moment]:
    planned = session.exec(
        select(col(PromptPlan.moment))
        .join(Prompt, col(Prompt.plan_id) == col(PromptPlan.id))
        .join(Embedding, col(Embedding.id) == col(Prompt.embedding_id))
        .where(Embedding.team_id == team_id, Prompt.person_id == person_id)
        .where(Prompt.day == day, Prompt.shift == shift, Prompt.status == PromptStatus.OPEN)
        .order_by(col(Prompt.due_at), col(Prompt.id))
    ).first()
    if planned is not None:
        return Then.ASKED, planned
    to_come = session.exec(
        select(col(PromptPlan.moment))
        .join(Embedding, col(Embedding.id) == col(PromptPlan.embedding_id))
        .join(Member, and_(col(Member.team_id) == col(Embedding.team_id), col(Member.person_id) == person_id))
        .where(Embedding.team_id == team_id, Embedding.status == EmbeddingStatus.ACTIVE)
        .where(PromptPlan.status == PlanStatus.ACTIVE, Embedding.first_day <= day, Embedding.last_day > day)
        .where(or_(col(PromptPlan.planned_through).is_(None), col(PromptPlan.planned_through) < day))
        .where(or_(col(PromptPlan.crew_id).is_(None), col(PromptPlan.crew_id) == col(Member.crew_id)))
        .order_by(col(PromptPlan.id))
    ).first()
    return (Then.NOTHING, Moment.BEFORE_END) if to_come is None else (Then.IN_TURN, to_come)


def _require_another(pattern: Pattern, prompt: Prompt, day: date, shift: str) -> None:
    if shift not in pattern.shifts:
        raise Refused("Your team has no such shift. Pick another.", field="shift")
    if (day, shift) == (prompt.day, prompt.shift):
        raise Refused("That is the shift that you don't work. Pick the one that you work instead.", field="day")
    if abs(day - prompt.day) > SWAPS_WITHIN:
        raise Refused("Pick a day within four weeks of that shift.", field="day")
    if shifts.shift_named(pattern, shift, day) is None:
        raise Refused("There is no such day at your site. Pick another.", field="day")


def _asked_of(session: Session, prompt_id: int, by: Caller, at: datetime) -> tuple[Person, Prompt, Team]:
    """Whoever says something of the shift of their prompt, the locked prompt, and the team that works it."""
    person = people.known(session, by)
    team = _team_of(session, _own(person, session.get(Prompt, prompt_id)))
    rosters.hold(session, [team.key])
    locked = select(Prompt).where(Prompt.id == prompt_id).with_for_update()
    prompt = session.exec(locked.execution_options(populate_existing=True)).one()
    if prompt.status is PromptStatus.ANSWERED:
        raise Refused("You answered that question already, nothing to do.")
    said_so = prompt.status is PromptStatus.SKIPPED and prompt.reason is Reason.NO_SHIFT
    if at >= prompt.closes_at or not (said_so or prompt.status is PromptStatus.OPEN):
        raise Refused("That one has closed, nothing to do.")
    return person, prompt, team


def _own(person: Person, prompt: Prompt | None) -> Prompt:
    if prompt is None or prompt.person_id != person.id:
        raise Refused(prompts.NOT_YOURS)
    return prompt


def _team_of(session: Session, prompt: Prompt) -> Team:
    return teams.by_id(session, embeddings.by_id(session, prompt.embedding_id).team_id)


def _crew_of(session: Session, team: Team, person: Person) -> Crew | None:
    query = select(Crew).join(Member, col(Member.crew_id) == col(Crew.id))
    return session.exec(query.where(Member.team_id == team.id, Member.person_id == person.id)).first()


def _plan_again(
    session: Session, person: Person, team: Team, days: Collection[date], policy: Policy, at: datetime
) -> None:
    """Make what is planned already of a few days what it has become: whom it asks, and whom it tells what happened.

    What waits for a shift of theirs comes in an earlier one, if they work one now.
    """
    planned = planned_days.of_team_on(session, team.key, days)
    for day in prompt_planning.days_to_replan(session, policy=policy, at=at, among=planned):
        written_days.replan_day(session, day.plan_id, day.day, day.version, day.due, at=at)
    coming_back = prompt_planning.coming_back(session, TeamDays(team.key, frozenset(days)))
    back = [one for one in coming_back if one.person_id == person.id]
    returns.queue(session, team.workspace_id, back, at=at)
    following.come_sooner(session, person.key, at=at)


def _ask_no_more(session: Session, person: Person, team: Team, day: date, shift: str, at: datetime) -> None:
    """Skip what is asked of somebody about a shift, by whichever embedding of the team."""
    for prompt in _of_shift(session, person, team, day, shift, PromptStatus.OPEN):
        prompt.status, prompt.reason = PromptStatus.SKIPPED, Reason.NO_SHIFT
        session.add(prompt)
        deliveries.call_off(session, (Kind.PROMPT, Kind.PROMPT_REMINDER), [prompt.key], NOT_ON_SHIFT, at)
        _rewrite(session, prompt, Kind.PROMPT_NOT_ON_SHIFT, at)


def _ask_again(session: Session, person: Person, team: Team, prompt: Prompt, at: datetime) -> None:
    """Open again what somebody sees of a shift; what was not out yet is planned again as everything is."""
    for other in _of_shift(session, person, team, prompt.day, prompt.shift, PromptStatus.SKIPPED):
        posted = session.get(Delivery, other.delivery_id) if other.delivery_id else None
        if other.reason is Reason.NO_SHIFT and at < other.closes_at and posted and posted.status in OUT:
            other.status, other.reason = PromptStatus.OPEN, None
            session.add(other)
            _rewrite(session, other, Kind.PROMPT_ASKED_AGAIN, at)


def _rewrite(session: Session, prompt: Prompt, kind: Kind, at: datetime) -> None:
    posted = session.get(Delivery, prompt.delivery_id) if prompt.delivery_id else None
    if posted is not None and posted.status in OUT:
        deliveries.rewrite(session, posted, kind, at=at)


def _of_shift(
    session: Session, person: Person, team: Team, day: date, shift: str, status: PromptStatus
) -> Sequence[Prompt]:
    query = (
        select(Prompt)
        .join(Embedding, col(Embedding.id) == col(Prompt.embedding_id))
        .where(Prompt.person_id == person.id, Prompt.day == day, Prompt.shift == shift)
        .where(Embedding.team_id == team.id, Prompt.status == status)
        .order_by(col(Prompt.id))
        .with_for_update(of=Prompt)
    )
    return session.exec(query).all()


def _record(session: Session, kind: str, person: Person, prompt: Prompt, at: datetime) -> None:
    history.record(session, person.workspace_id, kind, "prompt", prompt.key, at=at, actor_id=person.id)


def _in_order(pattern: Pattern) -> tuple[str, ...]:
    return tuple(sorted(pattern.shifts, key=lambda name: (pattern.shifts[name].starts, name)))
